"""What the board of the contest shows: submissions, the robot, best guessers, and in the end truth.

Scores are in percent, over the number of submissions.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.evaluation.contest import BY_LETTER, HIDDEN, MOST_DEVELOPMENT, Model, Right
from explainer.evaluation.intervals import exact
from explainer.evaluation.ladder import STEPS, news, told
from explainer.evaluation.leaderboard import (
    MOST_LOOKS,
    ROBOT,
    best_of,
    flattered,
    guesses,
    right_of,
    robot_keeps,
    votes,
)
from explainer.evaluation.submissions import Submissions, each
from explainer.powers import percent, signed
from explainer.ui.splits.board import Axis, Entry, board_message
from explainer.words import _, ngettext

PLACES = np.arange(1, MOST_LOOKS + 1)
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
SPAN = (35.0, 102.0)
"""With room above 100 %, so that a line there is seen."""
NETWORKS = 20
"""Seeds of one network from which on it is said what choosing among them adds."""
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
    """Shares on the development set after each look, and in percent over all places, the truth.

    It was told so many scores: all, but for the Ladder.
    """

    development: Floats
    hidden: Floats
    heard: int


def contest_message(key: str, asked: Asked, right: Right, colours: Theme, number: int) -> bytes:
    """The board; `right` says of each submission which digits it has right, `(K, 4500)`."""
    board, fresh = board_scores(asked, right)
    looks = asked.robot_looks
    robot = _robot(asked)
    yours, robots = (colours.categorical[one] for one in (YOURS, ROBOTS))
    entries = [
        Entry(_("best of so many random guessers, 95 %, without the Ladder") if asked.ladder
              else _("best of so many random guessers, 95 %"), "band", colours.categorical[BAND],
              100 * _best(asked.size)),
        Entry(_("robot: its vote, as it would score without the Ladder") if asked.ladder
              else _("robot: its vote"), "steps", robots, _over(robot.development)),
        Entry(_("your best so far, as the Ladder tells it") if asked.ladder
              else _("your best so far"), "steps", yours, _over(np.maximum.accumulate(board))),
        Entry(_("your submissions that the Ladder tells") if asked.ladder
              else _("your submissions"), "discs", yours, _over(np.where(fresh, board, np.nan))),
    ]  # fmt: skip
    if asked.truth:
        hidden = np.where(fresh, _hidden_shares(right), np.nan)
        entries += [
            Entry(_("the truth about these"), "rings", yours, _over(hidden)),
            Entry(_("the truth about the robot"), "line", robots, robot.hidden, DASHED),
        ]
    ticks = [(float(one), f"{one:,}") for one in TICKS]
    return board_message(
        key, PLACES.astype(float),
        Axis(_("submissions"), (0.9, 1.1 * MOST_LOOKS), logarithmic=True, ticks=ticks),
        Axis(_("Right in the development set"), SPAN, unit=" %", decimals=1), entries,
        at=looks - 1, number=number, told=_told(asked, right, board, robot), height=370,
        alt=_("Scores over submissions: yours, the robot's, and the band of the best guesser."),
    )  # fmt: skip


def board_scores(asked: Asked, right: Right) -> tuple[Floats, NDArray[np.bool_]]:
    """The score that each submission is told, and whether it is one of its own: `(K,)`."""
    counts = right_of(right, asked.size)
    if asked.ladder:
        board = told(counts.tolist(), asked.size)
        return board, news(board)
    return counts / asked.size, np.ones(len(counts), bool)


def _hidden_shares(right: Right) -> Floats:
    return np.asarray(np.count_nonzero(right[:, MOST_DEVELOPMENT:], axis=1) / HIDDEN)


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
    heard = looks
    if asked.ladder:
        heard = int(news(told(right_of(right[1:], asked.size).tolist(), asked.size)).sum())
    return _Robot(development, hidden, heard)


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
    found = [_of_robot(asked, robot, low=percent(low), high=percent(high))]
    if which:
        at = int(board.argmax())
        values = {"all": f"{len(which):,}", "name": name_of(which[at], at),
                  "score": percent(board[at]), "step": f"{100 / STEPS:g}"}  # fmt: skip
        found.insert(
            0,
            ngettext("You have submitted {name}: the Ladder tells {score}, to the nearest {step} "
                     "points.",
                     "Of {all} submissions the Ladder tells {name} as your best: {score}, to the "
                     "nearest {step} points.", len(which), **values)
            if asked.ladder else
            ngettext("You have submitted {name}: {score}.",
                     "Of {all} submissions your best is {name}: {score}.", len(which), **values),
        )  # fmt: skip
    if not asked.truth:
        return [*found, _("What is true of them, on {count} hidden digits, the board does not say.",
                          count=f"{HIDDEN:,}")]  # fmt: skip
    if which:
        count = int(np.count_nonzero(right[at, MOST_DEVELOPMENT:]))
        rounding = 0.5 / STEPS if asked.ladder else 0
        found[0] += " " + _fall(asked, float(board[at]), count, rounding)
    found[-1] += " " + _fall(
        asked, float(robot.development[-1]), round(robot.hidden[looks - 1] / 100 * HIDDEN)
    )
    return [*found, *_of_networks(asked, right)]


def _of_robot(asked: Asked, robot: _Robot, **band: str) -> str:
    looks = asked.robot_looks
    values = {"looks": f"{looks:,}", "score": percent(robot.development[-1]), **band}
    if asked.ladder:
        return ngettext(
            "The robot knows nothing. The Ladder told it its one score; its vote has {score} of "
            "the development set right, a single guesser {low} to {high}.",
            "The robot knows nothing. Of {looks} scores the Ladder told it {heard}; its vote has "
            "{score} of the development set right, the best of as many guessers {low} to {high}.",
            looks, heard=f"{robot.heard:,}", **values,
        )  # fmt: skip
    return ngettext(
        "The robot knows nothing. After {looks} look its vote shows {score}; a single guesser "
        "would show {low} to {high}.",
        "The robot knows nothing. After {looks} looks its vote shows {score}; the best of as many "
        "guessers would show {low} to {high}.", looks, **values,
    )  # fmt: skip


def _of_networks(asked: Asked, right: Right) -> list[str]:
    """What choosing the best of many seeds of a network adds; nothing where there are too few."""
    which = each(asked.submitted)
    groups = Counter(
        (one.letter, one.place) for one in which if one and BY_LETTER[one.letter].seeded
    )
    if asked.ladder or not groups or (most := groups.most_common(1)[0])[1] < NETWORKS:
        return []
    (letter, place), count = most
    rows = [one is not None and (one.letter, one.place) == most[0] for one in which]
    shown, true, alone = (round(100 * one, 1) for one in flattered(right[rows], asked.size))
    kind = BY_LETTER[letter]
    return [
        _("The best of {count} seeds of {kind} ({knob} = {value}) is {shown} points from their "
          "mean in the development set, {true} on the hidden digits; the difference, {luck}, is "
          "luck. Did each make mistakes of its own, it would be about {alone}.", count=count,
          kind=_(kind.title), knob=_(kind.knob), value=f"{kind.settings[place]:g}",
          shown=signed(shown), true=signed(true), luck=signed(shown - true), alone=signed(alone)),
    ]  # fmt: skip


def _fall(asked: Asked, shown: float, count: int, rounding: float = 0) -> str:
    """What the hidden digits say of a score: whether it is off by more than its digits explain.

    It was told to `rounding` up or down.
    """
    truth = count / HIDDEN
    least = float(exact(round(max(shown - rounding, 0) * asked.size), asked.size)[0])
    most = float(exact(round(min(shown + rounding, 1) * asked.size), asked.size)[1])
    low, high = (percent(float(one)) for one in exact(count, HIDDEN))
    values = {"truth": percent(truth), "low": low, "high": high, "size": f"{asked.size:,}",
              "points": f"{100 * abs(shown - truth):.1f}"}  # fmt: skip
    if least <= truth <= most and rounding:
        return _("The truth: {truth} ({low} to {high}); that is within the Ladder's step and the "
                 "noise of {size} digits.", **values)  # fmt: skip
    if least <= truth <= most:
        return _("The truth: {truth} ({low} to {high}); that is within the noise of {size} digits.",
                 **values)  # fmt: skip
    if truth < least:
        return _("The truth: {truth} ({low} to {high}), a fall of {points} points: more than the "
                 "noise of {size} digits.", **values)  # fmt: skip
    return _("The truth: {truth} ({low} to {high}), {points} points more: beyond the noise of "
             "{size} digits.", **values)  # fmt: skip


def models_table(asked: Asked, right: Right) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the models alone, as HTML, the best first; the truth where it is asked."""
    board, fresh = board_scores(asked, right)
    hidden = _hidden_shares(right)
    places = [place for place, one in enumerate(each(asked.submitted)) if one]
    places.sort(key=lambda place: (-board[place] if fresh[place] else 0, place))
    heads = [_("model"), _("submission"), _("on the board"), _("the truth")]
    rows = [
        [name_of(each(asked.submitted)[place], place), f"{place + 1:,}",
         percent(board[place]) if fresh[place] else _("not told"), percent(hidden[place])]
        for place in places
    ]  # fmt: skip
    shown = len(heads) if asked.truth else -1
    return heads[:shown], [row[:shown] for row in rows]


def name_of(model: Model | None, place: int) -> str:
    """What is at that place among the submissions."""
    if model is None:
        return _("a random guesser, number {place}", place=f"{place + 1:,}")
    kind = BY_LETTER[model.letter]
    values = {"kind": _(kind.title), "knob": _(kind.knob),
              "value": f"{kind.settings[model.place]:g}"}  # fmt: skip
    if kind.seeded:
        return _("{kind} ({knob} = {value}, seed {seed})", **values, seed=model.seed)
    return _("{kind} ({knob} = {value})", **values)
