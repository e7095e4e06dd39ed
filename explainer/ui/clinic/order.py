"""In which order to look: checks made live on a run, and how far each narrows the suspects."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.clinic.case import case_with
from explainer.clinic.case_script import FILE, data, script
from explainer.clinic.checks import CHECKS, Counts, Measured, alarms, checked, counted
from explainer.clinic.faults import FAULTS, HEALTHY
from explainer.clinic.suspicion import Floats, Order, bits, greedy, softened, suspected
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.ui.clinic.wall import FIRST_SEED
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice, choices
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.memory import remembered
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
GAINED = 0.05
"""So many suspects less, and a check is still worth its turn."""
LOOK = (
    "<style>.figures.turns :is(td,th):nth-child(n+2){text-align:left}"
    ".figures.checks :is(td,th):nth-child(n+2){padding:.25rem .12rem;text-align:center}"
    ".figures.checks th{font-size:.75rem;font-weight:400;line-height:1.2;overflow-wrap:anywhere}"
    ".figures.checks th:nth-child(n+2){min-width:2.9rem}</style>"
)
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
        bar, suspects = st.container(), st.empty()
    say(KEY, "order_table")
    below = st.empty()
    _code(fault, LIVE_SEED + seed)
    say(KEY, "order_notice")

    def seen(counts: Counts, runs: int) -> None:
        suspects.html(_suspects(done, measured, softened(counts, runs), theme()))
        with below.container():
            _tables(counts, runs)

    words = _("{checks} checks on {runs} runs of each fault", checks=len(CHECKS), runs=SEEDS)
    seeds = range(FIRST_SEED, FIRST_SEED + SEEDS)
    with bar:
        seen(waited(COUNTED, "all", words, lambda told: counted(seeds, told, seen)), SEEDS)


def _tables(counts: Counts, runs: int) -> None:
    order = remembered(
        f"{ORDER}.order", (counts.tobytes(), runs), lambda: greedy(softened(counts, runs))
    )
    table(*_order_table(order, theme()), name="turns",
          caption=_("The order of checks that leaves fewest suspects on average"))  # fmt: skip
    table(*_matrix(counts, runs, theme()), name="checks",
          caption=_("Which check catches which fault"))  # fmt: skip
    st.html(LOOK)
    st.caption(_falling(counts, runs))


def _code(fault: str, seed: int) -> None:
    fold = code_fold(_("This run in PyTorch"), f"{ORDER}.code")
    if fold.open:
        with fold:
            row = show_script(KEY, script(case_with(fault, seed)), "deepglass_checked")
            row.download_button(_("Download the digits"), data, FILE, key=f"{ORDER}.digits",
                                icon=":material/database:", on_click="ignore")  # fmt: skip


def _results(done: Sequence[str], measured: Measured) -> None:
    rows = []
    for check, value, alarm in zip(CHECKS, measured, alarms(measured), strict=True):
        if check.slug in done:
            verdict = _("⚑ alarm") if alarm else _("as it should be")
            said = _("{value}, expected {expected}", value=check.written(value),
                     expected=_(check.expected))  # fmt: skip
            rows.append(
                '<li style="display:flex;flex-wrap:wrap;gap:0 1rem;padding:.3rem 0;margin:0;'
                'border-bottom:1px solid rgba(128,128,128,.3)">'
                f'<span style="flex:1 1 17rem">{escape(_(check.question))}</span>'
                f'<span style="flex:0 1 10.5rem">{escape(said)}</span>'
                f'<b style="flex:0 0 7.5rem">{escape(verdict)}</b></li>'
            )
    if rows:
        heading = escape(_("What the checks say"))
        st.html(f'<ul aria-label="{heading}" style="list-style:none;margin:0;padding:0;'
                f'font-size:.9rem">{"".join(rows)}</ul>')  # fmt: skip
    else:
        st.info(_("Press a check above; its answer is measured on this run."))


def _suspects(done: Sequence[str], measured: Measured, shares: Floats, colours: Theme) -> str:
    """The likeliest faults after the checks that are made, as bars."""
    found = alarms(measured)
    seen = {place: found[place] for place, one in enumerate(CHECKS) if one.slug in done}
    likely = suspected(shares, seen)
    order = np.argsort(-likely, kind="stable")[:SHOWN].tolist()
    left = 2.0 ** float(bits(likely))
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


def _order_table(order: Order, colours: Theme) -> tuple[list[str], list[list[str]]]:
    rows = [["–", escape(_("no check yet")), f"{order.suspects[0]:.1f}", _bar(1.0, colours)]]
    for turn, place in enumerate(order.checks, 1):
        left = float(order.suspects[turn])
        if order.suspects[turn - 1] - left < GAINED:
            break
        rows.append([str(turn), escape(_(CHECKS.entries[place].title)), f"{left:.1f}",
                     _bar(left / len(FAULTS), colours)])  # fmt: skip
    return [_("turn"), _("check"), _("suspects left"), ""], rows


def _bar(share: float, colours: Theme, wide: str = "12rem") -> str:
    return (
        f'<span style="display:block;width:{wide}"><span style="display:block;height:.7rem;'
        f'width:{100 * share:.1f}%;background:{colours.categorical[0]};border-radius:3px"></span>'
        "</span>"
    )


def _matrix(counts: Counts, runs: int, colours: Theme) -> tuple[list[str], list[list[str]]]:
    """How many of the runs of each fault each check gives an alarm for."""
    rows = [
        [escape(_(fault.title)), *(_cell(int(one), runs, colours) for one in row)]
        for fault, row in zip(FAULTS, counts, strict=True)
    ]
    return ["", *(_(check.title) for check in CHECKS)], rows


def _cell(count: int, runs: int, colours: Theme) -> str:
    shade = colours.sequential[round(count / runs * (len(colours.sequential) - 3))]
    ink = colours.background if count > runs / 2 else colours.text
    look = f"background:{shade};color:{ink};" if count else "opacity:.45;"
    return (f'<span style="display:inline-block;min-width:1.6rem;text-align:center;{look}'
            f'border-radius:3px">{count}</span>')  # fmt: skip


def _falling(counts: Counts, runs: int) -> str:
    """How many faults leave the training loss falling in all of their runs."""
    falls = counts[:, CHECKS.slugs.index("falls")] == 0
    ill = np.array([slug != HEALTHY for slug in FAULTS.slugs])
    return _(
        "A number is how many of {runs} runs gave an alarm. In all runs of {falling} of the {ill} "
        "faults the training loss falls as it should.",
        runs=runs, falling=int((falls & ill).sum()), ill=int(ill.sum()),
    )  # fmt: skip
