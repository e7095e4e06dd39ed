"""Examples that are copies: the interval promises too much; and likelihood's variance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.evaluation.intervals import exact
from explainer.likelihood.dependence import (
    DRAWS,
    MOST_COPIES,
    coverage,
    covered,
    half_width,
    inks,
    variances,
)
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent
from explainer.training.instruments.student import intervals
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.splits.board import Axis, Entry, Values, board, board_message
from explainer.words import N_, _, language

KEY = "losses"
COPIES, VARIANCE = f"{KEY}.copies", f"{KEY}.variance"
PARAMETERS = TIMES, EXAMPLES, CHANCE = (
    Parameter("times", N_("each example stands there, times k"), 4, 1, MOST_COPIES, 1),
    Parameter("examples", N_("examples n"), 100, 5, 500, 5),
    Parameter("chance", N_("true chance"), 0.5, 0.05, 0.95, 0.05),
)
KS = np.arange(1, MOST_COPIES + 1)
MOST_DIGITS, AT, VARIANCE_DRAWS = 20, 3, 10_000
TRUE, MEASURED, LIKELY, UNBIASED, GREY = 7, 0, 1, 2, 7
HONEST = 0.92
"""Where the interval of each example once holds the truth less often, that is said."""


def copies() -> None:
    """Coverage over the number of copies, and both variances over the number of digits."""
    say(KEY, "likelihood_independent")
    moved = live.values(COPIES, PARAMETERS)
    address = live.live_picture(COPIES, _renderer(moved.values))
    controls, left, right = st.columns([1, 1.5, 1.5], gap="medium")
    with controls:
        live.sliders(COPIES, PARAMETERS, moved, address=address)
    with left:
        board(COPIES, remembered(
            f"{COPIES}.message", (moved, theme(), language()),
            lambda: _covered(moved.values, moved.number, theme()),
        ))  # fmt: skip
    with right:
        board(VARIANCE, remembered(
            f"{VARIANCE}.message", (theme(), language()), lambda: _variances(theme())
        ))  # fmt: skip
    live.write_to_url(COPIES, PARAMETERS, moved.values)
    say(KEY, "likelihood_independent_notice")


def _renderer(resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _covered(values, number, colours)

    return render


def _covered(values: Mapping[str, float], number: int, colours: Theme) -> bytes:
    count, chance = round(values[EXAMPLES.name]), values[CHANCE.name]
    times = round(values[TIMES.name])
    true = 100 * coverage(chance, count, KS)
    held = covered(chance, count, KS)
    low, high = exact(held, DRAWS)
    palette = colours.categorical
    entries = [
        Entry(_("promised"), "line", palette[GREY], np.full(len(KS), 95.0), "5 4"),
        Entry(_("by the binomial distribution"), "line", palette[TRUE], true),
        Entry(_("in {count} sets of examples", count=f"{DRAWS:,}"), "bars", palette[MEASURED],
              100 * np.stack([low, held / DRAWS, high]), colours=[palette[MEASURED]] * len(KS)),
    ]  # fmt: skip
    return board_message(
        COPIES, KS.astype(float), Axis(_("copies k of each example"), (0.5, MOST_COPIES + 0.5)),
        Axis(_("The interval of 95 % holds the truth (%)"), (0, 102), decimals=1), entries,
        at=times - 1, number=number, told=_told(count, chance, times, true), height=320,
        alt=_("How often the interval holds the truth, over the number of copies."),
    )  # fmt: skip


def _told(count: int, chance: float, times: int, true: Values) -> list[str]:
    """Of `true`, the percentage of sets for each of `KS`, that of `times` and, if poor, of one."""
    half, once = (100 * float(half_width(chance, count, k)) for k in (times, 1))
    found = [
        _(
            "n = {count}, k = {times}: with the true share seen the interval says ± {half} points; "
            "each example counted once, ± {once}. It holds the truth in {held} of all sets.",
            count=count, times=times, half=f"{half:.1f}", once=f"{once:.1f}",
            held=percent(true[times - 1] / 100),
        )
    ]  # fmt: skip
    if true[0] < 100 * HONEST:
        found.append(
            _(
                "Each counted once it holds the truth in {held}, not in 95 %. That is not the "
                "copies’ doing: the interval by curvature needs more examples at a chance of "
                "{chance}.",
                held=percent(true[0] / 100), chance=f"{chance:.2f}",
            )
        )  # fmt: skip
    return found


def _variances(colours: Theme) -> bytes:
    likely, unbiased = variances(MOST_DIGITS, draws=VARIANCE_DRAWS)
    counts = np.arange(2.0, MOST_DIGITS + 1)
    palette = colours.categorical
    entries = [
        Entry(_("what theory says of ÷ n"), "line", palette[GREY], 100 * (1 - 1 / counts), "5 4"),
        *(Entry(title, "bars", palette[colour], 100 * intervals(found)[:, [1, 0, 2]].T,
                colours=[palette[colour]] * len(counts))
          for title, colour, found in (
              (_("÷ n, of greatest likelihood"), LIKELY, likely),
              (_("÷ (n − 1)"), UNBIASED, unbiased),
          )),
    ]  # fmt: skip
    return board_message(
        VARIANCE, counts, Axis(_("digits n"), (1.5, MOST_DIGITS + 0.5)),
        Axis(_("Variance of the ink, in % of the true one"), (40, 112), decimals=1), entries,
        at=AT, number=0, height=320,
        told=[_("Means of {count} draws, from the {all} shipped digits.",
                count=f"{VARIANCE_DRAWS:,}", all=f"{len(inks()):,}")],
        alt=_("The mean estimated variance over the number of digits, divided by n and by n − 1."),
    )  # fmt: skip
