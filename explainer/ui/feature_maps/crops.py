"""What activates a unit most, in the world: the crops of real pictures that activate a map most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape

import streamlit as st

from explainer.charts.feature_maps.units import framed
from explainer.charts.theme import Theme
from explainer.networks.visualisation.albums import Album, album_for
from explainer.networks.visualisation.top_activations import Best, Search, crop, shared_search
from explainer.networks.zoo.shared import layers_of
from explainer.training.data.data_set import DataError
from explainer.ui.common.appearance import theme
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import escaped
from explainer.ui.feature_maps.subject import KEY, Subject
from explainer.words import _, ngettext, told

SLICE, EVERY = 0.3, 0.35
CROP, WHOLE = 92, 60
LEFT = f"{KEY}.search_left"


@dataclass(frozen=True, eq=False)
class Liked:
    """The search of a layer, and which map of it is looked at."""

    looked: Subject
    search: Search
    index: int

    @property
    def place(self) -> tuple[str, str]:
        """What a search is remembered by."""
        return str(id(self.search)), self.search.name

    @property
    def left(self) -> bool:
        """Whether the visitor has stopped it."""
        return bool(st.session_state.get(LEFT) == self.place)

    @property
    def active(self) -> bool:
        """Whether it goes on while it is looked at."""
        return not (self.search.done or self.left)

    @property
    def best_value(self) -> float | None:
        """The strongest activation so far, if there is one."""
        values = self.search.best(self.index).values
        return float(values[0]) if len(values) else None


def liked_search(looked: Subject, layer: str, index: int) -> Liked | None:
    """The search of a layer, begun by whoever first asks; None where its pictures are broken."""
    try:
        with st.spinner(_("Reading the pictures"), show_time=False):
            album = album_for(looked.entry)
    except DataError as error:
        st.warning(escaped(told(error)), icon=":material/broken_image:")
        return None

    def make() -> Search:
        return _search(looked, layer, album)

    return Liked(looked, shared_search(looked.entry.slug, layer, make), index)


def _search(looked: Subject, layer: str, album: Album) -> Search:
    size = album.pictures.shape[1:3]
    found = layers_of(looked.entry, (looked.entry.channels, *size))
    return Search(looked.entry, found, layer, album)


def crops(liked: Liked) -> None:
    """The best crops so far; while they are looked at the search goes on, a slice at a time."""
    active = liked.active
    colours = theme()

    @st.fragment(run_every=EVERY if active else None)
    def panel() -> None:
        if liked.active:
            liked.search.advance(liked.looked.network, SLICE)
        _state(liked)
        _figures(liked, colours)
        if liked.active != active:
            st.rerun()

    panel()


def _state(liked: Liked) -> None:
    search, total = liked.search, len(liked.search.album)
    text = _(
        "Searched {seen} of {count} {pictures}",
        seen=f"{search.seen:,}", count=f"{total:,}", pictures=_(search.album.title),
    )  # fmt: skip
    if search.done:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(search.seen / total, text)
        if liked.left:
            st.button(
                _("Search on"), key=f"{KEY}.search_on", icon=":material/play_arrow:",
                on_click=_go_on,
            )  # fmt: skip
        else:
            st.button(
                _("Stop the search"), key=f"{KEY}.search_stop", icon=":material/stop:",
                on_click=_leave, args=(liked.place,),
            )  # fmt: skip


def _leave(place: tuple[str, str]) -> None:
    st.session_state[LEFT] = place


def _go_on() -> None:
    st.session_state.pop(LEFT, None)


def _figures(liked: Liked, colours: Theme) -> None:
    best = liked.search.best(liked.index)
    shown = _worth_showing(liked.search, best)
    if not shown:
        st.info(
            _(
                "Map {index} is zero everywhere in all {count} pictures searched: nothing here "
                "activates it.",
                index=liked.index,
                count=f"{best.seen:,}",
            )
        )
        return
    figures([_figure(liked, best, place, colours) for place in range(shown)], width=CROP + 8)
    _facts(liked, best, shown)


def _worth_showing(search: Search, best: Best) -> int:
    """How many excite the unit at all: a layer that cannot be negative is at rest at zero."""
    return len(best.values) if search.layer.signed else int((best.values > 0).sum())


def _figure(liked: Liked, best: Best, place: int, colours: Theme) -> tuple[str, str]:
    search, number = liked.search, int(best.pictures[place])
    picture, name = search.album.pictures[number], search.album.name(number)
    seen, endless = search.field(best.places[place])
    part, value = crop(picture, seen, endless), _number(float(best.values[place]))
    alt = _(
        "{rank}: crop of a picture called {name}, value {value}.",
        rank=place + 1, name=name, value=value,
    )  # fmt: skip
    images = inline(part, alt=alt, height=CROP)
    if part is not picture:
        where = framed(picture, seen, colours)
        small = inline(where, alt=_("Where in its picture it lies."), height=WHOLE)
        images += f'<div style="margin-top:.3rem">{small}</div>'
    return images, f'<b>{value}</b><br><span translate="no">{escape(name)}</span>'


def _facts(liked: Liked, best: Best, shown: int) -> None:
    search = liked.search
    size = search.layer.field[0].size
    whole = size > search.album.pictures.shape[1]
    if whole:
        sees = _("A pixel of this map can see the whole picture, so the whole picture is shown.")
    elif size == 1:
        sees = _("A pixel of this map sees one pixel.")
    else:
        sees = _(
            "Above is what the pixel sees, {size} × {size} pixels, grey where that hangs over the "
            "border; below, where in its picture it lies.",
            size=size,
        )
    where = ngettext(
        "Map {index} in {seen} {pictures}: the picture with the strongest pixel, at its place.",
        "Map {index} in {seen} {pictures}: the {count} pictures with the strongest pixels, each at "
        "its place.",
        shown, index=liked.index, seen=f"{best.seen:,}", pictures=_(search.album.title),
    )  # fmt: skip
    mean = _("In a picture on average the strongest pixel is {mean}.", mean=_number(best.mean))
    st.caption(" ".join([where, _commonest(search.album, best, shown), mean, sees]))
    if not search.done and liked.left:
        st.caption(_("The search was stopped, so there may be stronger ones among the rest."))


def _commonest(album: Album, best: Best, shown: int) -> str:
    name, count = Counter(album.name(int(one)) for one in best.pictures[:shown]).most_common(1)[0]
    return ngettext(
        "{count} of the {shown} is called “{name}”.", "{count} of the {shown} are called “{name}”.",
        count, shown=shown, name=escaped(name),
    )  # fmt: skip


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
