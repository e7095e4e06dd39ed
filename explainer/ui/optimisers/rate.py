"""How large a step? Rates raced, read off a range test, and changed on the way by a schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from explainer.descent.rates import METHODS, Method
from explainer.ui.common.choice import choice
from explainer.ui.common.prose import say
from explainer.ui.optimisers.rate_race import race_view
from explainer.ui.optimisers.rate_range import range_view
from explainer.ui.optimisers.rate_schedules import schedules_view
from explainer.words import N_, _

KEY = "optimisers"


@dataclass(frozen=True)
class View:
    """A view of the part: its prose, and what draws it for a method."""

    slug: str
    title: str
    part: str
    show: Callable[[Method], None]


VIEWS = {
    one.slug: one
    for one in (
        View("race", N_("Too small or large"), "rate", race_view),
        View("range", N_("Range test"), "rate_range", range_view),
        View("schedules", N_("Schedules"), "rate_schedules", schedules_view),
    )
}


def rate_section(*_given: object) -> None:
    """One of the three views, for SGD or for Adam."""
    with st.container(horizontal=True, gap="medium"):
        slug = choice(_("View"), VIEWS.values(), key=f"{KEY}.rate_view",
                      widget=st.segmented_control)  # fmt: skip
        method = choice(_("Method"), METHODS, key=f"{KEY}.rate_method",
                        widget=st.segmented_control)  # fmt: skip
    view = VIEWS[slug]
    say(KEY, view.part)
    view.show(METHODS[method])
    say(KEY, f"{view.part}_notice")
