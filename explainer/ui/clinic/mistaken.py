"""Which fault is taken for which: by the rules on the curves alone, and on all instruments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.clinic.doctor import diagnosis
from explainer.clinic.faults import FAULTS
from explainer.clinic.gathered import gathered, pairs
from explainer.clinic.likeness import Places
from explainer.clinic.record import Record
from explainer.kept import MEGABYTE, Kept
from explainer.training.instruments.mistakes import confusion_matrix
from explainer.ui.clinic.wall import FIRST_SEED
from explainer.ui.common.appearance import theme
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.words import _

KEY = "clinic"
SEEDS = 3
KEPT: Kept[str, Places] = Kept(MEGABYTE, lambda one: one.nbytes)


def mistaken() -> None:
    """A fold; open, all faults over a few seeds are named by the rules, with and without looks."""
    fold = st.expander(_("All faults: which is taken for which?"), key=f"{KEY}.alike_all",
                       icon=":material/grid_on:", bind="query-params")  # fmt: skip
    if not fold.open:
        return
    with fold:
        asked = pairs(FAULTS.slugs, range(FIRST_SEED, FIRST_SEED + SEEDS))
        words = _("{count} networks learn digits, {seeds} with each fault", count=len(asked),
                  seeds=SEEDS)  # fmt: skip

        def compute(told: Callable[[float], None]) -> Places:
            return taken_tables(gathered(asked, told=told))

        found = waited(KEPT, "all", words, compute)
        st.markdown(_told(found))
        table(
            [_("the fault"), _("by the curves"), _("taken for"), _("with instruments"),
             _("taken for")],
            [_row(place, found, theme()) for place in range(len(FAULTS))],
            caption=_("Which fault is taken for which"),
        )  # fmt: skip


def taken_tables(records: Sequence[Record]) -> Places:
    """Of runs of all faults in turns what the rules name, `(2, F, F)`: by the curves, by all."""
    places = {slug: place for place, slug in enumerate(FAULTS.slugs)}
    kinds = np.arange(len(records)) % len(FAULTS)
    tables = [
        confusion_matrix(kinds, np.array([places[name(record)] for record in records]), len(FAULTS))
        for name in (lambda one: diagnosis(one, ())[0].slug, lambda one: diagnosis(one)[0].slug)
    ]
    return np.stack(tables)


def _told(found: Places) -> str:
    runs = int(found[0].sum())
    right = [int(np.trace(one)) for one in found]
    return _(
        "Rules that look at the **curves alone** name **{curves} of {runs}** runs rightly. The "
        "same rules with **all instruments**: **{all} of {runs}**. All faults of a seed share "
        "their pictures, so these are not {runs} independent tries, and no interval is given.",
        curves=right[0], runs=runs, all=right[1],
    )  # fmt: skip


def _row(place: int, found: Places, colours: Theme) -> list[str]:
    cells = [escape(_(FAULTS.entries[place].title))]
    for counts in found[:, place]:
        right, runs = int(counts[place]), int(counts.sum())
        others = [one for one in np.argsort(-counts).tolist() if counts[one] and one != place]
        named = ", ".join(f"{_(FAULTS.entries[one].title)} ({counts[one]})" for one in others)
        told = _("{right} of {runs}", right=right, runs=runs)
        share = right / runs
        ink = colours.background if share > 0.5 else colours.text
        shade = colours.sequential[round(share * (len(colours.sequential) - 3))]
        cells += [
            f'<span style="background:{shade};color:{ink};padding:.1rem .5rem;border-radius:3px">'
            f"{escape(told)}</span>",
            f'<span style="white-space:normal">{escape(named)}</span>',
        ]
    return cells
