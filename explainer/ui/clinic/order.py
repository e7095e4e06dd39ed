"""In which order to look: checks made live on a run, and how far each narrows the suspects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.clinic.case import case_with
from explainer.clinic.case_script import FILE, data, script
from explainer.clinic.checks import CHECKS, Counts, Measured, alarms, checked, counted
from explainer.clinic.faults import FAULTS, HEALTHY
from explainer.clinic.suspicion import Floats, greedy, softened, suspected
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.ui.clinic.wall import FIRST_SEED
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice, choices
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import kept_whole, next_whole
from explainer.words import _

KEY = "clinic"
ORDER = f"{KEY}.order"
SEED, MOST_SEED = f"{KEY}.order_seed", 99
LIVE_SEED = FIRST_SEED + 500
"""The runs that are checked live are none of those that the table counts."""
SEEDS = 4
FIRST = ("start", "falls")
SHOWN = 6
COUNTED: Kept[str, Counts] = Kept(MEGABYTE, lambda one: one.nbytes)


def order_section(*_given: object) -> None:
    """A fault and checks to press; what they measure, who is suspected, and the best order."""
    say(KEY, "order")
    left, right = st.columns([2.4, 1], gap="medium", vertical_alignment="bottom")
    with left:
        fault = choice(_("The run’s fault"), FAULTS, key=f"{ORDER}.fault", default="equal")
    with right:
        st.button(_("Another run"), key=f"{ORDER}.other", on_click=next_whole,
                  args=(SEED, MOST_SEED))  # fmt: skip
    done = choices(_("Press a check to make it"), CHECKS, key=f"{ORDER}.checks", default=FIRST)
    seed = kept_whole(SEED, MOST_SEED)
    with st.spinner(_("The run is taken apart")):
        measured = checked(fault, LIVE_SEED + seed)
    columns = st.columns([1.5, 1], gap="medium")
    with columns[0]:
        _results(done, measured)
    with columns[1]:
        slot = st.container()
    below = st.container()
    words = _("{checks} checks on {runs} runs of each fault", checks=len(CHECKS), runs=SEEDS)
    counts = waited(COUNTED, "all", words, _count)
    with slot:
        st.html(_suspects(done, measured, counts, theme()))
    with below:
        say(KEY, "order_table")
        table(*_order_table(softened(counts, SEEDS), theme()),
              caption=_("The shortest order of checks"))  # fmt: skip
        table(
            *_matrix(counts, theme()), name="checks", caption=_("Which check catches which fault")
        )
        st.caption(_falling(counts))
    _code(fault, LIVE_SEED + seed)
    say(KEY, "order_notice")


def _code(fault: str, seed: int) -> None:
    fold = code_fold(_("This run in PyTorch"), f"{ORDER}.code")
    if fold.open:
        with fold:
            row = show_script(KEY, script(case_with(fault, seed)), "deepglass_checked")
            row.download_button(_("Download the digits"), data, FILE, key=f"{ORDER}.digits",
                                icon=":material/database:", on_click="ignore")  # fmt: skip


def _count(told: Callable[[float], None]) -> Counts:
    return counted(range(FIRST_SEED, FIRST_SEED + SEEDS), told)


def _results(done: Sequence[str], measured: Measured) -> None:
    rows = []
    for check, value, alarm in zip(CHECKS, measured, alarms(measured), strict=True):
        if check.slug in done:
            verdict = escape(_("⚑ alarm") if alarm else _("as it should be"))
            question = f'<span style="white-space:normal">{escape(_(check.question))}</span>'
            rows.append([question, f"<b>{escape(check.written(value))}</b>",
                         escape(_(check.expected)), verdict])  # fmt: skip
    if rows:
        table(
            [_("check"), _("measured"), _("expected"), ""], rows, caption=_("What the checks say")
        )
    else:
        st.info(_("Press a check above; its answer is measured on this run."))


def _suspects(done: Sequence[str], measured: Measured, counts: Counts, colours: Theme) -> str:
    """The likeliest faults after the checks that are made, as bars."""
    found = alarms(measured)
    seen = {place: found[place] for place, one in enumerate(CHECKS) if one.slug in done}
    likely = suspected(softened(counts, SEEDS), seen)
    order = np.argsort(-likely, kind="stable")[:SHOWN].tolist()
    left = 2 ** float(-(likely * np.log2(likely)).sum())
    head = _("Suspects: {left} of {all} are left", left=f"{left:.1f}", all=len(FAULTS))
    rows = "".join(
        '<div style="display:grid;grid-template-columns:minmax(0,11rem) 1fr 3.6rem;gap:.5rem;'
        f'align-items:center;padding:.15rem 0"><span>{escape(_(FAULTS.entries[place].title))}'
        f'</span><span style="background:{colours.grid};border-radius:3px">'
        f"{_bar(float(likely[place]), colours, wide='100%')}</span>"
        '<span style="text-align:right;font-variant-numeric:tabular-nums">'
        f"{percent(float(likely[place]))}</span></div>"
        for place in order
    )
    return f'<div style="font-size:.9rem"><b>{escape(head)}</b>{rows}</div>'


def _order_table(shares: Floats, colours: Theme) -> tuple[list[str], list[list[str]]]:
    order = greedy(shares)
    rows = [["–", escape(_("no check yet")), f"{order.suspects[0]:.1f}", _bar(1.0, colours)]]
    for turn, place in enumerate(order.checks, 1):
        left = float(order.suspects[turn])
        rows.append([str(turn), escape(_(CHECKS.entries[place].title)), f"{left:.1f}",
                     _bar(left / len(FAULTS), colours)])  # fmt: skip
    return [_("turn"), _("check"), _("suspects left"), ""], rows


def _bar(share: float, colours: Theme, wide: str = "12rem") -> str:
    return (
        f'<span style="display:block;width:{wide}"><span style="display:block;height:.7rem;'
        f'width:{100 * share:.1f}%;background:{colours.categorical[0]};border-radius:3px"></span>'
        "</span>"
    )


def _matrix(counts: Counts, colours: Theme) -> tuple[list[str], list[list[str]]]:
    """How many of the runs of each fault each check gives an alarm for."""
    rows = [
        [escape(_(fault.title)), *(_cell(int(one), colours) for one in row)]
        for fault, row in zip(FAULTS, counts, strict=True)
    ]
    return ["", *(_(check.title) for check in CHECKS)], rows


def _cell(count: int, colours: Theme) -> str:
    shade = colours.sequential[round(count / SEEDS * (len(colours.sequential) - 3))]
    ink = colours.background if count > SEEDS / 2 else colours.text
    look = f"background:{shade};color:{ink};" if count else "opacity:.45;"
    return (f'<span style="display:inline-block;min-width:1.9rem;text-align:center;{look}'
            f'border-radius:3px">{count}</span>')  # fmt: skip


def _falling(counts: Counts) -> str:
    """How many faults leave the training loss falling in all of their runs."""
    falls = counts[:, CHECKS.slugs.index("falls")] == 0
    ill = np.array([slug != HEALTHY for slug in FAULTS.slugs])
    return _(
        "A number is how many of {runs} runs gave an alarm. In all runs of {falling} of the {ill} "
        "faults the training loss falls as it should.",
        runs=SEEDS, falling=int((falls & ill).sum()), ill=int(ill.sum()),
    )  # fmt: skip
