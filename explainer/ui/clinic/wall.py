"""Every fault at a glance: one run of each as small curves, those that look alike side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.theme import Theme
from explainer.clinic.faults import FAULTS
from explainer.clinic.gathered import gathered, pairs
from explainer.clinic.likeness import (
    LAST,
    LOSS,
    POINTS,
    Floats,
    distances,
    heights,
    in_a_row,
    nearest_others,
)
from explainer.clinic.record import Record
from explainer.kept import MEGABYTE, Kept
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.components import mount, pack
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import kept_whole, next_whole
from explainer.words import N_, _, language

KEY = "clinic"
WALL = f"{KEY}.wall"
SEED, MOST_SEED = f"{KEY}.wall_seed", 99
BEGUN = f"{WALL}.begun"
FIRST_SEED = 20_000
"""Cases of these seeds are drawn by no number of the instrument, so none of them is given away."""
HIDDEN = "hidden"
NAMES = (Named("shown", N_("with names")), Named(HIDDEN, N_("names hidden: you say")))
CURVES = ((N_("in training"), 0, ""), (N_("in validation"), 1, "5 3"))
LOSS_TICKS = (0.01, 1.0, 100.0)
GUESSES = 4


@dataclass(frozen=True, eq=False)
class Wall:
    """The curves `(F, 4, POINTS)` of runs with the faults with those slugs."""

    slugs: tuple[str, ...]
    curves: Floats


KEPT: Kept[int, Wall] = Kept(MEGABYTE, lambda one: one.curves.nbytes)


def wall_section(*_given: object) -> None:
    """Small curves of a run of each fault; pointed at, a run is named and explained."""
    say(KEY, "wall")
    left, right = st.columns([2.4, 1], gap="medium", vertical_alignment="bottom")
    with left:
        names = choice(_("The runs"), NAMES, key=f"{WALL}.names", widget=st.segmented_control)
    with right:
        st.button(_("Other seeds"), key=f"{WALL}.other", on_click=next_whole,
                  args=(SEED, MOST_SEED))  # fmt: skip
    seed, hidden = kept_whole(SEED, MOST_SEED), names == HIDDEN
    place = st.container()
    say(KEY, "wall_notice")
    with place:
        found = KEPT.get(seed) or _begun(seed, hidden=hidden)
        if found is None:
            return
        suspects(WALL, remembered(
            f"{WALL}.message", (found, seed, hidden, theme(), language()),
            lambda: wall_message(WALL, _arranged(found, seed, hidden=hidden), theme(),
                                 hidden=hidden),
        ))  # fmt: skip


def _begun(seed: int, *, hidden: bool) -> Wall | None:
    """The curves of that seed, once somebody asked: above, a run of its own may be under way."""
    slot = st.empty()
    if not st.session_state.get(BEGUN):
        words = _("Train all {count}", count=len(FAULTS))
        slot.button(words, key=f"{WALL}.begin", icon=":material/play_arrow:", on_click=_begin)
        return None
    return _found(seed, slot, hidden=hidden)


def _begin() -> None:
    st.session_state[BEGUN] = True


def _found(seed: int, slot: DeltaGenerator, *, hidden: bool) -> Wall:
    """The curves of that seed; while somebody waits for them those that are there are seen."""

    def seen(records: list[Record]) -> None:
        with slot.container():
            key = f"{WALL}_{seed}_{len(records)}"
            shown = wall_of(FAULTS.slugs[: len(records)], records)
            shown = _arranged(shown, seed, hidden=True) if hidden else shown
            suspects(key, wall_message(key, shown, theme(), hidden=hidden))

    asked = pairs(FAULTS.slugs, [FIRST_SEED + seed])
    words = _("{count} networks learn digits, each with a fault of its own", count=len(asked))
    found = waited(
        KEPT, seed, words,
        lambda told: wall_of(FAULTS.slugs, gathered(asked, told=told, seen=seen)),
    )  # fmt: skip
    slot.empty()
    return found


def wall_of(slugs: Sequence[str], records: Sequence[Record]) -> Wall:
    """What is drawn of a run of each of those faults."""
    return Wall(tuple(slugs), np.stack([heights(one) for one in records]))


def _arranged(found: Wall, seed: int, *, hidden: bool) -> Wall:
    """Lookalikes side by side; where names are hidden, in an order that tells nothing."""
    order = (np.random.default_rng(seed).permutation(len(found.slugs)).tolist() if hidden
             else in_a_row(distances(found.curves)))  # fmt: skip
    slugs = tuple(found.slugs[one] for one in order)
    return replace(found, slugs=slugs, curves=found.curves[order])


def wall_message(key: str, shown: Wall, colours: Theme, *, hidden: bool) -> bytes:
    """What the component needs of the runs, in the order in which they are `shown`."""
    others = [
        sorted([place, *near])
        for place, near in enumerate(nearest_others(distances(shown.curves), GUESSES - 1))
    ]
    low, high = np.log10(LOSS)
    ticks = [((np.log10(one) - low) / (high - low), f"{one:g}") for one in LOSS_TICKS]
    header: dict[str, Any] = {
        "name": key, "number": 0, "hidden": hidden, "count": POINTS,
        "runs": [_run(slug, curves, near) for slug, curves, near in
                 zip(shown.slugs, shown.curves, others, strict=True)],
        "curves": [
            {"title": _(title), "colour": colours.categorical[colour], "dash": dash, "plot": plot}
            for plot in range(2) for title, colour, dash in CURVES
        ],
        "plots": [
            {"title": _("loss"), "ticks": ticks},
            {"title": _("right (%)"), "ticks": [(0, "0"), (1, "100")]},
        ],
        "last": _("step {step}", step=f"{LAST:,}"),
    }  # fmt: skip
    return pack(header, np.ascontiguousarray(shown.curves, "<f4").tobytes())


def _run(slug: str, curves: Floats, near: list[int]) -> dict[str, Any]:
    fault = FAULTS[slug]
    ends = [own[np.isfinite(own)][-1:].tolist() for own in curves[2:]]
    said = [f"{100 * own[0]:.0f} %" if own else "–" for own in ends]
    return {
        "title": _(fault.title),
        "lines": [(_("What was done"), _(fault.wrong)), (_("What gives it away"), _(fault.sign)),
                  (_("The cure"), _(fault.cure))],
        "alt": _("At the end {training} right in training, {validation} in validation.",
                 training=said[0], validation=said[1]),
        "others": near,
    }  # fmt: skip


def suspects(key: str, message: bytes) -> None:
    """Show the runs of that message."""
    mount("suspects", key=f"{key}.suspects", data=message)
