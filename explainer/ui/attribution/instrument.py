"""The maps as tiles, one of them large over the photo, and a patch to be dragged over it.

What is chosen is a method's slug, or `PATCH` for the photo by itself with the patch on it.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.attribution.attributions import attribution_picture
from explainer.charts.theme import centred
from explainer.gradients.attribution.method import Attribution, Method
from explainer.gradients.attribution.methods import METHODS
from explainer.gradients.attribution.patch import covered, probabilities
from explainer.images.thumbnails import encode_jpeg, encode_webp, fit
from explainer.messages import linked_whole, whole
from explainer.networks.zoo.preprocessing import square_for_answer
from explainer.powers import percent
from explainer.ui.attribution.asked import KEY, Asked, known
from explainer.ui.attribution.slow import followed_map
from explainer.ui.common.address import keep_in_link, written_to
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Entry, Named, arrived
from explainer.ui.common.components import (
    count_of,
    heard,
    mark_read,
    mount,
    number_of,
    pack,
    reported,
    unread,
)
from explainer.ui.common.live import live_picture
from explainer.ui.common.picture import Chosen
from explainer.words import N_, _

NAME = f"{KEY}.maps"
METHOD, PLACE, MIX = f"{KEY}.method", f"{KEY}.patch", f"{KEY}.mix"
PATCH = Named("patch", N_("Cover a patch"))
FIRST = "grad-cam"
LARGE_SIDE, SHOWN_CLASSES = 352, 3
# Where the words may break that no tile of a phone has room for.
LONG_WORDS = ("back\u00adpropagation", "Deconvo\u00adlutional")
USUAL_MIX = 60  # percent of the map over the photo


def methods_of(asked: Asked) -> list[Method]:
    """Those that the network can be asked by."""
    return [one for one in METHODS if asked.layer is not None or not one.needs_layer]


def instrument(asked: Asked, photo: Chosen) -> str:
    """Tiles and the large picture; returns the slug of what is chosen. Some methods may wait."""
    methods = methods_of(asked)
    picked = unread(NAME, "picked")
    slug = _chosen(methods, picked)
    large = METHODS.get(slug)
    # What takes many passes follows when all else is drawn, or when it is asked for.
    answers = [
        (
            one,
            known(asked, one) if one.many_passes and one is not large else followed_map(asked, one),
        )
        for one in methods
    ]
    moved = unread(NAME, "placed")
    row, column = _placed(asked, moved)
    header: dict[str, Any] = {
        "name": NAME,
        "number": number_of(NAME, picked),
        "address": live_picture(PLACE, lambda values, number: _answer(asked, values, number)),
        "side": asked.entry.input_size,
        "selected": slug,
        "percent": _mixed(),
        "tiles": _tiles(answers),
        "patch": {
            "slug": PATCH.slug,
            "size": patch_size(asked),
            "number": count_of(heard(NAME, "placed")),
            "row": row,
            "column": column,
            "said": said_without(asked, row, column) if slug == PATCH.slug else [],
        },
        "stops": list(centred(theme())),
        "cover": "rgb({})".format(",".join(map(str, asked.square.mean((0, 1)).astype(int)))),
        "bar": theme().categorical[0],
        "alt": _("The photo as the network is shown it."),
    }
    square = fit(square_for_answer(photo.picture.codes, asked.entry), LARGE_SIDE, LARGE_SIDE)
    blobs = [encode_jpeg(square), encode_webp(asked.square)]
    nothing = np.zeros(asked.square.shape[:2], np.float32)
    maps = (one.values if one else nothing for _method, one in answers)
    blobs += [encode_webp(attribution_picture(one, theme())) for one in maps]
    header["digest"] = zlib.crc32(b"".join(blobs))
    mount(
        "attribution", key=NAME, data=pack(header, *blobs),
        on_picked_change=reported, on_placed_change=reported, on_mixed_change=reported,
    )  # fmt: skip
    mark_read(NAME, max(picked, moved, key=count_of))
    return slug


def _chosen(methods: list[Method], picked: Mapping[str, Any]) -> str:
    """The slug of what is large: as picked, else as in the link, else the first that is usual."""
    entries: tuple[Entry, ...] = (PATCH, *methods)
    slugs = [one.slug for one in entries]
    usual = FIRST if FIRST in slugs else methods[0].slug
    if picked.get("slug") in slugs:
        st.session_state[METHOD] = picked["slug"]
    slug = arrived(entries, key=METHOD, default=usual)
    keep_in_link(METHOD, slug, FIRST)
    return slug


def _tiles(answers: list[tuple[Method, Attribution | None]]) -> list[dict[str, str]]:
    tiles = [{"slug": PATCH.slug, "title": _(PATCH.title), "alt": ""}]
    for method, one in answers:
        title = _(method.title)
        shown = breakable(title)
        words = _("{method} (blank)", method=shown) if one and one.blank else shown
        alt = _("{method}: map of the picture.", method=title)
        tiles.append({"slug": method.slug, "title": words, "alt": alt})
    return tiles


def breakable(title: str) -> str:
    """The title of a method with soft hyphens, where it is longer than a tile is wide."""
    for word in LONG_WORDS:
        title = title.replace(word.replace("\u00ad", ""), word)
    return title


def patch_size(asked: Asked) -> int:
    """The side of the patch in pixels of the input: a quarter of its own."""
    return max(1, asked.entry.input_size // 4)


def patch_of(asked: Asked) -> tuple[int, int, int]:
    """Row, column and side of the patch as it is now."""
    row, column = map(int, st.session_state[PLACE].split("-"))
    return row, column, patch_size(asked)


def _placed(asked: Asked, message: Mapping[str, Any]) -> tuple[int, int]:
    """Row and column of the patch: as dragged, else as in a new link, else as kept."""
    most = asked.entry.input_size - patch_size(asked)
    row, column = middle = most // 2, most // 2
    text = st.query_params.get(PLACE)
    if text is None or [text] == st.session_state.get(written_to(PLACE)):
        text = st.session_state.get(PLACE, "")
    told = [int(one) for one in text.split("-") if one.isdecimal() and len(one) < 5]
    if len(told) == 2:
        row, column = told
    if isinstance(moved := message.get("values"), Mapping):
        row, column = _read(moved, most, (row, column))
    place = min(row, most), min(column, most)
    st.session_state[PLACE] = "{}-{}".format(*place)
    keep_in_link(PLACE, st.session_state[PLACE], "{}-{}".format(*middle))
    return place


def _mixed() -> int:
    """How much of the map lies over the photo, in percent: as moved, else as in the link."""
    moved = whole(heard(NAME, "mixed").get("percent"), 0, 100)
    linked = linked_whole(st.query_params.get(MIX), 0, 100)
    found = next((one for one in (moved, linked) if one is not None), USUAL_MIX)
    keep_in_link(MIX, str(found), str(USUAL_MIX))
    return found


def _read(values: Mapping[str, object], most: int, usual: tuple[int, int]) -> tuple[int, int]:
    row, column = (whole(values.get(name), 0, most) for name in ("row", "column"))
    return usual if row is None or column is None else (row, column)


def _answer(asked: Asked, values: Mapping[str, object], number: int) -> bytes:
    """What answers a drag: what the network says with the patch there."""
    most = asked.entry.input_size - patch_size(asked)
    row, column = _read(values, most, (most // 2, most // 2))
    return pack({"number": number, "said": said_without(asked, row, column)})


def said_without(asked: Asked, row: int, column: int) -> list[dict[str, object]]:
    """The likeliest classes before and behind the patch, each with both of its probabilities."""
    hidden = covered(asked.inputs, row, column, patch_size(asked))
    before, now = (probabilities(asked.network, one) for one in (asked.inputs, hidden))
    ranked = [*before.argsort()[::-1][:1], *now.argsort()[::-1][:SHOWN_CLASSES]]
    return [
        {
            "name": asked.entry.classes[place],
            "now": percent(now[place]),
            "before": percent(before[place]),
            "share": float(now[place]),
        }
        for place in dict.fromkeys(int(one) for one in ranked)
    ]
