"""Five batch sizes side by side: after as many pictures, as many steps, or as much time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.theme import Theme
from explainer.descent.batch_race import (
    COUNT,
    RATES,
    SEEDS,
    SIZES,
    TRIAL_PICTURES,
    TRIAL_SEEDS,
    TRIAL_STEPS,
    Run,
    race,
)
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten
from explainer.training.instruments.student import NOISE, interval, judged
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.splits.board import Axis, Entry, board, board_message
from explainer.ui.splits.gaps import Row, gaps, gaps_message
from explainer.words import N_, _

KEY = "optimisers"
RACE, HANDS = f"{KEY}.batch_race", f"{KEY}.batch_hands"
KEPT: Kept[str, list[Run]] = Kept(MEGABYTE, lambda runs: 2 * sum(one.loss.nbytes for one in runs))
AXES = (
    Named("examples", N_("pictures seen")), Named("steps", N_("steps")),
    Named("time", N_("time")),
)  # fmt: skip
SPANS = {"examples": (1.0, 262144.0), "steps": (1.0, 4096.0), "time": (1e-4, 1.0)}
PLACES = {"examples": 145, "steps": 97, "time": 161}
LOSSES = (0.01, 5.0)
TICKS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
SLIDERS = {
    "examples": Parameter("seen", N_("pictures, power of 2"), 12, 0, 18, 0.25),
    "steps": Parameter("taken", N_("steps, power of 2"), 7, 0, 12, 0.25),
    "time": Parameter("passed", N_("seconds, power of 10"), -1.5, -4, 0, 0.05),
}
COLOURS = (3, 1, 2, 0, 6)


def race_part() -> None:
    """Losses over the chosen axis; below, which batch each run has in hand at the slider."""
    say(KEY, "batches")
    left, right = st.columns([1, 1.6], vertical_alignment="bottom", gap="medium")
    with left:
        axis = choice(_("Compare after the same"), AXES, key=f"{RACE}.axis",
                      widget=st.segmented_control)  # fmt: skip
    slot = st.empty()
    words = _("Networks learn with {count} batch sizes, each at its own rate", count=len(SIZES))
    runs = waited(
        KEPT, "runs", words,
        lambda told: race(told=told, seen=lambda so_far: _so_far(slot, axis, so_far)),
    )  # fmt: skip
    slot.empty()
    slider = SLIDERS[axis]
    moved = live.values(RACE, (slider,), scope=axis)
    shown = _Shown(axis, runs, theme())
    address = live.live_picture(RACE, _renderer(shown, moved.values))
    with right:
        live.sliders(RACE, (slider,), moved, scope=axis, address=address)
    at = moved.values[slider.name]
    board(RACE, _board(RACE, shown, at, moved.number))
    gaps(HANDS, _hands(shown, at, moved.number))
    live.write_to_url(RACE, (slider,), moved.values)
    st.caption(
        _(
            "{count} digits, one hidden layer, plain gradient descent, no momentum; means of "
            "{seeds} seeds. Each batch size has the best of {rates} rates from {low} to {high}, by "
            "{trials} other seeds after {pictures} pictures or {steps} steps. Time is measured on "
            "this server as it trains, without the measuring: differences of a tenth mean nothing.",
            count=f"{COUNT:,}", seeds=len(SEEDS), rates=len(RATES), trials=len(TRIAL_SEEDS),
            low=f"{RATES[0]:g}", high=f"{RATES[-1]:g}", pictures=f"{TRIAL_PICTURES:,}",
            steps=TRIAL_STEPS,
        )
    )  # fmt: skip
    say(KEY, "batches_notice")


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the slider is moved."""

    axis: str
    runs: Sequence[Run]
    colours: Theme


def _value(axis: str, at: float) -> float:
    return float((10 if axis == "time" else 2) ** at)


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held, slider = dict(resting), SLIDERS[shown.axis]

    def render(moved: Mapping[str, object], number: int) -> bytes:
        at = live.first_sound(slider, [moved, held])
        return _board(RACE, shown, at, number, (HANDS, _hands(shown, at, number)))

    return render


def _so_far(slot: DeltaGenerator, axis: str, runs: Sequence[Run]) -> None:
    key = f"{RACE}_{len(runs)}"
    with slot.container():
        board(key, _board(key, _Shown(axis, runs, theme()), SLIDERS[axis].default, 0))


