"""Who is ahead, and by how much, or whether that is noise: recipes compared seed by seed.

Runs of one seed start alike and see the same batches, so differences are taken within a seed; what
is judged is their mean, by Student's interval (`student.py`). With several recipes, each comparison
stands alone: nothing is corrected for how many are made.

A run that diverged or failed has an infinite loss. Infinite differences cannot enter a mean, so the
mean and its interval are those of the finite ones; but a word of victory or defeat is said only
where the infinite ones agree with it. Where every difference is infinite, and to one side, that
decides.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from explainer.powers import short
from explainer.training.instruments.questions import Question
from explainer.training.instruments.student import AHEAD, BEHIND, NOISE, interval
from explainer.training.measurement.snapshot import Snapshot
from explainer.words import N_, _, in_words

__all__ = ["Question", "Verdict", "amount", "held_against", "verdicts", "winner"]

ONE_SEED, SAME = N_("one seed"), N_("the same in every seed")
LARGE, MOST_DECIMALS = 1e4, 6  # from the one on, powers of ten


@dataclass(frozen=True)
class Verdict:
    """A recipe against another, the first as a rule: `differences` is its value minus the other's.

    One for each seed, NaN where a value is missing or both are infinite. `low` and `high` bound the
    mean in 95 of 100 races, and are NaN where fewer than two seeds count. Nothing is scaled. `word`
    is "ahead", "behind", "within noise" (the interval holds 0, or there is none), "one seed", or
    "the same in every seed" where all differences are 0.
    """

    recipe: int
    differences: tuple[float, ...]
    mean: float
    low: float
    high: float
    word: str


def verdicts(snapshot: Snapshot, question: Question) -> tuple[Verdict, ...]:
    """Each recipe against the first; one that shares no measured seed with it is left out."""
    others = range(1, len(snapshot.recipes))
    found = (_against(snapshot, question, recipe, 0) for recipe in others)
    return tuple(verdict for verdict in found if verdict is not None)


def winner(snapshot: Snapshot, question: Question) -> tuple[int | None, str]:
    """The recipe that is ahead of every other, or None; and one sentence that says so."""
    ranked = _ranked(snapshot, question)
    decisive = _decisive(snapshot, question, ranked)
    if decisive is None:
        return None, _("There is nothing to compare yet.")
    other, verdict = decisive
    leader = ranked[0] if verdict.word == AHEAD else None
    level = _level_with(snapshot, question, other, ranked[1:])
    several = len(snapshot.recipes) > 2
    return leader, _outcome(
        snapshot, ranked[0], other, verdict, question, next_best=several, level=level
    )


def held_against(prediction: int, snapshot: Snapshot, question: Question) -> str:
    """What was said, that recipe `prediction` would be ahead of all others, and what came of it.

    Raises `ValueError` for a recipe that the race does not have.
    """
    if not 0 <= prediction < len(snapshot.recipes):
        count = len(snapshot.recipes)
        raise ValueError(f"prediction is {prediction}, but there are {count} recipes from 0")
    ranked, outcome = _ranked(snapshot, question), winner(snapshot, question)[1]
    if ranked and prediction != ranked[0]:
        against = _against(snapshot, question, ranked[0], prediction)
        outcome = _("There is nothing to compare yet.")
        if against is not None:
            outcome = _outcome(snapshot, ranked[0], prediction, against, question)
    said = name(snapshot, prediction)
    return _("You said {recipe}. {outcome}", recipe=said, outcome=outcome)


def name(snapshot: Snapshot, recipe: int) -> str:
    """What the visitor calls a recipe, else its number from 1."""
    return in_words(snapshot.recipes[recipe].called(recipe))


def _values(snapshot: Snapshot, question: Question, recipe: int) -> list[float | None]:
    return [question.value(run) for run in snapshot.of_recipe(recipe)]


def _against(snapshot: Snapshot, question: Question, recipe: int, other: int) -> Verdict | None:
    """`recipe` minus `other`; None where no seed has both values."""
    both = [_values(snapshot, question, one) for one in (recipe, other)]
    pairs = list(zip(*both, strict=True))
    if not any(None not in pair for pair in pairs):
        return None
    differences = [math.nan if a is None or b is None else a - b for a, b in pairs]
    return _judged(recipe, differences, question.better)


def _judged(recipe: int, differences: Sequence[float], better: int) -> Verdict:
    finite = [one for one in differences if math.isfinite(one)]
    infinite = [one for one in differences if math.isinf(one)]
    mean, low, high = _bounds(finite, infinite)
    gains = [better * one for one in (low, high, *infinite)]
    if len(finite) + len(infinite) == 1:
        word, low, high = ONE_SEED, math.nan, math.nan
    elif not any(differences):
        word = SAME
    elif all(gain > 0 for gain in gains):
        word = AHEAD
    else:
        word = BEHIND if all(gain < 0 for gain in gains) else NOISE
    return Verdict(recipe, tuple(differences), mean, low, high, word)


def _bounds(finite: list[float], infinite: list[float]) -> tuple[float, float, float]:
    if finite:
        return interval(finite)
    same = infinite[0] if len(set(infinite)) == 1 else math.nan
    return same, same, same


def _ranked(snapshot: Snapshot, question: Question) -> list[int]:
    """The recipes that have a value, best first by the mean over their seeds."""
    means: dict[int, float] = {}
    for recipe in range(len(snapshot.recipes)):
        values = [one for one in _values(snapshot, question, recipe) if one is not None]
        if values:
            means[recipe] = fmean(values)
    return sorted(means, key=lambda recipe: -question.better * means[recipe])


def _decisive(
    snapshot: Snapshot, question: Question, ranked: list[int]
) -> tuple[int, Verdict] | None:
    """The leader against the best of those it is not ahead of; if there is none, the second."""
    found: tuple[int, Verdict] | None = None
    for other in ranked[1:]:
        verdict = _against(snapshot, question, ranked[0], other)
        if verdict is not None and (found is None or verdict.word != AHEAD):
            found = (other, verdict)
            if verdict.word != AHEAD:
                break
    return found


def _level_with(
    snapshot: Snapshot, question: Question, rival: int, others: Sequence[int]
) -> list[int]:
    """Those of `others` whose value is the rival's in every seed."""
    values = _values(snapshot, question, rival)
    return [one for one in others if one != rival and _values(snapshot, question, one) == values]


