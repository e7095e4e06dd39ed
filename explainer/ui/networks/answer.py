"""What a network says about the photo, and the last step to it: logits, exponentials, softmax."""

from __future__ import annotations

from html import escape

import streamlit as st

from explainer.charts.network import answer_points, answer_spec
from explainer.networks.drill.sums import SoftmaxDrill
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.preprocessing import answer, for_answer
from explainer.networks.zoo.shared import network_of
from explainer.ui.common.appearance import theme
from explainer.ui.common.picture import Chosen
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table

PROSE = "feature_maps"
SIDE = 150
MOST = 10


def network_answer(chosen: Chosen, entry: Entry, page: str) -> SoftmaxDrill:
    """The square that the network answers for, its answer, and the arithmetic behind it.

    `page` is the slug of the page that asks. Returns the answer.
    """
    network = network_of(entry)
    found = answer(network, chosen.picture.codes, entry)
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        size = f"{entry.input_size} × {entry.input_size}"
        small = for_answer(chosen.picture.codes, entry)
        alt = f"The middle of the photo at {size} pixels."
        figures([(inline(small, alt=alt, height=SIDE), f"What it answers for: {size} pixels")])
    likeliest = found.probabilities.argsort()[::-1][:MOST].tolist()
    with right:
        st.vega_lite_chart(
            answer_points(
                [entry.classes[place] for place in likeliest],
                [float(found.probabilities[place]) for place in likeliest],
            ),
            answer_spec(theme()),
            key=f"{page}.answer",
            alt="The probability of each class, the likeliest first.",
        )
        if len(entry.classes) > MOST:
            rest = 1 - float(found.probabilities[likeliest].sum())
            st.caption(
                f"The likeliest {MOST} of {len(entry.classes):,}; the others share {rest:.1%}."
            )
    say(PROSE, f"answer {entry.knows}")
    with st.expander("The last step: from logits to probabilities"):
        say(PROSE, "softmax")
        _last_step(entry, found, likeliest)
    return found


def _last_step(entry: Entry, found: SoftmaxDrill, likeliest: list[int]) -> None:
    """Logit, exponential and probability of each class; of many, of the likeliest."""
    shown = likeliest if len(entry.classes) > MOST else range(len(entry.classes))
    table(
        ["class", "logit z", "exp(z − max)", "divided by their sum"],
        [
            [
                escape(entry.classes[place]),
                _number(found.logits[place]),
                f"{found.exponentials[place]:.4f}",
                f"{found.probabilities[place]:.4f}",
            ]
            for place in shown
        ],
    )
    st.caption(f"The sum of all {len(entry.classes):,} exponentials is {found.sum:.4f}.")


def _number(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