def _board(
    key: str, shown: _Shown, at: float, number: int, also: tuple[str, bytes] | None = None
) -> bytes:  # fmt: skip
    low, high = SPANS[shown.axis]
    slider = SLIDERS[shown.axis]
    powers = np.linspace(slider.minimum, slider.maximum, PLACES[shown.axis])
    places = np.power(10.0 if shown.axis == "time" else 2.0, powers.round(9))
    entries = []
    for run in shown.runs:
        steps = np.array([run.steps_for(shown.axis, one) for one in places])
        mean = np.interp(np.log(steps), np.log(run.steps), run.loss.mean(1), np.nan, np.nan)
        colour = shown.colours.categorical[COLOURS[SIZES.index(run.size)]]
        entries.append(Entry(_named(run), "line", colour, np.clip(mean, *LOSSES)))
    value = _value(shown.axis, at)
    title = next(_(one.title) for one in AXES if one.slug == shown.axis)
    unit = " s" if shown.axis == "time" else ""
    ticks = [(one, f"{one:g}") for one in TICKS]
    return board_message(
        key, places,
        Axis(title, (low, high), logarithmic=True, unit=unit, ticks=_ticks(shown.axis)),
        Axis(_("Loss on all pictures (nats)"), LOSSES, logarithmic=True, ticks=ticks), entries,
        at=int(np.abs(powers - at).argmin()), number=number,
        told=_told(shown, value), height=350, also=also,
        alt=_("The training loss of each batch size over pictures, steps or time."),
    )  # fmt: skip


def _ticks(axis: str) -> list[tuple[float, str]]:
    if axis == "time":
        return [(1e-4, "0.1 ms"), (1e-3, "1 ms"), (0.01, "10 ms"), (0.1, "0.1 s"), (1.0, "1 s")]
    powers = (0, 3, 6, 9, 12, 15, 18) if axis == "examples" else (0, 2, 4, 6, 8, 10, 12)
    return [(2.0**one, f"{2**one:,}") for one in powers]


def _size(run: Run) -> str:
    return _("all {count}", count=f"{run.size:,}") if run.size == COUNT else f"B = {run.size}"


def _named(run: Run) -> str:
    return _("{size}, rate {rate}", size=_size(run), rate=f"{run.rate:g}")


def _told(shown: _Shown, value: float) -> list[str]:
    """Which batch size is lowest there, which are so within noise, and what has ended before."""
    there = [(run, run.at(run.steps_for(shown.axis, value))) for run in shown.runs]
    there = [(run, losses) for run, losses in there if np.isfinite(losses).all()]
    over = _over(shown, value)
    if not there:
        return [_("No run has been measured there."), *over]
    best, lowest = min(there, key=lambda one: float(one[1].mean()))
    as_good = [
        _named(run) for run, losses in there
        if run is not best and judged(*interval((losses - lowest).tolist())[1:]) == NOISE
    ]  # fmt: skip
    found = _(
        "Lowest of those that learn here: {best}, {loss}.",
        best=_named(best),
        loss=f"{lowest.mean():.3g}",
    )
    if as_good:
        found += " " + _("Within noise of it: {others}.", others="; ".join(as_good))
    return [found, *over]


def _ended(run: Run, axis: str, value: float) -> bool:
    return run.steps_for(axis, value) > run.steps[-1]


def _over(shown: _Shown, value: float) -> list[str]:
    """Which runs have ended by then, and how low the lowest of them came."""
    over = [run for run in shown.runs if _ended(run, shown.axis, value)]
    if not over:
        return []
    lowest = min(over, key=lambda run: float(run.loss[-1].mean()))
    return [
        _("Ended earlier: {runs}. Of these {best} came lowest, {loss}.",
          runs=", ".join(_size(run) for run in over), best=_size(lowest),
          loss=f"{lowest.loss[-1].mean():.3g}")
    ]  # fmt: skip


def _hands(shown: _Shown, at: float, number: int) -> bytes:
    """Of each run a bar from where the batch in hand begins in the epoch to where it ends."""
    value, rows = _value(shown.axis, at), []
    for run in reversed(shown.runs):
        ended = _ended(run, shown.axis, value)
        steps = int(run.steps[-1]) if ended else round(run.steps_for(shown.axis, value))
        batches = COUNT // run.size
        place, epoch = max(steps - 1, 0) % batches, max(steps - 1, 0) // batches
        started = steps > 0
        rows.append(
            Row(
                _size(run), place * run.size if started else 0,
                (place + 1) * run.size if started else 0,
                shown.colours.categorical[COLOURS[SIZES.index(run.size)]],
                _("ended at step {step}", step=f"{steps:,}") if ended
                else _("step {step}", step=f"{steps:,}"),
                _("epoch {epoch}, batch {place} of {batches}", epoch=f"{epoch + 1:,}",
                  place=f"{place + 1:,}", batches=f"{batches:,}") if started
                else _("no whole batch yet"),
                _("one step takes {time} ms", time=power_of_ten(1e3 * float(run.seconds.mean()))),
            )
        )  # fmt: skip
    return gaps_message(
        HANDS, rows, most=COUNT, number=number,
        told=_("A bar is the batch in hand, within one epoch: all {count} pictures, left to right. "
               "A **step** (iteration) is one batch; an **epoch** is all batches once.",
               count=f"{COUNT:,}"),
        alt=_("For each batch size the step, the epoch, and the batch in hand."),
    )  # fmt: skip
