"""One's own kernel: a grid to type into, with its size and a few operations on the whole of it.

The weights live in the session and, written on leaving a cell, in the URL as compact text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme, centred
from explainer.convolution import grid
from explainer.convolution.kernel import Weights
from explainer.messages import number
from explainer.registry import Registry
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.components import count_of, heard, mount, reported
from explainer.words import N_, _, told

BEGINNING = "-1,0,1;-2,0,2;-1,0,1"
SIDES = (3, 5, 7)


@dataclass(frozen=True)
class Operation:
    """What can be done to the whole table."""

    slug: str
    title: str
    run: Callable[[Weights], Weights]


OPERATIONS = Registry[Operation](
    N_("operation"),
    Operation("normalise", N_("Normalise to sum 1"), grid.normalise),
    Operation("zeros", N_("Fill with 0"), partial(grid.filled, value=0.0)),
    Operation("ones", N_("Fill with 1"), partial(grid.filled, value=1.0)),
    Operation("transpose", N_("Transpose"), grid.transpose),
    Operation("flip", N_("Flip left and right"), grid.flip),
    Operation("flip-vertical", N_("Flip up and down"), partial(grid.flip, vertical=True)),
    Operation("rotate", N_("Turn by 90°"), grid.rotate),
)


def own_weights(key: str) -> tuple[Weights, int]:
    """The weights as typed, else as remembered, else from the URL; and the number of the edit."""
    message = heard(f"{key}.grid", "edited")
    seen: dict[str, int] = st.session_state.setdefault(f"{key}.own_seen", {"number": 0})
    count = count_of(message)
    if count > seen["number"]:
        with suppress(ValueError):  # the table takes no such weights: not from our component
            _remember(key, sent_weights(message.get("values")))
    seen["number"] = max(count, seen["number"])
    return _remembered(key), count


def sent_weights(values: object) -> Weights:
    """The weights in what the table sends. Raises `ValueError` with one sentence."""
    sent = values.get("weights") if isinstance(values, Mapping) else None
    rows = sent if isinstance(sent, list) else []
    read = [[number(one) for one in row] if isinstance(row, list) else [] for row in rows]
    if not read or len({len(row) for row in read}) > 1 or any(None in row for row in read):
        raise ValueError(_("The weights are no table of finite numbers."))
    return grid.checked(np.array(read, float))


def adopt(key: str, weights: Weights) -> None:
    """Take `weights` as the visitor's own, for the *Edit these weights* button."""
    _remember(key, grid.short_enough(weights))


def own_controls(key: str) -> None:
    """Size of the table, and what can be done to the whole of it."""
    rows, columns = _remembered(key).shape
    with st.container(horizontal=True, gap="small"):
        for side in SIDES:
            st.button(
                f"{side} × {side}", key=f"{key}.own_side_{side}", on_click=_resize_to,
                args=(key, side, side), disabled=(rows, columns) == (side, side),
            )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for label, name, value in ((_("Rows"), "rows", rows), (_("Columns"), "columns", columns)):
            st.session_state[f"{key}.own_{name}"] = value
            st.number_input(
                label, 1, grid.LARGEST_SIDE, step=1, width=112,
                key=f"{key}.own_{name}", on_change=_resize, args=(key,),
            )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.button(_("Random"), icon=":material/casino:", on_click=_randomise, args=(key,))
        st.menu_button(
            _("Whole table"),
            list(OPERATIONS.slugs),
            format_func=lambda slug: _(OPERATIONS[slug].title),
            key=f"{key}.own_operation",
            on_click=_operate,
            args=(key,),
        )


def own_grid(key: str, weights: Weights, number: int, theme: Theme, *, address: str) -> None:
    """Draw the table; `address` is where a `LivePicture` answers what is typed."""
    data: dict[str, Any] = {
        "name": key,
        "address": address,
        "weights": weights.tolist(),
        "largest": grid.LARGEST_WEIGHT,
        "most": grid.LARGEST_SIDE,
        "stops": centred(theme),
        "number": number,
    }
    mount("grid", key=f"{key}.grid", data=data, on_edited_change=reported)


def write_own_to_url(key: str, weights: Weights | None) -> None:
    """Put the visitor's own weights into the address, or take them out."""
    keep_in_link(f"{key}.weights", "" if weights is None else grid.format(weights))


def _remembered(key: str) -> Weights:
    stored: Weights | None = st.session_state.get(f"{key}.own")
    if stored is None:
        stored = st.session_state[f"{key}.own"] = _from_url(key)
    return stored


def _from_url(key: str) -> Weights:
    text = st.query_params.get(f"{key}.weights", BEGINNING)
    try:
        return grid.parse(text)
    except ValueError as error:
        st.warning(told(error), icon=":material/grid_off:")
        return grid.parse(BEGINNING)


def _remember(key: str, weights: Weights) -> None:
    st.session_state[f"{key}.own"] = weights


def _resize(key: str) -> None:
    _resize_to(key, *(int(st.session_state[f"{key}.own_{n}"]) for n in ("rows", "columns")))


def _resize_to(key: str, rows: int, columns: int) -> None:
    _remember(key, grid.resize(_remembered(key), rows, columns))


def _randomise(key: str) -> None:
    seed = st.session_state[f"{key}.own_seed"] = st.session_state.get(f"{key}.own_seed", 0) + 1
    _remember(key, grid.random(*_remembered(key).shape, seed=seed))


def _operate(key: str) -> None:
    operation = OPERATIONS.get(st.session_state[f"{key}.own_operation"])
    if operation:
        try:
            _remember(key, operation.run(_remembered(key)))
        except ValueError as error:  # a weight would leave the range
            st.toast(told(error), icon=":material/grid_off:")
