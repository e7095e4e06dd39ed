"""A board of digits dealt into folds: which of them test, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.splits.digit_strips import digit_strip
from explainer.charts.theme import Theme
from explainer.evaluation.cross_validation import (
    CLASSIFIERS,
    EACH,
    FILE,
    WAYS,
    Classifier,
    Sort,
    Way,
    board_set,
    data_file,
    fold_scores,
    script,
)
from explainer.evaluation.digit_pool import DigitSet, Places
from explainer.images.thumbnails import encode_png
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent
from explainer.training.instruments.student import interval
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, pack, reported, unread
from explainer.ui.common.memory import remembered
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import kept_whole, next_whole, sent_values
from explainer.words import N_, _

KEY = "splits"
SEEDS, COLUMNS, WRONG_COLOUR = 99, 20, 1
COUNT = Parameter("folds", N_("folds k"), 5, 2, EACH, 1, whole=True)
Asked = tuple[str, int, str, str, int]
KEPT: Kept[Asked, Places] = Kept(MEGABYTE, lambda one: one.nbytes)


@dataclass(frozen=True, eq=False)
class Board:
    """What is on the board and how it is cut, but for the number of folds; `name` is its key."""

    name: str
    data: DigitSet
    way: Way
    classifier: Classifier
    seed: int
    colours: Theme

    def folds(self, count: int) -> Places:
        """The fold of each digit."""
        one = self.data
        return self.way.splitter.folds(one.labels, one.groups, count=count, seed=self.seed)


def fold_board(sort: Sort, ways: Sequence[str]) -> None:
    """Controls, the board, and the code for what it shows; the first of `ways` to begin with."""
    board, slot = _controls(sort, [WAYS[one] for one in ways])
    news = unread(f"{board.name}.board", "moved")
    moved = live.values(board.name, (COUNT,))
    count = int(moved.values[COUNT.name])
    folds = board.folds(count)
    lit = kept_whole(f"{board.name}.fold", int(folds.max()), sent=sent_values(news).get("fold"))
    address = live.live_picture(board.name, _renderer(board, moved.values, lit))
    if board.way.splitter.counted:
        with slot:
            live.sliders(board.name, (COUNT,), moved, address=address)
        live.write_to_url(board.name, (COUNT,), moved.values)
    said = _said(sort, board, folds)
    sheet = remembered(
        f"{board.name}.sheet", (board.seed, board.colours.name),
        lambda: encode_png(digit_strip(board.data.pictures, board.colours, columns=COLUMNS)),
    )  # fmt: skip
    number = max(moved.number, number_of(f"{board.name}.board", news))
    mount("folds", key=f"{board.name}.board", on_moved_change=reported,
          data=_message(board, folds, said, lit, number, sheet))  # fmt: skip
    mark_read(f"{board.name}.board", news)
    fold = code_fold(_("The same in Python"), f"{board.name}.code")
    if fold.open:
        with fold:
            text = script(board.way, board.classifier, count, board.seed)
            row = show_script(KEY, text, f"deepglass_{sort.slug}")
            row.download_button(
                _("Its data, to lie beside it"), lambda: data_file(board.data), FILE,
                key=f"{board.name}.data", icon=":material/database:", on_click="ignore",
            )  # fmt: skip


def _controls(sort: Sort, ways: Sequence[Way]) -> tuple[Board, DeltaGenerator]:
    """What is asked for, and where the slider goes."""
    name = f"{KEY}.{sort.slug}"
    left, right = st.columns([1.5, 1], gap="medium")
    with left:
        way = choice(_("Split"), ways, key=f"{name}.way", widget=st.segmented_control)
        learner = choice(_("What learns"), CLASSIFIERS, key=f"{name}.learner",
                         widget=st.segmented_control)  # fmt: skip
    with right:
        slot = st.container()
        st.button(
            _("New draw"), key=f"{name}.again", icon=":material/casino:",
            on_click=next_whole, args=(f"{name}.draw", SEEDS),
        )  # fmt: skip
    seed = kept_whole(f"{name}.draw", SEEDS)
    data = board_set(sort, seed)
    return Board(name, data, WAYS[way], CLASSIFIERS[learner], seed, theme()), slot


def _said(sort: Sort, board: Board, folds: Places) -> Places:
    """What is said of each digit; of what takes a second, with progress."""
    data, learner = board.data, board.classifier
    if learner.quick:
        return learner.predict(data, folds, lambda share: None)
    count = int(folds.max()) + 1
    asked = (sort.slug, board.seed, board.way.slug, learner.slug, count)
    words = _("Learns {count} times, a fold left out each time", count=count)
    return waited(KEPT, asked, words, lambda told: learner.predict(data, folds, told))


def _renderer(board: Board, resting: Mapping[str, float], lit: int) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        count = int(live.first_sound(COUNT, [moved, held]))
        folds = board.folds(count)
        said = None
        if board.classifier.quick:
            said = board.classifier.predict(board.data, folds, lambda share: None)
        return _message(board, folds, said, min(lit, count - 1), number)

    return render


def _message(
    board: Board, folds: Places, said: Places | None, lit: int, number: int, *sheet: bytes
) -> bytes:
    data = board.data
    header = {
        "name": board.name,
        "number": number,
        "columns": COLUMNS,
        "folds": folds.tolist(),
        "labels": data.labels.tolist(),
        "said": [] if said is None else said.tolist(),
        "at": lit,
        "most": int(COUNT.maximum) if board.way.splitter.counted else 0,
        "wrong": board.colours.categorical[WRONG_COLOUR],
        "told": "" if said is None else _told(data, folds, said),
        "alt": _("{count} digits in {folds} folds.", count=len(data), folds=int(folds.max()) + 1),
    }
    return pack(header, *sheet)


def _told(data: DigitSet, folds: Places, said: Places) -> str:
    """The mean over folds and, where they differ, the interval that takes them for independent."""
    mean, low, high = interval(fold_scores((said == data.labels) * 1.0, folds).tolist())
    told = _("Mean of {count} folds: {mean}.", count=int(folds.max()) + 1, mean=percent(mean))
    if low == high:
        return told
    return told + " " + _(
        "Interval of 95 %, as if they were independent: {low} to {high}.",
        low=percent(max(low, 0.0)), high=percent(min(high, 1.0)),
    )  # fmt: skip
