"""What is wrong? The faults to choose from, what a choice comes to, and what gives it away."""

from __future__ import annotations

import re

import streamlit as st

from explainer.clinic.doctor import diagnosis
from explainer.clinic.faults import FAULTS, GROUPS, HEALTHY, Fault
from explainer.clinic.instruments import CURVES, INSTRUMENTS
from explainer.clinic.levels import LEVELS, MOST_SEED
from explainer.clinic.record import Record
from explainer.clinic.severity import severity
from explainer.messages import linked_whole
from explainer.ui.clinic.file import KEY, LOOK, File, file_of, tried
from explainer.ui.clinic.names import Name, names_to_choose, pressed
from explainer.ui.clinic.patient import Patient
from explainer.ui.common.memory import remembered
from explainer.words import _, in_words, language

NAMING = f"{KEY}.naming"
OVER = "over"
"""How a name stands that cannot be chosen any more."""


def naming(patient: Patient) -> None:
    """The names, in groups; one press is an answer. In the end only what was tried is left."""
    here = file_of(patient.name)
    groups: dict[str, list[Name]] = {slug: [] for slug in GROUPS}
    for fault in patient.level.faults:
        state = _state(fault, patient, here)
        if state != OVER:
            groups[fault.group].append(Name(fault.slug, _(fault.title), state))
    shown = [(_(GROUPS[slug]), names) for slug, names in groups.items() if names]
    wrong = here.tried and not here.closed
    label = _("What is wrong?") if not wrong else remembered(
        f"{NAMING}.wrong", (patient.name, here.tried, language()),
        lambda: _wrong(patient, here),
    )  # fmt: skip
    names_to_choose(NAMING, label, patient.name, shown)


def _state(fault: Fault, patient: Patient, here: File) -> str:
    """How the name of a fault stands; before the case is closed nothing tells the right one."""
    if fault.slug in here.tried and fault.slug != patient.case.fault:
        return "wrong"
    if here.closed:
        return "right" if fault.slug == patient.case.fault else OVER
    return ""


def take_name() -> None:
    """Take the name that was pressed, where it is one of the case that it was pressed for."""
    name, slug = pressed(NAMING) or ("", "")
    level, __, seed = name.partition("-")
    number = linked_whole(seed, 0, MOST_SEED)
    if number is None or level not in LEVELS or slug not in LEVELS[level].slugs:
        return
    fault = LEVELS[level].case(number).fault
    tried(name, slug, fault)
    if slug == fault:
        show_sign(name, fault)


def show_sign(case: str, fault: str) -> None:
    """Open the instrument that gives the fault of that case away."""
    st.session_state[LOOK] = (case, FAULTS[fault].instrument)


def answer(patient: Patient) -> str:
    """Once the case is closed: the fault, what gives it away, and its cure; Markdown."""
    here, fault = file_of(patient.name), FAULTS[patient.case.fault]
    if not here.closed:
        return ""
    return remembered(
        f"{NAMING}.answer", (patient.name, here, patient.ill_moves, patient.step, language()),
        lambda: _told(patient, here, fault),
    )  # fmt: skip


def _told(patient: Patient, here: File, fault: Fault) -> str:
    first = _("**Right.**") if here.named else _("**It was this:**")
    name = _("*{name}.*", name=_(fault.title))
    here_alone = severity(patient.case)
    own = [in_words(here_alone)] if here_alone else []
    told = " ".join([first, name, _(fault.wrong), *own, _(fault.sign), _(fault.cure)])
    return _unbroken("\n\n".join([told, *rules_say(patient)]))


def _unbroken(text: str) -> str:
    """No line ends between a number and its percent sign, in a power of ten, or in `ln 10`."""
    return re.sub(r"(?<=\d) (?=%|· 10)|(?<=\d ·) (?=10)|(?<=ln) (?=10)", "\u00a0", text)


def _wrong(patient: Patient, here: File) -> str:
    named = FAULTS[here.tried[-1]]
    slug = telling(patient, named)
    instrument, seen = _(INSTRUMENTS[slug].title), slug in (CURVES, *here.looks)
    return " ".join([
        _("No, something is wrong.") if named.slug == HEALTHY else
        _("Not “{name}”.", name=_(named.title)),
        _("The difference shows in “{instrument}”: look again.", instrument=instrument) if seen else
        _("The difference shows in “{instrument}”.", instrument=instrument),
        _("Try again.") if len(here.tried) > 1 else _("Try again, for half a point."),
    ])  # fmt: skip


def telling(patient: Patient, named: Fault) -> str:
    """The instrument that tells the fault from the one that was `named`.

    It is the one with which the rules, looking at this run with it and the curves alone, prefer the
    fault most clearly; where they do with none, the one that shows the fault best.
    """
    fault = FAULTS[patient.case.fault]
    shown = fault.instrument if fault.slug != HEALTHY else named.instrument
    record = patient.records[0] if patient.records else None
    if record is None or record.looks is None:
        return shown
    ahead = {
        one.slug: _ahead(record, one.slug, fault.slug, named.slug) for one in INSTRUMENTS
    }  # fmt: skip
    best = max(ahead, key=lambda slug: (ahead[slug], slug == shown))
    return best if ahead[best] > 0 else shown


def _ahead(record: Record, instrument: str, fault: str, named: str) -> float:
    """By how much the fault is suspected more than what was `named`, with one instrument."""
    scores = {one.slug: one.score for one in diagnosis(record, only=(instrument,))}
    return scores.get(fault, 0.0) - scores.get(named, 0.0)


def rules_say(patient: Patient) -> list[str]:
    """What the rules name, which see the instruments alone, and why, once the run stands still."""
    record = patient.records[0] if patient.records else None
    if record is None or record.looks is None:
        return []
    if patient.ill_moves:
        return [_("When the run rests, you can read here what the rules name.")]
    first = diagnosis(record)[0]
    reasons = "; ".join(in_words(one) for one in first.reasons)
    name = f"*{_(FAULTS[first.slug].title)}*" + (f": {reasons}" if reasons else "")
    if first.slug == patient.case.fault:
        return [_("The rules, which see only what the instruments show, name {name}.", name=name)]
    return [_(
        "The rules, which see only what the instruments show, are wrong here: they name {name}.",
        name=name,
    )]  # fmt: skip
