"""A network's output for the photo, and the last step to it: logits, exponentials, softmax."""

from __future__ import annotations

import math
from html import escape

import streamlit as st

from explainer.networks.drill.sums import SoftmaxDrill
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.preprocessing import answer, for_answer
from explainer.networks.zoo.shared import network_of
from explainer.powers import percent
from explainer.ui.common.appearance import theme
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import Chosen
from explainer.ui.common.pictures import data, figures, inline
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.words import _

PROSE = "feature_maps"
SIDE = 150
MOST = 10


def answered(chosen: Chosen, entry: Entry) -> SoftmaxDrill:
    """The logits and probabilities of the photo; kept until it, or the network, is another."""
    picture = chosen.picture
    return remembered(
        "networks.answer", (entry.slug, picture.digest),
        lambda: answer(network_of(entry), picture.codes, entry),
    )  # fmt: skip


def network_answer(chosen: Chosen, entry: Entry, page: str) -> SoftmaxDrill:
    """The square that the network classifies, its output, and the arithmetic behind it.

    `page` is the slug of the page that asks. Returns logits and probabilities.
    """
    found = answered(chosen, entry)
    left, right = st.container(key="answer").columns([1, 2.4], gap="medium")
    with left:
        size = f"{entry.input_size} × {entry.input_size}"
        small = for_answer(chosen.picture.codes, entry)
        alt = _("The middle of the photo at {size} pixels.", size=size)
        shown = _("What it classifies: {size} pixels", size=size)
        figures([(inline(small, alt=alt, height=SIDE), shown)])
    likeliest = found.probabilities.argsort()[::-1][:MOST].tolist()
    with right:
        table(
            [_("class"), _("probability (%)")],
            [_bar(entry.classes[place], float(found.probabilities[place])) for place in likeliest],
            caption=_("The probability of each class, the likeliest first."),
        )
        if len(entry.classes) > MOST:
            rest = 1 - float(found.probabilities[likeliest].sum())
            st.caption(
                _(
                    "The likeliest {shown} of {count}; the others share {rest}.",
                    shown=MOST,
                    count=f"{len(entry.classes):,}",
                    rest=percent(rest),
                )
            )
    say(PROSE, f"answer {entry.knows}")
    with st.expander(_("The last step: from logits to probabilities")):
        say(PROSE, "softmax")
        last_step(entry, found, likeliest)
    return found


def _bar(name: str, share: float) -> tuple[str, str]:
    """A class, and its probability in percent behind a bar as long."""
    width = f"{100 * share:.2f}%" if math.isfinite(share) else "0"
    bar = f'<div style="width:{width};height:.7rem;background:{theme().categorical[0]}"></div>'
    track = f'<div style="width:min(22rem,40vw)">{bar}</div>'
    row = "display:flex;align-items:center;justify-content:space-between;gap:.6rem"
    return data(name), f'<div style="{row}">{track}{100 * share:.1f}</div>'


def last_step(entry: Entry, found: SoftmaxDrill, likeliest: list[int]) -> None:
    """Logit, exponential and probability of each class; of many, of the likeliest."""
    shown = likeliest if len(entry.classes) > MOST else range(len(entry.classes))
    table(
        [_("class"), _("logit z"), _("exp(z − max)"), _("divided by their sum")],
        [
            [
                f'<span translate="no">{escape(entry.classes[place])}</span>',
                _number(found.logits[place]),
                f"{found.exponentials[place]:.4f}",
                f"{found.probabilities[place]:.4f}",
            ]
            for place in shown
        ],
    )
    st.caption(
        _(
            "The sum of all {count} exponentials is {total}.",
            count=f"{len(entry.classes):,}", total=f"{found.sum:.4f}",
        )
    )  # fmt: skip


def _number(value: float) -> str:
    return f"{value:.3f}".replace("-", "−")
