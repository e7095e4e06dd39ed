"""The networks that read digits: an MLP, a CNN of the same size, and a CNN that forgets places.

All were trained by the training engine on digits in the middle of the field (`field.py`), and
none ever saw one elsewhere. Weights and card lie in `assets/weights` as those of the other shipped
networks do; what became of their accuracy elsewhere lies beside them as `<slug>-moved.json`.
`python -m scripts.weights.train_digits` makes all three files.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn

from explainer.networks.digits.field import FIELD
from explainer.networks.zoo.card import Card, read_card, write_whole
from explainer.networks.zoo.shipped import WEIGHTS, with_weights
from explainer.registry import Registry
from explainer.training.recipe.build_network import build
from explainer.training.recipe.recipe import Network, Recipe, Training
from explainer.words import N_

CLASSES = tuple("0123456789")
TRAINING = Training(
    optimiser="adam", learning_rate=2e-3, schedule="one-cycle", batch_size=64, epochs=8
)


@dataclass(frozen=True)
class Moved:
    """What was measured of a network on `pictures` of the test set that were changed.

    `accuracies[i][j]` is its accuracy where all are moved down by `i - reach` pixels and right by
    `j - reach`; `permuted` where their pixels are in another order. `mean` and `deviation` are
    those of the training pixels: inputs are normalised by them.
    """

    pictures: int
    reach: int
    accuracies: tuple[tuple[float, ...], ...]
    permuted: float
    mean: float
    deviation: float

    def at(self, down: int, right: int) -> float:
        """The accuracy on pictures moved so far; each within ±`reach`."""
        return self.accuracies[down + self.reach][right + self.reach]


@dataclass(frozen=True)
class DigitNetwork:
    """A network for pictures `(N, 1, 36, 36)` by name, and the recipe that trains it.

    `title` and `description` are messages, to be put into words where they are shown.
    """

    slug: str
    title: str
    description: str
    recipe: Recipe

    def build(self) -> nn.Sequential:
        """The network untrained: pictures `(N, 1, 36, 36)` in, logits `(N, 10)` out."""
        return build(self.recipe.network, (1, FIELD, FIELD), len(CLASSES))

    def weights(self, folder: Path = WEIGHTS) -> Path:
        """The file in `folder` that holds the weights, there or not."""
        return folder / f"{self.slug}.safetensors"

    def card(self, folder: Path = WEIGHTS) -> Card:
        """The card that lies beside the weights."""
        return read_card(folder / f"{self.slug}.json")

    def moved(self, folder: Path = WEIGHTS) -> Moved:
        """What was measured of it on pictures that were changed."""
        return read_moved(folder / f"{self.slug}-moved.json")


def _entry(slug: str, title: str, description: str, network: Network) -> DigitNetwork:
    return DigitNetwork(slug, title, description, Recipe(network, training=TRAINING, name=title))


DIGIT_NETWORKS = Registry[DigitNetwork](
    N_("digit network"),
    _entry(
        "digit-mlp",
        N_("MLP"),
        N_("Two hidden dense layers of 64 units: every unit of the first sees all 1,296 pixels."),
        Network(kind="mlp", depth=2, width=64),
    ),
    _entry(
        "digit-cnn",
        N_("CNN"),
        N_("Two blocks of 5 × 5 convolution, ReLU and pooling, then a dense layer of 64 units."),
        Network(blocks=2, channels=8, kernel_size=5, dense_layers=1, width=64),
    ),
    _entry(
        "digit-cnn-mean",
        N_("CNN, global average pooling"),
        N_("Three blocks of 5 × 5 convolution, ReLU and pooling, then global average pooling."),
        Network(blocks=3, channels=8, kernel_size=5, mean_of_maps=True),
    ),
)


class Reader(nn.Module):
    """A trained network that takes pictures `(N, 1, 36, 36)` in [0, 1] and gives logits."""

    def __init__(self, network: nn.Sequential, mean: float, deviation: float) -> None:
        super().__init__()
        self.network, self.mean, self.deviation = network, mean, deviation

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits `(N, 10)` of pictures `(N, 1, 36, 36)` in [0, 1], which it normalises first."""
        logits: Tensor = self.network((pictures - self.mean) / self.deviation)
        return logits


def load_reader(slug: str, folder: Path = WEIGHTS) -> Reader:
    """The trained network of that slug, float32, frozen, in evaluation mode.

    Raises `ValueError` where the slug is unknown, or the weights are missing or do not fit.
    """
    entry = DIGIT_NETWORKS[slug]
    network = with_weights(entry.build(), entry.weights(folder), entry.title)
    found = entry.moved(folder)
    reader = Reader(network, found.mean, found.deviation)
    return reader.eval().requires_grad_(False)


@cache
def shared_reader(slug: str) -> Reader:
    """The one copy of that network for the whole process."""
    with torch.inference_mode(mode=False):  # whoever asks first: others need gradients
        return load_reader(slug)


@torch.inference_mode()
def probabilities(slug: str, pictures: Tensor) -> Tensor:
    """What the network says of pictures `(N, 1, 36, 36)` in [0, 1]: `(N, 10)`, rows sum to 1."""
    return torch.softmax(shared_reader(slug)(pictures), 1)


def write_moved(path: Path, found: Moved) -> None:
    """Write what was measured as JSON to `path`, as a whole or not at all."""
    write_whole(path, (json.dumps(asdict(found), indent=1) + "\n").encode())


def read_moved(path: Path) -> Moved:
    """What :func:`write_moved` wrote. Raises `ValueError` where it is not there, or broken."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        raise ValueError(f"{path} is missing, or not JSON") from None
    if not isinstance(values, dict) or set(values) != {field.name for field in fields(Moved)}:
        raise ValueError(f"{path} does not hold what was measured of moved pictures")
    rows = tuple(tuple(row) for row in values["accuracies"])
    return Moved(**{**values, "accuracies": rows})
