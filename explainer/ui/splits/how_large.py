"""How large must a test set be? What its size says of one model, and of two."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import ArrayLike

from explainer.charts.theme import Theme
from explainer.evaluation.intervals import (
    SPLITS,
    Share,
    exact,
    same_set,
    standard_error,
    two_sets,
    wilson,
)
from explainer.evaluation.intervals_script import script
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent, ten_to
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.splits.board import Axis, Entry, board, board_message
from explainer.words import N_, _, language

KEY = "splits"
SIZE, ROWS = f"{KEY}.size", f"{KEY}.size_rows"
PICTURES, ACCURACY, UNSHARED = PARAMETERS = (
    Parameter("pictures", N_("pictures in all, log₁₀"), 4, 2, 7, 0.05),
    Parameter("accuracy", N_("true accuracy (%)"), 90, 50, 99.9, 0.1),
    Parameter("unshared", N_("mistakes the other model avoids (%)"), 50, 5, 100, 5,
              help=N_("For two models that are asked the same pictures.")),
)  # fmt: skip
COUNTS = np.round(np.logspace(PICTURES.minimum, PICTURES.maximum, 101))
DECADES = tuple((10.0**power, ten_to(power)) for power in range(2, 8))
WIDTHS = (0.005, 100.0)
STARTS = (99.8, 99.5, 99, 98, 95, 90, 85, 80, 75, 70, 65, 60, 50, 40, 30, 20, 10)
"""Where an axis of accuracies may begin, in percent."""
HEADROOM = 0.03
"""How much of such an axis is above 100 %, so that what is there is seen."""


@dataclass(frozen=True)
class Asked:
    """So many pictures, cut so; a model's true accuracy; which of its mistakes another avoids."""

    split: Share
    count: int
    accuracy: float
    unshared: float

    @property
    def differing(self) -> float:
        """The share of pictures on which two equally good models differ, one right, one wrong."""
        return round(2 * (1 - self.accuracy) * self.unshared, 9)

    def size(self, split: Share) -> int:
        """How many test pictures a split leaves."""
        return int(split.pictures(self.count))


def how_large_section(*_given: object) -> None:
    """Widths of the interval over all pictures for each split; one number of pictures in full."""
    say(KEY, "how_large")
    slug = choice(_("Training, development, test"), SPLITS, key=f"{SIZE}.split", default="98-1-1",
                  widget=st.segmented_control)  # fmt: skip
    split = SPLITS[slug]
    moved = live.values(SIZE, PARAMETERS)
    address = live.live_picture(SIZE, _renderer(split, moved.values))
    controls, left, right = st.columns([1, 1.4, 1.6], gap="medium")
    with controls:
        live.sliders(SIZE, PARAMETERS, moved, address=address)
    asked = _asked(split, moved.values)
    given = (theme(), moved.number)
    shown = (asked, given, language())
    with left:
        board(SIZE, remembered(f"{SIZE}.message", shown, lambda: _widths(asked, *given)))
    with right:
        board(ROWS, remembered(f"{ROWS}.message", shown, lambda: _intervals(asked, *given)))
    live.write_to_url(SIZE, PARAMETERS, moved.values)
    _table(asked)
    if asked.size(split):
        fold = code_fold(_("The same in Python"), f"{SIZE}.code")
        if fold.open:
            with fold:
                text = script(split, asked.count, asked.accuracy, asked.differing)
                show_script(KEY, text, "deepglass_test_size")
    say(KEY, "how_large_notice")


def _asked(split: Share, values: Mapping[str, float]) -> Asked:
    count = round(10 ** values[PICTURES.name])
    return Asked(split, count, values[ACCURACY.name] / 100, values[UNSHARED.name] / 100)


