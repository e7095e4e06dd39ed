"""What two of the leaks look like: the copies that the lab's detector finds, and the slow turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from explainer.charts.splits.digit_strips import digit_strip
from explainer.evaluation.digit_pool import Singles
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
    )  # fmt: skip
    entries = []
    for start in range(0, min(len(again), 2 * ABREAST), ABREAST):
        shown = again[start : start + ABREAST]
        pictures = np.concatenate([data.pictures[groups[shown]], data.pictures[shown]])
        entries.append(_strip(pictures, len(shown), _("above, pictures; below, their copies")))
    figures(entries)


def _turn(turn: int) -> None:
    """Pictures from the first day to what comes after the last."""
    data, later = remembered(f"{KEY}.turned", turn, lambda: with_drift(0, turn))
    days = np.linspace(0, DAYS - 1, 3 * ABREAST).astype(int).reshape(3, ABREAST)
    entries = [
        _strip(data.pictures[some], ABREAST,
               _("days {first} to {last}", first=some[0] + 1, last=some[-1] + 1))
        for some in days
    ]  # fmt: skip
    after = later.pictures[:: len(later) // ABREAST][:ABREAST]
    figures([*entries, _strip(after, len(after), _("what comes after: the truth"))])


def _strip(pictures: Singles, columns: int, caption: str) -> tuple[str, str]:
    """Digits in rows, at twice their size, and what is said below them."""
    codes = digit_strip(pictures, theme(), columns=columns, gap=GAP)
    return inline(codes, alt=caption, height=2 * codes.shape[0]), caption


LEAK_PICTURES: Mapping[str, Callable[[int], None]] = {"copies": _copies, "time": _turn}
