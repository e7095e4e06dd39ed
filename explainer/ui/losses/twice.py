"""Softmax before cross-entropy: the race against the right thing, and the floor of its loss."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.generalisation.small_stack import CLASSES
from explainer.kept import MEGABYTE, Kept
from explainer.likelihood.logits import least_loss_of_two_softmaxes
from explainer.likelihood.softmax_twice import EARLY, RATES, SEEDS, SIZE, Race, race
from explainer.powers import percent, short, signed
from explainer.training.instruments.student import NOISE, interval, judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import plain_code
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
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
from explainer.words import _, language

KEY = "losses"
TWICE = f"{KEY}.twice"
LOSS, MISSED = f"{TWICE}_loss", f"{TWICE}_missed"
KEPT: Kept[float, Race] = Kept(MEGABYTE, lambda one: 2 * one.loss.nbytes)
CHOICES = tuple(Named(f"{one:g}", short(one)) for one in RATES)
RIGHT, WRONG, DASHED = 0, 1, 8
CODE = """loss = F.cross_entropy(model(x), y)             # right: it takes logits
loss = F.cross_entropy(model(x).softmax(1), y)  # wrong, and no error is raised"""


def twice_part() -> None:
    """The rate on top; losses and mistakes over the steps; the verdict in words."""
    say(KEY, "softmax_before")
    plain_code(CODE)
    slug = choice(
        _("Learning rate (Adam)"), CHOICES, key=f"{TWICE}.rate", default=f"{RATES[1]:g}",
        widget=st.segmented_control,
    )  # fmt: skip
    words = _("{count} networks learn {size} digits", count=2 * len(SEEDS), size=f"{SIZE:,}")
    found = waited(KEPT, float(slug), words, lambda told: race(float(slug), told=told))
    last = len(found.steps) - 1
    for key, column in zip((LOSS, MISSED), st.columns(2, gap="medium"), strict=True):
        with column:
            at, number = kept_place(key, last + 1, last), clicked_number(key)
            message = remembered(
                f"{key}.message", (found, at, number, theme(), language()),
                partial(_chart, key, found, at, number, theme()),
            )  # fmt: skip
            capacity_chart(key, message)
    st.markdown(_said(found))
    say(KEY, "softmax_before_notice")


def _chart(key: str, found: Race, at: int, number: int, colours: Theme) -> bytes:
    """The losses with their floor, or the shares that are wrong: means, and all seeds as bands."""
    values, title, span, decimals = (
        (found.loss, _("Loss that is minimised (nats)"), (0.0, 2.5), 3) if key == LOSS
        else (100 * found.wrong, _("Wrong, of 1,000 fresh digits (%)"), (0.0, 100.0), 1)
    )  # fmt: skip
    titles = _("logits: right"), _("softmax before it")
    series = [
        Series(name, stroke(colour, colours), ranges(one))
        for name, colour, one in zip(titles, (RIGHT, WRONG), values, strict=True)
    ]
    if key == LOSS:
        floor = np.full((3, len(found.steps)), least_loss_of_two_softmaxes(CLASSES))
        series.append(Series(_("floor of two softmaxes"), stroke(7 + DASHED, colours), floor))
    scales = Scales(
        title, _("step"), found.steps, span, even=True, ticks=found.steps[::2], height=260,
        decimals=decimals,
    )  # fmt: skip
    return capacity_message(
        key, scales, series, at=at, number=number, band=_("all seeds"),
        alt=_("{title} over the steps, with one softmax and with two.", title=title),
    )  # fmt: skip


def _said(found: Race) -> str:
    return _(
        "At step {early}, {first}. At the end, {last}. The loss ends at {loss} and can’t go below "
        "−log(e/(e + 9)) = **{floor}**. At least one class is given to no fresh digit by {none} "
        "of {seeds} networks with logits, by **{some}** of {seeds} with softmax before.",
        early=EARLY, first=_compared(found, EARLY), last=_compared(found, found.steps[-1]),
        loss=f"{found.loss[1, -1].mean():.3f}",
        floor=f"{least_loss_of_two_softmaxes(CLASSES):.4f}",
        none=found.without[0], some=found.without[1], seeds=found.wrong.shape[2],
    )  # fmt: skip


def _compared(found: Race, step: int) -> str:
    mean, low, high = (100 * one for one in interval(found.more_wrong(step).tolist()))
    once, twice = found.wrong[:, found.steps.index(step)].mean(-1)
    return _(
        "{once} are wrong with logits, {twice} with softmax before: {mean} points (95 %: {low} to "
        "{high}, **{verdict}**)", once=percent(float(once)), twice=percent(float(twice)),
        mean=signed(mean), low=signed(low), high=signed(high),
        verdict=_("within noise") if judged(low, high) == NOISE else _("more than noise"),
    )  # fmt: skip
