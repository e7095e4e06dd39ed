"""The networks that a visitor took over from a race: kept for the visit, the newest last.

Such a network has pictures of its own, those it was validated on, and takes the photo too.
"""

from __future__ import annotations

import streamlit as st

from explainer.charts.montage import tiles
from explainer.images.picture import Picture
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.own import OwnNetwork
from explainer.ui.common.appearance import theme
from explainer.ui.common.maps import maps_montage
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import escaped

KEY = "own_networks"
MOST = 4
ITS_OWN, PHOTO = "Pictures it was validated on", "Your photo"
COLUMNS, GAP, TILE = 12, 4, 56


def own_networks() -> tuple[OwnNetwork, ...]:
    """Those of this visit, the newest last."""
    kept: tuple[OwnNetwork, ...] = st.session_state.get(KEY, ())
    return kept


def keep(entry: OwnNetwork) -> None:
    """Keep a network in place of one of the same title, or of the oldest where there are many."""
    others = [one for one in own_networks() if one.title != entry.title]
    st.session_state[KEY] = (*others[-(MOST - 1) :], entry)


def option_of(entry: OwnNetwork) -> str:
    """What the menu of networks calls it: what a visitor typed is shown letter by letter."""
    return f"Your network: {escaped(entry.called)}"


def picture_for(chosen: Chosen, entry: Entry, page: str) -> Chosen:
    """What `entry` is shown: the photo, or for one's own network a picture of its data.

    `page` is the slug of the page that asks.
    """
    if not isinstance(entry, OwnNetwork):
        return chosen
    what = PHOTO if not len(entry.pictures) else st.segmented_control(
        "What it looks at", [ITS_OWN, PHOTO], default=ITS_OWN, required=True, key=f"{page}.shown",
        persist_state="session",
    )  # fmt: skip
    if what == PHOTO:
        side = f"{entry.input_size} × {entry.input_size} pixels"
        grey = ", grey" if entry.channels == 1 else ""
        st.caption(f"The middle of your photo becomes {side}{grey}, as its data are.")
        return chosen
    return Chosen(_picked(entry, page))


def _picked(entry: OwnNetwork, page: str) -> Picture:
    """One of its validation pictures, chosen from a montage of them."""
    kept = f"{page}.shown.{entry.slug}"
    factor = max(1, TILE // entry.input_size)
    large = entry.pictures.repeat(factor, axis=1).repeat(factor, axis=2)
    labels = [f"{entry.classes[label]}, number {place}" for place, label in enumerate(entry.labels)]
    tile = maps_montage(
        kept,
        tiles(list(large), theme(), columns=min(COLUMNS, len(large)), gap=GAP),
        columns=min(COLUMNS, len(large)),
        tile=large.shape[1:3],
        gap=GAP,
        labels=labels,
        selected=int(st.session_state.get(kept, 0)),
        alt=f"{len(large)} pictures that the network was validated on.",
    )
    index = tile or 0
    st.session_state[kept] = index
    title = f"A picture of its data: {labels[index]}"
    codes = entry.pictures[index]
    size = (entry.input_size, entry.input_size)
    return Picture(
        name=f"{entry.slug}-{index}", title=title, alt=title, codes=codes, original_size=size
    )
