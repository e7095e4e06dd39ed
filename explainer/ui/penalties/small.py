"""Sparse means small: pruning by a threshold, what zeros save, and where they save no time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from explainer.charts.penalties.pruning import NAMES, OVER, pruned_points, pruned_spec
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, short, signed
from explainer.regularisation.pruning import (
    ABSOLUTE,
    BATCH,
    SIDE,
    SQUARE,
    THRESHOLDS,
    TRAINING,
    ZERO_SHARES,
    Pruned,
    Timed,
    Trained,
    prune_to,
    pruned,
    timed,
    trained,
)
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import legend
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.words import _

KEY = "penalties"
Networks = tuple[tuple[Pruned, ...], ...]
KEPT: Kept[str, tuple[Trained, Networks]] = Kept(
    32 * MEGABYTE, lambda one: one[0].networks.weights.nbytes
)
TIMES = f"{KEY}.times"


def small_section(*_given: object) -> None:
    """The threshold, both networks side by side; below it times that are measured when asked."""
    say(KEY, "small")
    threshold = _threshold()
    found, networks = waited(KEPT, "digits", _("Two networks of one layer learn"), _learned)
    place = THRESHOLDS.index(threshold)
    here = [one[place] for one in networks]
    _table(here, [one[0] for one in networks], len(found.data.validation_labels))
    _charts(networks, threshold)
    _said(found, networks)
    say(KEY, "small_notice")
    _times()


def _learned(told: Callable[[float], None]) -> tuple[Trained, Networks]:
    found = trained(told)
    return found, pruned(found)


def _threshold() -> float:
    return float(
        st.select_slider(
            _("Set weights to 0 that are smaller than"), THRESHOLDS, 0.0, key=f"{KEY}.threshold",
            bind="query-params", persist_state="session", width=460,
        )
    )  # fmt: skip


def _table(here: Sequence[Pruned], whole: Sequence[Pruned], validated: int) -> None:
    colours = theme().categorical
    strengths = (ABSOLUTE, SQUARE)
    rows = []
    for place, (one, before) in enumerate(zip(here, whole, strict=True)):
        name = _("{penalty}, λ = {strength}", penalty=NAMES[place], strength=strengths[place])
        size = one.size
        rows.append(
            [
                legend(colours[place], name),
                percent(one.accuracy),
                signed(100 * (one.accuracy - before.accuracy)),
                percent(size.zeros),
                f"<b>{size.sparse:,}</b>" if size.sparse < size.dense else f"{size.sparse:,}",
                f"{size.left:,}",
            ]
        )
    table(
        [
            _("trained with"), _("accuracy"), _("change"), _("zeros"), _("bytes (CSR)"),
            _("products"),
        ],
        rows,
        caption=_("Both networks with the chosen threshold"),
    )  # fmt: skip
    st.caption(
        _(
            "Ten digits, 784 × 10 weights, learned from {training} pictures of MNIST; accuracy on "
            "{validated} others. Biases stay as they are, and are not counted. With all weights a "
            "picture takes {products} products; dense they are {dense} bytes.",
            training=f"{TRAINING:,}", validated=f"{validated:,}",
            products=f"{whole[0].size.weights:,}", dense=f"{whole[0].size.dense:,}",
        )
    )  # fmt: skip


def _charts(networks: Networks, threshold: float) -> None:
    points = remembered(
        f"{KEY}.pruned_points", threshold, lambda: pruned_points(networks, threshold)
    )
    texts = (
        _("Validation accuracy of both networks over the threshold."),
        _("Validation accuracy of both networks over the share of zeros."),
    )
    for column, over, text in zip(st.columns(2, gap="medium"), OVER, texts, strict=True):
        with column:
            chart(points, pruned_spec(theme(), over), key=f"{KEY}.pruned_{over}", alt=text)


def _said(found: Trained, networks: Networks) -> None:
    """What each has without any threshold, and L2 with as many zeros as L1 has by itself."""
    absolute, square = networks
    as_sparse = prune_to(found, 1, absolute[0].size.zeros)
    st.markdown(
        _(
            "Without any threshold, the network trained with **L1** is **{zeros}** zeros and "
            "right on {accuracy}; that trained with L2 is right on {other}, and its zeros, "
            "{inkless}, are at pixels without ink. Pruned to as many zeros as L1’s has (threshold "
            "{threshold}), **L2’s is right on {left}**.",
            zeros=percent(absolute[0].size.zeros), accuracy=percent(absolute[0].accuracy),
            other=percent(square[0].accuracy), inkless=percent(square[0].size.zeros),
            threshold=short(as_sparse.threshold, 2),
            left=percent(as_sparse.accuracy),
        )
    )  # fmt: skip


def _times() -> None:
    say(KEY, "small_times")
    st.button(_("Measure on this machine"), on_click=_measure, icon=":material/timer:")
    times: list[Timed] = st.session_state.get(TIMES, [])
    if not times:
        return
    table(
        [_("zeros"), _("dense (ms)"), _("sparse (ms)"), _("sparse is")],
        [
            [
                f"{100 * one.zeros:g} %", f"{one.dense:.2f}", f"{one.sparse:.2f}",
                _("{ratio} times as slow", ratio=f"{one.ratio:.2g}") if one.ratio >= 1
                else _("{ratio} times as fast", ratio=f"{1 / one.ratio:.2g}"),
            ]
            for one in times
        ],
        caption=_("Times of a product, dense and sparse"),
    )  # fmt: skip
    st.caption(
        _(
            "{side} × {side} weights times {batch} pictures, float32, the median of several, one "
            "thread, beside whatever else runs here.",
            side=f"{SIDE:,}", batch=BATCH,
        )
    )  # fmt: skip


def _measure() -> None:
    st.session_state[TIMES] = [timed(zeros) for zeros in ZERO_SHARES]
