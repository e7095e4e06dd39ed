"""The order of the pictures: shuffled each epoch, once, never, or sorted by class."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.descent.batch_race import COUNT
from explainer.descent.shuffling import (
    BATCH,
    EPOCHS,
    EVERY,
    ORDERS,
    RATES,
    SEEDS,
    Shuffled,
    shuffled,
)
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, signed
from explainer.training.instruments.student import AHEAD, BEHIND, judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.curves import Line, Mark, Panel, curves, curves_message, pinned_number
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.chart_places import place_in_view
from explainer.words import N_, _, language

KEY = "optimisers"
ORDER = f"{KEY}.order"
KEPT: Kept[float, Shuffled] = Kept(4 * MEGABYTE, lambda one: 2 * one.loss.nbytes)
PANEL = Panel(N_("Loss on all pictures (nats)"), N_("loss"), 330, (0.0, 3.2), 3)
WORSE = {AHEAD: N_("worse"), BEHIND: N_("better")}
DASHED = 8
COLOURS = (0, 2 + DASHED, 6 + DASHED, 1)


def order_part() -> None:
    """The losses of four orders over the steps, and whether they differ in the end."""
    say(KEY, "batches_shuffling")
    slug = choice(_("Learning rate"), [Named(f"{one:g}", f"{one:g}") for one in RATES],
                  key=f"{ORDER}.rate", default=f"{RATES[1]:g}",
                  widget=st.segmented_control)  # fmt: skip
    words = _("{count} networks learn in four orders", count=len(ORDERS) * len(SEEDS))
    rate = float(slug)
    found = waited(KEPT, rate, words, lambda told: shuffled(rate, told=told))
    last = float(found.steps[-1])
    at = place_in_view(ORDER, "step", EVERY, last, last / 2)
    number = pinned_number(ORDER)
    message = remembered(
        f"{ORDER}.message", (found, at, number, theme(), language()),
        lambda: _message(found, at, number, theme()),
    )  # fmt: skip
    curves(ORDER, message)
    _table(found)
    st.caption(
        _(
            "{count} digits, batches of {batch}, {epochs} epochs of {steps} steps; means of "
            "{seeds} seeds that begin alike. Upright lines end an epoch. *Once* and *never* lie so "
            "near *each epoch anew* that their dashes run along it. The table has the means of the "
            "last epoch, with an interval of 95 % for what differs from shuffling anew.",
            count=f"{COUNT:,}", batch=BATCH, epochs=EPOCHS, steps=COUNT // BATCH, seeds=len(SEEDS),
        )
    )  # fmt: skip
    say(KEY, "batches_shuffling_notice")


def _message(found: Shuffled, at: float, number: int, colours: Theme) -> bytes:
    lines = [
        Line(_(title), stroke(place, colours), found.loss[:, order].mean(1)[None])
        for order, (title, place) in enumerate(zip(ORDERS, COLOURS, strict=True))
    ]  # fmt: skip
    epoch = COUNT // BATCH
    ends = range(epoch, int(found.steps[-1]), epoch)
    return curves_message(
        ORDER, [replace(PANEL, short=_(PANEL.short))], lines, low=float(found.steps[0]),
        reach=float(found.steps[-1]), at=at, number=number, symbol=_("step"),
        marks=[Mark(float(one), "") for one in ends],
        alt=_("The training loss of the four orders over the steps."),
    )  # fmt: skip


def _table(found: Shuffled) -> None:
    rows = []
    for order, title in enumerate(ORDERS):
        row = [_(title)]
        for values, write, times in ((found.last_loss, "{:.3f}".format, 1.0),
                                     (found.wrong, percent, 100.0)):  # fmt: skip
            row.append(write(float(values[:, order].mean())))
            row.append(_apart(found.against_anew(order, values), times) if order else "–")
        rows.append(row)
    heads = [_("shuffled"), _("loss"), _("more"), _("fresh: wrong"), _("more points")]
    table(heads, rows, caption=_("What the order costs in the last epoch"))


def _apart(found: tuple[float, float, float], times: float) -> str:
    mean, low, high = (times * one for one in found)
    digits = 3 if times == 1 else 1
    verdict = judged(low, high)
    said = _(WORSE.get(verdict, verdict))
    return f"{signed(mean, digits)} ± {mean - low:.{digits}f}<br>{said}"
