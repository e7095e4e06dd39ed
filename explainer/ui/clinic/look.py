"""The curves of the run that is looked at, and what one instrument shows of it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explainer.charts.clinic.instruments import SHOWN, curves
from explainer.charts.clinic.looks import Look
from explainer.charts.clinic.marks import marked
from explainer.charts.theme import Theme
from explainer.clinic.case import STEPS
from explainer.clinic.faults import FAULTS
from explainer.clinic.instruments import CURVES, INSTRUMENTS
from explainer.ui.clinic.drawn import Standing, drawn, look_message
from explainer.ui.clinic.file import KEY, LOOK, File, file_of, looked, open_look
from explainer.ui.clinic.names import Name, names_to_choose, pressed
from explainer.ui.clinic.patient import Patient, begin
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.words import _

CHART, PICTURE, LOOKS = f"{KEY}.chart", f"{KEY}.picture", f"{KEY}.looks"
OPENED = tuple(one.slug for one in INSTRUMENTS if one.slug != CURVES)


def show_curves(here: Patient) -> None:
    """Loss and accuracy as they grow; the browser begins a case that has not begun."""
    drawing = _drawing(here, CURVES)
    address = live.live_picture(CHART, drawing.render) if here.moving else ""
    drawn(CHART, drawing.message(address), on_begin_change=lambda: _begin_unasked(here))


def _begin_unasked(here: Patient) -> None:
    if here.run is None:
        begin(here.case)


def show_look(here: Patient, file: File) -> None:
    """The row of instruments, and what the open one shows; without one, what each is for."""
    slug = open_look(here.name)
    names = [
        Name(one, _(INSTRUMENTS[one].title), _state(one, slug, file)) for one in OPENED
    ]  # fmt: skip
    label = _("Look closer. Each look is counted.")
    names_to_choose(LOOKS, label, here.name, [("", names)])
    if slug not in OPENED:
        st.markdown("\n".join(
            _("- **{name}**: {question}", name=_(one.title), question=_(one.question))
            for one in INSTRUMENTS if one.slug in OPENED
        ))  # fmt: skip
        return
    st.markdown(_("**{question}**", question=_(INSTRUMENTS[slug].question)))
    drawing = _drawing(here, slug)
    address = live.live_picture(PICTURE, drawing.render) if here.moving else ""
    drawn(PICTURE, drawing.message(address))


def _state(slug: str, now: str, file: File) -> str:
    return "open" if slug == now else "seen" if slug in file.looks else ""


def take_look() -> None:
    """Open the instrument that was pressed; where it was the open one, none."""
    if (found := pressed(LOOKS)) is not None:
        st.session_state[LOOK] = found


def count_look(here: Patient) -> File:
    """What the reader has done with the case, with the instrument that is open now."""
    slug = open_look(here.name)
    if here.run is None or slug not in OPENED:
        return file_of(here.name)
    return looked(here.name, slug)


@dataclass(frozen=True, eq=False)
class _Drawing:
    """What one instrument shows of the run, now and as it goes on.

    With `telling` the place in it is pointed out that gives the fault away.
    """

    here: Patient
    slug: str
    colours: Theme
    telling: bool

    def message(self, address: str = "") -> bytes:
        """With the `address` at which there is more; for the curves with the status as well."""
        here, alone = self.here, self.slug == CURVES
        now = here.now
        standing = Standing(
            f"{here.name} {self.slug}", "" if now is None else now.id, here.moving,
            here.status if alone else "", begin=alone and here.run is None, wakes=alone,
            address=address,
        )  # fmt: skip
        return look_message(
            CHART if alone else PICTURE, self._look(), standing, STEPS, self.colours
        )

    def render(self, _asked: dict[str, object], _number: int) -> bytes:
        """The answer to a browser that asks for the news."""
        return self.message()

    def _look(self) -> Look:
        here = self.here
        if self.slug == CURVES:
            found = curves(here.records, self.colours)
        elif here.run is None:
            return Look()
        else:
            found = SHOWN[self.slug](here.records[0], self.colours)
        return marked(found, here.case.fault, here.records[0]) if self.telling else found


def _drawing(here: Patient, slug: str) -> _Drawing:
    telling = file_of(here.name).closed and FAULTS[here.case.fault].instrument == slug
    return _Drawing(here, slug, theme(), telling)
