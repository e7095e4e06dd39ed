"""Activation maximisation: a picture painted from noise so that one unit answers as much as it can.

Gradient ascent on the picture (Erhan et al. 2009), which is shifted at random before each step and
kept smooth (Mordvintsev et al. 2015; Olah et al. 2017); several pictures, each from its own seed,
side by side. The network is run, never changed: there are no hooks, and its parameters get no
gradients. Units behind an activation that only rises are driven through what goes into it, since
the same picture is best for both and a ReLU at rest gives no gradient.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.accelerator import accelerator, replica
from explainer.lengths import directions, lengths
from explainer.networks.recording.graph import INPUT, Layer, layer_named
from explainer.networks.recording.layer_kinds import NOT_NEGATIVE
from explainer.networks.recording.partial_forward import run_to
from explainer.networks.recording.receptive_field import Box, box
from explainer.networks.visualisation.image_parameterisation import (
    SPECTRUM,
    WITHIN_COLOURS,
    Bound,
    Holding,
    affine,
    mixed,
    noise,
)
from explainer.networks.zoo.entry import Takes

RISING = (*NOT_NEGATIVE, nn.LeakyReLU, nn.ELU, nn.CELU, nn.SELU, nn.Tanh, nn.Hardtanh,
          nn.Softsign, nn.LogSigmoid)  # fmt: skip
MOST_RESTARTS = 5
# The graph of a large network takes up to a gigabyte, and a step has all threads anyway.
_STEPPING = threading.Lock()
WIDE = 20


@dataclass(frozen=True)
class Painting:
    """How a picture is painted. Checked when made: `ValueError` names the value and the bound.

    `smoothness` and `decay` weigh the total variation and the distance from grey against the
    unit's own pull, which is scaled to 1; `jitter` is the largest shift, in pixels.
    """

    steps: int = 128
    learning_rate: float = 0.05
    jitter: int = 2
    smoothness: float = 0.2
    decay: float = 0.02
    holding: Holding = SPECTRUM
    bound: Bound = WITHIN_COLOURS
    seeds: tuple[int, ...] = (1, 2, 3)

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= 2000:
            raise ValueError(f"steps is {self.steps}, but it goes from 1 to 2000")
        for name, least, most in (("learning_rate", 1e-4, 1.0), ("smoothness", 0, 10.0),
                                  ("decay", 0, 10.0), ("jitter", 0, 32)):  # fmt: skip
            value = getattr(self, name)
            if not least <= value <= most:
                raise ValueError(f"{name} is {value:g}, but it goes from {least:g} to {most:g}")
        if not 1 <= len(self.seeds) <= 8:
            raise ValueError(f"there are {len(self.seeds)} seeds, but there may be 1 to 8")

    def for_field(self, size: int) -> Painting:
        """The same, gentler where the unit sees little: an edge detector wants no broad shapes."""
        share = min(1.0, size / WIDE)
        return replace(self, jitter=int(self.jitter * share), smoothness=self.smoothness * share)


@dataclass(frozen=True, eq=False)
class Unit:
    """One pixel of one map of a layer, of pictures `side` pixels high and wide."""

    layer: Layer
    driven: Layer
    index: int
    y: int
    x: int
    side: int
    field: Box

    @property
    def through(self) -> bool:
        """Whether it is driven through what goes into its activation."""
        return self.driven.name != self.layer.name


@dataclass(frozen=True, eq=False)
class Painted:
    """The pictures after `step` steps of `steps`: codes `(S, side, side, 3)`, one a seed.

    `values` `(S,)` are the unit's activations for these very pictures before they were rounded to
    8 bits; `history` holds (step, values) of all that were measured. `restarts` counts how often a
    seed had to begin with new noise because the unit gave no gradient; `still` marks those that
    never got one.
    """

    step: int
    steps: int
    pictures: NDArray[np.uint8]
    values: NDArray[np.float32]
    history: tuple[tuple[int, NDArray[np.float32]], ...]
    restarts: int
    still: tuple[bool, ...]


def middle_unit(
    network: nn.Module, found: tuple[Layer, ...], name: str, index: int, side: int
) -> Unit:
    """The pixel in the middle of map `index` of a layer; `found` are the layers for that side.

    Raises `ValueError` for a layer or a map that is not there.
    """
    layer = layer_named(found, name)
    count, height, width = layer.shape
    if not 0 <= index < count:
        raise ValueError(f"{name!r} has {count} maps: no map {index}")
    y, x = height // 2, width // 2
    driven, module = layer, network.get_submodule(layer.module)
    if isinstance(module, RISING) and layer.inputs[0] != INPUT:
        driven = layer_named(found, layer.inputs[0])
    return Unit(layer, driven, index, y, x, side, box(found, name, y, x, (side, side)))


def paint_for(
    network: Callable[[], nn.Module],
    entry: Takes,
    found: tuple[Layer, ...],
    unit: Unit,
    settings: Painting,
) -> Generator[Painted]:
    """Paint for `unit`: yields the noise, then the pictures after each step.

    `network` is asked for at each step and not kept, so that one that nobody looks at can go.
    A seed gives the same picture each time, whatever other seeds are painted beside it, up to
    float rounding.
    """
    painter = _Painter(network, entry, found, unit, settings)
    history = [(0, painter.measured())]
    yield painter.painted(0, history)
    for step in range(1, settings.steps + 1):
        painter.climb()
        history.append((step, painter.measured()))
        yield painter.painted(step, history)


def roughness_gradient(pictures: Tensor) -> Tensor:
    """The gradient of half the squared differences of neighbouring pixels, `(N, C, H, W)`."""
    rough = torch.zeros_like(pictures)
    for axis in (2, 3):
        difference = pictures.diff(dim=axis)
        rough += _padded(difference, axis, after=False) - _padded(difference, axis, after=True)
    return rough


class _Painter:
    """The pictures of one painting: their numbers, their generators and their optimiser."""

    def __init__(
        self,
        network: Callable[[], nn.Module],
        entry: Takes,
        found: tuple[Layer, ...],
        unit: Unit,
        settings: Painting,
    ) -> None:
        self.network, self.found, self.unit, self.settings = network, found, unit, settings
        self.black, self.white = affine(entry)
        self.shape = settings.holding.shape((entry.channels, unit.side, unit.side))
        self.draws = [torch.Generator().manual_seed(seed) for seed in settings.seeds]
        self.values = torch.stack([noise(self.shape, draw) for draw in self.draws])
        self.values.requires_grad_(True)
        self.optimiser = torch.optim.Adam([self.values], lr=settings.learning_rate)
        self.restarts = [0] * len(self.draws)
        self.moved = [False] * len(self.draws)

    def inputs(self) -> Tensor:
        """The pictures as the network takes them, `(S, C, side, side)`."""
        read = self.settings.holding.read(self.values, (self.unit.side, self.unit.side))
        return self.settings.bound.inputs(mixed(read), self.black, self.white, self.unit.field)

    def answers(self, inputs: Tensor, layer: Layer) -> Tensor:
        """What the unit, or what it is driven through, gives for each picture: `(S,)`."""
        where = accelerator().torch
        maps = run_to(replica(self.network()), self.found, inputs.to(where), layer.name)
        return maps[:, self.unit.index, self.unit.y, self.unit.x].cpu()

    @torch.no_grad()
    def measured(self) -> NDArray[np.float32]:
        """The unit's activation for each picture as it is, unshifted."""
        return self.answers(self.inputs(), self.unit.layer).numpy().copy()

    def climb(self) -> None:
        """One step of gradient ascent for the pictures `(S, C, side, side)` of all seeds."""
        with torch.enable_grad():
            inputs = self.inputs()
            pull = self.pull(inputs.detach())
            self.optimiser.zero_grad()
            inputs.backward(-(pull - self.against(inputs.detach())))  # type: ignore[no-untyped-call]
            self.optimiser.step()

    def pull(self, inputs: Tensor) -> Tensor:
        """The unit's gradient by the shifted pictures, shifted back, of mean square 1 in the field.

        Where it is zero the picture begins anew with other noise.
        """
        shifts = [self._shift(draw) for draw in self.draws]
        shifted = _rolled(inputs, shifts).requires_grad_(True)
        with _STEPPING:
            total = self.answers(shifted, self.unit.driven).sum()
            (gradient,) = torch.autograd.grad(total, shifted)
        found = lengths(gradient)
        for place, length in enumerate(found.tolist()):
            self.moved[place] = self.moved[place] or length > 0
            if not length and not self.moved[place] and self.restarts[place] < MOST_RESTARTS:
                self._begin_anew(place)
        size = (self.unit.field.height * self.unit.field.width * inputs.shape[1]) ** 0.5
        scaled = size * directions(gradient.flatten(1)).view_as(gradient)
        return _rolled(scaled, [(-down, -right) for down, right in shifts])

    def against(self, inputs: Tensor) -> Tensor:
        """The gradient of the smoothness prior and of the distance from grey."""
        grey = self.black + self.white / 2
        rough = roughness_gradient(inputs)
        return self.settings.smoothness * rough + self.settings.decay * (inputs - grey)

    def painted(self, step: int, history: list[tuple[int, NDArray[np.float32]]]) -> Painted:
        """What there is to see now."""
        with torch.no_grad():
            shown = ((self.inputs() - self.black) / self.white).clamp(0, 1)
        colours = (shown * 255).round().byte().expand(-1, 3, -1, -1)
        codes = colours.permute(0, 2, 3, 1).contiguous().numpy()
        still = tuple(
            not moved and count >= MOST_RESTARTS
            for moved, count in zip(self.moved, self.restarts, strict=True)
        )
        return Painted(
            step, self.settings.steps, codes, history[-1][1], tuple(history),
            sum(self.restarts), still,
        )  # fmt: skip

    def _shift(self, draw: torch.Generator) -> tuple[int, int]:
        most = self.settings.jitter
        down, right = torch.randint(-most, most + 1, (2,), generator=draw).tolist()
        return down, right

    def _begin_anew(self, place: int) -> None:
        self.restarts[place] += 1
        with torch.no_grad():
            # Wider each time: what is dead at a little contrast may wake at more.
            wider = 1 + self.restarts[place]
            self.values[place] = noise(self.shape, self.draws[place]) * wider


def _rolled(pictures: Tensor, shifts: list[tuple[int, int]]) -> Tensor:
    return torch.stack(
        [torch.roll(one, shift, (1, 2)) for one, shift in zip(pictures, shifts, strict=True)]
    )


def _padded(difference: Tensor, axis: int, *, after: bool) -> Tensor:
    """Differences along an axis with a zero before the first or after the last."""
    zero = torch.zeros_like(difference.narrow(axis, 0, 1))
    return torch.cat([difference, zero] if after else [zero, difference], axis)
