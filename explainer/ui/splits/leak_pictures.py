"""What two of the leaks look like: the copies that the lab's detector finds, and the slow turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from explainer.charts.splits.digit_strips import digit_strip
from explainer.evaluation.digit_pool import Places, Singles
from explainer.evaluation.leaks import COPIED, DAYS, near_groups, with_copies, with_drift
from explainer.ui.common.appearance import theme
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import figures, inline
from explainer.words import _

KEY = "splits"
ABREAST, GAP = 6, 2
"""Digits side by side, as many as a phone has room for."""


def _copies(share: int) -> None:
    """The first pairs that the detector of the training lab finds."""
    data, __, origin = remembered(f"{KEY}.copied", share, lambda: with_copies(0, share))
    groups = remembered(f"{KEY}.found", share, lambda: near_groups(data.pictures))
    again = np.flatnonzero(groups != np.arange(len(groups)))
    true = len(origin) - len(np.unique(origin))
    st.markdown(
        _(
            "**The training lab’s own detector** finds {found} copies among {count} pictures of "
            "one draw; {true} were put there, each a little darker than its original.",
            found=len(again), count=COPIED, true=true,
        )
        if true
        else _("**No copies were put among the {count} pictures**, and the training lab’s own "
               "detector finds {found}.", found=len(again), count=COPIED)
    )  # fmt: skip
    caption = _("above, pictures; below, their copies")
    pairs = np.stack([groups[again], again])[:, : 2 * ABREAST]
    if not true:
        pairs, caption = np.arange(4 * ABREAST).reshape(2, -1), _("pictures, each of them once")
    entries = [
        _strip(data.pictures[some.ravel()], some.shape[1], caption)
        for some in np.array_split(pairs, 2, axis=1)
    ]
    figures(entries)


def _turn(turn: int) -> None:
    """Pictures from the first day to what comes after the last."""
    data, later = remembered(f"{KEY}.turned", turn, lambda: with_drift(0, turn))
    spans = np.array_split(np.arange(DAYS), 3)
    entries = [
        _strip(data.pictures[_some(len(span)) + span[0]], ABREAST,
               _("six of days {first} to {last}", first=span[0] + 1, last=span[-1] + 1))
        for span in spans
    ]  # fmt: skip
    after = later.pictures[_some(len(later))]
    caption = _("six of the {count} days after: the truth", count=len(later))
    figures([*entries, _strip(after, ABREAST, caption)])


def _some(count: int) -> Places:
    """As many of so many as stand abreast, from the first to the last."""
    return np.linspace(0, count - 1, ABREAST).astype(int)


def _strip(pictures: Singles, columns: int, caption: str) -> tuple[str, str]:
    """Digits in rows, at twice their size, and what is said below them."""
    codes = digit_strip(pictures, theme(), columns=columns, gap=GAP)
    return inline(codes, alt=caption, height=2 * codes.shape[0]), caption


LEAK_PICTURES: Mapping[str, Callable[[int], None]] = {"copies": _copies, "time": _turn}
