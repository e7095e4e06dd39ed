"""The parts of the feature maps page below the maps, behind tabs; the open one is computed."""

from __future__ import annotations

import streamlit as st

from explainer.networks.zoo.preprocessing import SeenPicture
from explainer.ui.common.choice import Part, open_part
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import say
from explainer.ui.feature_maps.code import code_section
from explainer.ui.feature_maps.crops import crops, liked_search
from explainer.ui.feature_maps.effective_receptive_field import measured_sight
from explainer.ui.feature_maps.kernels import first_kernels
from explainer.ui.feature_maps.painting import painting
from explainer.ui.feature_maps.subject import KEY, Subject
from explainer.ui.networks.answer import network_answer
from explainer.words import N_, _


def _output(chosen: Chosen, looked: Subject, _seen: SeenPicture, _index: int) -> None:
    st.caption(_sizes(looked))
    network_answer(chosen, looked.entry, KEY)


def _sizes(looked: Subject) -> str:
    """Which size the output is for, and which the maps are of."""
    side = f"{looked.entry.input_size} × {looked.entry.input_size}"
    height, width = looked.photo.shape[:2]
    if not looked.entry.any_size:
        return _(
            "This network takes {side} pixels and no other size: output and maps are of those.",
            side=side,
        )
    return _(
        "The output is for a square of {side} pixels from the middle, as in training; the maps "
        "above are of the whole photo at {width} × {height}.",
        side=side, width=width, height=height,
    )  # fmt: skip


def _field(_chosen: Chosen, looked: Subject, seen: SeenPicture, index: int) -> None:
    measured_sight(looked, seen, index)


def _most(_chosen: Chosen, looked: Subject, seen: SeenPicture, index: int) -> None:
    say(KEY, "likes")
    liked = liked_search(looked, seen.layer.name, index)
    if liked:
        crops(liked)
    painting(looked, seen.layer.name, index, liked)


def _kernels(chosen: Chosen, looked: Subject, _seen: SeenPicture, _index: int) -> None:
    first_kernels(looked, chosen)


def _notice(_chosen: Chosen, _looked: Subject, _seen: SeenPicture, _index: int) -> None:
    for part in ("maps", "unit", "notice"):
        say(KEY, part)


PARTS = (
    Part("output", N_("Output"), _output),
    Part("receptive-field", N_("Receptive field"), _field),
    Part("activates-most", N_("What activates it most"), _most),
    Part("hand-made", N_("Hand-made kernels"), _kernels),
    Part("notice", N_("What to notice"), _notice),
    Part("code", N_("Code"), code_section),
)
# What links said while these parts were opened by switches.
ONCE = {"likes": "activates-most", "kernels": "hand-made"}


def sections(chosen: Chosen, looked: Subject, seen: SeenPicture, index: int) -> None:
    """The tabs."""
    for name, slug in ONCE.items():
        if st.query_params.get(f"{KEY}.{name}") == "true":
            del st.query_params[f"{KEY}.{name}"]
            st.session_state[f"{KEY}.tab.slug"] = slug
            st.session_state.pop(f"{KEY}.tab", None)
    open_part(PARTS, chosen, looked, seen, index, key=f"{KEY}.tab")
