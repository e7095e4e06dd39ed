"""Co-adaptation: two walls of features, how sparse they speak, what lost units cost; then a map."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.colour import Codes
from explainer.charts.dropout.features import (
    COLUMNS,
    GAP,
    lost_points,
    lost_spec,
    share_points,
    share_spec,
    wall,
)
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.regularisation.dropout.features import (
    DROPPED,
    EPOCHS,
    TRAINING,
    UNITS,
    Measured,
    Pair,
    learn_pair,
)
from explainer.regularisation.pixel_weights import SIDE
from explainer.regularisation.proximal import Floats
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.maps import maps_montage
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.dropout.data_sizes import data_sizes_section
from explainer.words import N_, _, language

KEY = "dropout"
KEPT: Kept[str, Pair] = Kept(32 * MEGABYTE, lambda _one: 8 * MEGABYTE)
TITLES = (N_("Without dropout"), N_("With dropout"))
NAMES = ("without", "dropout")
MISSING = (0, 1, 2, 4, 8, 16, 24, 32, 48, 64, 80, 96, 112, 128)
HALF = UNITS // 2
FACES = (Named("drawn", N_("what it draws")), Named("looked_for", N_("what it looks for")))
LARGE = 112


def features_section(*_given: object) -> None:
    """What the units of two autoencoders look for, side by side, and how much each is needed."""
    say(KEY, "features")
    slot = st.empty()
    pair = waited(
        KEPT, "pair", _("Two autoencoders learn, without dropout and with it"),
        lambda told: learn_pair(told=told, seen=lambda *walls: _so_far(slot, walls)),
    )  # fmt: skip
    slot.empty()
    face = choice(
        _("A tile shows of its unit"), FACES, key=f"{KEY}.face", widget=st.segmented_control
    )
    places = zip(st.columns(2, gap="medium"), pair.both, NAMES, TITLES, strict=True)
    for column, one, name, title in places:
        with column:
            _wall(one, name, title, face)
    st.caption(
        _(
            "Each tile holds {pixels} weights of one of {units} units, blue and red for "
            "the two signs, on one scale a wall; first the unit that is missed most. {pictures} "
            "digits, {epochs} rounds, equal starts and batches; drop probability {dropped}.",
            pixels=SIDE**2, units=UNITS, pictures=f"{TRAINING:,}", epochs=EPOCHS,
            dropped=f"{DROPPED:g}",
        )
    )  # fmt: skip
    say(KEY, "features_spoken")
    _activations(pair)
    say(KEY, "features_lost")
    _lost(pair)
    say(KEY, "features_notice")
    st.divider()
    data_sizes_section()


def _so_far(slot: DeltaGenerator, walls: tuple[Floats, ...]) -> None:
    """Both walls while they learn."""
    with slot.container():
        for column, weights, title in zip(st.columns(2, gap="medium"), walls, TITLES, strict=True):
            column.markdown(f"**{_(title)}**")
            column.image(wall(weights, theme()), width="stretch")


def _wall(one: Measured, name: str, title: str, face: str) -> None:
    """The wall, and below it the unit that is pointed out: what it looks for and what it draws."""
    order = [int(place) for place in np.argsort(-one.alone, kind="stable")]
    now, kept = theme(), f"{KEY}.unit_{name}"
    codes: Codes = remembered(
        f"{KEY}.wall_{name}", (one, now.name, face),
        lambda: wall(getattr(one.network, face)[order], now),
    )  # fmt: skip
    st.markdown(f"**{_(title)}**")
    labels = remembered(
        f"{KEY}.wall_labels_{name}", (one, language()),
        lambda: [_label(one, unit, rank) for rank, unit in enumerate(order, 1)],
    )  # fmt: skip
    rank = maps_montage(
        f"{KEY}.features_{name}", codes, columns=COLUMNS, tile=(SIDE, SIDE), gap=GAP,
        labels=labels, selected=int(st.session_state.get(kept, 0)),
        alt=_("The weights of each of {units} units as pictures.", units=UNITS),
    )  # fmt: skip
    st.session_state[kept] = rank or 0
    _unit(one, order[rank or 0], (rank or 0) + 1)


def _label(one: Measured, unit: int, rank: int) -> str:
    return _(
        "Unit {rank}: missing alone, it adds {cost} to the error",
        rank=rank, cost=f"{one.alone[unit]:.2f}",
    )  # fmt: skip


def _unit(one: Measured, unit: int, rank: int) -> None:
    pictures = (
        (one.network.looked_for[unit], _("looks for")),
        (one.network.drawn[unit], _("draws")),
    )
    speaks = float((one.hidden[:, unit] > 0).mean())
    shown = [(inline(_tile(one), alt=said, height=LARGE), said) for one, said in pictures]
    figures(shown, width=LARGE)
    st.caption(
        _(
            "{unit}, {share} of the whole network’s; it speaks for {speaks} of the digits.",
            unit=_label(one, unit, rank), share=percent(float(one.alone[unit]) / one.error()),
            speaks=percent(speaks),
        )
    )  # fmt: skip


def _tile(weights: Floats) -> Codes:
    return wall(weights[None], theme())


def _activations(pair: Pair) -> None:
    """Two histograms: the means of the units, and all activations."""
    without, dropout = pair.both
    left, right = st.columns(2, gap="medium")
    with left:
        points = remembered(
            f"{KEY}.share_means", pair, lambda: share_points(without.means, dropout.means)
        )
        chart(
            points, share_spec(theme(), _("mean activation of a unit")),
            key=f"{KEY}.shares_means", alt=_("Histogram of the units’ mean activations."),
        )  # fmt: skip
    with right:
        points = remembered(
            f"{KEY}.share_hidden", pair, lambda: share_points(without.hidden, dropout.hidden)
        )
        chart(
            points, share_spec(theme(), _("activation")), key=f"{KEY}.shares_hidden",
            alt=_("Histogram of all activations."),
        )  # fmt: skip
    st.markdown(
        _(
            "Of all activations **{dropout_silent}** are exactly 0 with dropout, "
            "**{silent}** without; the middle unit’s mean activation is {dropout_mean} with it "
            "and {mean} without. Nobody asked for either.",
            dropout_silent=percent(dropout.silent), silent=percent(without.silent),
            dropout_mean=f"{np.median(dropout.means):.2f}", mean=f"{np.median(without.means):.2f}",
        )
    )  # fmt: skip


def _lost(pair: Pair) -> None:
    """The error over the number of missing units, and the same in words."""
    errors = remembered(
        f"{KEY}.lost", pair, lambda: [[one.error(k) for k in MISSING] for one in pair.both]
    )
    points = remembered(
        f"{KEY}.lost_points", pair, lambda: lost_points(list(MISSING), errors[0], errors[1])
    )
    chart(
        points, lost_spec(theme()), key=f"{KEY}.lost_chart",
        alt=_("The squared error over the number of units that are missing."),
    )  # fmt: skip
    (whole, one, *_rest), (dropout_whole, dropout_one, *_others) = errors
    half, dropout_half = (row[MISSING.index(HALF)] for row in errors)
    st.markdown(
        _(
            "One missing unit of {units} makes the error **{more}** larger without dropout "
            "({whole} → {one}), **{dropout_more}** with it ({dropout_whole} → {dropout_one}). "
            "With {half} missing it is {lost} without and {dropout_lost} with.",
            units=UNITS, more=percent(one / whole - 1), whole=f"{whole:.1f}", one=f"{one:.1f}",
            dropout_more=percent(dropout_one / dropout_whole - 1),
            dropout_whole=f"{dropout_whole:.1f}", dropout_one=f"{dropout_one:.1f}",
            half=HALF, lost=f"{half:.1f}", dropout_lost=f"{dropout_half:.1f}",
        )
    )  # fmt: skip
    st.caption(
        _(
            "The mean over 1,000 digits that neither has seen and over every choice of the missing "
            "units, exactly; nothing is rescaled."
        )
    )
