"""Ten classes: a confusion matrix, the classes' numbers, and what averages make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.theme import THEMES
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.messages import number as number_in
from explainer.messages import whole
from explainer.metrics.answered import CLASSES, LEARNED, Answered, learned, shipped
from explainer.metrics.classes_script import FILE, classes_data, classes_script
from explainer.metrics.shares import UNDEFINED
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, reported, unread
from explainer.ui.common.curves import curves, pinned_number, pinned_x
from explainer.ui.common.fold import kept, one_of, while_open
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import kept_whole, sent_values
from explainer.ui.metrics.classes_picture import GETS_RARE, Moved, Shown, rare_curves, ten_message
from explainer.words import N_, _, language

KEY = "metrics"
TEN = f"{KEY}.ten"
NAME = f"{TEN}.picture"
NETWORKS = (
    Named("learned", N_("100 digits")),
    Named("digit-mlp", N_("shipped MLP")),
    Named("digit-cnn", N_("shipped CNN")),
)
DIGITS = tuple(Named(str(one), str(one)) for one in range(CLASSES))
RARE, MOST, FIRST_CELL = "8", 100, 38
BETAS = (0.25, 4.0)
KEPT: Kept[str, Answered] = Kept(8 * MEGABYTE, lambda one: one.logits.nbytes)


def classes_section(*_given: object) -> None:
    """Who answers and which digit gets rare; the picture; and every average over its pictures."""
    say(KEY, "classes")
    news = unread(NAME, "moved")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        network = choice(_("Network"), NETWORKS, key=f"{TEN}.network", widget=st.segmented_control)
        rare = choice(_("Which digit gets rare"), DIGITS, key=f"{TEN}.rare", default=RARE,
                      widget=st.selectbox, width=170)  # fmt: skip
        never, undefined = _rules()
    given = _learned() if network == NETWORKS[0].slug else shipped(network)
    shown = _shown(given, int(rare), int(rare) if never else None, undefined, theme().name)
    moved = _moved(sent_values(news))
    address = live.live_picture(TEN, _renderer(shown, moved))
    number = max(number_of(NAME, news), pinned_number(GETS_RARE))
    message, over = remembered(
        f"{TEN}.message",
        (network, rare, never, undefined, moved, number, address, theme(), language()),
        lambda: (ten_message(TEN, shown, moved, number, address),
                 rare_curves(shown, moved, number)),
    )  # fmt: skip
    mount("ten", key=NAME, data=message, on_moved_change=reported)
    mark_read(NAME, news)
    curves(GETS_RARE, over)
    _code(shown, moved)
    say(KEY, "classes_notice")


def _rules() -> tuple[bool, str]:
    """Whether the rare digit may be answered, and what an undefined number counts as."""
    more = st.popover(_("More"), key=f"{TEN}.more", on_change="rerun")
    with while_open(more):
        never = kept(st.toggle, _("Never answer the rare digit"), key=f"{TEN}.never", usual=False,
                     read=one_of((True, False)))  # fmt: skip
        undefined = choice(_("In a mean, what is undefined is"), UNDEFINED, key=f"{TEN}.undefined",
                           widget=st.segmented_control)  # fmt: skip
    return bool(never), undefined


def _learned() -> Answered:
    """The network that learns here, while somebody waits."""
    words = _("A network learns {count} digits", count=LEARNED)

    def compute(told: Callable[[float], None]) -> Answered:
        return learned(told=told)

    return waited(KEPT, "learned", words, compute)


@lru_cache(maxsize=24)
def _shown(given: Answered, rare: int, never: int | None, undefined: str, appearance: str) -> Shown:
    return Shown(given, rare, never, undefined, THEMES[appearance])


def _moved(sent: Mapping[str, Any]) -> Moved:
    """What was sent now, else what a new link says, else what the session kept."""
    if (pinned := pinned_x(GETS_RARE)) is not None:
        sent = {**sent, "count": round(pinned)}
    count = kept_whole(f"{TEN}.count", MOST, MOST, sent.get("count"))
    cell = kept_whole(f"{TEN}.cell", CLASSES**2 - 1, FIRST_CELL, sent.get("cell"))
    return Moved(count, _beta(sent.get("beta")), *divmod(cell, CLASSES))


def _beta(sent: object) -> float:
    key = f"{TEN}.beta"
    try:
        link = float(linked(key))
    except ValueError:
        link = None
    beta = _within(sent) or _within(link) or float(st.session_state.get(f"{key}.now", 1.0))
    st.session_state[f"{key}.now"] = beta
    keep_in_link(key, f"{beta:g}", "1")
    return beta


def _within(value: object) -> float | None:
    found = number_in(value)
    if found is None or not np.isfinite(found):
        return None
    return float(f"{min(max(found, BETAS[0]), BETAS[1]):.3g}")


def _renderer(shown: Shown, resting: Moved) -> Render:
    def render(moved: Mapping[str, object], number: int) -> bytes:
        count = whole(moved.get("count"), 0, MOST)
        cell = whole(moved.get("cell"), 0, CLASSES**2 - 1)
        if cell is None:
            cell = CLASSES * resting.row + resting.column
        now = Moved(
            resting.count if count is None else count,
            _within(moved.get("beta")) or resting.beta, *divmod(cell, CLASSES),
        )  # fmt: skip
        return ten_message(TEN, shown, now, number, "")

    return render


def _code(shown: Shown, moved: Moved) -> None:
    fold = code_fold(_("The same in Python"), f"{TEN}.code")
    if not fold.open:
        return
    with fold:
        text = classes_script(moved.beta, shown.rule)
        row = show_script(KEY, text, "deepglass_classes")
        left = shown.answered.kept(shown.rare, moved.count)
        labels, answers = shown.answered.labels[left], shown.answers[0][left]
        row.download_button(
            _("Its data, to lie beside it"), lambda: classes_data(labels, answers), FILE,
            key=f"{TEN}.data", icon=":material/database:", on_click="ignore",
        )  # fmt: skip
