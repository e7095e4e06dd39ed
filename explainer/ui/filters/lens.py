"""The microscope on the page: a picture, a filter's output, and the sums between them.

The browser does the hovering. It is sent the output as a small picture, and the numbers that a sum
needs: weights, settings, and (by `send_pixels`) the picture's exact pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.colour import SIGNED
from explainer.charts.filters.output import FilterOutput, small_picture
from explainer.charts.theme import GREYS, Theme, centred
from explainer.convolution.application import Application, pads
from explainer.convolution.view import strongest
from explainer.images.picture import Picture
from explainer.images.thumbnails import encode_jpeg, encode_png
from explainer.messages import LARGEST_NUMBER, linked_whole, whole
from explainer.ui.common.address import keep_in_link, keep_pixel_in_link, pixel_of
from explainer.ui.common.components import heard, mount, pack, reported
from explainer.ui.common.memory import remembered
from explainer.words import _

LOSSLESS_BELOW = 160 * 160
SIDE = "side"


def lens(message: bytes, *, key: str) -> None:
    """Show the microscope of that message."""
    mount(
        "lens", key=f"{key}.lens", data=message,
        on_pinned_change=reported, on_laid_change=reported,
    )  # fmt: skip


def lens_message(
    picture: Picture,
    weights: NDArray[np.float64],
    application: Application,
    found: FilterOutput,
    *,
    name: str,
    number: int,
    filter_title: str,
    rests: tuple[int, int],
    pinned: tuple[int, int] | None,
    layout: str,
    theme: Theme,
) -> bytes:
    """What the microscope needs; `number` says which move of the sliders this picture answers.

    It shows the pixel that is pinned, or pointed at, or else `rests`, row and column of the output.
    """
    shown = small_picture(found, theme)
    lossless = shown.shape[0] * shown.shape[1] <= LOSSLESS_BELOW
    image = encode_png(shown) if lossless else encode_jpeg(shown, quality=88)
    header: dict[str, Any] = {
        "name": name,
        "number": number,
        "mime": "image/png" if lossless else "image/jpeg",
        "digest": picture.digest,
        "height": picture.codes.shape[0],
        "width": picture.codes.shape[1],
        "shape": found.values.shape,
        "rests": rests,
        "pinned": pinned,
        "layout": layout,
        "statistics": _statistics_line(found),
        "legend": _legend(found, theme),
        "sequential": GREYS,
        "diverging": centred(theme),
        "captions": _captions(picture, found, filter_title),
        "alt": _alternatives(picture, filter_title),
        **_arithmetic(weights, application),
    }
    return pack(header, image)


def pinned_pixel(key: str) -> tuple[int, int] | None:
    """The output pixel the visitor has pinned: from the microscope, else from the URL."""
    pinned = heard(f"{key}.lens", "pinned")
    if not pinned:
        return pixel_of(st.query_params.get(f"{key}.pixel", ""))
    place = pinned.get("pixel")
    if not isinstance(place, list) or len(place) != 2:
        return None
    row, column = (whole(one, 0, LARGEST_NUMBER) for one in place)
    return None if row is None or column is None else (row, column)


def resting_pixel(key: str) -> tuple[int, int] | None:
    """The output pixel that the microscope shows where none is pinned, once it has been shown."""
    kept: tuple[object, tuple[int, int]] | None = st.session_state.get(f"{key}.rests")
    return kept[1] if kept else None


def rest_on(key: str, picture: Picture, found: FilterOutput) -> tuple[int, int]:
    """Where the microscope rests: one place for a picture and a size of output, whatever filter.

    It is where the output was farthest from zero when they were first seen.
    """
    place = (picture.digest, found.values.shape[:2])
    return remembered(f"{key}.rests", place, lambda: strongest(found.values))


def write_lens_to_url(key: str) -> None:
    """Put the pinned pixel and the layout into the address, or take them out."""
    keep_pixel_in_link(f"{key}.pixel", pinned_pixel(key))
    keep_in_link(f"{key}.layout", lens_layout(key))


def lens_layout(key: str) -> str:
    """How the two pictures are laid out, as chosen or else as in the link; nothing for as usual.

    That is `SIDE`, or where the picture before ends, in percent.
    """
    said = str(heard(f"{key}.lens", "laid").get("layout", st.query_params.get(f"{key}.layout", "")))
    return said if said == SIDE or linked_whole(said, 0, 100) is not None else ""


def _arithmetic(weights: NDArray[np.float64], application: Application) -> dict[str, Any]:
    turned = weights[::-1, ::-1] if application.flip else weights
    (top, _bottom), (left, _right) = (pads(taps, application) for taps in weights.shape)
    return {
        "weights": turned.tolist(),
        "bias": application.bias,
        "stride": application.stride,
        "dilation": application.dilation,
        "padding": application.padding,
        "channels": application.channels,
        "top": top,
        "left": left,
    }


def _statistics_line(found: FilterOutput) -> str:
    numbers = found.statistics
    return _(
        "min {minimum} · max {maximum} · mean {mean}",
        minimum=_plain(numbers.minimum), maximum=_plain(numbers.maximum), mean=_plain(numbers.mean),
    )  # fmt: skip


def _plain(value: float) -> str:
    return f"{value:z.3f}".replace("-", "−")


def _legend(found: FilterOutput, theme: Theme) -> dict[str, Any]:
    colours = found.view.stops(theme)
    many = found.values.shape[2] > 1
    numbers = found.statistics
    title, meaning = _(found.view.title), _(found.view.meaning)
    if many and found.view is SIGNED:
        meaning = _("each channel as light; mid-grey is zero")
    return {
        "stops": GREYS if many else colours,
        "low": ("≤ " if numbers.minimum < found.scale.low else "") + _plain(found.scale.low),
        "high": ("≥ " if numbers.maximum > found.scale.high else "") + _plain(found.scale.high),
        "meaning": f"{title}: {meaning}",
    }


def _captions(picture: Picture, found: FilterOutput, filter_title: str) -> dict[str, str]:
    height, width = picture.codes.shape[:2]
    rows, columns, channels = found.values.shape
    after = {"filter": filter_title, "columns": columns, "rows": rows, "channels": channels}
    return {
        "input": f"{_(picture.title)}, {width} × {height}",
        "output": _("After {filter}, {columns} × {rows}, {channels} channels", **after)
        if channels > 1
        else _("After {filter}, {columns} × {rows}", **after),
    }


def _alternatives(picture: Picture, filter_title: str) -> dict[str, str]:
    keys = _("Arrow keys move the window, Enter pins it.")
    shown = _("The picture after {filter}.", filter=filter_title)
    return {"input": f"{_(picture.alt)} {keys}", "output": f"{shown} {keys}"}
