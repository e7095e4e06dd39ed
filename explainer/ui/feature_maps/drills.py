"""The arithmetic behind one value of a network, as `unit_view` shows it: rows, terms, a total."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.networks.drill.points import (
    ActivationDrill,
    BatchNormDrill,
    CopyDrill,
    LayerNormDrill,
)
from explainer.networks.drill.pooling import PoolingDrill
from explainer.networks.drill.sums import (
    AdditionDrill,
    ConvolutionDrill,
    Drill,
    LinearDrill,
    ProductDrill,
)
from explainer.networks.recording.graph import INPUT

MOST_ROWS = 12
COLOURS = ("red", "green", "blue")
GREY = ("grey",)
NORMALISED = (
    "The picture comes normalised: less the mean of the training pictures, over their deviation."
)
FIRST_THE_LARGEST = "The channels that count most come first."
Row = dict[str, Any]


def described(drill: Drill, *, colours: bool = False) -> dict[str, Any]:
    """The fields of a message to `unit_view`, without its number and pixel.

    `colours` says that the input channels are those of a picture: red, green and blue, or grey.
    """
    place = drill.place
    heading = f"{place.layer}, map {place.channel}, row {place.y}, column {place.x}"
    empty: dict[str, Any] = {"rows": [], "hidden": None, "terms": [], "text": ""}
    total = {"label": "the value of the map", "value": drill.total}
    return {"heading": heading, **empty, "total": total, **_told(drill, colours)}


@singledispatch
def _told(drill: Drill, _colours: bool) -> dict[str, Any]:
    return {"text": f"A layer of which there is no arithmetic to show: {type(drill).__name__}."}


@_told.register
def _convolution(drill: ConvolutionDrill, colours: bool) -> dict[str, Any]:
    names = COLOURS if len(drill.sums) == len(COLOURS) else GREY
    order = np.argsort(-np.abs(drill.sums), kind="stable") if len(drill.sums) > 3 else None
    places = list(range(len(drill.sums))) if order is None else order.tolist()
    rows = [
        {
            "label": names[place] if colours else f"map {drill.channels[place]}",
            "window": drill.window[place].tolist(),
            "weights": drill.weights[place].tolist(),
            "sum": float(drill.sums[place]),
        }
        for place in places[:MOST_ROWS]
    ]
    return {
        "rows": rows,
        "hidden": _hidden(drill.sums, places),
        "terms": [
            {"label": "all channels", "value": float(drill.sums.sum())},
            {"label": "bias", "value": drill.bias},
        ],
        "text": NORMALISED if colours else FIRST_THE_LARGEST if order is not None else "",
    }


@_told.register
def _linear(drill: LinearDrill, _colours: bool) -> dict[str, Any]:
    places = drill.largest(len(drill.products)).tolist()
    rows = [
        {
            "label": f"input {place}",
            "window": [[float(drill.inputs[place])]],
            "weights": [[float(drill.weights[place])]],
            "sum": float(drill.products[place]),
        }
        for place in places[:MOST_ROWS]
    ]
    return {
        "rows": rows,
        "hidden": _hidden(drill.products, places, "inputs"),
        "terms": [
            {"label": "all inputs", "value": float(drill.products.sum())},
            {"label": "bias", "value": drill.bias},
        ],
        "text": "The inputs that count most come first.",
    }


@_told.register
def _pooling(drill: PoolingDrill, _colours: bool) -> dict[str, Any]:
    row = {
        "label": "window",
        "window": drill.window.tolist(),
        "weights": None if drill.chosen else drill.weights.tolist(),
        "sum": drill.total,
    }
    words = {
        "maximum": "The largest value of the window passes; the others get no gradient.",
        "mean": "Every value of the window counts the same.",
        "weighted mean": "Every value counts by its own share of the window.",
    }
    return {"rows": [row], "text": words[drill.operation]}


@_told.register
def _activation(drill: ActivationDrill, _colours: bool) -> dict[str, Any]:
    return {
        "terms": [{"label": "what comes in", "value": drill.input}],
        "total": {"label": drill.function, "value": drill.total, "sign": "→"},
        "text": "",
    }


@_told.register
def _batch_norm(drill: BatchNormDrill, _colours: bool) -> dict[str, Any]:
    shown = [
        {"label": "normalised", "value": drill.normalised},
        {"label": "γ", "value": drill.gamma, "sign": "×"},
        {"label": "β", "value": drill.beta},
    ]
    text = (
        f"What comes in is {_short(drill.input)}; normalised, with the mean {_short(drill.mean)} "
        f"and the variance {_short(drill.variance)} of training: "
        f"({_short(drill.input)} − {_short(drill.mean)}) / "
        f"√({_short(drill.variance)} + {drill.epsilon:g})."
    )
    if drill.folded is None:
        return {"terms": shown, "text": text}
    words = (
        "The same value by one convolution: the weights of the one before, times "
        f"{_short(drill.scale)}, which is γ / √(variance + {drill.epsilon:g}), and a bias that "
        "takes in mean and β. That is how networks are run once they are trained."
    )
    # Whether that convolution sees the picture is not known here; its channels are numbered.
    folded = {**_convolution(drill.folded, False), "text": words}
    return {"terms": shown, "text": text, "folded": folded}


@_told.register
def _layer_norm(drill: LayerNormDrill, _colours: bool) -> dict[str, Any]:
    shown = [
        {"label": "normalised", "value": drill.normalised},
        {"label": "γ", "value": drill.gamma, "sign": "×"},
        {"label": "β", "value": drill.beta},
    ]
    text = (
        f"What comes in is {_short(drill.input)}; normalised, with the mean {_short(drill.mean)} "
        f"and the variance {_short(drill.variance)} of the {len(drill.inputs):,} values of this "
        f"picture that are normalised together: ({_short(drill.input)} − {_short(drill.mean)}) / "
        f"√({_short(drill.variance)} + {drill.epsilon:g})."
    )
    return {"terms": shown, "text": text}


@_told.register
def _addition(drill: AdditionDrill, _colours: bool) -> dict[str, Any]:
    alone = len(drill.terms) == 1
    text = "Nothing passes here yet." if alone else "What was made, plus what passed."
    return {"terms": _terms(drill.sources, drill.terms), "text": text}


@_told.register
def _product(drill: ProductDrill, _colours: bool) -> dict[str, Any]:
    factors = _terms(drill.sources, drill.factors)
    return {"terms": [factors[0], *({**one, "sign": "×"} for one in factors[1:])], "text": ""}


@_told.register
def _copy(drill: CopyDrill, _colours: bool) -> dict[str, Any]:
    if drill.source is None:
        return {"text": "A map of zeros, which the shortcut adds."}
    where = f"map {drill.channel}, row {drill.y}, column {drill.x}"
    source = "the picture, normalised" if drill.source == INPUT else drill.source
    return {"text": f"The same value as in {source}, {where}."}


def _terms(labels: Sequence[str], values: Sequence[float]) -> list[Row]:
    return [
        {"label": label, "value": float(value)} for label, value in zip(labels, values, strict=True)
    ]


def _hidden(
    sums: NDArray[np.float64], places: list[int], what: str = "channels"
) -> dict[str, Any] | None:
    left = places[MOST_ROWS:]
    return {"count": len(left), "sum": float(sums[left].sum()), "what": what} if left else None


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")
