"""What the board of the contest shows: submissions, the robot, best guessers, and in the end truth.

Scores are in percent, over the number of submissions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.evaluation.contest import BY_LETTER, HIDDEN, MOST_DEVELOPMENT, Model, Right
from explainer.evaluation.intervals import exact
from explainer.evaluation.ladder import news, told
from explainer.evaluation.leaderboard import (
    MOST_LOOKS,
    ROBOT,
    best_of,
    guesses,
    right_of,
    robot_keeps,
    votes,
)
from explainer.evaluation.submissions import Submissions, each
from explainer.powers import percent
from explainer.ui.splits.board import Axis, Entry, board_message
from explainer.words import _

PLACES = np.arange(1, MOST_LOOKS + 1)
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
SPAN = (35.0, 100.0)
MOST_TRUTHS = 60
"""Looks after which the robot's truth is measured; straight lines go between."""
YOURS, ROBOTS, BAND, DASHED = 0, 1, 7, "5 4"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What is to be seen; the robot has `looks`, or as many as were submitted."""

    seed: int
    submitted: Submissions
    size: int = 200
    looks: int = 10
    ladder: bool = False
    truth: bool = False

    @property
    def robot_looks(self) -> int:
        """How many looks the robot takes."""
        return max(self.looks, len(each(self.submitted)))


@dataclass(frozen=True, eq=False)
class _Robot:
    """Shares on the development set after each look, and in percent over all places, the truth."""

    development: Floats
    hidden: Floats


def contest_message(key: str, asked: Asked, right: Right, colours: Theme, number: int) -> bytes:
    """The board; `right` says of each submission which digits it has right, `(K, 4500)`."""
    board, fresh = _board(asked, right)
    looks = asked.robot_looks
    robot = _robot(asked)
    yours, robots = (colours.categorical[one] for one in (YOURS, ROBOTS))
    entries = [
        Entry(_("best of so many random guessers, 95 %"), "band", colours.categorical[BAND],
              100 * _best(asked.size)),
        Entry(_("robot: its vote on the development set"), "steps", robots,
              _over(robot.development)),
        Entry(_("your best so far"), "steps", yours, _over(np.maximum.accumulate(board))),
        Entry(_("your submissions"), "discs", yours, _over(np.where(fresh, board, np.nan))),
    ]  # fmt: skip
    if asked.truth:
        hidden = np.count_nonzero(right[:, MOST_DEVELOPMENT:], axis=1) / HIDDEN
        entries += [
            Entry(_("the truth about your submissions"), "rings", yours, _over(hidden)),
            Entry(_("the truth about the robot"), "line", robots, robot.hidden, DASHED),
        ]
    ticks = [(float(one), f"{one:,}") for one in TICKS]
    return board_message(
        key, PLACES.astype(float),
        Axis(_("submissions"), (0.9, 1.1 * MOST_LOOKS), logarithmic=True, ticks=ticks),
        Axis(_("Even or odd? Digits right on the board"), SPAN, unit=" %"), entries,
        at=looks - 1, number=number, told=_told(asked, right, board, robot), height=370,
        alt=_("Scores over submissions: yours, the robot's, and the band of the best guesser."),
    )  # fmt: skip


def _board(asked: Asked, right: Right) -> tuple[Floats, NDArray[np.bool_]]:
    """The score that each submission is told, and whether it is one of its own: `(K,)`."""
    counts = right_of(right, asked.size)
    if asked.ladder:
        board = told(counts.tolist(), asked.size)
        return board, news(board)
    return counts / asked.size, np.ones(len(counts), bool)


def _robot(asked: Asked) -> _Robot:
    looks = asked.robot_looks
    right = guesses(asked.seed, ROBOT)[: looks + 1]
    kept = robot_keeps(right[1:], asked.size, ladder=asked.ladder)
    development = votes(right[:, : asked.size], kept, PLACES[:looks])
    hidden = np.full(len(PLACES), np.nan)
    if asked.truth:  # at some of the looks: a drag waits for it
        some = np.unique(np.geomspace(1, looks, MOST_TRUTHS).round().astype(np.int64))
        found = 100 * votes(right[:, MOST_DEVELOPMENT:], kept, some)
        hidden[:looks] = np.interp(PLACES[:looks], some, found)
    return _Robot(development, hidden)


@lru_cache(maxsize=32)
def _best(size: int) -> Floats:
    return best_of(size, PLACES)


def _over(shares: Floats) -> Floats:
    """Shares as percent over all places, NaN beyond their end."""
    found = np.full(len(PLACES), np.nan)
    found[: len(shares)] = 100 * shares
    return found


def _told(asked: Asked, right: Right, board: Floats, robot: _Robot) -> list[str]:
    which, looks = each(asked.submitted), asked.robot_looks
    low, __, high = _best(asked.size)[:, looks - 1]
    found = [
        _("The robot knows nothing. After {looks} looks its vote shows {score}; the best of as "
          "many guessers would show {low} to {high}.", looks=f"{looks:,}",
          score=percent(robot.development[-1]), low=percent(low), high=percent(high)),
    ]  # fmt: skip
    if which:
        at = int(board.argmax())
        found.insert(
            0, _("Of {count} submissions your best is {name}: {score}.", count=f"{len(which):,}",
                 name=_name(which[at], at), score=percent(board[at])),
        )  # fmt: skip
    if not asked.truth:
        return [*found, _("What is true of them, on {count} hidden digits, the board does not say.",
                          count=f"{HIDDEN:,}")]  # fmt: skip
    if which:
        count = int(np.count_nonzero(right[at, MOST_DEVELOPMENT:]))
        found[0] += " " + _fall(asked, float(board[at]), count)
    found[-1] += " " + _fall(
        asked, float(robot.development[-1]), round(robot.hidden[looks - 1] / 100 * HIDDEN)
    )
    return found


def _fall(asked: Asked, shown: float, count: int) -> str:
    """What the hidden digits say of a score: whether it is off by more than its digits explain."""
    truth = count / HIDDEN
    least, most = (float(one) for one in exact(round(shown * asked.size), asked.size))
    low, high = (percent(float(one)) for one in exact(count, HIDDEN))
    values = {"truth": percent(truth), "low": low, "high": high, "size": f"{asked.size:,}",
              "points": f"{100 * abs(shown - truth):.1f}"}  # fmt: skip
    if least <= truth <= most:
        return _("The truth: {truth} ({low} to {high}); that is within the noise of {size} digits.",
                 **values)  # fmt: skip
    if truth < least:
        return _("The truth: {truth} ({low} to {high}), a fall of {points} points: more than the "
                 "noise of {size} digits.", **values)  # fmt: skip
    return _("The truth: {truth} ({low} to {high}), {points} points more: beyond the noise of "
             "{size} digits.", **values)  # fmt: skip


def _name(model: Model | None, place: int) -> str:
    if model is None:
        return _("a random guesser, number {place}", place=f"{place + 1:,}")
    kind = BY_LETTER[model.letter]
    values = {"kind": _(kind.title), "knob": _(kind.knob),
              "value": f"{kind.settings[model.place]:g}"}  # fmt: skip
    if kind.seeded:
        return _("{kind} ({knob} = {value}, seed {seed})", **values, seed=model.seed)
    return _("{kind} ({knob} = {value})", **values)
