"""A page of its own for the components `maps` and `unit`, with a small layer made for the purpose.

Twelve channels of a photo, filtered and sampled at every fourth pixel, and twelve units that each
look at a 3 × 3 window of all channels. `?case=linear` shows one unit that looks at a whole line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.colour import paint
from explainer.charts.montage import tiles
from explainer.charts.theme import Theme, centred
from explainer.images.gallery import gallery_picture
from explainer.live_pictures import LivePicture
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import pack
from explainer.ui.common.maps import maps_montage
from explainer.ui.feature_maps.unit import Legend, unit_view

Floats = NDArray[np.float64]
SIDE, CHANNELS, UNITS, JUMP, FILTER = 160, 12, 12, 4, 9
SHOWN_CHANNELS = 6
BIAS = -0.25
LONG_LINE = 400


@dataclass(frozen=True)
class Field:
    """A receptive field in pixels of the photo."""

    size: float
    jump: float
    start: float


FIELD = Field(size=FILTER + 2 * JUMP, jump=JUMP, start=JUMP // 2)
WHOLE = Field(size=SIDE, jump=SIDE, start=(SIDE - 1) / 2)


@cache
def photo() -> NDArray[np.uint8]:
    """The photo as the made-up network sees it: (160, 160, 3)."""
    codes = gallery_picture("astronaut").codes
    return np.asarray(cv2.resize(codes, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


@cache
def channels() -> Floats:
    """What the units look at: (12, 40, 40), from zero up."""
    random = np.random.default_rng(5)
    grey = photo().mean(axis=2) / 255
    filters = [
        cv2.GaussianBlur(random.normal(size=(FILTER, FILTER)), (0, 0), 1.6) for _ in range(CHANNELS)
    ]
    kernels = [(one - one.mean()) / np.abs(one).sum() for one in filters]
    answers = [cv2.filter2D(grey, cv2.CV_64F, kernel) for kernel in kernels]
    sampled = np.stack(answers)[:, JUMP // 2 :: JUMP, JUMP // 2 :: JUMP]
    return np.asarray(np.maximum(8 * sampled, 0), float)


@cache
def weights() -> Floats:
    """The units' weights: (12 units, 12 channels, 3, 3)."""
    return np.random.default_rng(7).normal(0, 0.3, (UNITS, CHANNELS, 3, 3))


def windows(y: int, x: int) -> Floats:
    """The 3 × 3 window of every channel around a pixel, zero outside: (12, 3, 3)."""
    padded = np.pad(channels(), ((0, 0), (1, 1), (1, 1)))
    return padded[:, y : y + 3, x : x + 3]


@cache
def maps() -> Floats:
    """The map of every unit: (12, 40, 40)."""
    padded = np.pad(channels(), ((0, 0), (1, 1), (1, 1)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    return np.asarray(np.einsum("chwij,ucij->uhw", seen, weights()) + BIAS, float)


def drill(unit: int, y: int, x: int) -> dict[str, Any]:
    """The arithmetic of one pixel, the six strongest channels in full."""
    products = (windows(y, x) * weights()[unit]).sum(axis=(1, 2))
    order = np.argsort(-np.abs(products), kind="stable")
    shown, others = order[:SHOWN_CHANNELS], order[SHOWN_CHANNELS:]
    rows = [
        {
            "label": f"channel {channel}",
            "window": windows(y, x)[channel].tolist(),
            "weights": weights()[unit, channel].tolist(),
            "sum": float(products[channel]),
        }
        for channel in shown
    ]
    return {
        "y": y,
        "x": x,
        "heading": f"Unit {unit} at row {y}, column {x}",
        "rows": rows,
        "hidden": {"text": f"and {len(others)} more:", "sum": float(products[others].sum())},
        "terms": [
            {"label": "all channels", "value": float(products.sum())},
            {"label": "bias", "value": BIAS},
        ],
        "total": {"label": "value of the map", "value": float(products.sum() + BIAS)},
        "text": "Each window is multiplied by its weights, cell by cell; <b>the sums</b> add up.",
    }


def linear_drill() -> dict[str, Any]:
    """The arithmetic of a unit of a linear layer: one long line of numbers."""
    random = np.random.default_rng(3)
    line, row = random.random(LONG_LINE), random.normal(0, 0.1, LONG_LINE)
    total = float(line @ row)
    numbers = {"window": [line.tolist()], "weights": [row.tolist()], "sum": total}
    return {
        "y": 0,
        "x": 0,
        "heading": "Unit 3 of the linear layer",
        "rows": [
            {"label": "all inputs", **numbers},
            {"label": "largest of the line", **numbers, "weights": None, "sum": float(line.max())},
        ],
        "hidden": {"text": "and 9 more inputs:", "sum": 0.0},
        "terms": [
            {"label": "inputs", "value": total},
            {"label": "slope", "value": 2.0, "sign": "×"},
        ],
        "total": {"label": "value of the unit", "value": 2 * total, "sign": "→"},
        "text": "",
    }


def legend(reach: float, colours: Theme) -> Legend:
    """From −reach to reach, with the colour of the page at zero."""
    return Legend(centred(colours), f"−{reach:.2f}", f"{reach:.2f}", "blue below zero, red above")


def painted(values: Floats, reach: float, colours: Theme) -> NDArray[np.uint8]:
    """A map in colours."""
    return paint(values.astype(np.float32), -reach, reach, centred(colours))


def offered() -> LivePicture:
    """The visitor's own live picture."""
    if "live" not in st.session_state:
        st.session_state["live"] = LivePicture(lambda values, number: b"")
    live: LivePicture = st.session_state["live"]
    return live


def show_layer() -> None:
    """The montage of the layer, and the unit that is chosen in it."""
    reach, colours = float(np.abs(maps()).max()), theme()
    chosen = maps_montage(
        "layer",
        tiles([painted(one, reach, colours) for one in maps()], colours, columns=6, gap=2),
        columns=6,
        tile=(40, 40),
        gap=2,
        labels=[f"unit {unit}: largest value {one.max():.2f}" for unit, one in enumerate(maps())],
        selected=st.session_state.get("unit"),
        alt="Twelve maps of the made-up layer.",
    )
    st.session_state["unit"] = chosen
    st.text(f"chosen: {chosen}")
    unit = chosen or 0
    live = offered()
    live.render = lambda values, number: pack(
        {"number": number, **drill(unit, int(str(values["y"])), int(str(values["x"])))}
    )
    st.session_state["pinned"] = unit_view(
        "layer",
        photo=photo(),
        painted=painted(maps()[unit], reach, colours),
        values=maps()[unit].astype(np.float32),
        field=FIELD,
        legend=legend(reach, colours),
        title=f"Map of unit {unit}, 40 × 40 pixels",
        address=live.address,
        pinned=st.session_state.get("pinned"),
        alt="An astronaut in front of a rocket.",
    )
    st.text(f"pinned: {st.session_state['pinned']}")


def show_linear() -> None:
    """A unit of a linear layer."""
    value, colours = np.array([[linear_drill()["total"]["value"]]]), theme()
    live = offered()
    live.render = lambda values, number: pack({"number": number, **linear_drill()})
    unit_view(
        "linear",
        photo=photo(),
        painted=painted(value, 1.0, colours),
        values=value.astype(np.float32),
        field=WHOLE,
        legend=legend(1.0, colours),
        title="One number",
        address=live.address,
        pinned=None,
        alt="An astronaut in front of a rocket.",
    )


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    if st.toggle("Show the components", value=True):
        if st.query_params.get("case") == "linear":
            show_linear()
        else:
            show_layer()
