"""Sigmoid and softmax: the logits in the hand, in float32, on two digits at once, taken twice."""

from __future__ import annotations

import streamlit as st

from explainer.ui.common.choice import Part, choice
from explainer.ui.common.prose import say
from explainer.ui.losses.head import head_part
from explainer.ui.losses.several import several_part
from explainer.ui.losses.twice import twice_part
from explainer.ui.losses.underflow import underflow_part
from explainer.words import N_, _

KEY = "losses"
PARTS = (
    Part("head", N_("Logits"), head_part),
    Part("labels", N_("Two digits"), several_part),
    Part("before", N_("Twice"), twice_part),
    Part("float32", N_("float32"), underflow_part),
)


def softmax_section(*_given: object) -> None:
    """One of four questions at a time."""
    say(KEY, "softmax")
    slug = choice(_("Look at"), PARTS, key=f"{KEY}.softmax", widget=st.segmented_control)
    next(one for one in PARTS if one.slug == slug).show()
