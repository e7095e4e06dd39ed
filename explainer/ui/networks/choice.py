"""The choice of a network, and what is known of it.

Networks that come with the app stand first, then those that the visitor took over from a race, then
torchvision's, which may have to be fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatch

import streamlit as st

from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.own import OwnNetwork
from explainer.networks.zoo.shared import ready
from explainer.networks.zoo.shipped import SHIPPED, Shipped
from explainer.networks.zoo.torchvision_models import CLASSIFIERS, Classifier
from explainer.ui.common.address import OWN, linked
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.prose import escaped
from explainer.ui.common.refusal import refuse, show_refusal
from explainer.ui.networks.fetch import offer
from explainer.ui.networks.own import option_of, own_networks
from explainer.ui.networks.saved import open_saved, say_what_was_wrong
from explainer.words import N_, _, later

FIRST, FIRST_OF_MORE = "vgg", "resnet18"
LAST = "networks.last"
"""Which page chose a network last: the next one begins with it."""
MORE = Named("imagenet", N_("ImageNet networks"))


def network_choice(page: str) -> Entry:
    """One of the networks that can be looked at now; `page` is the slug of the page that asks.

    Where one is chosen that has yet to be fetched, its download is offered and a shipped one goes
    on.
    """
    shipped: list[Entry] = [one for one in SHIPPED if one.weights().is_file()]
    own = own_networks()
    present = {one.slug: one for one in [*shipped, *own]}
    first = FIRST if FIRST in present else next(iter(present))
    _come_along(page, present)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        slug = choice(
            _("Network"), (*shipped, *map(option_of, own), MORE), key=f"{page}.network",
            default=first, widget=st.segmented_control, width="content",
        )  # fmt: skip
        open_saved(page)
    say_what_was_wrong(page)
    if slug != MORE.slug:
        return present[slug]
    wanted = _more(page)
    if ready(wanted.slug):
        return wanted
    offer(wanted, meanwhile=_(present[first].title))
    return present[first]


def _come_along(page: str, present: Mapping[str, Entry]) -> None:
    """Begin with the network of the page before, where no link names another one.

    A link to a network that was the sender's own is answered with a sentence.
    """
    before = st.session_state.get(LAST, page)
    for name in ("network", "imagenet"):
        key = f"{page}.{name}"
        if before != page and f"{before}.{name}" in st.session_state and not linked(key):
            st.session_state[key] = st.session_state[f"{before}.{name}"]
    st.session_state[LAST] = page
    asked = linked(f"{page}.network")
    if asked.startswith(OWN) and asked not in present:
        refuse(LAST, later(
            "This link is to a network that its sender trained, which a link cannot carry: save "
            "it under *Training lab*, and open the file here. Below is another network."
        ))  # fmt: skip
    show_refusal(LAST, icon=":material/link_off:")


def _more(page: str) -> Classifier:
    slug = choice(
        _("Trained on a thousand classes of photos"), CLASSIFIERS, key=f"{page}.imagenet",
        default=FIRST_OF_MORE, widget=st.segmented_control, width="content",
    )  # fmt: skip
    return CLASSIFIERS[slug]


def network_card(entry: Entry) -> None:
    """Who described the network, how large it is, and how well it does."""
    st.caption(_card(entry), width="stretch")


@singledispatch
def _card(entry: Entry) -> str:
    raise TypeError(f"no card for {type(entry).__name__}")


@_card.register
def _shipped(entry: Shipped) -> str:
    card = entry.card()
    return _(
        "{description} {weights} weights, trained by this project on CIFAR-10: {accuracy} of its "
        "{pictures} test pictures right. ({source}.)",
        description=_(entry.description), weights=f"{card.parameters:,}",
        accuracy=f"{card.accuracy:.1%}", pictures=f"{card.test_pictures:,}", source=entry.source,
    )  # fmt: skip


@_card.register
def _torchvisions(entry: Classifier) -> str:
    return _(
        "{description} {weights} weights, trained on ImageNet; torchvision, where they come from, "
        "states {accuracy} of its validation pictures right. ({source}.)",
        description=_(entry.description), weights=f"{entry.parameters:,}",
        accuracy=f"{entry.accuracy:.1%}", source=entry.source,
    )  # fmt: skip


@_card.register
def _own(entry: OwnNetwork) -> str:
    return _(
        "The network of {name}, seed {seed}, as it was after step {step}, when its validation loss "
        "was lowest: {accuracy} of the validation pictures right. {weights} weights. It is a copy "
        "of yours, for this visit.",
        name=escaped(entry.name), seed=entry.seed, step=f"{entry.step:,}",
        accuracy=f"{entry.accuracy:.1%}", weights=f"{entry.parameters:,}",
    )  # fmt: skip
