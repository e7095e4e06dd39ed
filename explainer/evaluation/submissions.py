"""What a reader submitted, in order, and how a link says it: `g100,k0,w1:7`.

A letter, then for guessers how many, for a model which of its settings, and its seed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import TypeAlias

import numpy as np

from explainer.evaluation.contest import BY_LETTER, Model, Right, right_answers, truth
from explainer.evaluation.leaderboard import MOST_LOOKS, READER, guesses

GUESSER = "g"
MOST_MODELS, MOST_SEED = 60, 999
ONE = re.compile(r"([a-z])([0-9]{1,4})(?::([0-9]{1,3}))?", re.ASCII)
Submission: TypeAlias = int | Model
"""So many random guessers, or a model."""
Submissions: TypeAlias = tuple[Submission, ...]


def read(text: str) -> Submissions:
    """What a link says; what is none in it is left out, and so is what would be too many."""
    found: Submissions = ()
    for one in text.split(",")[: MOST_MODELS + MOST_LOOKS]:
        if match := ONE.fullmatch(one):
            letter, first, second = match.groups()
            found = added(found, _submission(letter, int(first), int(second or 0)))
    return found


def _submission(letter: str, first: int, second: int) -> Submission | None:
    if letter == GUESSER:
        return first or None
    kind = BY_LETTER.get(letter)
    if kind is None or first >= len(kind.settings):
        return None
    return Model(letter, first, second if kind.seeded else 0)


def written(submissions: Submissions) -> str:
    """How a link says them."""
    return ",".join(
        f"{GUESSER}{one}" if isinstance(one, int)
        else f"{one.letter}{one.place}" + (f":{one.seed}" if one.seed else "")
        for one in submissions
    )  # fmt: skip


def added(before: Submissions, *more: Submission | None) -> Submissions:
    """With `more` at the end, as far as there is room; guessers in a row are one entry."""
    found = list(before)
    for one in more:
        guessers, models = room(found)
        if isinstance(one, int):
            fresh = min(one, guessers)
            if fresh and found and isinstance(found[-1], int):
                found[-1] += fresh
            elif fresh:
                found.append(fresh)
        elif one and models:
            found.append(one)
    return tuple(found)


def count(submissions: Sequence[Submission]) -> int:
    """How many submissions there are, each guesser counted."""
    return sum(one if isinstance(one, int) else 1 for one in submissions)


def room(submissions: Sequence[Submission]) -> tuple[int, int]:
    """How many more guessers there is room for, and how many more models."""
    left = MOST_LOOKS - count(submissions)
    return left, min(left, MOST_MODELS - sum(isinstance(one, Model) for one in submissions))


def fresh_seeds(submissions: Submissions, letter: str, place: int, many: int) -> list[int]:
    """Seeds that no model of this setting has: those above its highest; after the last, from 0."""
    taken = {one.seed for one in submissions
             if isinstance(one, Model) and (one.letter, one.place) == (letter, place)}  # fmt: skip
    first, seeds = max(taken, default=-1) + 1, MOST_SEED + 1
    after = ((first + one) % seeds for one in range(seeds))
    return list(islice((one for one in after if one not in taken), many))


def each(submissions: Submissions) -> list[Model | None]:
    """One for each submission; None for a guesser."""
    return [model for one in submissions
            for model in ([None] * one if isinstance(one, int) else [one])]  # fmt: skip


def answers(seed: int, submissions: Submissions) -> Right:
    """Whether each submission is right about each digit, `(K, 4500)`; models are trained."""
    which = each(submissions)
    found = np.empty((len(which), len(truth())), bool)
    places = np.array([one is None for one in which], bool)
    found[places] = guesses(seed, READER)[1 : 1 + places.sum()]
    models = [one for one in which if one]
    if models:
        found[~places] = right_answers(seed, models)
    return found
