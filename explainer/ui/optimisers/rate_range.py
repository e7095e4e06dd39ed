"""The range test: the loss as the rate grows, what is read off it, and what that is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.descent.range_test import (
    DECADES_BELOW,
    RULES,
    STEPS,
    RangeTest,
    between,
    range_test,
    smoothed,
    suggested,
    trained_with,
)
from explainer.descent.rates import SEEDS, Floats, Method, Race, lost
from explainer.descent.rates import STEPS as RACED
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.fold import kept, one_of
from explainer.ui.common.memory import remembered
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.optimisers.rate_race import (
    END_LOSSES,
    FRESH,
    LOSS_TICKS,
    found_race,
    rate_axis,
    verdict,
    written,
)
from explainer.ui.splits.board import Axis, Entry, board, board_message
from explainer.words import N_, _, language

KEY = "optimisers"
TEST, WORTH = f"{KEY}.rate_range", f"{KEY}.rate_worth"
KEPT: Kept[str, RangeTest] = Kept(MEGABYTE, lambda one: one.losses.nbytes)
KEEP, RUN = PARAMETERS = (
    Parameter("keep", N_("smoothing β"), 0.9, 0, 0.98, 0.02),
    Parameter("run", N_("seed"), 1, 1, len(SEEDS), 1),
)  # fmt: skip
COLOURS = {"minimum": 1, "tenth": 0, "steepest": 2}
RAW, BEST = 7, N_("best in the race")
BATCH_LOSSES = (0.0, 4.0)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while a slider is moved."""

    test: RangeTest
    found: Race
    corrected: bool
    colours: Theme

    def colour(self, slug: str) -> str:
        return self.colours.categorical[COLOURS[slug]]


def range_view(method: Method) -> None:
    """A test's curve with what the rules read off it, beside where those rates end."""
    moved = live.values(TEST, PARAMETERS)
    slot = st.container()
    biased = bool(kept(st.toggle, _("A mean that starts at 0, uncorrected"), key=f"{TEST}.biased",
                       usual=False, read=one_of((False, True))))  # fmt: skip
    words = _("The rate grows, a hundred steps for each seed")
    test = waited(KEPT, method.slug, words, lambda told: range_test(method))
    shown = _Shown(test, found_race(method), not biased, theme())
    address = live.live_picture(TEST, _renderer(shown, moved.values))
    with slot:
        live.sliders(TEST, PARAMETERS, moved, address=address)
    given = (method.slug, biased, tuple(moved.values.values()), moved.number, theme(), language())
    left, right = st.columns(2, gap="medium")
    with left:
        board(TEST, remembered(f"{TEST}.message", given,
                               lambda: _curve(shown, moved.values, moved.number)))  # fmt: skip
    with right:
        board(WORTH, remembered(f"{WORTH}.message", given,
                                lambda: _worth(shown, moved.values, moved.number)))  # fmt: skip
    live.write_to_url(TEST, PARAMETERS, moved.values)
    keep = moved.values[KEEP.name]
    table(*remembered(f"{TEST}.table", (method.slug, biased, keep, language()),
                      lambda: _rules(shown, keep)),
          caption=_("What each rule reads off, and what it is worth"))  # fmt: skip
    st.caption(
        _(
            "Left: one run of {steps} steps, a batch at each rate. Right: {raced} steps at each of "
            "{rates} rates; between two of these a disc lies on the line. In the table: median or "
            "mean, and below it the span of all {seeds} seeds. A seed is lost where more than a "
            "quarter of the best fall is missing; *within noise* says that these seeds don’t "
            "settle it, not that both are as good.",
            steps=STEPS, raced=RACED, rates=len(shown.found.rates), seeds=len(SEEDS),
        )
    )  # fmt: skip


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _curve(shown, values, number, (WORTH, _worth(shown, values, number)))

    return render


def _read(shown: _Shown, values: Mapping[str, float]) -> dict[str, float]:
    """What each rule reads off the curve of the chosen seed."""
    curve = _smooth(shown, values)
    return {one.slug: one.read(curve, shown.test.rates) for one in RULES}


def _smooth(shown: _Shown, values: Mapping[str, float]) -> Floats:
    raw = shown.test.losses[round(values[RUN.name]) - 1]
    return smoothed(raw, values[KEEP.name], corrected=shown.corrected)


