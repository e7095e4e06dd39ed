"""The rules at work: which fault a record speaks for, without a look at how it was made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from explainer.clinic.faults import HEALTHY
from explainer.clinic.instruments import CURVES, INSTRUMENTS
from explainer.clinic.record import Record
from explainer.clinic.rules import HINT, RULES
from explainer.clinic.signs import Signs
from explainer.words import Message

FALLBACK = 0.1
MORE = 0.1
"""What each rule beyond the strongest adds to the score of its fault."""


class Suspect(NamedTuple):
    """A fault by its slug, how strongly the rules speak for it, and what they say."""

    slug: str
    score: float
    reasons: tuple[Message, ...] = ()


def diagnosis(record: Record, only: Sequence[str] = INSTRUMENTS.slugs) -> list[Suspect]:
    """The faults for which something speaks, the strongest first; at least `healthy`.

    `only` are the instruments that are looked at beside the curves. A rule's weight is its score; a
    second rule for the same fault adds a little; a hint says nothing that the first has not said.
    Needs one measurement, else all is well.
    """
    found = {HEALTHY: Suspect(HEALTHY, FALLBACK)}
    if record.looks is not None:
        signs = Signs(record)
        with np.errstate(all="ignore"):  # overflows, which the record keeps
            for rule in RULES:
                if rule.instrument in (CURVES, *only) and rule.holds(signs):
                    before = found.get(rule.fault, Suspect(rule.fault, -MORE))
                    score = max(before.score + MORE, rule.weight)
                    new = not before.reasons or rule.weight > HINT
                    said = (rule.says(signs),) if new else ()
                    found[rule.fault] = Suspect(rule.fault, score, (*before.reasons, *said))
    return sorted(found.values(), key=lambda one: -one.score)


def named(
    told: Iterable[tuple[str, Record]], only: Sequence[str] = INSTRUMENTS.slugs
) -> tuple[int, int]:
    """Of records with their faults, how many the rules name first, and how many there are."""
    right = [diagnosis(record, only)[0].slug == fault for fault, record in told]
    return sum(right), len(right)
