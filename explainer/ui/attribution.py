"""The parts of the attribution page: the question, all methods side by side, one judged."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.charts.attribution import attribution_picture, trust_points, trust_spec
from explainer.gradients.attribution.layers import map_layers, suggested_layer
from explainer.gradients.attribution.methods import METHODS, attribute
from explainer.gradients.attribution.randomisation import Randomisation, randomised_method
from explainer.gradients.attribution.record import Attribution, Method
from explainer.gradients.attribution.target import (
    PREDICTED,
    RUNNER_UP,
    ClassLogit,
    Difference,
    Target,
)
from explainer.gradients.attribution.trust import Trust, trust
from explainer.networks.drill_sums import SoftmaxDrill
from explainer.networks.entry import Entry
from explainer.networks.looking import as_input, for_answer
from explainer.networks.shared import network_of
from explainer.ui.appearance import theme
from explainer.ui.picture import Chosen
from explainer.ui.pictures import figures, inline
from explainer.ui.prose import say
from explainer.ui.tables import table

KEY = "attribution"
SIDE, LARGE = 136, 240
SLOW = {"integrated-gradients": {"steps": 64}}  # enough to look at; judged with as many
STEPS = 24
MOST_KEPT = 60


@dataclass(frozen=True, eq=False)
class Asked:
    """A network, the square it answers for, the question, and the layer for activation maps."""

    entry: Entry
    network: nn.Module
    square: NDArray[np.uint8]
    inputs: Tensor
    black: Tensor
    target: Target
    words: str
    layer: str

    @property
    def place(self) -> tuple[object, ...]:
        """What an answer depends on, apart from the method."""
        return (self.entry.slug, hash(self.square.tobytes()), self.target, self.layer)


def question(chosen: Chosen, entry: Entry, said: SoftmaxDrill) -> Asked:
    """What is asked of what the network `said`: why this class, why not the runner-up."""
    network = network_of(entry)
    square = for_answer(chosen.picture.codes, entry)
    inputs = as_input(square, entry)
    first, second = (entry.classes[place] for place in said.probabilities.argsort()[:-3:-1])
    targets: dict[str, Target] = {
        f"Why {first}? (its answer)": PREDICTED,
        f"Why {second}? (the runner-up)": RUNNER_UP,
        f"Why {first} and not {second}?": Difference(PREDICTED, RUNNER_UP),
        **{f"Why {name}?": ClassLogit(i) for i, name in enumerate(entry.classes)},
    }
    left, right = st.columns([1.4, 1])
    with left:
        words = str(st.selectbox("Question", list(targets), key=f"{KEY}.question"))
    names = [one.name for one in map_layers(network, inputs)]
    with right:
        layer = st.selectbox(
            "Layer, for the class activation maps",
            names,
            names.index(suggested_layer(network, inputs)),
            key=f"{KEY}.layer.{entry.slug}",
        )
    black = entry.normalise(torch.zeros(entry.channels, 1, 1))[None]
    return Asked(entry, network, square, inputs, black, targets[words], words, str(layer))


def side_by_side(asked: Asked) -> None:
    """Every method on the same picture and question."""
    say(KEY, "methods")
    found = [(method, _attribution(asked, method)) for method in METHODS]
    photo = inline(asked.square, alt="What the network is shown.", height=SIDE)
    entries = [(photo, "<b>what it is shown</b>")]
    for method, one in found:
        title = f"<b>{escape(method.title)}</b><br>{escape(method.authors)} {method.year}"
        entries.append((_picture(one, method, SIDE), title + ("<br>blank" if one.blank else "")))
    figures(entries, width=SIDE + 14)
    st.caption(
        "Red speaks for the answer to the question, blue against it; of the last three, which cut "
        "off what is below zero, more colour means more. Each map has a scale of its own."
    )


def _attribution(asked: Asked, method: Method) -> Attribution:
    kept = st.session_state.setdefault(f"{KEY}.kept", {})
    place = _place(asked, method)
    if place not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[place] = attribute(*_request(asked, method), **_options(asked, method))
    found: Attribution = kept[place]
    return found


def _request(asked: Asked, method: Method) -> tuple[nn.Module, Tensor, Target, str]:
    return asked.network, asked.inputs, asked.target, method.slug


def _options(asked: Asked, method: Method) -> dict[str, Any]:
    layer = asked.layer if method.needs_layer else None
    return {"layer": layer, "settings": SLOW.get(method.slug), "black": asked.black}


def _picture(found: Attribution, method: Method, height: int) -> str:
    codes = attribution_picture(found.values, theme(), signed=method.signed)
    return inline(codes, alt=f"{method.title}: map of the picture.", height=height)


def one_method(asked: Asked) -> None:
    """One method more closely: what it means, what was clipped, and whether to trust it."""
    say(KEY, "trust")
    titles = {method.title: method for method in METHODS}
    title = st.selectbox("Method", list(titles), key=f"{KEY}.method", bind="query-params")
    method = titles[str(title)]
    found = _attribution(asked, method)
    st.markdown(f"{method.meaning} ({method.authors} {method.year})")
    _closely(asked, method, found)
    if found.blank:
        st.info("The map is blank, so there is nothing to judge.")
        return
    if st.button("Judge this map", key=f"{KEY}.judge", icon=":material/balance:"):
        with st.spinner("Deleting, inserting, shuffling"):
            st.session_state[f"{KEY}.judged"] = (_place(asked, method), *_judged(asked, method))
    judged = st.session_state.get(f"{KEY}.judged")
    if judged is not None and judged[0] == _place(asked, method):
        _deletion_and_insertion(judged[1])
        _shuffled(judged[2], method)


def _place(asked: Asked, method: Method) -> tuple[object, ...]:
    return (*asked.place, method.slug)


def _closely(asked: Asked, method: Method, found: Attribution) -> None:
    entries = [
        (inline(asked.square, alt="What the network is shown.", height=LARGE), "what it is shown"),
        (_picture(found, method, LARGE), escape(asked.words)),
    ]
    if found.cam is not None:
        before = attribution_picture(found.cam.before_relu, theme(), signed=True)
        share = f"before its ReLU: {found.cam.clipped_share:.0%} of it is cut off"
        entries.append((inline(before, alt="The map before its ReLU.", height=LARGE), share))
    figures(entries, width=LARGE + 16)
    if found.cam is not None and found.blank:
        st.info(
            "This map is blank because all of it was below zero before the ReLU: at this layer "
            "nothing speaks for the class, and what speaks against it is cut off."
        )
    if found.gap is not None and found.total is not None:
        st.caption(
            f"The map adds up to {found.values.sum():.3f}; it should be {found.total:.3f}, the "
            f"score of the picture less that of black: {found.gap:.1%} off."
        )
    if found.note:
        st.caption(found.note)


def _judged(asked: Asked, method: Method) -> tuple[Trust, Randomisation]:
    found = _attribution(asked, method)
    values = found.cam.before_relu if found.cam is not None else found.values
    judged = trust(
        asked.network, asked.inputs, asked.target, values, steps=STEPS, black=asked.black
    )
    shuffled = randomised_method(*_request(asked, method), **_options(asked, method))
    return judged, shuffled


def _deletion_and_insertion(found: Trust) -> None:
    say(KEY, "deletion")
    titles = ("pixels deleted, most important first (%)", "pixels inserted into a blur (%)")
    parts = (("deletion", found.deletion), ("insertion", found.insertion))
    for column, title, (name, comparison) in zip(st.columns(2), titles, parts, strict=True):
        with column:
            st.vega_lite_chart(
                trust_points(comparison),
                trust_spec(theme(), title),
                key=f"{KEY}.{name}",
                alt=f"Probability over the {name} of pixels, against maps moved elsewhere.",
            )
    words = {True: "better than every moved map", False: "not better than every moved map"}
    deletion, insertion = words[found.deletes_better], words[found.inserts_better]
    st.markdown(f"Deletion: **{deletion}**. Insertion: **{insertion}**.")


def _shuffled(found: Randomisation, method: Method) -> None:
    say(KEY, "shuffled")
    stages = list(zip(("the last layer", "all layers"), found.stages, strict=True))
    pictures = [("the trained network", found.values, 1.0)]
    pictures += [(f"{what} shuffled", one.values, one.rank_correlation) for what, one in stages]
    entries = []
    for what, values, correlation in pictures:
        codes = attribution_picture(values, theme(), signed=method.signed)
        caption = f"{what}: ρ = {correlation:.2f}".replace("-", "−")
        entries.append((inline(codes, alt=f"The map of {what}.", height=SIDE), escape(caption)))
    figures(entries, width=SIDE + 14)
    table(
        ["shuffled", "rank correlation ρ", "structural similarity", "so the map"],
        [
            [
                what,
                f"{stage.rank_correlation:.2f}",
                f"{stage.structural_similarity:.2f}",
                f"<b>{escape(stage.verdict)}</b>",
            ]
            for what, stage in stages
        ],
    )
