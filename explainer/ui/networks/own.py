"""The networks that a visitor took over from a race: kept for the visit, the newest last.

Such a network has pictures of its own, those it was validated on, and takes the photo too.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from explainer.charts.montage import tiles
from explainer.images.picture import Picture
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.own import OwnNetwork
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.maps import maps_montage
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import escaped
from explainer.words import N_, _, ngettext

KEY = "own_networks"
MOST = 4
ITS_OWN = Named("own", N_("Pictures it was validated on"))
PHOTO = Named("photo", N_("Your photo"))
COLUMNS, GAP, TILE = 12, 4, 56


def own_networks() -> tuple[OwnNetwork, ...]:
    """Those of this visit, the newest last."""
    kept: tuple[OwnNetwork, ...] = st.session_state.get(KEY, ())
    return kept


def keep(entry: OwnNetwork) -> None:
    """Keep a network in place of one of its name and seed, or of the oldest of many."""
    others = [one for one in own_networks() if (one.name, one.seed) != (entry.name, entry.seed)]
    st.session_state[KEY] = (*others[-(MOST - 1) :], entry)


def option_of(entry: OwnNetwork) -> Named:
    """What the menu of networks shows of it: what a visitor typed stands letter by letter."""
    return Named(entry.slug, replace(entry, name=escaped(entry.name)).title)


def picture_for(chosen: Chosen, entry: Entry, page: str) -> Chosen:
    """What `entry` is shown: the photo, or for one's own network a picture of its data.

    `page` is the slug of the page that asks.
    """
    if not isinstance(entry, OwnNetwork):
        return chosen
    what = PHOTO.slug if not len(entry.pictures) else choice(
        _("What it looks at"), (ITS_OWN, PHOTO), key=f"{page}.shown", widget=st.segmented_control,
    )  # fmt: skip
    if what == PHOTO.slug:
        size = f"{entry.input_size} × {entry.input_size}"
        if entry.channels == 1:
            words = _("The middle of your photo becomes {size} pixels, grey, as its data are.",
                      size=size)  # fmt: skip
        else:
            words = _("The middle of your photo becomes {size} pixels, as its data are.", size=size)
        st.caption(words)
        return chosen
    return Chosen(_picked(entry, page))


def _picked(entry: OwnNetwork, page: str) -> Picture:
    """One of its validation pictures, chosen from a montage of them."""
    kept = f"{page}.shown.{entry.slug}"
    factor = max(1, TILE // entry.input_size)
    large = entry.pictures.repeat(factor, axis=1).repeat(factor, axis=2)
    labels = [
        _("{label}, number {place}", label=entry.classes[label], place=place)
        for place, label in enumerate(entry.labels)
    ]
    tile = maps_montage(
        kept,
        tiles(list(large), theme(), columns=min(COLUMNS, len(large)), gap=GAP),
        columns=min(COLUMNS, len(large)),
        tile=large.shape[1:3],
        gap=GAP,
        labels=labels,
        selected=int(st.session_state.get(kept, 0)),
        alt=ngettext(
            "{count} picture that the network was validated on.",
            "{count} pictures that the network was validated on.",
            len(large),
        ),
    )
    index = tile or 0
    st.session_state[kept] = index
    title = _("A picture of its data: {label}", label=labels[index])
    codes = entry.pictures[index]
    size = (entry.input_size, entry.input_size)
    return Picture(
        name=f"{entry.slug}-{index}", title=title, alt=title, codes=codes, original_size=size
    )