def _outcome(
    snapshot: Snapshot,
    leader: int,
    rival: int,
    verdict: Verdict,
    question: Question,
    *,
    next_best: bool = False,
    level: Sequence[int] = (),
) -> str:
    """The sentence about a recipe against another, the `next_best`, with which some are `level`."""
    rivals = ", ".join(name(snapshot, one) for one in (rival, *level))
    if verdict.word == ONE_SEED:
        message = N_("One seed cannot tell {leader} from {rival}.")
    elif verdict.word == SAME:
        message = N_("{leader} and {rival} are the same in every seed.")
    elif verdict.word == AHEAD:
        message = _lead(next_best=next_best, level=bool(level), finite=math.isfinite(verdict.mean))
    elif any(math.isinf(one) for one in verdict.differences):
        message = N_("{leader} and {rival} are within noise, as some runs did not get to the end.")
    elif math.isnan(verdict.low):
        message = N_("{leader} and {rival} are within noise.")
    else:
        message = N_("{leader} and {rival} are within noise: {amount}.")
    return _(
        message, leader=name(snapshot, leader), rival=name(snapshot, rival), rivals=rivals,
        amount=_numbers(verdict, question),
    )  # fmt: skip


def _lead(*, next_best: bool, level: bool, finite: bool) -> str:
    """Who is ahead; by how much only where the other did not diverge with every seed."""
    if next_best and level and finite:
        return N_("{leader} is ahead of the next best, which are level ({rivals}), by {amount}.")
    if next_best and level:
        return N_("{leader} is ahead of the next best, which are level ({rivals}).")
    if next_best and finite:
        return N_("{leader} is ahead of {rival}, the next best, by {amount}.")
    if next_best:
        return N_("{leader} is ahead of {rival}, the next best.")
    if finite:
        return N_("{leader} is ahead of {rival} by {amount}.")
    return N_("{leader} is ahead of {rival}.")


def _numbers(verdict: Verdict, question: Question) -> str:
    """Mean and interval of the lead: `2.1 points (…)`."""
    gains = sorted(question.better * one for one in (verdict.low, verdict.high))
    values = (question.better * verdict.mean, *gains)
    texts = [amount(one, verdict, question) for one in values]
    found = dict(zip(("mean", "low", "high"), texts, strict=True))
    if not question.unit:
        return _("{mean} ({low} to {high})", **found)
    return _("{mean} {unit} ({low} to {high})", unit=_(question.unit), **found)


def amount(value: float, verdict: Verdict, question: Question, *, sign: bool = False) -> str:
    """`value` of a verdict as text, to a thousandth of the unscaled number, `sign` with its sign.

    Where the whole verdict is smaller than a hundredth, to two digits of its largest number.
    """
    scale, plus = question.scale, "+" if sign else ""
    decimals = 3 - round(math.log10(scale))
    sizes = [abs(one) for one in (verdict.mean, verdict.low, verdict.high) if math.isfinite(one)]
    largest = scale * max(sizes, default=0.0)
    if scale == 1 and 0 < largest < 1:
        decimals = min(max(decimals, 1 - math.floor(math.log10(largest))), MOST_DECIMALS)
    if largest >= LARGE:
        text = short(scale * value, 3)
        return text if text.startswith("−") else f"{plus}{text}"
    return f"{scale * value:{plus}.{decimals}f}".replace("-", "−")
