"""A network of the visitor's own: the best of a race, with what it learned from.

The race may go on, or be over and its memory free: nothing here belongs to it any more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.networks.recording.graph import layers
from explainer.networks.zoo.normalisation import normalised
from explainer.training.data.splits import Normaliser
from explainer.training.engine.run import Run
from explainer.training.recipe.build_network import build
from explainer.words import _, later, sentence_of

MOST_PICTURES = 24


@dataclass(frozen=True, eq=False)
class OwnNetwork:
    """The network of one recipe and seed as it was when its validation loss was lowest.

    It takes squares of `input_size` pixels with `channels` colours, normalised by `mean` and
    `deviation` of its training part. `pictures` `(N, S, S, 3)` are some that it was validated on,
    never trained on, and `labels` what they are; there are none where its data are not at hand.
    """

    slug: str
    name: str
    network: nn.Module
    classes: tuple[str, ...]
    input_size: int
    channels: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    pictures: NDArray[np.uint8]
    labels: tuple[int, ...]
    seed: int
    step: int
    accuracy: float
    parameters: int
    any_size: bool = False
    knows: str = "own"

    @property
    def title(self) -> str:
        """What it is called: the name of its recipe, and the seed where that is not the first."""
        if self.seed:
            return _("Your network: {name}, seed {seed}", name=self.name, seed=self.seed)
        return _("Your network: {name}", name=self.name)

    @property
    def resize(self) -> int:
        """The square is the whole middle of a photo."""
        return self.input_size

    @property
    def smallest(self) -> int:
        """The shortest side that it can be shown: its own."""
        return self.input_size

    def normalise(self, pictures: Tensor) -> Tensor:
        """Pictures `(..., C, H, W)` in [0, 1], less the mean, over the standard deviation."""
        return normalised(pictures, self.mean, self.deviation)


def taken_over(run: Run, name: str) -> OwnNetwork:
    """A copy of the best network of `run`, called after `name`; its race is left as it is.

    Raises `ValueError` with one sentence where nothing was measured yet, where the data are no
    square pictures, and where the network has a layer that cannot be opened.
    """
    kept, best, shape = run.record.checkpoint, run.record.best, run.data.shape
    if kept is None or best is None:
        raise ValueError(later("There is no best network before the first measurement."))
    if len(shape) != 3 or shape[1] != shape[2]:
        raise ValueError(
            later("This network takes points, not pictures, so it has no maps to look at.")
        )
    network = build(run.recipe.network, shape, len(run.data.classes), run.recipe.regularisation)
    kept.restore(network)
    normaliser = run.data.normaliser.to("cpu")
    pictures = as_codes(run.data.normaliser, run.data.validation_inputs[:MOST_PICTURES])
    return own_network(
        network,
        shape,
        name=name,
        classes=run.data.classes,
        mean=tuple(normaliser.mean.tolist()),
        deviation=tuple(normaliser.std.tolist()),
        pictures=pictures,
        labels=tuple(run.data.validation_labels[: len(pictures)].tolist()),
        seed=run.seed,
        step=kept.step,
        accuracy=best.validation_measure,
    )


def own_network(network: nn.Module, shape: tuple[int, ...], **known: Any) -> OwnNetwork:
    """An entry for `network`, which is put to rest; `known` are the rest of the fields.

    Raises `ValueError` where it has a layer that cannot be opened.
    """
    network.eval().requires_grad_(False)
    _check(network, shape)
    return OwnNetwork(
        slug=f"own-{_digest(network)}",
        network=network,
        input_size=shape[1],
        channels=shape[0],
        parameters=sum(one.numel() for one in network.parameters()),
        any_size=any(isinstance(one, nn.AdaptiveAvgPool2d) for one in network.modules()),
        **known,
    )


def _check(network: nn.Module, shape: tuple[int, ...]) -> None:
    try:
        layers(network, (shape[0], shape[1], shape[2]))
    except ValueError as error:
        raise ValueError(
            later("This network cannot be opened: {reason}.", reason=sentence_of(error))
        ) from None


def as_codes(normaliser: Normaliser, inputs: Tensor) -> NDArray[np.uint8]:
    """Normalised inputs `(N, C, S, S)` as the pictures they were, `(N, S, S, 3)`."""
    pictures = normaliser.invert(inputs).clamp(0, 1).mul(255).round().byte().cpu()
    codes = pictures.permute(0, 2, 3, 1).expand(-1, -1, -1, 3)
    return np.ascontiguousarray(codes.numpy())


def _digest(network: nn.Module) -> str:
    digest = hashlib.sha256()
    for name, tensor in network.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.contiguous().numpy().tobytes())
    return digest.hexdigest()[:12]
