"""Dropout for maps: single values, or whole maps, and how well what is gone can be told."""

from __future__ import annotations

from html import escape

import streamlit as st

from explainer.charts.dropout.together import map_tiles
from explainer.powers import percent
from explainer.regularisation.dropout.spatial import PICTURES, spatial
from explainer.ui.common.appearance import theme
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.words import _, language

KEY = "dropout"
COLUMNS, HEIGHT = 4, 150


def spatial_section() -> None:
    """The maps of one digit three times: whole, with values dropped, with maps dropped."""
    say(KEY, "together_spatial")
    with st.container(horizontal=True, gap="medium"):
        drop = st.slider(
            _("Drop probability in maps"), 0.1, 0.9, 0.5, 0.1, key=f"{KEY}.map_drop",
            bind="query-params", persist_state="session",
        )  # fmt: skip
        draw = st.slider(
            _("Draw"), 0, 19, 0, 1, key=f"{KEY}.map_draw", bind="query-params",
            persist_state="session",
        )  # fmt: skip
    found = spatial(round(float(drop), 1), int(draw))
    now = theme()
    entries = remembered(
        f"{KEY}.map_tiles", (drop, draw, now.name, language()),
        lambda: [
            (
                inline(map_tiles(maps, found.whole, now, columns=COLUMNS), alt=said, height=HEIGHT),
                escape(said),
            )
            for maps, said in (
                (found.whole, _("eight maps of a digit")),
                (found.pixels, _("single values dropped: Dropout")),
                (found.maps, _("whole maps dropped: Dropout2d")),
            )
        ],
    )  # fmt: skip
    figures(entries)
    st.markdown(
        _(
            "How much of what was dropped can be told from what is left: of a single value, by the "
            "mean of its kept neighbours, **{pixel}** of the variance; of a whole map, by the maps "
            "that are kept, **{maps}**.",
            pixel=percent(found.told_pixel), maps=percent(found.told_map),
        )
    )  # fmt: skip
    st.caption(
        _(
            "R² of the best line, for each map one of its own, over {pictures} digits: a shipped "
            "convolutional network’s first layer, after ReLU.",
            pictures=PICTURES,
        )
    )  # fmt: skip
    say(KEY, "together_spatial_notice")
