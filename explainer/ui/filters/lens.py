"""The microscope on the page: a picture, a filter's answer to it, and the sums between them.

The browser does the hovering. It is sent the answer as a small picture, and the numbers that a sum
needs: weights, settings, and (by `send_pixels`) the picture's exact pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.colour import SIGNED, View, colour_result
from explainer.charts.theme import GREYS, Theme, centred
from explainer.convolution.application import Application, pads
from explainer.convolution.view import Scale, Statistics, statistics
from explainer.images.picture import Picture
from explainer.images.thumbnails import encode_jpeg, encode_png, fit
from explainer.messages import LARGEST_NUMBER, whole
from explainer.ui.common.components import heard, mount, pack, reported

SHOWN_SIDE = 640
LOSSLESS_BELOW = 160 * 160

LABELS = {
    "pixel": "Output pixel",
    "row": "row",
    "column": "column",
    "pinned": "pinned, click to let go",
    "window": "Window",
    "kernel": "Weights",
    "products": "Products",
    "grey": "grey",
    "red": "red",
    "green": "green",
    "blue": "blue",
    "result": "Sum + bias = output",
    "hint": "Window × weights = products. Move over either picture, or use the arrow keys "
    "(Shift for tens). A click pins the pixel. Dashed cells lie outside the picture.",
}


@dataclass(frozen=True)
class FilterOutput:
    """What a filter made of a picture: values `(H', W', C')`, statistics, and how it is seen."""

    values: NDArray[np.float32]
    statistics: Statistics
    view: View
    scale: Scale


def answer(values: NDArray[np.float32], view: View) -> FilterOutput:
    """Bundle a filter's result with its statistics and the view chosen for it."""
    numbers = statistics(values)
    return FilterOutput(values, numbers, view, view.scale(values, numbers))


def small_picture(found: FilterOutput, theme: Theme) -> NDArray[np.uint8]:
    """The answer in colours, at most `SHOWN_SIDE` pixels a side, RGB `(h, w, 3)`.

    The scale is the whole answer's, so a thin line keeps its colour as the picture gets smaller.
    """
    values = found.view.prepare(found.values)
    stops = found.view.stops(theme)
    if values.shape[2] > 1:  # as light: what is shrunk is what the eye would see
        return fit(colour_result(values, found.scale, stops), SHOWN_SIDE, SHOWN_SIDE)
    return colour_result(_shrunk(values), found.scale, stops)


def _shrunk(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """A map `(H, W, 1)` by means over areas, at most `SHOWN_SIDE` a side."""
    height, width, _ = values.shape
    shrink = SHOWN_SIDE / max(height, width)
    if shrink >= 1:
        return values
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)[..., None]


def lens(message: bytes, *, key: str) -> None:
    """Show the microscope of that message."""
    mount("lens", key=f"{key}.lens", data=message, on_pinned_change=reported)


def lens_message(
    picture: Picture,
    weights: NDArray[np.float64],
    application: Application,
    found: FilterOutput,
    *,
    name: str,
    number: int,
    filter_title: str,
    pinned: tuple[int, int] | None,
    theme: Theme,
) -> bytes:
    """What the microscope needs; `number` says which move of the sliders this picture answers."""
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
        "start": _telling_pixel(found),
        "pinned": pinned,
        "statistics": _statistics_line(found),
        "legend": _legend(found, theme),
        "sequential": GREYS,
        "diverging": centred(theme),
        "captions": _captions(picture, found, filter_title),
        "alt": _alternatives(picture, filter_title),
        "labels": LABELS,
        **_arithmetic(weights, application),
    }
    return pack(header, image)


def pinned_pixel(key: str) -> tuple[int, int] | None:
    """The output pixel the visitor has pinned: from the microscope, else from the URL."""
    pinned = heard(f"{key}.lens", "pinned")
    if not pinned:
        return _pixel_from_url(key)
    place = pinned.get("pixel")
    if not isinstance(place, list) or len(place) != 2:
        return None
    row, column = (whole(one, 0, LARGEST_NUMBER) for one in place)
    return None if row is None or column is None else (row, column)


def write_pixel_to_url(key: str, pixel: tuple[int, int] | None) -> None:
    """Put the pinned pixel into the address, or take it out."""
    if pixel is None:
        st.query_params.pop(f"{key}.pixel", None)
    elif st.query_params.get(f"{key}.pixel") != f"{pixel[0]},{pixel[1]}":
        st.query_params[f"{key}.pixel"] = f"{pixel[0]},{pixel[1]}"


def _pixel_from_url(key: str) -> tuple[int, int] | None:
    row, _, column = st.query_params.get(f"{key}.pixel", "").partition(",")
    if not (row.isdecimal() and column.isdecimal()) or len(row + column) > 12:
        return None
    return int(row), int(column)


def _telling_pixel(found: FilterOutput) -> tuple[int, int]:
    """Where the answer is strongest: a first place to look, better than a corner."""
    strength = np.abs(found.values[..., 0])
    row, column = np.unravel_index(int(np.argmax(strength)), strength.shape)
    return int(row), int(column)


def _arithmetic(weights: NDArray[np.float64], application: Application) -> dict[str, Any]:
    turned = weights[::-1, ::-1] if application.flip else weights
    (top, _), (left, _) = (pads(taps, application) for taps in weights.shape)
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
    named = {"min": numbers.minimum, "max": numbers.maximum, "mean": numbers.mean}
    return " · ".join(f"{name} {_plain(value)}" for name, value in named.items())


def _plain(value: float) -> str:
    return f"{value:z.3f}".replace("-", "−")


def _legend(found: FilterOutput, theme: Theme) -> dict[str, Any]:
    colours = found.view.stops(theme)
    many = found.values.shape[2] > 1
    numbers = found.statistics
    meaning = f"{found.view.title}: {found.view.meaning}"
    if many and found.view is SIGNED:
        meaning = "Signed, each channel as light: mid-grey is zero"
    return {
        "stops": GREYS if many else colours,
        "low": ("≤ " if numbers.minimum < found.scale.low else "") + _plain(found.scale.low),
        "high": ("≥ " if numbers.maximum > found.scale.high else "") + _plain(found.scale.high),
        "meaning": meaning,
    }


def _captions(picture: Picture, found: FilterOutput, filter_title: str) -> dict[str, str]:
    height, width = picture.codes.shape[:2]
    rows, columns, channels = found.values.shape
    return {
        "input": f"{picture.title}, {width} × {height}",
        "output": f"After {filter_title}, {columns} × {rows}"
        + (f", {channels} channels" if channels > 1 else ""),
    }


def _alternatives(picture: Picture, filter_title: str) -> dict[str, str]:
    keys = "Arrow keys move the window, Enter pins it."
    return {
        "input": f"{picture.alt} {keys}",
        "output": f"The picture after the filter {filter_title}. {keys}",
    }
