"""Which pictures to test on, where there are few: folds, their spread, and choosing by them."""

from __future__ import annotations

import streamlit as st

from explainer.evaluation.cross_validation import SORTS
from explainer.evaluation.patients import FRESH, SEEDS, Reported, reported
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.training.instruments.student import interval
from explainer.ui.common.choice import Part, choice
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.splits.fold_board import fold_board
from explainer.ui.splits.fold_spread import spread_part
from explainer.ui.splits.nested import nested_part
from explainer.words import N_, _

KEY = "splits"
KEPT: Kept[str, Reported] = Kept(MEGABYTE, lambda one: 3 * one.truth.nbytes)


def folds_section(*_given: object) -> None:
    """One of four questions; only the one that is open is computed."""
    asked = {one.slug: one for one in QUESTIONS}
    slug = choice(_("Question"), QUESTIONS, key=f"{KEY}.folds", widget=st.segmented_control)
    asked[slug].show()


def _board_part() -> None:
    say(KEY, "folds")
    fold_board(SORTS["digits"], ("shuffled", "stratified", "in_order", "one_out"))
    say(KEY, "folds_notice")


def _patients_part() -> None:
    say(KEY, "folds_patients")
    fold_board(SORTS["patients"], ("shuffled", "grouped", "one_out", "patient_out"))
    words = _("{count} sets of patients are drawn", count=len(SEEDS))
    found = waited(KEPT, "patients", words, lambda told: reported(told=told))
    rows = [
        [title, *_numbers(interval(one.tolist()))]
        for title, one in (
            (_("ten random folds report"), found.random),
            (_("ten folds by patient report"), found.grouped),
            (_("true of fresh patients"), found.truth),
        )
    ]
    st.markdown(_("**Over {count} sets of patients**, the nearest digit:", count=len(SEEDS)))
    table([_("what is measured"), _("right"), _("interval of 95 %")], rows,
          caption=_("What each kind of folds reports, and what is true"))  # fmt: skip
    st.caption(
        _(
            "A patient is a digit; each picture of it is turned, moved and noisy by a little of "
            "its own. Truth: {fresh} fresh patients a set.",
            fresh=FRESH,
        )
    )
    say(KEY, "folds_patients_notice")


def _numbers(found: tuple[float, float, float]) -> tuple[str, str]:
    mean, low, high = map(percent, found)
    return mean, _("{low} to {high}", low=low, high=high)


QUESTIONS = (
    Part("board", N_("Each picture tests once"), _board_part),
    Part("spread", N_("How sure is the mean?"), spread_part),
    Part("nested", N_("Choosing by the folds"), nested_part),
    Part("patients", N_("Several pictures of one patient"), _patients_part),
)
