"""The end of the page: what to notice, the count written out, and the code."""

from __future__ import annotations

import streamlit as st

from explainer.convolution.sharing import CONNECTIONS, FirstLayer
from explainer.convolution.sharing_script import sharing_script
from explainer.ui.common.choice import Part, open_part
from explainer.ui.common.code import show_script
from explainer.ui.common.picture import Chosen, offer_picture
from explainer.ui.common.prose import say
from explainer.ui.why_convolution.equivariance import Question
from explainer.words import N_, _

KEY = "why_convolution"


def closing(chosen: Chosen, first: FirstLayer, asked: Question | None) -> None:
    """The tabs; only the one that is open is computed."""
    open_part(PARTS, chosen, first, asked, key=f"{KEY}.tab")


def _notice(_chosen: Chosen, _first: FirstLayer, _asked: Question | None) -> None:
    say(KEY, "notice")


def _arithmetic(_chosen: Chosen, first: FirstLayer, _asked: Question | None) -> None:
    say(KEY, "arithmetic")
    for way in CONNECTIONS:
        count = way.count(first)
        st.markdown(f"**{_(way.title)}.** {_(way.meaning)}")
        st.latex(rf"{way.formula(first)} = {_number(count.weights)}")
    dense, local, shared = (way.count(first).weights for way in CONNECTIONS)
    st.markdown(
        _(
            "The small window divides the weights by {window}, sharing them divides what is left"
            " by {sharing}. Sharing saves no multiplications: each place still does its own.",
            window=f"{dense / local:,.1f}",
            sharing=f"{local / shared:,.0f}",
        )
    )


def _number(value: int) -> str:
    return f"{value:,}".replace(",", r"\,")


def _code(chosen: Chosen, first: FirstLayer, asked: Question | None) -> None:
    say(KEY, "code")
    if asked is None:
        st.info(_("The photo is too small for the second part of the script."))
        return
    crop = (asked.grey.shape[0], asked.grey.shape[1])
    text = sharing_script(first, asked.layer, asked.weights, asked.shift, asked.size, crop)
    with show_script(KEY, text, "deepglass_why_convolution"):
        offer_picture(chosen)


PARTS = (
    Part("notice", N_("What to notice"), _notice),
    Part("arithmetic", N_("Arithmetic"), _arithmetic),
    Part("code", N_("Code"), _code),
)
