"""What seeing a small window and sharing its weights save: three first layers, counted.

All three make the same output, `maps` pictures of the size of the input. The formulas need no
network, so they count layers that no memory would hold; biases are counted, padding is not left
out of the multiplications.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explainer.words import N_

BYTES_PER_WEIGHT = 4  # float32
COLOURS = 3


@dataclass(frozen=True)
class FirstLayer:
    """A first layer for colour pictures `(3, height, width)` that gives `(maps, height, width)`.

    `kernel_size` is odd; the picture is padded so that its size stays.
    """

    height: int
    width: int
    maps: int
    kernel_size: int

    @property
    def inputs(self) -> int:
        """How many numbers come in."""
        return COLOURS * self.height * self.width

    @property
    def outputs(self) -> int:
        """How many numbers go out."""
        return self.maps * self.height * self.width

    @property
    def window(self) -> int:
        """How many numbers one output of a convolution sees."""
        return COLOURS * self.kernel_size**2


@dataclass(frozen=True)
class Count:
    """What a layer costs: weights, biases, and multiplications for one picture."""

    weights: int
    biases: int
    multiplications: int

    @property
    def parameters(self) -> int:
        """Weights and biases."""
        return self.weights + self.biases

    @property
    def nbytes(self) -> int:
        """The bytes of the parameters in float32."""
        return BYTES_PER_WEIGHT * self.parameters


@dataclass(frozen=True)
class Connection:
    """A way to connect inputs with outputs: what an output sees, and who has the same weights.

    `formula(layer)` is the number of weights as LaTeX, with the numbers filled in.
    """

    slug: str
    title: str
    meaning: str
    count: Callable[[FirstLayer], Count]
    formula: Callable[[FirstLayer], str]


def _dense(layer: FirstLayer) -> Count:
    weights = layer.inputs * layer.outputs
    return Count(weights, layer.outputs, weights)


def _local(layer: FirstLayer) -> Count:
    weights = layer.window * layer.outputs
    return Count(weights, layer.outputs, weights)


def _shared(layer: FirstLayer) -> Count:
    return Count(layer.window * layer.maps, layer.maps, layer.window * layer.outputs)


def _size(*sides: int) -> str:
    return r" \cdot ".join(f"{side}" for side in sides)


def _dense_formula(layer: FirstLayer) -> str:
    pixels = (layer.height, layer.width)
    return rf"({_size(COLOURS, *pixels)}) \times ({_size(layer.maps, *pixels)})"


def _local_formula(layer: FirstLayer) -> str:
    window = (COLOURS, layer.kernel_size, layer.kernel_size)
    return rf"({_size(*window)}) \times ({_size(layer.maps, layer.height, layer.width)})"


def _shared_formula(layer: FirstLayer) -> str:
    return rf"({_size(COLOURS, layer.kernel_size, layer.kernel_size)}) \times {layer.maps}"


CONNECTIONS: tuple[Connection, ...] = (
    Connection(
        slug="dense",
        title=N_("Dense"),
        meaning=N_("Every output sees every pixel, each through a weight of its own."),
        count=_dense,
        formula=_dense_formula,
    ),
    Connection(
        slug="local",
        title=N_("Local"),
        meaning=N_("An output sees a small window; every window has weights of its own."),
        count=_local,
        formula=_local_formula,
    ),
    Connection(
        slug="convolution",
        title=N_("Convolution"),
        meaning=N_("An output sees a small window; all windows share the same weights."),
        count=_shared,
        formula=_shared_formula,
    ),
)


def scaled_size(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height of a picture whose longest side is `side`, its proportions kept."""
    if side < 1:
        raise ValueError(f"the side is {side}, but it starts at 1")
    scale = side / max(width, height)
    return max(1, round(width * scale)), max(1, round(height * scale))
