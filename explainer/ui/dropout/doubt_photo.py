"""Masks before the last layer of a shipped network, on the visitor's own photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import nn

from explainer.charts.theme import Theme
from explainer.images.picture import Picture
from explainer.live_pictures import Render
from explainer.networks.zoo.preprocessing import as_input, for_answer
from explainer.networks.zoo.shared import shared_network
from explainer.networks.zoo.shipped import SHIPPED
from explainer.parameters import Parameter
from explainer.regularisation.dropout.doubt import PASSES, factors, last_layer
from explainer.regularisation.dropout.subnetworks import softmax
from explainer.regularisation.proximal import Floats
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import picture_input
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.dropout.strips import Linear, spread_table, strips, strips_message
from explainer.words import N_, _, language

KEY = "dropout"
PHOTO, STRIPS = f"{KEY}.photo", f"{KEY}.photo_strips"
NETWORKS = tuple(SHIPPED[slug] for slug in ("resnet20", "vgg"))
MANY, SIDE = 1000, 150
KEEP = Parameter(
    "keep", N_("keep probability"), 0.5, 0.1, 1, 0.05,
    help=N_("The drop probability is 1 less this. At 1 nothing is dropped."),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class LastLayer:
    """What goes into the last layer for a photo `(units,)`, and that layer."""

    hidden: Floats
    weights: Floats
    bias: Floats


@torch.no_grad()
def before_the_last(slug: str, codes: NDArray[np.uint8]) -> LastLayer:
    """The shipped network `slug` up to its last layer, for a photo `(H, W, 3)`."""
    network, entry = shared_network(slug), SHIPPED[slug]
    *others, last = network.children()
    inputs = as_input(for_answer(codes, entry), entry)
    hidden = nn.Sequential(*others)(inputs)[0]
    assert isinstance(last, nn.Linear)
    return LastLayer(hidden.numpy(), last.weight.numpy(), last.bias.numpy())


def photo_fold() -> None:
    """A fold with one's own photo: the strips of dots, the formula, and what they are not."""
    fold = st.expander(
        _("On your own photo"), key=f"{KEY}.of_photo", icon=":material/photo_camera:",
        bind="query-params",
    )  # fmt: skip
    if fold.open:
        with fold:
            _photo()


def _photo() -> None:
    say(KEY, "doubt_photo")
    chosen = picture_input()
    left, right = st.columns([1, 2.4], gap="large")
    with left:
        slug = choice(
            _("Network"), NETWORKS, key=f"{KEY}.photo_network", widget=st.segmented_control
        )
    layer = _layer(slug, chosen.picture)
    moved = live.values(PHOTO, [KEEP])
    address = live.live_picture(PHOTO, _renderer(layer, slug, moved.values))
    with left:
        live.sliders(PHOTO, [KEEP], moved, address=address)
        entry = SHIPPED[slug]
        size = f"{entry.input_size} × {entry.input_size}"
        alt = _("The middle of the photo at {size} pixels.", size=size)
        small = remembered(
            f"{PHOTO}.small", (slug, chosen.picture.digest),
            lambda: inline(for_answer(chosen.picture.codes, entry), alt=alt, height=SIDE),
        )  # fmt: skip
        figures([(small, _("What it classifies: {size} pixels", size=size))])
    live.write_to_url(PHOTO, [KEEP], moved.values)
    with right:
        keep = moved.values[KEEP.name]
        message = remembered(
            f"{PHOTO}.message",
            (slug, chosen.picture.digest, keep, moved.number, theme(), language()),
            lambda: photo_message(layer, slug, keep, theme(), moved.number),
        )
        strips(STRIPS, message)
    say(KEY, "doubt_photo_notice")


def _layer(slug: str, picture: Picture) -> LastLayer:
    return remembered(
        f"{PHOTO}.layer", (slug, picture.digest), lambda: before_the_last(slug, picture.codes)
    )


def _renderer(layer: LastLayer, slug: str, resting: Mapping[str, float]) -> Render:
    """What answers a drag of the keep probability."""
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        keep = live.first_sound(KEEP, [moved, held])
        return photo_message(layer, slug, keep, colours, number)

    return render


def photo_message(layer: LastLayer, slug: str, keep: float, colours: Theme, number: int) -> bytes:
    """What masks before the last layer make of the photo; of their logits the spread."""
    kept = factors(MANY, len(layer.hidden), keep, 301)
    last = last_layer(layer.weights, layer.bias, layer.hidden, kept)
    found = softmax(last[:PASSES])
    scaled = softmax(layer.weights @ layer.hidden + layer.bias)
    classes = SHIPPED[slug].classes
    one = Linear(layer.weights, layer.bias, layer.hidden, keep)
    table = spread_table(one, last, classes, found.mean(axis=0))
    return strips_message(PHOTO, found, scaled, classes, table, colours, number)
