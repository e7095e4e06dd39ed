"""Which inputs an output sees, along one axis: windows of layers, and receptive fields of pixels.

A window is how one layer looks at its input; a field is what that comes to, layer upon layer, on
the picture. Both count positions, beyond the border too (they may be negative or too large).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

Interval = tuple[int, int]


@dataclass(frozen=True)
class Window:
    """Output i sees the inputs from $⌊is⌋ - p$ to $⌈is + n⌉ - p - 1$: stride s, span n, padding p.

    Of a dilated window the span is the whole, holes included. An adaptive pooling has a stride that
    need not be whole; of a window that sees everything wherever it lies, the stride is 0.
    """

    span: Fraction = Fraction(1)
    stride: Fraction = Fraction(1)
    padding: int = 0

    def seen(self, outputs: Interval) -> Interval:
        """The first and the last input that the outputs from the first to the last see."""
        first, last = outputs
        begin = math.floor(first * self.stride) - self.padding
        return begin, math.ceil(last * self.stride + self.span) - self.padding - 1


@dataclass(frozen=True)
class Field:
    """The receptive field of a layer's pixels along one axis, in pixels of the picture.

    Pixel i of the map sees `size` pixels, the middle of them at `start + i * jump`. Where each sees
    the whole picture, `jump` is 0.
    """

    size: int
    jump: float
    start: float

    def interval(self, index: int) -> Interval:
        """The first and the last pixel that pixel `index` sees, the padding counted as picture."""
        first = math.floor(self.start + index * self.jump - (self.size - 1) / 2)
        return first, first + self.size - 1


PIXEL = Field(1, 1.0, 0.0)


def beyond(field: Field, window: Window) -> Field:
    """The field of a layer that looks through `window` at a layer with `field`."""
    size = field.size + (window.span - 1) * Fraction(field.jump)
    middle = Fraction(window.span - 1) / 2 - window.padding
    return Field(
        size=math.ceil(size),
        jump=float(field.jump * window.stride),
        start=field.start + float(middle) * field.jump,
    )


def union(fields: list[Field], length: int) -> Field:
    """The smallest field that holds all `fields` of a map with `length` pixels along the axis."""
    if len({field.jump for field in fields}) > 1:
        fields = [_of_all(field, length) for field in fields]
    return reduce(_hull, fields)


def _of_all(field: Field, length: int) -> Field:
    """What all pixels of a map see together."""
    reach = field.jump * (length - 1)
    return Field(field.size + math.ceil(reach), 0.0, field.start + reach / 2)


def _hull(one: Field, other: Field) -> Field:
    first = min(field.start - (field.size - 1) / 2 for field in (one, other))
    last = max(field.start + (field.size - 1) / 2 for field in (one, other))
    return Field(math.ceil(last - first) + 1, one.jump, (first + last) / 2)
