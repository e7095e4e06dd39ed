"""The registry of the networks that come with the app, and how to load one.

Weights lie in `assets/weights/<slug>.safetensors` in half precision, their card beside them as
`<slug>.json`; `python -m scripts.weights.train_pictures <slug> --data ROOT` makes both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from explainer.networks.architectures.feed_forward import COLOURS, lenet, vgg
from explainer.networks.architectures.residual import resnet20
from explainer.networks.zoo.card import Card, read_card, write_whole
from explainer.networks.zoo.normalisation import normalised
from explainer.networks.zoo.training_plan import TrainingPlan
from explainer.registry import Registry
from explainer.training.data.cifar import CLASSES, SIDE
from explainer.words import N_

WEIGHTS = Path(__file__).parents[3] / "assets" / "weights"
# Mean and standard deviation of the training pictures of CIFAR-10, for each colour.
MEAN = (0.4914, 0.4822, 0.4465)
DEVIATION = (0.2470, 0.2435, 0.2616)


@dataclass(frozen=True)
class Shipped:
    """A network by name: who described it, how to build it, what it takes, how it was trained.

    It takes pictures `(N, 3, H, W)` in [0, 1] after :meth:`normalise`, trained at `input_size`
    pixels a side; where `any_size` is set, H and W are free. It gives logits in the order of
    `classes`.
    """

    slug: str
    title: str
    source: str
    description: str
    build: Callable[[], nn.Sequential]
    plan: TrainingPlan
    any_size: bool = True
    input_size: int = SIDE
    channels: int = COLOURS
    knows: str = "ten"
    mean: tuple[float, ...] = MEAN
    deviation: tuple[float, ...] = DEVIATION
    classes: tuple[str, ...] = CLASSES

    @property
    def resize(self) -> int:
        """The square is the whole middle of a photo: the shorter side is not cut."""
        return self.input_size

    @property
    def smallest(self) -> int:
        """The shortest side that it can be shown: smaller photos than it knows are enlarged."""
        return self.input_size

    def normalise(self, pictures: Tensor) -> Tensor:
        """Pictures `(..., 3, H, W)` in [0, 1], less the mean, over the standard deviation."""
        return normalised(pictures, self.mean, self.deviation)

    def weights(self, folder: Path = WEIGHTS) -> Path:
        """The file of its weights, safetensors; a JSON card lies beside it."""
        return folder / f"{self.slug}.safetensors"

    def card(self, folder: Path = WEIGHTS) -> Card:
        """The card that lies beside the weights."""
        return read_card(folder / f"{self.slug}.json")


VGG_SOURCE = "K. Simonyan and A. Zisserman, 2015; batch norm: S. Ioffe and C. Szegedy, 2015"
SHIPPED = Registry[Shipped](
    N_("network"),
    Shipped(
        slug="lenet",
        title="LeNet-5",
        source="Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, 1998",
        description=N_(
            "Two convolutions with means between them, then dense layers, all with tanh:"
            " the network that read the digits on cheques."
        ),
        build=lenet,
        plan=TrainingPlan(epochs=20, learning_rate=0.03, initialisation="xavier"),
        any_size=False,
    ),
    Shipped(
        slug="vgg",
        title=N_("Small VGG"),
        source=VGG_SOURCE,
        description=N_(
            "Three pairs of 3 × 3 convolutions with batch norm and ReLU, the picture"
            " halved and the maps doubled after each pair."
        ),
        build=vgg,
        plan=TrainingPlan(epochs=20),
    ),
    Shipped(
        slug="vgg-sigmoid",
        title=N_("Small VGG with sigmoid"),
        source=VGG_SOURCE,
        description=N_(
            "The small VGG, trained in the same way, with the sigmoid in place of ReLU."
        ),
        build=partial(vgg, nn.Sigmoid),
        plan=TrainingPlan(epochs=20),
    ),
    Shipped(
        slug="resnet20",
        title="ResNet-20",
        source="K. He, X. Zhang, S. Ren and J. Sun, 2016",
        description=N_(
            "One convolution, then nine blocks of two, each of which adds its input to what"
            " it has made of it, and a dense layer: twenty with weights."
        ),
        build=resnet20,
        plan=TrainingPlan(epochs=52),
    ),
)


def load(slug: str, folder: Path = WEIGHTS) -> nn.Sequential:
    """The trained network of that slug, float32, in evaluation mode.

    Raises `ValueError` where the slug is unknown, or the weights are missing or do not fit.
    """
    entry = SHIPPED[slug]
    return with_weights(entry.build(), entry.weights(folder), entry.title)


def with_weights(network: nn.Sequential, path: Path, title: str) -> nn.Sequential:
    """`network`, called `title`, with the weights that lie at `path`, in evaluation mode.

    Raises `ValueError` where they are missing or do not fit.
    """
    if not path.is_file():
        raise ValueError(f"the weights of {title} are not there: {path} is missing")
    try:
        network.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError):
        raise ValueError(f"{path} does not hold the weights of {title}") from None
    return network.eval()


def save_weights(path: Path, network: nn.Module) -> None:
    """Write parameters and batch norm's statistics to `path`, floats in half precision."""
    state = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).cpu().contiguous()
        for name, tensor in network.state_dict().items()
    }
    write_whole(path, save(state))


def probe_picture(size: int = SIDE) -> Tensor:
    """A picture `(1, 3, size, size)` in [0, 1] of three gratings, by formula, to compare logits."""
    steps = torch.arange(size, dtype=torch.float32)
    row, column = steps[:, None], steps[None, :]
    phases = (row / 3 + column / 7, row / 5 - column / 4, row * column / 40)
    return torch.stack([0.5 + 0.5 * torch.sin(phase) for phase in phases])[None]


def count_parameters(network: nn.Module) -> int:
    """The number of trained values; batch norm's statistics are not counted."""
    return sum(parameter.numel() for parameter in network.parameters())
