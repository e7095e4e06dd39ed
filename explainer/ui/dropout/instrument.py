"""The instrument of the page on dropout: all subnetworks as dots, and the network of their mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import streamlit as st

from explainer.images.thumbnails import encode_png
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.messages import linked_whole
from explainer.regularisation.dropout.script import script
from explainer.regularisation.dropout.small_network import KEEP, NOWHERE, PLACES, Place, trained
from explainer.regularisation.dropout.subnetworks import Subnetworks
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, pack, reported, unread
from explainer.ui.common.memory import remembered
from explainer.ui.common.waiting import waited
from explainer.ui.dropout.arithmetic import arithmetic
from explainer.ui.dropout.dots import PROBABILITY, Means, dots, dots_message, sound_bits
from explainer.ui.dropout.scene import DECKS, VIEWS, Asked, Scene, Trial, deck, scene, seen
from explainer.ui.inputs.places import kept_whole, next_whole, sent_values
from explainer.words import _

KEY = "dropout"
NAME, BITS, DIGIT, DECK = (f"{KEY}.{name}" for name in ("dots", "kept", "digit", "deck"))
FIRST_DIGIT = 3
SIDE = 28
KEPT: Kept[tuple[str, bool], Trial] = Kept(
    64 * MEGABYTE, lambda one: one.survey.probabilities.nbytes + one.survey.logits.nbytes
)


@st.fragment
def instrument() -> None:
    """The controls, and below them the dots beside the chosen network."""
    news = unread(NAME, "moved")
    trial, view = _menus()
    networks = trial.networks
    digit = kept_whole(DIGIT, 9, FIRST_DIGIT, sent_values(news).get("digit"))
    number = kept_whole(DECK, DECKS - 1)
    bits = _bits(news, trial)
    found = remembered(
        f"{KEY}.scene",
        (id(trial), view, number, digit),
        lambda: scene(trial, Asked(view, number, digit)),
    )
    parameters = (PROBABILITY,) if networks.exhaustive else ()
    moved = live.values(KEY, (PROBABILITY,))
    keep = moved.values[PROBABILITY.name] if parameters else KEEP
    address = live.live_picture(KEY, _renderer(found, keep, bits))
    latest = max(moved.number, number_of(NAME, news))
    header = {"name": KEY, "number": latest, "address": address}
    about = dots_message(found, keep, bits, theme())
    message = pack({**header, **about}, *dots(found), _strip(number))
    mount("subnetworks", key=NAME, data=message, on_moved_change=reported)
    mark_read(NAME, news)
    with st.container(horizontal=True, vertical_alignment="center"):
        if parameters:
            live.sliders(KEY, parameters, moved, address=address)
        st.button(
            _("Ten other digits"), key=f"{KEY}.others", icon=":material/casino:",
            on_click=next_whole, args=(DECK, DECKS - 1),
        )  # fmt: skip
    live.write_to_url(KEY, parameters, moved.values)
    _folds(found, keep, bits)


def _folds(found: Scene, keep: float, bits: int) -> None:
    """The arithmetic of one logit, and the experiment as a script."""
    place = found.trial.networks.place
    if place.last:
        with st.expander(_("The arithmetic: one logit"), key=f"{KEY}.arithmetic"):
            arithmetic(found, keep, bits)
    fold = code_fold(_("The same in Python"), f"{KEY}.code")
    if fold.open:
        with fold:
            with_dropout = bool(st.session_state[f"{KEY}.trained"])
            show_script(KEY, script(place, with_dropout=with_dropout), "deepglass_dropout")


def _menus() -> tuple[Trial, str]:
    left, middle, right = st.columns([1.35, 0.85, 1.6], vertical_alignment="bottom", gap="small")
    with left:
        slug = choice(
            _("Units are dropped in"), PLACES, key=f"{KEY}.place", widget=st.segmented_control
        )
    with middle:
        with_dropout = st.toggle(
            _("Trained with dropout"), True, key=f"{KEY}.trained", bind="query-params",
            persist_state="session",
        )  # fmt: skip
    with right:
        view = choice(
            _("A dot shows its network on"), VIEWS, key=f"{KEY}.view", widget=st.segmented_control
        )
    place = PLACES[slug]
    words = _("A network learns, and 4,096 of its subnetworks read 500 digits")
    trial = waited(
        KEPT, (slug, with_dropout), words, lambda told: _tried(place, with_dropout, told)
    )
    return trial, view


def _tried(place: Place, with_dropout: bool, told: Callable[[float], None]) -> Trial:
    network = trained(place if with_dropout else NOWHERE, told=lambda share: told(share / 2))
    networks = Subnetworks(network, place)
    return Trial(networks, networks.surveyed(*seen(), lambda share: told((1 + share) / 2)))


def _bits(news: Mapping[str, Any], trial: Trial) -> int:
    """The mask of the chosen network: as clicked, else as a link says, else as kept."""
    kept, sent = f"{BITS}.{trial.networks.units}", sent_values(news).get("kept")
    if linked(BITS):
        most = 2**trial.networks.units - 1
        st.session_state[kept] = linked_whole(linked(BITS), 0, most)
    if sent is not None:
        st.session_state[kept] = sound_bits(sent, trial.networks, trial.default)
    bits = sound_bits(st.session_state.get(kept), trial.networks, trial.default)
    keep_in_link(BITS, str(bits), str(trial.default))
    return bits


@st.cache_resource(show_spinner=False, max_entries=DECKS)
def _strip(number: int) -> bytes:
    """Ten digits side by side, a PNG of 280 × 28."""
    tiles = seen()[0][deck(number)].reshape(10, SIDE, SIDE)
    codes = (np.concatenate(list(tiles), axis=1) * 255).round().astype(np.uint8)
    return encode_png(np.repeat(codes[..., None], 3, axis=2))


def _renderer(found: Scene, keep: float, bits: int) -> Render:
    """What answers a drag of q, or a pointer over the dots, which leaves the means alone."""
    colours, resting = theme(), Means.of(found, keep)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        q, networks = keep, found.trial.networks
        if networks.exhaustive:
            q = live.first_sound(PROBABILITY, [moved, {PROBABILITY.name: keep}])
        chosen = sound_bits(moved.get("kept"), networks, bits)
        means = resting if q == keep else None
        about = dots_message(found, q, chosen, colours, means)
        return pack({"name": KEY, "number": number, **about})

    return render
