"""What is wrong? The faults to choose from, what a choice comes to, and what gives it away."""

from __future__ import annotations

import streamlit as st

from explainer.clinic.doctor import diagnosis
from explainer.clinic.faults import FAULTS, GROUPS, HEALTHY, Fault
from explainer.clinic.instruments import CURVES, INSTRUMENTS
from explainer.clinic.levels import LEVELS, MOST_SEED
from explainer.clinic.record import Record
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
        f"{NAMING}.wrong", (patient.name, here, patient.step, language()),
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
        show_sign(fault)


def show_sign(fault: str) -> None:
    """Open the instrument that gives the fault away."""
    slug = FAULTS[fault].instrument
    st.session_state[LOOK] = None if slug == CURVES else slug


def answer(patient: Patient) -> str:
    """Once the case is closed: the fault, what gives it away, and its cure; Markdown."""
    here, fault = file_of(patient.name), FAULTS[patient.case.fault]
    if not here.closed:
        return ""
    return remembered(
        f"{NAMING}.answer", (patient.name, here, patient.step, language()),
        lambda: _told(patient, here, fault),
    )  # fmt: skip


def _told(patient: Patient, here: File, fault: Fault) -> str:
    first = _("**Right.**") if here.named else _("**It was this:**")
    name = _("*{name}.*", name=_(fault.title))
    told = " ".join([first, name, *(_(one) for one in (fault.wrong, fault.sign, fault.cure))])
    return "\n\n".join([told, *_rules(patient)])


def _wrong(patient: Patient, here: File) -> str:
    named = FAULTS[here.tried[-1]]
    instrument = _(INSTRUMENTS[telling(patient, named)].title)
    if named.slug == HEALTHY:
        return _("No, something is wrong, and “{instrument}” shows it. Try again.",
                 instrument=instrument)  # fmt: skip
    said = {"name": _(named.title), "instrument": instrument}
    if len(here.tried) > 1:
        return _("Not “{name}”: look at “{instrument}”, which tells the two apart.", **said)
    return _(
        "Not “{name}”: look at “{instrument}”, which tells the two apart, and try again, for half "
        "a point.", **said,
    )  # fmt: skip


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
    scores = {one.slug: one.score for one in diagnosis(record, only=(CURVES, instrument))}
    return scores.get(fault, 0.0) - scores.get(named, 0.0)


def _rules(patient: Patient) -> list[str]:
    """What the rules name, which see the instruments alone, and why."""
    record = patient.records[0] if patient.records else None
    if record is None or record.looks is None:
        return []
    first = diagnosis(record)[0]
    reasons = "; ".join(in_words(one) for one in first.reasons)
    name = _(FAULTS[first.slug].title)
    if not reasons:
        return [_("The rules, which see only what the instruments show, name *{name}*.", name=name)]
    return [_(
        "The rules, which see only what the instruments show, name *{name}*: {reasons}.",
        name=name, reasons=reasons,
    )]  # fmt: skip
