"""What a method of attribution is, what it is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.gradients.attribution.progress import Progress
from explainer.gradients.attribution.target import Score
from explainer.parameters import Setting, Value

Map = NDArray[np.float32]


@dataclass(frozen=True)
class Question:
    """A private copy of a network, a picture `(1, C, H, W)` normalised, a score, a layer.

    `black` `(1, C, 1, 1)` is what a black pixel is after normalising.
    """

    network: nn.Module
    picture: Tensor
    score: Score
    layer: str | None
    black: Tensor
    progress: Progress | None


@dataclass(frozen=True)
class ClassActivation:
    """A class activation map before its ReLU, and the weights it was summed with.

    `coarse` `(h, w)` is the sum of the layer's maps times `weights` `(channels,)`; `before_relu`
    `(H, W)` is the same at the size of the picture.
    """

    coarse: Map
    before_relu: Map
    weights: Map

    @property
    def clipped_share(self) -> float:
        """How much of the coarse map's absolute sum was negative, so cut off: 0 to 1."""
        whole = float(np.abs(self.coarse).sum(dtype=np.float64))
        cut = float(np.maximum(-self.coarse, 0).sum(dtype=np.float64))
        return cut / whole if whole else 0.0

    @property
    def positive_weight(self) -> float:
        """The sum of the channel weights above 0."""
        return float(np.maximum(self.weights, 0).sum(dtype=np.float64))

    @property
    def negative_weight(self) -> float:
        """The sum of the channel weights below 0."""
        return float(np.minimum(self.weights, 0).sum(dtype=np.float64))


@dataclass(frozen=True)
class MethodResult:
    """What a method computes: a map `(H, W)`, and what else it knows.

    `total` is what the map should add up to, where the method promises a sum. `noted` gives a
    sentence for the reader, in their language, where the method could not do on this network what
    it is known for.
    """

    values: Tensor
    cam: ClassActivation | None = None
    total: float | None = None
    noted: Callable[[], str] | None = None


@dataclass(frozen=True)
class Attribution:
    """A map of one picture: `values` `(H, W)`, positive where a pixel speaks for the target.

    Channels were summed with their signs. `score` is what the target scored on the picture, and
    `logits` `(classes,)` all that the network gave. `cam` is there for the class activation maps,
    whose `values` are after the ReLU; `total` and `noted` as in :class:`MethodResult`.
    """

    slug: str
    values: Map
    target: Score
    score: float
    logits: Map
    seconds: float
    layer: str | None = None
    cam: ClassActivation | None = None
    total: float | None = None
    noted: Callable[[], str] | None = None

    @property
    def note(self) -> str:
        """What is to be said of the map in the visitor's language; empty for nothing."""
        return self.noted() if self.noted else ""

    @property
    def blank(self) -> bool:
        """Whether the map is the same everywhere, so there is nothing to see."""
        return bool(np.ptp(self.values) == 0)

    @property
    def gap(self) -> float | None:
        """How far the sum of the map is from `total`, as a share of it; None without a total."""
        if self.total is None:
            return None
        missing = abs(float(self.values.sum(dtype=np.float64)) - self.total)
        return missing / abs(self.total) if self.total else missing


@dataclass(frozen=True)
class Method:
    """A method by name: what it means, who described it, what may be set, how it is computed.

    `compute(question, **values)` takes every setting by name. `signed` says that `values` may be
    negative; a method that `needs_layer` is drawn from the maps of one. One of `many_passes` sends
    dozens or hundreds of pictures through the network, the others one or two.
    """

    slug: str
    title: str
    meaning: str
    authors: str
    year: int
    needs_layer: bool
    signed: bool
    settings: tuple[Setting, ...]
    compute: Callable[..., MethodResult]
    many_passes: bool = False

    def defaults(self) -> dict[str, Value]:
        """The default value of each setting, by name."""
        return {setting.name: setting.default for setting in self.settings}
