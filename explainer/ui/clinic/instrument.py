"""The instrument of the clinic: a run with a hidden fault, looks at it, and a name for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explainer.clinic.case_script import FILE, data, script
from explainer.clinic.faults import HEALTHY
from explainer.clinic.live_case import LiveCase
from explainer.ui.clinic.file import KEY, File, score, told
from explainer.ui.clinic.look import count_look, show_curves, show_look, take_look
from explainer.ui.clinic.naming import answer, naming, show_sign, take_name
from explainer.ui.clinic.patient import REFUSED, Patient, another, begin, mend, patient
from explainer.ui.common.code import code_fold, show_script
from explainer.words import _, in_words, ngettext


@st.fragment
def instrument() -> None:
    """Buttons above; the curves and one instrument beside them; below, the names."""
    take_look()
    take_name()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        row = st.container(horizontal=True, gap="small", width="content")
        here = patient()
        file = count_look(here)
        st.markdown(_standing(here, file), width="content")
    with row:
        _buttons(here)
    if refused := st.session_state.get(REFUSED):
        st.warning(in_words(refused), icon=":material/info:")
    left, right = st.columns([1, 1.2], gap="medium")
    with left:
        show_curves(here)
    with right:
        show_look(here, file)
    naming(here)
    _answered(here, file)


def _buttons(here: Patient) -> None:
    now = here.now
    if now is None:
        _button(_("Start"), "play_arrow", begin, here.case)
    elif here.over:
        _button(_("Again"), "replay", begin, here.case)
    elif here.moving:
        _button(_("Pause"), "pause", now.command, LiveCase.pause)
    else:
        _button(_("Go on"), "play_arrow", now.command, LiveCase.play)
    st.button(
        _("Another case"), icon=":material/casino:", key=f"{KEY}.another", on_click=another,
        args=(here.level,),
    )  # fmt: skip


def _button(label: str, icon: str, act: Callable[..., Any], given: object) -> None:
    st.button(
        label, icon=f":material/{icon}:", key=f"{KEY}.{icon}", on_click=act, args=(given,)
    )  # fmt: skip


def _standing(here: Patient, file: File) -> str:
    """Which case this is, and how the reader fares."""
    found, looks = score(), len(file.looks)
    told = [
        _("Case **{number}**", number=here.case.seed),
        ngettext("{count} look", "{count} looks", looks),
    ]
    if found.seen:
        told.append(_(
            "**{points}** of {seen} points", points=f"{found.points:g}", seen=found.seen
        ))  # fmt: skip
    return " · ".join(told)


def _answered(here: Patient, file: File) -> None:
    """What the naming came to; once the case is closed, the way on and the code."""
    if text := answer(here):
        st.markdown(text)
        found = score()
        st.markdown(_(
            "Named at the first try so far: {first}, by the curves alone: {curves}.",
            first=found.first, curves=found.curves,
        ))  # fmt: skip
    if not file.closed:
        st.button(_("Tell me"), key=f"{KEY}.tell", on_click=_tell, args=(here,),
                  disabled=here.run is None)  # fmt: skip
        return
    with st.container(horizontal=True, gap="small"):
        if here.case.fault != HEALTHY:
            st.button(
                _("Mend it"), key=f"{KEY}.mend", icon=":material/check_circle:", type="primary",
                disabled=here.moving, on_click=mend, args=(here.case,),
                help=_("The same run without the fault, drawn beside it."),
            )  # fmt: skip
        st.button(
            _("Next case"), key=f"{KEY}.next", icon=":material/casino:", on_click=another,
            args=(here.level,),
        )  # fmt: skip
    fold = code_fold(_("The same in Python"), f"{KEY}.code")
    if fold.open:
        with fold:
            row = show_script(KEY, script(here.case), "deepglass_clinic")
            row.download_button(
                _("Its data, to lie beside it"), data, FILE, key=f"{KEY}.data",
                icon=":material/database:", on_click="ignore",
            )  # fmt: skip


def _tell(here: Patient) -> None:
    told(here.name)
    show_sign(here.name, here.case.fault)
