"""The tabs of the page on depth; only the one that is open is computed."""

from __future__ import annotations

import streamlit as st

from explainer.ui.common.choice import Part, open_part
from explainer.ui.common.prose import say
from explainer.ui.depth.arithmetic import arithmetic
from explainer.ui.depth.batch_norm import batch_norm_closely
from explainer.ui.depth.code import code
from explainer.ui.depth.one_pass import gradients, idle_units, set_up, values
from explainer.ui.depth.race import watch_it_train
from explainer.ui.depth.settings import KEY, story
from explainer.words import N_


def one_pass() -> None:
    """Untrained networks: one pass forwards and back, and what theory says of it."""
    say(KEY, "pass")
    left, right = st.columns([1, 1.9], gap="medium")
    with left:
        passed = set_up()
    with right:
        gradients(passed)
        story(passed.passages)
    open_part(LOOKS, passed, key=f"{KEY}.look")
    say(KEY, "notice")


# Of these only the open one is drawn: what a control changes is the chart above and one of them.
LOOKS = (
    Part("product", N_("Slope × weights"), arithmetic),
    Part("values", N_("What a layer hands on"), values),
    Part("idle", N_("Saturated and dead"), idle_units),
    Part("code", N_("Code"), code),
)
# One more part of the page is one more entry.
TABS = (
    Part("one-pass", N_("One pass"), one_pass),
    Part("race", N_("Watch it train"), watch_it_train),
    Part("batch-norm", N_("Batch norm, closely"), batch_norm_closely),
)


def sections() -> None:
    """The tabs of the page, of which the open one is computed and drawn."""
    open_part(TABS, key=f"{KEY}.tab", alone=True)
