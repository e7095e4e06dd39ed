"""The script of the chosen map, and the two files that it reads."""

from __future__ import annotations

import streamlit as st

from explainer.gradients.attribution.methods import METHODS
from explainer.gradients.attribution.script import INPUT, Patch, script
from explainer.gradients.attribution.target import Score
from explainer.images.thumbnails import encode_png
from explainer.networks.zoo.shipped import Shipped
from explainer.ui.attribution.asked import KEY, Asked, options
from explainer.ui.attribution.instrument import patch_of
from explainer.ui.attribution.slow import followed_map
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.prose import say
from explainer.words import _


def code(asked: Asked, slug: str) -> None:
    """PyTorch source that gives the numbers of what is large."""
    fold = code_fold(_("The code of this map"), f"{KEY}.code")
    if not fold.open:
        return
    with fold:
        entry = asked.entry
        if not isinstance(entry, Shipped):
            st.caption(_("The script is there for the networks that come with the app."))
            return
        say(KEY, "code")
        row = show_script(KEY, _source(asked, entry, slug), "deepglass_attribution", height=420)
        row.download_button(
            _("Download the input"), encode_png(asked.square), INPUT, "image/png",
            icon=":material/image:", on_click="ignore",
        )  # fmt: skip
        row.download_button(
            _("Download the weights"), entry.weights().read_bytes, entry.weights().name,
            icon=":material/database:", on_click="ignore",
        )  # fmt: skip


def _source(asked: Asked, entry: Shipped, slug: str) -> str:
    method = METHODS.get(slug)
    if method is None:
        return script(
            entry, asked.network, Patch(*patch_of(asked)), Score(0), layer=None, settings={}
        )
    given = options(asked, method)
    return script(
        entry, asked.network, slug, followed_map(asked, method).target, layer=given["layer"],
        settings={**method.defaults(), **(given["settings"] or {})},
    )  # fmt: skip
