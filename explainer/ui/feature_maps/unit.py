"""One map of a network on the page: over the photo, by itself, and the sums behind its pixels.

The browser has the map's exact values and answers a hover with them; for the arithmetic of a pixel
it asks a `LivePicture`, whose message is `pack` of a header with the fields of a drill:

    {"number", "y", "x", "heading", "rows": [{"label", "window", "weights" | None, "sum"}],
     "hidden": {"text", "sum"} | None, "terms": [{"label", "value"}], "total": {"label", "value"},
     "text", "folded", "sources": [{"label", "from"}]}

`window` and `weights` are lists of lines of finite numbers. The terms are shown as a sum; where
they are none, a term or the total says by a `"sign"` of its own (`"×"`, `"→"`) what stands before
it. `hidden` says how many rows are left out, and what they add up to. `folded` has, where it is
there, rows, hidden, terms and text of another way to the same value, which a button shows. A row
and a term may say by `"from"`, a place {"layer", "map", "y", "x"}, where its input comes from:
whoever clicks it is taken there. What is pinned is the caller's to remember: the component reports
a pin once.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import centred
from explainer.images.thumbnails import encode_jpeg, encode_png, encode_webp, fit
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import (
    heard,
    mark_read,
    mount,
    number_of,
    pack,
    reported,
    unread,
)

SHOWN_SIDE = 800
LOSSLESS_BELOW = 160 * 160


class Field(Protocol):
    """A receptive field along one axis, in pixels of the photo.

    The map's pixel x sees the pixels `start + jump x ± (size − 1) / 2`, both ends included.
    """

    @property
    def size(self) -> float: ...
    @property
    def jump(self) -> float: ...
    @property
    def start(self) -> float: ...


@dataclass(frozen=True)
class Legend:
    """The colour scale of a map: `#rrggbb` stops, what stands at its ends, what it means."""

    stops: Sequence[str]
    low: str
    high: str
    meaning: str


def unit_view(
    key: str,
    *,
    photo: NDArray[np.uint8],
    painted: NDArray[np.uint8],
    values: NDArray[np.float32],
    field: Field | tuple[Field, Field],
    legend: Legend,
    title: str,
    address: str,
    pinned: tuple[int, int] | None,
    alt: str,
    here: dict[str, Any] | None = None,
    follow: Callable[[dict[str, Any]], None] = lambda _: None,
) -> tuple[int, int] | None:
    """Show a map and return the pixel (y, x) of it that is pinned, or `None`.

    That is what the visitor pinned or let go since the last run, else `pinned`; so pass back next
    time what came out this time. `photo` (H, W, 3) is what the network was shown, `painted`
    (h, w, 3) the map in the colours of `legend`, `values` (h, w) its numbers, `field` what a pixel
    sees of the photo (along both axes, or along rows and columns), and `address` where a
    `LivePicture` answers `{"y": y, "x": x}` with the drill. `follow` is called with the place that
    a visitor wants to go to, before the page runs again; `here` is the place without its pixel, to
    come back to. Raises `ValueError` where `painted` and
    `values` differ in size.
    """
    if painted.shape[:2] != values.shape:
        raise ValueError(f"colours of {painted.shape[:2]} pixels for values of {values.shape}")
    name = f"{key}.unit"
    message = unread(name, "pinned")
    current = _bounded(_pixel(message) if message else pinned, values.shape)
    header = {
        "name": name,
        "number": number_of(name, message),
        "address": address,
        "photo": photo.shape[:2],
        "shape": values.shape,
        "field": _numbers(field),
        "legend": asdict(legend),
        "diverging": centred(theme()),
        "title": title,
        "alt": alt,
        "pinned": current,
        "here": here,
    }
    mount(
        "unit", key=name, data=_packed(header, photo, painted, values), on_pinned_change=reported,
        on_followed_change=lambda: follow(heard(name, "followed")),
    )  # fmt: skip
    mark_read(name, message)
    return current


def _numbers(field: Field | tuple[Field, Field]) -> list[dict[str, float]]:
    axes = field if isinstance(field, tuple) else (field, field)
    return [{"size": float(a.size), "jump": float(a.jump), "start": float(a.start)} for a in axes]


def _packed(
    header: dict[str, Any],
    photo: NDArray[np.uint8],
    painted: NDArray[np.uint8],
    values: NDArray[np.float32],
) -> bytes:
    shown = fit(photo, SHOWN_SIDE, SHOWN_SIDE)
    lossless = shown.shape[0] * shown.shape[1] <= LOSSLESS_BELOW
    image = encode_png(shown) if lossless else encode_jpeg(shown, quality=88)
    colours = encode_webp(painted)
    numbers = np.ascontiguousarray(values, "<f4").tobytes()
    described = {
        "mime": "image/png" if lossless else "image/jpeg",
        "digest": zlib.crc32(numbers, zlib.crc32(header["title"].encode())),
        "pictures": zlib.crc32(colours, zlib.crc32(image)),
    }
    return pack({**header, **described}, image, colours, numbers)


def _pixel(message: dict[str, Any]) -> tuple[int, int] | None:
    y, x = message.get("y"), message.get("x")
    return (y, x) if isinstance(y, int) and isinstance(x, int) else None


def _bounded(pixel: tuple[int, int] | None, shape: tuple[int, ...]) -> tuple[int, int] | None:
    """`pixel` moved into a map of `shape`: a pin may come from a link, or from a larger map."""
    if pixel is None:
        return None
    return min(max(int(pixel[0]), 0), shape[0] - 1), min(max(int(pixel[1]), 0), shape[1] - 1)
