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
from explainer.powers import short
from explainer.words import N_, _, ngettext

MOST_ROWS = 12
COLOURS = (N_("red"), N_("green"), N_("blue"))
GREY = (N_("grey"),)
POOLED = {
    "maximum": N_("The largest value of the window passes; the others get no gradient."),
    "mean": N_("Every value of the window counts the same."),
    "weighted mean": N_("Every value counts by its own share of the window."),
}
Row = dict[str, Any]


def described(drill: Drill, sources: Sequence[str] = (INPUT,)) -> dict[str, Any]:
    """The fields of a message to `unit_view`, without its number and pixel.

    `sources` are the layers that feed the one of the drill; of the picture the channels are its
    colours: red, green and blue, or grey.
    """
    place = drill.place
    heading = _(
        "{layer}, map {channel}, row {y}, column {x}",
        layer=place.layer, channel=place.channel, y=place.y, x=place.x,
    )  # fmt: skip
    empty: dict[str, Any] = {"rows": [], "hidden": None, "terms": [], "text": "", "sources": []}
    total = {"label": _("the value of the map"), "value": drill.total}
    return {"heading": heading, **empty, "total": total, **_told(drill, sources[0])}


@singledispatch
def _told(drill: Drill, _source: str) -> dict[str, Any]:
    name = type(drill).__name__
    return {"text": _("A layer of which there is no arithmetic to show: {name}.", name=name)}


@_told.register
def _convolution(drill: ConvolutionDrill, source: str) -> dict[str, Any]:
    colours = source == INPUT
    at = _middle(drill.rows), _middle(drill.columns)
    names = COLOURS if len(drill.sums) == len(COLOURS) else GREY
    order = np.argsort(-np.abs(drill.sums), kind="stable") if len(drill.sums) > 3 else None
    places = list(range(len(drill.sums))) if order is None else order.tolist()
    text = ""
    if colours:
        text = _(
            "The picture comes normalised: less the mean of the training pictures, over their"
            " deviation."
        )
    elif order is not None:
        text = _("The channels that count most come first.")
    rows = [
        {
            "label": _input_name(names, place, int(drill.channels[place]), source),
            "from": _from(source, int(drill.channels[place]), *at),
            "window": drill.window[place].tolist(),
            "weights": drill.weights[place].tolist(),
            "sum": float(drill.sums[place]),
        }
        for place in places[:MOST_ROWS]
    ]
    return {
        "rows": rows,
        "hidden": _hidden(
            drill.sums,
            places,
            ngettext(
                "and {count} more channel:",
                "and {count} more channels:",
                len(places) - MOST_ROWS,
            ),
        ),
        "terms": [
            {"label": _("all channels"), "value": float(drill.sums.sum())},
            {"label": _("bias"), "value": drill.bias},
        ],
        "text": text,
    }


def _input_name(names: Sequence[str], place: int, channel: int, source: str) -> str:
    """A colour of the picture, or a map of the layer before."""
    if source == INPUT:
        return _(names[place])
    if not source:
        return _("map {index}", index=channel)
    return _("map {index} of {layer}", index=channel, layer=source)


@_told.register
def _linear(drill: LinearDrill, source: str) -> dict[str, Any]:
    places = drill.largest(len(drill.products)).tolist()
    rows = [
        {
            "label": _("value {index} of {layer}", index=place, layer=source),
            "from": _from(source, place, 0, 0),
            "window": [[float(drill.inputs[place])]],
            "weights": [[float(drill.weights[place])]],
            "sum": float(drill.products[place]),
        }
        for place in places[:MOST_ROWS]
    ]
    return {
        "rows": rows,
        "hidden": _hidden(
            drill.products,
            places,
            ngettext(
                "and {count} more input:", "and {count} more inputs:", len(places) - MOST_ROWS
            ),
        ),
        "terms": [
            {"label": _("all inputs"), "value": float(drill.products.sum())},
            {"label": _("bias"), "value": drill.bias},
        ],
        "text": _("The inputs that count most come first."),
    }


@_told.register
def _pooling(drill: PoolingDrill, source: str) -> dict[str, Any]:
    y, x = _middle(drill.rows), _middle(drill.columns)
    if drill.chosen:
        y, x = (int(drill.rows[drill.chosen[0]]), int(drill.columns[drill.chosen[1]]))
    row = {
        "label": _("window of {layer}, map {index}", layer=source, index=drill.place.channel),
        "from": _from(source, drill.place.channel, y, x),
        "window": drill.window.tolist(),
        "weights": None if drill.chosen else drill.weights.tolist(),
        "sum": drill.total,
    }
    return {"rows": [row], "text": _(POOLED[drill.operation])}


