"""L2 in the loss against decoupled decay in networks: two maps, and what they come to in words."""

from __future__ import annotations

import pyarrow as pa
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.penalties.decay_maps import decay_points, decay_spec
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, short, signed
from explainer.regularisation.decay_maps import (
    COUNT,
    HIDDEN,
    LAMBDAS,
    NOISE,
    RATES,
    SEEDS,
    STEPS,
    TRAINING,
    VALIDATED,
    DecayMaps,
    decay_maps,
)
from explainer.training.instruments.student import judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import colour_bar
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.words import N_, _

KEY = "penalties"
KEPT: Kept[str, DecayMaps] = Kept(MEGABYTE, lambda one: one.accuracy.nbytes)
METHODS = (N_("L2 in the loss, under Adam"), N_("Decoupled decay: AdamW"))


def decay_fold() -> None:
    """A fold; where it is open, the maps as the networks learn, and where each is best."""
    fold = st.expander(
        _("The same in a network: learning rate and λ, under Adam"), key=f"{KEY}.decay_fold",
        icon=":material/grid_on:", bind="query-params",
    )  # fmt: skip
    if fold.open:
        with fold:
            _maps()


def _maps() -> None:
    say(KEY, "decay")
    slot = st.empty()
    found = waited(
        KEPT, "digits", _("{count} networks learn", count=COUNT),
        lambda told: decay_maps(told=told, seen=lambda so_far: _so_far(slot, so_far)),
    )  # fmt: skip
    slot.empty()
    _drawn(found, kept=True)
    st.html(colour_bar(theme().sequential, _("accuracy: 0 %"), _("100 %")))
    st.caption(
        _(
            "The mean of {seeds} seeds in each cell, in percent; the best cell framed. One hidden "
            "layer of {units} units, {steps} steps of Adam; {training} digits to learn from, "
            "{wrong} of their labels wrong, {validated} others to validate on.",
            seeds=len(SEEDS), units=HIDDEN, steps=STEPS, training=TRAINING,
            wrong=percent(NOISE), validated=VALIDATED,
        )
    )  # fmt: skip
    st.markdown("\n".join([*(f"- {_best(found, one)}" for one in (0, 1)), f"- {_between(found)}"]))
    say(KEY, "decay_notice")


def _so_far(slot: DeltaGenerator, found: DecayMaps) -> None:
    with slot.container():
        _drawn(found, kept=False)


def _drawn(found: DecayMaps, *, kept: bool) -> None:
    spec = decay_spec(theme())
    for place, column in enumerate(st.columns(2, gap="medium")):
        title = _(METHODS[place])
        with column:
            st.markdown(f"**{title}**")
            chart(
                _points(found, place, kept=kept), spec,
                key=f"{KEY}.decay_map{place}" if kept else None,
                alt=_("{method}: validation accuracy over λ and the learning rate.", method=title),
            )  # fmt: skip


def _points(found: DecayMaps, method: int, *, kept: bool) -> pa.Table:
    if not kept:
        return decay_points(found, method)
    return remembered(f"{KEY}.decay{method}", found, lambda: decay_points(found, method))


def _best(found: DecayMaps, method: int) -> str:
    """Where a method is best, and how far its best λ moves from the least rate to the largest."""
    rate, strength = found.best(method)
    ends = [found.at_rate(method, place) for place in (0, len(RATES) - 1)]
    (at, low, high), (then, least, most) = ((short(one, 1) for one in end) for end in ends)
    return _(
        "**{method}** is best at η = {rate}, λ = **{strength}**: {accuracy}. Its best λ at "
        "η = {slow} is {at} (less than a point below: {low} to {high}), at η = {fast} it is {then} "
        "({least} to {most}).",
        method=_(METHODS[method]), rate=f"{RATES[rate]:g}",
        strength=short(LAMBDAS[strength], 1),
        accuracy=percent(float(found.mean[method, rate, strength])),
        slow=f"{RATES[0]:g}", fast=f"{RATES[-1]:g}", at=at, low=low, high=high, then=then,
        least=least, most=most,
    )  # fmt: skip


def _between(found: DecayMaps) -> str:
    """What the best cell of AdamW gains on that of L2 in the loss, and what of it is noise."""
    gain, low, high = (signed(100 * one) for one in found.between())
    return _(
        "Best against best, AdamW less L2 in the loss is {gain} points within a seed (95 %: {low} "
        "to {high}): **{verdict}**.",
        gain=gain, low=low, high=high, verdict=_(judged(*found.between()[1:])),
    )  # fmt: skip
