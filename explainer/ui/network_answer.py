"""What a network says about the photo, and the last step to it: logits, exponentials, softmax."""

from __future__ import annotations

import streamlit as st

from explainer.charts.network import answer_points, answer_spec
from explainer.networks.drill_sums import SoftmaxDrill
from explainer.networks.looking import answer, for_answer
from explainer.networks.shared import shared_network
from explainer.networks.shipped import Shipped
from explainer.ui.appearance import theme
from explainer.ui.picture import Chosen
from explainer.ui.pictures import figures, inline
from explainer.ui.prose import escaped, say
from explainer.ui.tables import table

PROSE = "feature_maps"
SIDE = 150


def network_answer(chosen: Chosen, entry: Shipped, page: str) -> SoftmaxDrill:
    """The square that the network answers for, its answer, and the arithmetic behind it.

    `page` is the slug of the page that asks. Returns the answer.
    """
    network = shared_network(entry.slug)
    found = answer(network, chosen.picture.codes, entry)
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        size = f"{entry.input_size} × {entry.input_size}"
        small = for_answer(chosen.picture.codes, entry)
        alt = f"The middle of the photo at {size} pixels."
        figures([(inline(small, alt=alt, height=SIDE), f"What it answers for: {size} pixels")])
    with right:
        st.vega_lite_chart(
            answer_points(entry.classes, found.probabilities.tolist()),
            answer_spec(theme()),
            key=f"{page}.answer",
            alt="The probability of each class, the likeliest first.",
        )
    say(PROSE, "answer")
    with st.expander("The last step: from ten numbers to probabilities"):
        say(PROSE, "softmax")
        rows = zip(
            entry.classes, found.logits, found.exponentials, found.probabilities, strict=True
        )
        table(
            ["class", "logit z", "exp(z − max)", "divided by their sum"],
            [
                [escaped(name), _number(logit), f"{power:.4f}", f"{share:.4f}"]
                for name, logit, power, share in rows
            ],
        )
        st.caption(f"The sum of the exponentials is {found.sum:.4f}.")
    return found


def _number(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
