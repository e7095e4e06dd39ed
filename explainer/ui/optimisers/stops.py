"""What stops a network: many small ones at their stops, and how many stop where by width."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.activations.curves import Stroke
from explainer.charts.theme import Theme
from explainer.descent.stop_kinds import (
    KINDS,
    LOWEST,
    MINIMUM,
    SADDLE,
    WAY,
    as_low,
    negative_share,
)
from explainer.descent.stop_problems import STARTS, TASKS, UNITS, Task, script
from explainer.descent.stops import SEEDS, Stops, by_width
from explainer.kept import MEGABYTE, Kept
from explainer.powers import power_of_ten
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.fold import while_open
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.optimisers.stop_dots import COLOURS, dots, dots_message, highest
from explainer.ui.overfitting.capacity import (
    Scales,
    Series,
    capacity_chart,
    capacity_message,
    clicked_number,
    kept_place,
)
from explainer.words import N_, _, language

KEY = "optimisers"
STOPS, WIDTHS = f"{KEY}.stops", f"{KEY}.stop_widths"
Key = tuple[str, str, str]
KEPT: Kept[Key, list[Stops]] = Kept(24 * MEGABYTE, lambda all: sum(one.nbytes for one in all))
PLACES = (
    Named("end", N_("at the end")),
    Named("slowest", N_("where slowest")),
)
USUAL_WIDTH = 1


def stops_section(*_given: object) -> None:
    """A dot for each network of one width; below, how many of each width stop where."""
    say(KEY, "stops")
    left, middle, right = st.columns([1.7, 1.3, 0.6], vertical_alignment="bottom", gap="medium")
    with left:
        slug = choice(_("Problem"), TASKS, key=f"{STOPS}.problem", widget=st.segmented_control)
    with middle:
        place = choice(_("Look at each network"), PLACES, key=f"{STOPS}.place",
                       widget=st.segmented_control)  # fmt: skip
    with right:
        more = st.popover(_("More"), key=f"{STOPS}.more", on_change="rerun")
    with while_open(more):
        unit = choice(_("Hidden units"), UNITS, key=f"{STOPS}.unit", widget=st.segmented_control)
        start = choice(_("Weights at the start"), STARTS, key=f"{STOPS}.start",
                       widget=st.segmented_control)  # fmt: skip
    task = TASKS[slug]
    slot = st.empty()
    words = _("{count} networks descend", count=len(SEEDS) * len(task.widths))
    found = waited(
        KEPT, (slug, unit, start), words,
        lambda told: by_width(
            task, unit, start, told=told, seen=partial(_so_far, slot, task, place)
        ),
    )  # fmt: skip
    slot.empty()
    at = kept_place(WIDTHS, len(found), USUAL_WIDTH)
    one, shown = found[at], (found, place, at, theme(), language())
    message = remembered(
        f"{STOPS}.message", shown, lambda: dots_message(STOPS, task, one, place, theme(), 0)
    )
    dots(STOPS, message)
    number = clicked_number(WIDTHS)
    widths = remembered(
        f"{WIDTHS}.message", (shown, number),
        lambda: _widths(WIDTHS, task, found, at, number, theme()),
    )  # fmt: skip
    capacity_chart(WIDTHS, widths)
    st.markdown(_said(one))
    if task.script:
        seed = SEEDS[highest(one)]
        fold = code_fold(_("The network of seed {seed} in Python", seed=seed), f"{STOPS}.code")
        if fold.open:
            with fold:
                st.caption(_("It ends with the highest loss. For another dot, write its seed."))
                text = script(task, one.width, unit, start, seed)
                show_script(KEY, text, "deepglass_stops")
    say(KEY, "stops_notice")


def _so_far(slot: DeltaGenerator, task: Task, place: str, found: list[Stops]) -> None:
    with slot.container():
        key = f"{STOPS}_{len(found)}"
        dots(key, dots_message(key, task, found[min(USUAL_WIDTH, len(found) - 1)], place,
                               theme(), 0))  # fmt: skip


def _widths(
    key: str, task: Task, found: list[Stops], at: int, number: int, colours: Theme
) -> bytes:
    """How many networks of each width end at each kind."""
    counts = np.array([np.bincount(one.end.kind, minlength=len(KINDS)) for one in found], float)
    series = [
        Series(_(KINDS[kind]), Stroke(COLOURS[kind](colours), "", ""),
               np.stack(3 * [counts[:, kind]]))
        for kind in range(len(KINDS)) if counts[:, kind].any()
    ]  # fmt: skip
    scales = Scales(
        _("Where the networks of each width end"),
        _("hidden units"), task.widths, (0, float(len(SEEDS))), even=True, height=250, decimals=0,
    )  # fmt: skip
    return capacity_message(
        key,
        scales,
        series,
        at=at,
        number=number,
        alt=_("How many networks of each width end at which kind of place."),
    )


def _said(one: Stops) -> str:
    """How many of this width stop where, what was negative on the way, and what a push did."""
    end, slow = one.end, one.slowest
    left = slow.step > 0
    bent = int((negative_share(slow.spectra)[left] > 0).sum())
    lines = [
        _("**{width} hidden units, {count} networks.** The lowest loss is {lowest}; {near} end "
          "within 0.01 of it. {low} are named lowest found, {worse} a worse minimum; {way} are "
          "still on their way, {else_} at another stop.",
          width=one.width, count=len(end.kind), lowest=power_of_ten(float(end.loss.min())),
          near=int(as_low(end.loss).sum()), low=int((end.kind == LOWEST).sum()),
          worse=int((end.kind == MINIMUM).sum()), way=int((end.kind == WAY).sum()),
          else_=int(((end.kind > MINIMUM) & (end.kind < WAY)).sum())),
        _("On the way: {left} of them had a slow place and left it; at {bent} of these places the "
          "curvature is negative in some direction.", left=int(left.sum()), bent=bent),
    ]  # fmt: skip
    rows = np.flatnonzero(end.kind == SADDLE)
    if len(rows):
        fell = one.pushed[rows] < 0.99 * end.loss[rows]
        lines.append(
            _("Of the {count} that stand at a saddle, {fell} fall again after a push of length "
              "0.01 along the most negative direction (by 1 % or more).",
              count=len(rows), fell=int(fell.sum()))
        )  # fmt: skip
    return "\n".join(f"- {line}" for line in lines)
