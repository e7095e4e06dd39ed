"""Menus of entries: the session and the link hold an entry's slug, the screen shows its title."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st

from explainer.ui.common.address import keep_in_link, written_to
from explainer.ui.common.fold import drawn
from explainer.words import gettext


class Entry(Protocol):
    """What can be chosen: a slug for links, a title for readers."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...


@dataclass(frozen=True)
class Named:
    """An entry of a menu that belongs to no registry; the title is marked for translation."""

    slug: str
    title: str


def choice(
    label: str,
    entries: Iterable[Entry],
    *,
    key: str,
    default: str = "",
    widget: Callable[..., Any] = st.selectbox,
    **more: Any,
) -> str:
    """The slug of the chosen entry, the first or `default` to begin with; kept for the visit.

    `widget` is `st.selectbox`, `st.radio`, `st.segmented_control` or `st.pills`; `more` goes to it.
    What a link says by an entry's title, as links did once, is understood.
    """
    titles = {entry.slug: entry.title for entry in entries}
    first = default or next(iter(titles))
    _arrive(key, titles, first)
    if widget in (st.segmented_control, st.pills):
        more["required"] = True
    chosen = st.session_state[key]
    if drawn():
        chosen = widget(
            label,
            list(titles),
            key=key,
            format_func=lambda slug: gettext(titles.get(str(slug), str(slug))),
            persist_state="session",
            **more,
        )
    slug = str(chosen) if chosen in titles else first
    keep_in_link(key, slug, first)
    return slug


def choices(
    label: str,
    entries: Iterable[Entry],
    *,
    key: str,
    default: Sequence[str] = (),
    widget: Callable[..., Any] = st.pills,
    **more: Any,
) -> list[str]:
    """The slugs of all entries that are chosen, in the order in which they were."""
    titles = {entry.slug: entry.title for entry in entries}
    given = st.query_params.get_all(key)
    if given and given != st.session_state.get(written_to(key)):
        found = [slug for slug in (_slug(titles, text) for text in given) if slug]
        st.session_state[key] = found or (list(default) if any(given) else [])
    kept = st.session_state.get(key, default)
    known = dict.fromkeys(slug for slug in kept if slug in titles)
    st.session_state[key] = list(known)[: more.get("max_selections")]
    if widget in (st.segmented_control, st.pills):
        more["selection_mode"] = "multi"
    chosen = widget(
        label,
        list(titles),
        key=key,
        format_func=lambda slug: gettext(titles.get(str(slug), str(slug))),
        persist_state="session",
        **more,
    )
    picked = [str(slug) for slug in chosen]
    keep_in_link(key, picked, list(default))
    return picked


def arrived(entries: Iterable[Entry], *, key: str, default: str) -> str:
    """The slug kept for `key`, the link's where that is news; for a choice that is no menu."""
    _arrive(key, {entry.slug: entry.title for entry in entries}, default)
    return str(st.session_state[key])


@dataclass(frozen=True)
class Part:
    """A part of a page behind a tab: `show(*given)` draws it when it is the open one."""

    slug: str
    title: str
    show: Callable[..., None]


def open_part(parts: Sequence[Part], *given: Any, key: str, alone: bool = False) -> None:
    """Tabs for `parts`, of which only the open one is drawn; which it is stands in the link.

    A control of a part that stands `alone`, which nothing outside of it reads, runs it and not the
    page.
    """
    titles = {part.slug: part.title for part in parts}
    first = parts[0].slug
    kept = f"{key}.slug"
    _arrive(kept, titles, first, link=key)
    shown = [gettext(part.title) for part in parts]
    news = st.query_params.get_all(key) not in ([], st.session_state.get(written_to(key)))
    if news or st.session_state.get(key) not in shown:
        st.session_state[key] = gettext(titles[st.session_state[kept]])
    tabs = st.tabs(shown, key=key, on_change="rerun")
    for tab, part in zip(tabs, parts, strict=True):
        if tab.open:
            st.session_state[kept] = part.slug
            keep_in_link(key, part.slug, first)
            with tab:
                show = st.fragment(part.show) if alone else part.show
                show(*given)


def _arrive(key: str, titles: Mapping[str, str], first: str, *, link: str = "") -> None:
    """Let the session hold a slug that there is: the link's, where that is news, or the kept."""
    text = st.query_params.get(link or key)
    if text is not None and [text] != st.session_state.get(written_to(link or key)):
        st.session_state[key] = _slug(titles, text) or first
    elif st.session_state.get(key) not in titles:
        st.session_state[key] = first


def _slug(titles: Mapping[str, str], text: str) -> str:
    """The slug that `text` is or, as once in links, whose title it is; empty for no entry's."""
    return next((slug for slug, title in titles.items() if text in (slug, title)), "")
