"""The parts of the page below its pictures, behind tabs; only the one that is open is computed."""

from __future__ import annotations

import streamlit as st

from explainer.convolution.sharing import CONNECTIONS, FirstLayer
from explainer.convolution.sharing_script import sharing_script
from explainer.ui.common.choice import Part, open_part
from explainer.ui.common.code import show_script
from explainer.ui.common.picture import Chosen, offer_picture
from explainer.ui.common.prose import say
from explainer.ui.why_convolution.equivariance import equivariance, question
from explainer.ui.why_convolution.moved_digit import measured
from explainer.ui.why_convolution.permuted import permuted_pixels
from explainer.ui.why_convolution.sharing import counted
from explainer.words import N_, _

KEY = "why_convolution"


def sections(chosen: Chosen, first: FirstLayer) -> None:
    """The tabs."""
    open_part(PARTS, chosen, first, key=f"{KEY}.tab", alone=True)


def _cost(chosen: Chosen, first: FirstLayer) -> None:
    counted(chosen, first)
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


def _measured(_chosen: Chosen, _first: FirstLayer) -> None:
    measured()


def _equivariance(chosen: Chosen, _first: FirstLayer) -> None:
    equivariance(chosen)


def _permuted(_chosen: Chosen, _first: FirstLayer) -> None:
    permuted_pixels()


def _notice(_chosen: Chosen, _first: FirstLayer) -> None:
    say(KEY, "notice")


def _code(chosen: Chosen, first: FirstLayer) -> None:
    say(KEY, "code")
    asked = question(chosen)
    if asked is None:
        st.info(_("The photo is too small for the second part of the script."))
        return
    crop = (asked.grey.shape[0], asked.grey.shape[1])
    text = sharing_script(first, asked.layer, asked.weights, asked.shift, asked.size, crop)
    with show_script(KEY, text, "deepglass_why_convolution"):
        offer_picture(chosen)


PARTS = (
    Part("arithmetic", N_("What it costs"), _cost),
    Part("measured", N_("Digits in general"), _measured),
    Part("equivariance", N_("Move or filter first"), _equivariance),
    Part("permuted", N_("Permuted pixels"), _permuted),
    Part("notice", N_("What to notice"), _notice),
    Part("code", N_("Code"), _code),
)
