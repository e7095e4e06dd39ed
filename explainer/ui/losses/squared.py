"""Squared error on classes: one unit's slopes, whole networks raced, and outliers in regression."""

from __future__ import annotations

import streamlit as st

from explainer.ui.common.choice import Part, choice
from explainer.ui.common.prose import say
from explainer.ui.losses.outliers import outliers_part
from explainer.ui.losses.saturation import saturation_part
from explainer.ui.losses.squared_networks import networks_part
from explainer.words import N_, _

KEY = "losses"
PARTS = (
    Part("unit", N_("One unit"), saturation_part),
    Part("networks", N_("Networks"), networks_part),
    Part("outliers", N_("Outliers"), outliers_part),
)


def squared_section(*_given: object) -> None:
    """One of three questions at a time."""
    say(KEY, "squared")
    slug = choice(_("Look at"), PARTS, key=f"{KEY}.squared", widget=st.segmented_control)
    next(one for one in PARTS if one.slug == slug).show()
