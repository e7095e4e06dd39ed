"""The batch: how large, how noisy, and in which order; one of three views at a time."""

from __future__ import annotations

import streamlit as st

from explainer.ui.common.choice import Part, choice
from explainer.ui.optimisers.batch_noise import noise_part
from explainer.ui.optimisers.batch_order import order_part
from explainer.ui.optimisers.batch_race import race_part
from explainer.words import N_, _

KEY = "optimisers"
VIEWS = (
    Part("race", N_("Race"), race_part),
    Part("noise", N_("Noise"), noise_part),
    Part("order", N_("Order"), order_part),
)


def batches_section(*_given: object) -> None:
    """The view that is chosen; the others are not computed."""
    slug = choice(_("Look at"), VIEWS, key=f"{KEY}.batches", widget=st.segmented_control)
    next(one for one in VIEWS if one.slug == slug).show()
