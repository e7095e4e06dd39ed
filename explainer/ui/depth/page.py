"""The tabs of the page on depth; only the one that is open is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explainer.ui.common.prose import say
from explainer.ui.depth.arithmetic import arithmetic
from explainer.ui.depth.batch_norm import batch_norm_closely
from explainer.ui.depth.code import code
from explainer.ui.depth.one_pass import gradients, idle_units, set_up, values
from explainer.ui.depth.race import watch_it_train
from explainer.ui.depth.settings import KEY, story


def one_pass() -> None:
    """Untrained networks: one pass forwards and back, and what theory says of it."""
    say(KEY, "pass")
    left, right = st.columns([1, 1.9], gap="medium")
    with left:
        passed = set_up()
    with right:
        gradients(passed)
        story()
    arithmetic(passed)
    values(passed)
    idle_units(passed)
    code(passed)
    say(KEY, "notice")


# One more part of the page is one more entry: its name on the tab, and what draws it.
TABS: dict[str, Callable[[], None]] = {
    "One pass": one_pass,
    "Watch it train": watch_it_train,
    "Batch norm, closely": batch_norm_closely,
}


def sections() -> None:
    """All tabs of the page."""
    tabs = st.tabs(list(TABS), key=f"{KEY}.tab", on_change="rerun", bind="query-params")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab:
                draw()