@_told.register
def _activation(drill: ActivationDrill, source: str) -> dict[str, Any]:
    return {
        "terms": [{"label": _("input"), "value": drill.input, "from": _same(drill, source)}],
        "total": {"label": drill.function, "value": drill.total, "sign": "→"},
        "text": "",
    }


@_told.register
def _batch_norm(drill: BatchNormDrill, source: str) -> dict[str, Any]:
    shown = _normalised(drill)
    text = _(
        "The input is {input}; normalised, with the mean {mean} and the variance {variance} of "
        "training: {formula}.",
        input=_short(drill.input), mean=_short(drill.mean), variance=_short(drill.variance),
        formula=_formula(drill),
    )  # fmt: skip
    told = {"terms": shown, "text": text, "sources": _sources(_same(drill, source))}
    if drill.folded is None:
        return told
    words = _(
        "The same value by one convolution: the weights of the one before, times {scale}, which is "
        "γ / √(variance + {epsilon}), and a bias that takes in mean and β. That is how networks "
        "are run once they are trained.",
        scale=_short(drill.scale), epsilon=short(drill.epsilon),
    )  # fmt: skip
    # What that convolution sees is not known here; its channels are numbered.
    folded = {**_convolution(drill.folded, ""), "text": words}
    return {**told, "folded": folded}


@_told.register
def _layer_norm(drill: LayerNormDrill, source: str) -> dict[str, Any]:
    text = _(
        "The input is {input}; normalised, with the mean {mean} and the variance {variance} of the "
        "{count} values of this picture that are normalised together: {formula}.",
        input=_short(drill.input), mean=_short(drill.mean), variance=_short(drill.variance),
        count=f"{len(drill.inputs):,}", formula=_formula(drill),
    )  # fmt: skip
    sources = _sources(_same(drill, source))
    return {"terms": _normalised(drill), "text": text, "sources": sources}


def _normalised(drill: BatchNormDrill | LayerNormDrill) -> list[Row]:
    return [
        {"label": _("normalised"), "value": drill.normalised},
        {"label": "γ", "value": drill.gamma, "sign": "×"},
        {"label": "β", "value": drill.beta},
    ]


def _formula(drill: BatchNormDrill | LayerNormDrill) -> str:
    value, mean, variance = (_short(one) for one in (drill.input, drill.mean, drill.variance))
    return f"({value} − {mean}) / √({variance} + {short(drill.epsilon)})"


@_told.register
def _addition(drill: AdditionDrill, _source: str) -> dict[str, Any]:
    alone = len(drill.terms) == 1
    text = _("Nothing passes here yet.") if alone else _("What was made, plus what passed.")
    return {"terms": _terms(drill, drill.sources, drill.terms), "text": text}


@_told.register
def _product(drill: ProductDrill, _source: str) -> dict[str, Any]:
    factors = _terms(drill, drill.sources, drill.factors)
    return {"terms": [factors[0], *({**one, "sign": "×"} for one in factors[1:])], "text": ""}


@_told.register
def _copy(drill: CopyDrill, _source: str) -> dict[str, Any]:
    if drill.source is None:
        return {"text": _("A map of zeros, which the shortcut adds.")}
    source = _("the picture, normalised") if drill.source == INPUT else drill.source
    text = _(
        "The same value as in {source}, map {channel}, row {y}, column {x}.",
        source=source, channel=drill.channel, y=drill.y, x=drill.x,
    )  # fmt: skip
    return {
        "text": text,
        "sources": _sources(_from(drill.source, drill.channel, drill.y, drill.x)),
    }


def _terms(drill: Drill, sources: Sequence[str], values: Sequence[float]) -> list[Row]:
    return [
        {"label": source, "value": float(value), "from": _same(drill, source)}
        for source, value in zip(sources, values, strict=True)
    ]


def _from(source: str, channel: int, y: int, x: int) -> Row | None:
    """Where a value comes from, for whoever wants to go there; the picture has no maps."""
    if source in ("", INPUT, "weight"):
        return None
    return {"layer": source, "map": int(channel), "y": max(int(y), 0), "x": max(int(x), 0)}


def _same(drill: Drill, source: str) -> Row | None:
    return _from(source, drill.place.channel, drill.place.y, drill.place.x)


def _middle(places: NDArray[np.int64]) -> int:
    return int(places[len(places) // 2])


def _sources(found: Row | None) -> list[Row]:
    """The one place that a value was made from, to be gone to by a button."""
    if found is None:
        return []
    words = _("{layer}, map {index}", layer=found["layer"], index=found["map"])
    return [{"label": words, "from": found}]


def _hidden(sums: NDArray[np.float64], places: list[int], text: str) -> dict[str, Any] | None:
    left = places[MOST_ROWS:]
    return {"text": text, "sum": float(sums[left].sum())} if left else None


def _short(value: float) -> str:
    return short(value, 3)
