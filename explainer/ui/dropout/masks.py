"""Each step another network: masks drawn live over a small one, and the answers they give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.messages import linked_whole, whole
from explainer.regularisation.dropout.masks import MOST, SCHEMES, Head, head
from explainer.regularisation.dropout.small_network import PLACES, SmallNetwork, digits, trained
from explainer.regularisation.proximal import Floats
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.components import mark_read, mount, reported, unread
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.dropout.masks_message import (
    KEEP_FIRST,
    KEEP_LAST,
    KEEPS,
    Asked,
    Drawn,
    masks_message,
)
from explainer.words import N_, _, language

KEY = "dropout"
MASKS = f"{KEY}.masks"
DIGITS = tuple(Named(str(digit), str(digit)) for digit in range(10))
FIRST_DIGIT = "6"
LARGEST_SEED = 2**31 - 1
SAME = Named("same", N_("the digit itself"))
LOGIT, PROBABILITY = Named("logit", N_("logit")), Named("probability", N_("probability"))
NETWORK: Kept[str, SmallNetwork] = Kept(
    MEGABYTE, lambda one: sum(weight.nbytes for weight in one.weights)
)


@dataclass
class _Now:
    """Where the drawing is: a component and two sliders move it, each on its own."""

    count: int = 1
    seed: int = 0
    first: float = KEEP_FIRST.default
    last: float = KEEP_LAST.default

    @property
    def drawn(self) -> Drawn:
        return Drawn(self.count, self.seed, (self.first, self.last))

    def move(self, values: Mapping[str, object]) -> None:
        """Take what `values` say soundly, and leave the rest."""
        count = whole(values.get("count"), 1, LARGEST_SEED)
        self.count = min(count or self.count, MOST)
        seed = whole(values.get("seed"), 0, LARGEST_SEED)
        self.seed = self.seed if seed is None else seed
        self.first = live.first_sound(KEEP_FIRST, [values, {KEEP_FIRST.name: self.first}])
        self.last = live.first_sound(KEEP_LAST, [values, {KEEP_LAST.name: self.last}])


def masks_section(*_given: object) -> None:
    """What is dropped and how much of it; the network under each mask; the answers so far."""
    say(KEY, "masks")
    network = waited(
        NETWORK, "both", _("A small network learns 4,000 digits with dropout …"),
        lambda told: trained(PLACES["both"], told=told),
    )  # fmt: skip
    asked = _asked()
    one = head(network, _picture(asked.digit))
    moved, news = live.values(MASKS, KEEPS), unread(MASKS, "moved")
    now = _now(news, moved.values)
    address = live.live_picture(MASKS, _renderer(now, asked, one))
    live.sliders(MASKS, KEEPS, moved, address=address)
    live.write_to_url(MASKS, KEEPS, moved.values)
    message = remembered(
        f"{MASKS}.message", (asked, now.drawn, theme(), language(), address),
        lambda: _message(asked, one, now.drawn, theme(), address),
    )  # fmt: skip
    mount("masks", key=MASKS, data=message, on_moved_change=reported)
    mark_read(MASKS, news)
    say(KEY, "masks_notice")


def _asked() -> Asked:
    left, middle, right = st.columns([1.2, 1.6, 1], gap="medium", vertical_alignment="bottom")
    with left:
        scheme = choice(
            _("What is dropped"), SCHEMES, key=f"{KEY}.scheme", widget=st.segmented_control,
            help=_("Dropout: a unit with all its lines. DropConnect: single lines."),
        )  # fmt: skip
    with middle:
        digit, of = st.columns(2, gap="small")
        with digit:
            shown = choice(
                _("Digit that goes in"), DIGITS, key=f"{KEY}.masked_digit", default=FIRST_DIGIT
            )
        with of:
            counted = choice(_("Class that is counted"), (SAME, *DIGITS), key=f"{KEY}.masked_class")
    with right:
        as_logit = choice(
            _("Counted is its"), (LOGIT, PROBABILITY), key=f"{KEY}.masked_as",
            widget=st.segmented_control,
        )  # fmt: skip
    of_class = int(shown) if counted == SAME.slug else int(counted)
    return Asked(SCHEMES[scheme], int(shown), of_class, as_logit == LOGIT.slug)


def _picture(digit: int) -> Floats:
    """The first of the digits that the network never saw, `(784,)`."""
    data = digits()
    return np.asarray(data.validation_inputs[int((data.validation_labels == digit).argmax())])


def _now(news: Mapping[str, Any], keeps: Mapping[str, float]) -> _Now:
    """Where the drawing is: as the component or a link says, else as it was; both are kept."""
    now: _Now = st.session_state.setdefault(f"{MASKS}.now", _Now())
    for name in ("count", "seed"):
        now.move({name: linked_whole(linked(f"{MASKS}.{name}"), 0, LARGEST_SEED)})
    now.move({**news, **keeps})
    keep_in_link(f"{MASKS}.count", str(now.count), "1")
    keep_in_link(f"{MASKS}.seed", str(now.seed), "0")
    return now


def _message(asked: Asked, one: Head, drawn: Drawn, colours: Theme, address: str) -> bytes:
    return masks_message(asked, one, _picture(asked.digit), drawn, colours, MASKS, address)


def _renderer(now: _Now, asked: Asked, one: Head) -> Render:
    """What answers the component, which says `count` and `seed`, and the sliders."""
    colours = theme()

    def render(moved: Mapping[str, object], _number: int) -> bytes:
        now.move(moved)
        return _message(asked, one, now.drawn, colours, "")

    return render
