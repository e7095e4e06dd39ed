"""Whole networks with four losses: each layer's gradient at the start, mistakes over the steps."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.likelihood.squared_race import (
    CHOSEN,
    DEPTHS,
    HIDDEN,
    LEARNED,
    LOSSES,
    RATES,
    SEEDS,
    STEPS,
    SURE,
    Asked,
    Race,
    race,
)
from explainer.powers import percent, power_of_ten, short, signed
from explainer.training.instruments.student import NOISE, interval, judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.overfitting.capacity import (
    Scales,
    Series,
    capacity_chart,
    capacity_message,
    clicked_number,
    kept_place,
)
from explainer.ui.splits.bands import ranges
from explainer.words import N_, _, language

KEY = "losses"
RACE, LAYERS = f"{KEY}.race", f"{KEY}.layers"
KEPT: Kept[Asked, Race] = Kept(MEGABYTE, lambda one: one.wrong.nbytes + one.gradients.nbytes)
DEPTH = tuple(Named(str(one), str(one)) for one in DEPTHS)
USUAL, WRONG = Named("usual", N_("as usual")), Named("sure", N_("wrong and sure"))
TINY = 1e-30


def networks_part() -> None:
    """Three choices; mistakes over the steps beside the gradients by layer; a table of the end."""
    say(KEY, "squared_race")
    columns = st.columns([1, 2.2, 1.4], gap="medium")
    with columns[0]:
        depth = choice(_("Hidden layers"), DEPTH, key=f"{RACE}.depth", widget=st.segmented_control)
    with columns[1]:
        hidden = choice(
            _("Of which kind"), HIDDEN, key=f"{RACE}.hidden", default="tanh",
            widget=st.segmented_control,
        )  # fmt: skip
    with columns[2]:
        start = choice(_("Start"), (USUAL, WRONG), key=f"{RACE}.start", widget=st.segmented_control)
    asked = Asked(int(depth), hidden, start == WRONG.slug)
    count = len(LOSSES) * len(RATES) * len(SEEDS)
    words = _("{count} networks learn digits at once", count=count)
    found = waited(KEPT, asked, words, lambda told: race(asked, told=told))
    left, right = st.columns([1.4, 1], gap="medium")
    with left:
        last = len(found.steps) - 1
        at, number = kept_place(RACE, last + 1, last), clicked_number(RACE)
        message = remembered(
            f"{RACE}.message", (found, at, number, theme(), language()),
            lambda: _errors(found, at, number, theme()),
        )  # fmt: skip
        capacity_chart(RACE, message)
    with right:
        at, number = kept_place(LAYERS, DEPTHS[-1] + 1, 0), clicked_number(LAYERS)
        message = remembered(
            f"{LAYERS}.message", (found, at, number, theme(), language()),
            lambda: _layers(found, at, number, theme()),
        )  # fmt: skip
        capacity_chart(LAYERS, message)
    _table(found)
    say(KEY, "squared_race_notice")


def _errors(found: Race, at: int, number: int, colours: Theme) -> bytes:
    scales = Scales(
        _("Wrong, of 497 fresh digits (%)"), _("step"), found.steps, (0, 100), even=True,
        ticks=found.steps[::2], height=300, decimals=1,
    )  # fmt: skip
    return capacity_message(
        RACE, scales, _series([100 * one for one in found.wrong], colours), at=at, number=number,
        band=_("all seeds"), alt=_("The share that is wrong over the steps, for four losses."),
    )  # fmt: skip


def _layers(found: Race, at: int, number: int, colours: Theme) -> bytes:
    sizes = np.log10(np.maximum(found.gradients, TINY)).swapaxes(1, 2)  # (L, layers, S)
    layers = tuple(range(1, sizes.shape[1] + 1))
    scales = Scales(
        _("Gradient of each layer at the start, log₁₀"), _("layer"), layers,
        (float(np.floor(sizes.min())), float(np.ceil(sizes.max()))), even=True, height=300,
        decimals=2,
    )  # fmt: skip
    return capacity_message(
        LAYERS, scales, _series(sizes, colours), at=min(at, len(layers) - 1), number=number,
        band=_("all seeds"), alt=_("The size of each layer’s gradient, for four losses."),
    )  # fmt: skip


def _series(values: Iterable[NDArray[np.float64]], colours: Theme) -> list[Series]:
    """A line for each loss of `(places, S)`: lowest, mean, highest."""
    return [
        Series(_(loss.title), stroke(place, colours), ranges(one))
        for place, (loss, one) in enumerate(zip(LOSSES, values, strict=True))
    ]


def _sizes(found: Race) -> NDArray[np.float64]:
    """The decimal logarithm of each layer's gradient, the mean of the seeds, `(L, layers)`."""
    return np.log10(np.maximum(found.gradients, TINY)).mean(1)


def _table(found: Race) -> None:
    rows, guesses = [], found.guesses
    for place, (loss, size) in enumerate(zip(LOSSES, _sizes(found), strict=True)):
        mean, low, high = (100 * one for one in interval(found.more_wrong[place].tolist()))
        noise = judged(low, high) == NOISE
        told = _(NOISE) if noise else f"<b>{signed(mean)}</b>"
        rows.append(
            [
                _(loss.title), percent(float(found.wrong[place, -1].mean())),
                told if place else "–", "–" if guesses[place] else short(found.rates[place]),
                power_of_ten(10 ** float(size[0] - size[-1]), 2),
            ]
        )  # fmt: skip
    heads = [
        _("outputs, loss"), _("wrong"), _("more than the first (points)"), _("rate"),
        _("first layer’s gradient / last’s"),
    ]  # fmt: skip
    table(heads, rows, caption=_("Where each loss ends"))
    st.caption(
        _(
            "{learned} digits of 8 × 8 pixels, 32 units a layer, {steps} plain steps on "
            "batches of 32, {seeds} seeds; each loss has that of the rates {rates} with which it "
            "misses the fewest of {chosen} other digits (“–”: with each it misses more than four "
            "of five). Wrong and sure: the outputs’ biases begin at +{bias} for 0 and −{bias} for "
            "all others.",
            learned=f"{LEARNED:,}", steps=STEPS, seeds=found.wrong.shape[2], chosen=CHOSEN,
            rates=", ".join(short(one) for one in RATES), bias=f"{SURE:g}",
        )
    )  # fmt: skip