def _curve(
    shown: _Shown, values: Mapping[str, float], number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    test, colours = shown.test, shown.colours
    raw, curve = test.losses[round(values[RUN.name]) - 1], _smooth(shown, values)
    found = _read(shown, values)
    best = shown.found.rates[shown.found.best]
    entries = [
        Entry(_("loss of the batch"), "line", colours.categorical[RAW], raw, "2 3"),
        Entry(_("smoothed"), "line", colours.text, curve),
        *(Entry(_named(one.title, found[one.slug]), "discs", shown.colour(one.slug),
                at_rate(test.rates, found[one.slug], curve)) for one in RULES),
        Entry(_named(BEST, best), "rings", colours.text, at_rate(test.rates, best, curve)),
    ]  # fmt: skip
    return board_message(
        TEST, test.rates, rate_axis(test.method, test.method.low - DECADES_BELOW),
        Axis(_("Loss while the rate grows (nats)"), BATCH_LOSSES, decimals=2), entries,
        at=int(curve.argmin()), number=number, also=also, height=330,
        alt=_("The loss of each batch and its running mean over the growing learning rate."),
    )  # fmt: skip


def _worth(shown: _Shown, values: Mapping[str, float], number: int) -> bytes:
    """The ends of the race over the rate, and where the rates that were read lie on them."""
    found, colours, run = shown.found, shown.colours, round(values[RUN.name]) - 1
    best, read = found.rates[found.best], _read(shown, values)
    inside = [one for one in read.values() if found.rates[0] <= one <= found.rates[-1]]
    rates = np.union1d(found.rates, inside)
    ends, fresh = (between(rates, found.rates, one)
                   for one in (found.losses[-1, run], found.validation[run]))  # fmt: skip
    entries = [
        Entry(_("digits learned from"), "line", colours.text, ends),
        Entry(_("other digits"), "line", colours.categorical[FRESH], fresh, "7 4"),
        *(_disc(rule.title, "discs", shown.colour(rule.slug), rates, read[rule.slug], ends)
          for rule in RULES),
        _disc(BEST, "rings", colours.text, rates, best, ends),
    ]  # fmt: skip
    return board_message(
        WORTH, rates, rate_axis(found.method, found.method.low - DECADES_BELOW),
        Axis(_("Loss after training at that rate (nats)"), END_LOSSES, logarithmic=True,
             ticks=LOSS_TICKS, decimals=3),
        entries, at=int(np.abs(rates - best).argmin()), number=number, height=330,
        alt=_("The loss at the end of the race over the rate, with the rates that were read off."),
    )  # fmt: skip


def _named(title: str, rate: float) -> str:
    return _("{what}: {rate}", what=_(title), rate=written(rate))


def _disc(
    title: str, kind: str, colour: str, rates: Floats, rate: float, values: Floats
) -> Entry:  # fmt: skip
    """A mark at a rate, with the loss there in its name, or that nobody trained at so low a one."""
    shown = at_rate(rates, rate, values)
    loss = shown[np.isfinite(shown)]
    said = (
        _("{mark}, loss {loss}", mark=_named(title, rate), loss=f"{loss[0]:.3f}")
        if len(loss)
        else _("{mark}, not trained", mark=_named(title, rate))
    )
    return Entry(said, kind, colour, shown)


def at_rate(rates: Floats, rate: float, values: Floats) -> Floats:
    """`values` at the place nearest to `rate`, and none elsewhere, nor where it lies outside."""
    chosen, distance = np.full(len(rates), np.nan), np.abs(np.log(rates / rate))
    place = int(distance.argmin())
    if distance[place] < np.log(rates[1] / rates[0]):
        chosen[place] = values[place]
    return chosen


def _rules(shown: _Shown, keep: float) -> tuple[list[str], list[list[str]]]:
    """Over all seeds: what is read, where that ends, and the verdict against the best rate."""
    race, rows = shown.found, []
    best, least = race.rates[race.best], race.means[-1].min()
    truth = trained_with(race, np.full(len(SEEDS), best))
    for rule in RULES:
        rates = suggested(shown.test, rule, keep, corrected=shown.corrected)
        ends = trained_with(race, rates)
        beyond = "≥ " if rates.min() < 0.99 * race.rates[0] else ""  # trained at the race's lowest
        less = (truth - ends).tolist()
        said = verdict(less, lost(less, least))
        middle, low, high = (written(one) for one in (np.median(rates), rates.min(), rates.max()))
        rows.append([_(rule.title), f"{middle}<br>{low} – {high}",
                     beyond + f"{ends.mean():.3f}<br>{ends.min():.3f} – {ends.max():.3f}"
                     f"<br><b>{said}</b>"])  # fmt: skip
    rows.append([_(BEST), written(best),
                 f"{truth.mean():.3f}<br>{truth.min():.3f} – {truth.max():.3f}"])  # fmt: skip
    return [_("read off"), _("rate"), _("loss after training, against the best")], rows
