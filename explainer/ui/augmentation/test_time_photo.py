"""One's own photo in copies: what a network says of each, and of all together."""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from explainer.charts.augmentation.copies import answer_points, answer_spec
from explainer.powers import percent
from explainer.regularisation.augmentation.copies import (
    BLUR,
    COPYINGS,
    COUNTS,
    DEGREES,
    PIXELS,
    mean_of,
    softmax,
)
from explainer.regularisation.augmentation.judges import PHOTO_JUDGES, as_picture
from explainer.ui.augmentation.tiles import Tile, tiles, tiles_message
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import chosen_picture
from explainer.words import _, language

KEY = "augmentation"
TILES = f"{KEY}.copies"
NUMBERS = tuple(Named(str(count), str(count)) for count in COUNTS)
SHOWN = 72


def copied_photo(mean: str) -> None:
    """Choose a photo, how it is copied, and how often; the mean is that of `mean`."""
    chosen = chosen_picture()
    first, second, third = st.columns([1.5, 2.3, 1.2], gap="small")
    with first:
        slug = choice(
            _("Network for the photo"), PHOTO_JUDGES, key=f"{KEY}.photo_judge",
            widget=st.segmented_control,
        )  # fmt: skip
    with second:
        way = choice(
            _("Copies are"), COPYINGS, key=f"{KEY}.way", default="both", widget=st.segmented_control
        )
    with third:
        count = int(choice(
            _("K"), NUMBERS, key=f"{KEY}.copies_count", default="8", widget=st.segmented_control
        ))  # fmt: skip
    judge = next(one for one in PHOTO_JUDGES if one.slug == slug)
    picture = as_picture(chosen.picture.codes)
    copies = [COPYINGS[way].copies(picture, number) for number in range(count)]
    st.caption(
        _(
            "Shifted by up to {pixels} of 32 pixels, turned by up to {degrees}°, blurred with"
            " σ = {sigma} pixels.",
            pixels=PIXELS,
            degrees=DEGREES,
            sigma=BLUR,
        )
    )
    logits = remembered(
        f"{TILES}.logits", (chosen.picture.digest, slug, way, count),
        lambda: [judge.logits(one)[0].numpy() for one in copies],
    )  # fmt: skip

    found = np.stack(logits)
    chances = softmax(found)
    together = softmax(mean_of(found, mean)) if mean == "logits" else mean_of(found, mean)
    best = [judge.classes[int(row.argmax())] for row in chances]
    said = judge.classes[int(together.argmax())]
    left, right = st.columns([1, 1.2], gap="large")
    with left:
        rows = [
            Tile(((name, name != said), (percent(float(row.max())), False)), name)
            for name, row in zip(best, chances, strict=True)
        ]
        message = remembered(
            f"{TILES}.message", (chosen.picture.digest, slug, way, count, mean, language()),
            lambda: tiles_message(
                TILES, torch.cat(copies), rows, number=0, shown=SHOWN,
                alt=_("Copies of the photo with the network’s answers"),
            ),
        )  # fmt: skip
        tiles(TILES, message)
    with right:
        st.markdown(
            _("All {count} together: **{answer}**, {share}. The picture itself: {alone}, {sure}.",
              count=count, answer=said, share=percent(float(together.max())), alone=best[0],
              sure=percent(float(chances[0].max())))
        )  # fmt: skip
        alt = _("For each class the probability from each copy, and their mean.")
        chart(
            answer_points(chances, together, judge.classes), answer_spec(theme()), alt=alt,
            key=f"{KEY}.copies_chart",
        )  # fmt: skip
