"""What a reader did with the case before them, and how they fare: kept for the visit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from explainer.ui.clinic.score import Score, score_of
from explainer.ui.common.address import keep_in_link, linked

KEY = "clinic"
SCORE, FILES, LOOK = f"{KEY}.score", f"{KEY}.files", f"{KEY}.look"
"""`LOOK` is a case and the instrument that is open there; no link says it, for it would say what to
look at."""


@dataclass(frozen=True)
class File:
    """One case: the instruments that were opened before it was closed, and the names tried.

    It is closed once the fault was named, or told.
    """

    looks: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    told: bool = False
    named: bool = False

    @property
    def closed(self) -> bool:
        """Whether the fault is known."""
        return self.named or self.told


def file_of(case: str) -> File:
    """That of the case of this name."""
    return _files().get(case, File())


def open_look(case: str) -> str:
    """The slug of the instrument that is open in the case of this name; empty where none is."""
    name, slug = st.session_state.get(LOOK, ("", ""))
    return str(slug) if name == case else ""


def answered(level: str) -> set[int]:
    """The seeds of that level of which a fault was named or told, in this visit."""
    return {
        int(name.partition("-")[2]) for name, one in _files().items()
        if name.startswith(f"{level}-") and (one.tried or one.told)
    }  # fmt: skip


def looked(case: str, instrument: str) -> File:
    """An instrument was opened; what is opened after the case is closed does not count."""
    here = file_of(case)
    if not here.closed and instrument not in here.looks:
        here = replace(here, looks=(*here.looks, instrument))
        _files()[case] = here
    return here


def tried(case: str, slug: str, fault: str) -> None:
    """The reader named `slug`, and it is `fault`."""
    here = file_of(case)
    if here.closed or slug in here.tried:
        return
    right, names = slug == fault, (*here.tried, slug)
    _files()[case] = replace(here, tried=names, named=right)
    _keep(score().after(len(names), right=right, looks=len(here.looks)))


def told(case: str) -> None:
    """The reader wants to be told."""
    here = file_of(case)
    if here.closed:
        return
    _files()[case] = replace(here, told=True)
    if not here.tried:
        _keep(score().after(1, right=False, looks=len(here.looks)))


def score() -> Score:
    """As was kept, or as a new link says; what a link cannot mean is passed over."""
    found: Score = score_of(linked(SCORE)) or st.session_state.get(SCORE, Score())
    _keep(found)
    return found


def _keep(found: Score) -> None:
    st.session_state[SCORE] = found
    keep_in_link(SCORE, found.text)


def _files() -> dict[str, File]:
    files: dict[str, File] = st.session_state.setdefault(FILES, {})
    return files
