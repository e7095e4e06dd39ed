"""A layer's maps as one montage on the page: pointed at in the browser, one of them chosen.

`explainer.charts.montage.tiles` makes such a montage. What is chosen is the caller's to remember:
the component reports a choice once.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.images.thumbnails import encode_jpeg, encode_png
from explainer.ui.common.components import mark_read, mount, number_of, pack, reported, unread

HEAVIEST_EXACT = 200_000  # bytes; what has more has so many pixels that none is seen by itself


def maps_montage(
    key: str,
    montage: NDArray[np.uint8],
    *,
    columns: int,
    tile: tuple[int, int],
    gap: int,
    labels: Sequence[str],
    selected: int | None,
    alt: str,
    numbers: Sequence[int] = (),
) -> int | None:
    """Show `montage` (H, W, 3) and return the tile that is chosen, counted from 0 in rows.

    That is the one the visitor picked since the last run, else `selected`; so pass back next time
    what came out this time. `tile` is (height, width) in pixels of the montage, `gap` what lies
    between two tiles, and there are as many tiles as `labels`. `numbers` stand in their corners
    where there is room. Raises `ValueError` for a montage
    of another size.
    """
    name = f"{key}.maps"
    _check(montage.shape[:2], len(labels), columns, tile, gap)
    message = unread(name, "picked")
    index = message.get("index")
    chosen = index if isinstance(index, int) and 0 <= index < len(labels) else selected
    header = {
        "number": number_of(name, message),
        "columns": columns,
        "tile": tile,
        "gap": gap,
        "labels": list(labels),
        "numbers": list(numbers),
        "selected": chosen,
        "alt": alt,
    }
    mount("maps", key=name, data=_packed(header, montage), on_picked_change=reported)
    mark_read(name, message)
    return chosen


def _check(
    shape: tuple[int, ...], count: int, columns: int, tile: tuple[int, int], gap: int
) -> None:
    rows = -(-count // columns)
    wanted = (rows * (tile[0] + gap) - gap, columns * (tile[1] + gap) - gap)
    if not count or tuple(shape) != wanted:
        raise ValueError(
            f"a montage of {count} tiles in {columns} columns has {wanted[0]} × {wanted[1]} "
            f"pixels, not {shape[0]} × {shape[1]}"
        )


def _packed(header: dict[str, Any], montage: NDArray[np.uint8]) -> bytes:
    height, width = montage.shape[:2]
    image = encode_png(montage)
    lossless = len(image) <= HEAVIEST_EXACT
    if not lossless:
        image = encode_jpeg(montage, quality=85, full_colour=True)
    described = {
        "digest": zlib.crc32(image),
        "mime": "image/png" if lossless else "image/jpeg",
        "height": height,
        "width": width,
    }
    return pack({**header, **described}, image)