def _renderer(split: Share, resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        asked = _asked(split, values)
        return _widths(asked, colours, number, (ROWS, _intervals(asked, colours, number)))

    return render


def _widths(
    asked: Asked, colours: Theme, number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    """The width of the interval over the pictures in all, for each split, in points."""
    entries = []
    at = int(np.abs(np.log(COUNTS / asked.count)).argmin())
    for place, split in enumerate(SPLITS):
        size = split.pictures(COUNTS)
        low, high = exact(asked.accuracy * size, size)
        widths = 100 * (high - low)
        entries.append(Entry(split.title, "line", colours.categorical[place], widths))
        if split is asked.split:
            here = np.full(len(COUNTS), np.nan)
            here[at] = widths[at]
            chosen = Entry(_("chosen"), "discs", colours.categorical[place], here)
    return board_message(
        SIZE, COUNTS, Axis(_("pictures in all"), (COUNTS[0], COUNTS[-1]), logarithmic=True,
                           ticks=DECADES),
        Axis(_("Width of the 95 % interval (points)"), WIDTHS, logarithmic=True),
        [*entries, chosen], at=at, number=number, told=_told(asked), also=also,
        alt=_("The width of the interval over the number of pictures, a line for each split."),
    )  # fmt: skip


def _intervals(asked: Asked, colours: Theme, number: int) -> bytes:
    """The interval itself, for each split, with the pictures that the slider stands at."""
    sizes = np.array([asked.size(split) for split in SPLITS])
    low, high = exact(asked.accuracy * sizes, sizes)
    true = np.full(len(sizes), asked.accuracy)
    middle = np.where(sizes > 0, true, np.nan)
    entries = [
        Entry(_("true accuracy"), "line", colours.text, 100 * true, "5 4"),
        Entry(_("measured as that, with the 95 % interval"), "bars", colours.text,
              100 * np.stack([low, middle, high]), colours=colours.categorical[: len(sizes)]),
    ]  # fmt: skip
    start = _lowest(low)
    places = np.arange(len(sizes), dtype=float)
    ticks = [(float(place), f"{100 * split.test:g} %") for place, split in enumerate(SPLITS)]
    return board_message(
        ROWS, places, Axis(_("for the test"), (-0.5, len(sizes) - 0.5), ticks=ticks),
        Axis(_("Accuracy (%)"), (start, 100 + HEADROOM * (100 - start)), decimals=1), entries,
        at=SPLITS.entries.index(asked.split), number=number,
        alt=_("For each split the measured accuracy with its interval."),
    )  # fmt: skip


def _lowest(low: np.ndarray) -> float:
    """Where the axis of accuracies begins: at a round number below all intervals."""
    least = 100 * float(np.nanmin(np.append(low, 0.999)))
    return float(next((start for start in STARTS if start <= least), 0))


def _told(asked: Asked) -> list[str]:
    size = asked.size(asked.split)
    values = {"split": asked.split.title, "count": f"{asked.count:,}", "size": f"{size:,}"}
    if not size:
        return [_("With {split} of {count} pictures no picture is left for the test.", **values)]
    low, high = _ends(*exact(asked.accuracy * size, size))
    return [
        _("With {split} of {count} pictures the test set has {size}: {measured} measured means "
          "{low} % to {high} %.", **values, measured=percent(asked.accuracy), low=low, high=high),
        f"{_on_two_sets(asked, size)} {_on_the_same(asked, size)}",
    ]  # fmt: skip


def _on_two_sets(asked: Asked, size: int) -> str:
    gap = two_sets(asked.accuracy, size)
    if np.isnan(gap):
        return _("Between two models with test sets of their own no difference could be seen.")
    return _("Two models must differ by {apart} to be told apart on test sets of their own.",
             apart=_points(gap))  # fmt: skip


def _on_the_same(asked: Asked, size: int) -> str:
    gap, differing = same_set(asked.differing, size), f"{_digits(100 * asked.differing)} %"
    if np.isnan(gap):
        return _("On the same pictures, where one is right and the other wrong on {differing} of "
                 "them, no difference could be seen.", differing=differing)  # fmt: skip
    return _("On the same pictures, where one is right and the other wrong on {differing} of "
             "them, they must differ by {same}.",
             differing=differing, same=_points(gap))  # fmt: skip


def _table(asked: Asked) -> None:
    rows = remembered(f"{SIZE}.table", (asked, language()), lambda: [
        _row(asked, split) for split in SPLITS
    ])  # fmt: skip
    heads = [_("split"), _("test pictures"), _("95 % interval"), _("difference (points)")]
    table(heads, rows, caption=_("What the test set of each split can show"))
    st.caption(
        _("Below the number of pictures stands the standard error in points, below the exact "
          "interval (Clopper and Pearson 1934) Wilson's. A difference is seen where a test at 5 % "
          "finds it in four of five test sets: above with two test sets, below with the same one "
          "for both models (McNemar's test, 1947). The intervals are those of the number of right "
          "answers to expect, be it 22.5 of 25.")
    )  # fmt: skip


def _row(asked: Asked, split: Share) -> list[str]:
    size = asked.size(split)
    title = f"<b>{split.title}</b>" if split is asked.split else split.title
    if not size:
        return [title, "0", "–", "–"]
    right = asked.accuracy * size
    spans = [f"{low} – {high} %"
             for low, high in (_ends(*one(right, size)) for one in (exact, wilson))]  # fmt: skip
    seen = two_sets(asked.accuracy, size), same_set(asked.differing, size)
    error = _digits(100 * float(standard_error(asked.accuracy, size)))
    cells = (f"{size:,}", f"± {error}"), spans, [_seen(gap) for gap in seen]
    return [title, *("<br>".join(pair) for pair in cells)]


def _seen(gap: float) -> str:
    return _("none") if np.isnan(gap) else _digits(100 * gap)


def _points(gap: float) -> str:
    """A difference in points; words where none is large enough to be seen."""
    if np.isnan(gap):
        return _("none could be seen")
    return _("{points} points", points=_digits(100 * gap))


def _ends(low: ArrayLike, high: ArrayLike) -> tuple[str, str]:
    """An interval in percent, with as many decimals as its width asks for, and one at least."""
    ends = 100 * float(np.asarray(low)), 100 * float(np.asarray(high))
    decimals = max(1, 1 - math.floor(math.log10(ends[1] - ends[0])))
    return f"{ends[0]:.{decimals}f}", f"{ends[1]:.{decimals}f}"


def _digits(value: float) -> str:
    return f"{value:.1f}" if value >= 1 else f"{value:.2g}"
