"""Two that look alike: the curves of two faults together, and the numbers that tell them apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import Stroke
from explainer.charts.theme import Theme
from explainer.clinic.faults import FAULTS
from explainer.clinic.gathered import gathered, pairs
from explainer.clinic.instruments import INSTRUMENTS
from explainer.clinic.likeness import (
    LAST,
    LOSS,
    POINTS,
    Floats,
    distances,
    filled,
    heights,
    taken_for,
)
from explainer.clinic.record import Record
from explainer.clinic.telling import Telling, best_told
from explainer.clinic.telltales import POWERS
from explainer.kept import MEGABYTE, Kept
from explainer.powers import ten_to
from explainer.ui.clinic.mistaken import mistaken
from explainer.ui.clinic.wall import FIRST_SEED
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.components import mount, pack
from explainer.ui.common.fold import while_open
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
from explainer.words import N_, _, language

KEY = "clinic"
ALIKE = f"{KEY}.alike"
SEEDS = 8
OWN = "own"
PAIRS = {
    "silent": ("dead", "vanishing"),
    "hidden": ("healthy", "frozen"),
    "outside": ("scaled", "batch-norm"),
    "slow": ("rate-low", "equal"),
}
MENU = (
    Named("silent", N_("nothing is learned")), Named("hidden", N_("nothing is seen")),
    Named("outside", N_("only validation is bad")), Named("slow", N_("learning is slow")),
    Named(OWN, N_("your own pair")),
)  # fmt: skip
COLOURS, LIGHTER = (0, 1), "4 4"
TOLD = 3


@dataclass(frozen=True, eq=False)
class Pair:
    """Runs of two faults over the same seeds: their curves `(2, S, 4, POINTS)` and what tells.

    Of `right` of the 2S runs the one most alike of another seed has the same fault, by the curves.
    """

    slugs: tuple[str, str]
    curves: Floats
    right: int
    told: list[Telling]

    @property
    def runs(self) -> int:
        """How many there are of both."""
        return 2 * self.curves.shape[1]


KEPT: Kept[tuple[str, str], Pair] = Kept(4 * MEGABYTE, lambda one: one.curves.nbytes)


def alike_section(*_given: object) -> None:
    """A pair to choose, its curves over seeds, and dots of the numbers that tell it apart."""
    say(KEY, "alike")
    left, right = st.columns([4, 1], gap="medium", vertical_alignment="bottom")
    with left:
        which = choice(_("The pair"), MENU, key=f"{ALIKE}.pair", widget=st.segmented_control)
    with right:
        more = st.popover(_("Choose both"), key=f"{ALIKE}.more", on_change="rerun")
    with while_open(more):
        own = (
            choice(_("One"), FAULTS, key=f"{ALIKE}.one", default="small", on_change=_own),
            choice(_("The other"), FAULTS, key=f"{ALIKE}.other", default="twice", on_change=_own),
        )
    one, other = PAIRS.get(which, own)
    if one == other:
        st.info(_("Choose two that differ, under *Choose both*."), icon=":material/info:")
        return
    place = st.container()
    say(KEY, "alike_notice")
    with place:
        found = _found(one, other)
        _pictures(found, ALIKE)
        st.markdown(_verdict(found))
        mount("telltale", key=f"{ALIKE}.telltale", data=remembered(
            f"{ALIKE}.message", (found, theme(), language()),
            lambda: telling_message(found, theme()),
        ))  # fmt: skip
    mistaken()


def _own() -> None:
    """Who chooses one of the two wants to see the pair."""
    st.session_state[f"{ALIKE}.pair"] = OWN


def _found(one: str, other: str) -> Pair:
    """The runs of both; while somebody waits for them the curves of those that are there."""
    if (kept := KEPT.get((one, other))) is not None:
        return kept
    slot = st.empty()

    def seen(records: list[Record]) -> None:
        if len(records) % 2 == 0:
            with slot.container():
                _pictures(Pair((one, other), curves_of(records), 0, []),
                          f"{ALIKE}_{one}_{other}_{len(records)}")  # fmt: skip

    asked = pairs((one, other), range(FIRST_SEED, FIRST_SEED + SEEDS))
    words = _("{count} networks learn digits, half of them with each fault", count=len(asked))
    found = waited(
        KEPT, (one, other), words,
        lambda told: pair_of((one, other), gathered(asked, told=told, seen=seen)),
    )  # fmt: skip
    slot.empty()
    return found


def curves_of(records: Sequence[Record]) -> Floats:
    """The curves `(2, S, 4, POINTS)` of runs of two faults in turns."""
    return np.stack([[heights(run) for run in records[fault::2]] for fault in range(2)])


def pair_of(slugs: tuple[str, str], records: Sequence[Record]) -> Pair:
    """What is shown of the runs of two faults, in turns."""
    curves = curves_of(records)
    kinds, seeds = np.divmod(np.arange(len(records)), curves.shape[1])
    taken = taken_for(distances(curves.reshape(-1, *curves.shape[2:])), kinds, seeds)
    told = best_told(records[0::2], records[1::2], TOLD)
    return Pair(slugs, curves, int((taken == kinds).sum()), told)


def _pictures(found: Pair, name: str) -> None:
    columns = st.columns(2, gap="medium")
    for column, part, first in zip(columns, ("loss", "right"), (0, 2), strict=True):
        key = f"{name}_{part}"
        with column:
            at, number = kept_place(key, POINTS, POINTS - 1), clicked_number(key)
            capacity_chart(key, remembered(
                f"{key}.message", (found, at, number, theme(), language()),
                lambda key=key, first=first, at=at, number=number:  # type: ignore[misc]
                _curves(key, found, first, (at, number), theme()),
            ))  # fmt: skip


def _curves(key: str, found: Pair, first: int, at: tuple[int, int], colours: Theme) -> bytes:
    """The losses (`first` 0) or the accuracies (2) of both faults, lowest, mean and highest."""
    loss = first == 0
    steps = [round(one) for one in np.linspace(0, LAST, POINTS)]
    scales = Scales(
        _("Loss (nats)") if loss else _("Right (%)"), _("step"), steps, LOSS if loss else (0, 100),
        even=True, ticks=[one for one in steps if not one % 100], logarithmic=loss, height=280,
        decimals=2 if loss else 1,
    )  # fmt: skip
    series = []
    for group, slug in enumerate(found.slugs):
        for part, name in enumerate((_("training"), _("validation"))):
            values = ranges(filled(found.curves)[group, :, first + part].T)
            values = LOSS[0] * (LOSS[1] / LOSS[0]) ** values if loss else 100 * values
            series.append(Series(
                _("{fault}, {part}", fault=_(FAULTS[slug].title), part=name),
                Stroke(colours.categorical[COLOURS[group]], LIGHTER if part else "",
                       "dashed" if part else "solid"),
                values,
            ))  # fmt: skip
    return capacity_message(
        key, scales, series, at=at[0], number=at[1], band=_("all seeds"),
        alt=_("The losses of two faults over the steps.") if loss
        else _("The accuracies of two faults over the steps."),
    )  # fmt: skip


def _verdict(found: Pair) -> str:
    best = found.told[0]
    return _(
        "By its **curves alone** each run was given the fault of the run of another seed that "
        "looks most like it: right in **{right} of {runs}** cases; by chance a half. By **one "
        "number** ({instrument}): right in **{told} of {runs}**. Two runs of a seed share their "
        "pictures, so these are not {runs} independent tries, and no interval is given.",
        right=found.right, runs=found.runs,
        instrument=_(INSTRUMENTS[best.telltale.instrument].title), told=best.right,
    )  # fmt: skip


def telling_message(found: Pair, colours: Theme) -> bytes:
    """The dots of the numbers that tell the pair apart, the most telling first."""
    header: dict[str, Any] = {
        "name": ALIKE, "number": 0, "rows": [_row(one, found.runs) for one in found.told],
        "names": [_(FAULTS[slug].title) for slug in found.slugs],
        "colours": [colours.categorical[one] for one in COLOURS],
        "seeds": list(range(found.curves.shape[1])),
    }  # fmt: skip
    return pack(header)


def _row(one: Telling, runs: int) -> dict[str, Any]:
    telltale = one.telltale
    return {
        "title": _("{instrument}: {number}",
                   instrument=_(INSTRUMENTS[telltale.instrument].title), number=_(telltale.title)),
        "verdict": _("right in {right} of {runs}", right=one.right, runs=runs),
        "spots": [[spot if math.isfinite(spot) else None for spot in own.tolist()]
                  for own in one.heights],
        "texts": [[telltale.written(value) for value in own.tolist()] for own in one.values],
        "gap": one.gap,
        "ticks": [
            (spot, ten_to(round(math.log10(tick))) if telltale.kind == POWERS
             else telltale.written(tick))
            for spot, tick in zip(telltale.heights(telltale.ticks).tolist(), telltale.ticks,
                                  strict=True)
        ],
    }  # fmt: skip
