"""The choice of a network, and what is known of it.

Networks that come with the app stand first, then those that the visitor took over from a race, then
torchvision's, which may have to be fetched.
"""

from __future__ import annotations

from functools import singledispatch

import streamlit as st

from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.own import OwnNetwork
from explainer.networks.zoo.shared import ready
from explainer.networks.zoo.shipped import SHIPPED, Shipped
from explainer.networks.zoo.torchvision_models import CLASSIFIERS, Classifier
from explainer.ui.common.prose import escaped
from explainer.ui.networks.fetch import offer
from explainer.ui.networks.own import option_of, own_networks
from explainer.ui.networks.saved import open_saved, say_what_was_wrong

FIRST, MORE = "Small VGG", "ImageNet networks"
FIRST_OF_MORE = "ResNet-18"


def network_choice(page: str) -> Entry:
    """One of the networks that can be looked at now; `page` is the slug of the page that asks.

    Where one is chosen that has yet to be fetched, its download is offered and a shipped one goes
    on.
    """
    present: dict[str, Entry] = {one.title: one for one in SHIPPED if one.weights().is_file()}
    present |= {option_of(one): one for one in own_networks()}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        title = st.segmented_control(
            "Network",
            [*present, MORE],
            default=FIRST if FIRST in present else next(iter(present)),
            required=True,
            key=f"{page}.network",
            bind="query-params",
            persist_state="session",
            width="content",
        )
        open_saved(page)
    say_what_was_wrong(page)
    if title != MORE:
        return present[str(title)]
    wanted = _more(page)
    if ready(wanted.slug):
        return wanted
    offer(wanted, meanwhile=FIRST)
    return present[FIRST]


def _more(page: str) -> Classifier:
    by_title = {one.title: one for one in CLASSIFIERS}
    title = st.segmented_control(
        "Trained on a thousand classes of photos",
        list(by_title),
        default=FIRST_OF_MORE,
        required=True,
        key=f"{page}.imagenet",
        bind="query-params",
        persist_state="session",
        width="content",
    )
    return by_title[str(title)]


def network_card(entry: Entry) -> None:
    """Who described the network, how large it is, and how well it does."""
    st.caption(_card(entry), width="stretch")


@singledispatch
def _card(entry: Entry) -> str:
    raise TypeError(f"no card for {type(entry).__name__}")


@_card.register
def _shipped(entry: Shipped) -> str:
    card = entry.card()
    return (
        f"{entry.description} {card.parameters:,} weights, trained by this project on CIFAR-10: "
        f"{card.accuracy:.1%} of its {card.test_pictures:,} test pictures right. ({entry.source}.)"
    )


@_card.register
def _torchvisions(entry: Classifier) -> str:
    return (
        f"{entry.description} {entry.parameters:,} weights, trained on ImageNet; torchvision, where"
        f" they come from, states {entry.accuracy:.1%} of its validation pictures right. "
        f"({entry.source}.)"
    )


@_card.register
def _own(entry: OwnNetwork) -> str:
    return (
        f"The network of {escaped(entry.name)}, seed {entry.seed}, as it was "
        f"after step {entry.step:,}, when its validation loss was lowest: {entry.accuracy:.1%} of "
        f"the validation pictures right. {entry.parameters:,} weights. It is a copy of yours, for "
        "this visit."
    )
