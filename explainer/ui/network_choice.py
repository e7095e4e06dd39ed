"""The choice of a network, and what is known of it."""

from __future__ import annotations

import streamlit as st

from explainer.networks.shipped import SHIPPED, Shipped

FIRST = "Small VGG"


def network_choice(page: str) -> Shipped:
    """One of the networks whose weights are there; `page` is the slug of the page that asks."""
    present = {entry.title: entry for entry in SHIPPED if entry.weights().is_file()}
    title = st.segmented_control(
        "Network",
        list(present),
        default=FIRST if FIRST in present else next(iter(present)),
        required=True,
        key=f"{page}.network",
        bind="query-params",
        persist_state="session",
        width="content",
    )
    return present[str(title)]


def network_card(entry: Shipped) -> None:
    """Who described the network, how large it is, and how well it does."""
    card = entry.card()
    st.caption(
        f"{entry.description} {card.parameters:,} weights, trained by this project on CIFAR-10: "
        f"{card.accuracy:.1%} of its {card.test_pictures:,} test pictures right. ({entry.source}.)"
    )
