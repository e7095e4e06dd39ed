"""Which faults a reader is given: all there are, or six that are plain to see."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainer.clinic.case import Case, case_of, case_with
from explainer.clinic.faults import FAULTS, Fault
from explainer.registry import Registry
from explainer.words import N_

MOST_SEED = 9999


@dataclass(frozen=True)
class Level:
    """A level of difficulty, with the slugs of its faults."""

    slug: str
    title: str
    slugs: tuple[str, ...]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Those that a run of this level may have."""
        return tuple(FAULTS[slug] for slug in self.slugs)

    def case(self, seed: int) -> Case:
        """The run of `seed`, from 0 to 9999: each fault of the level is as likely as another."""
        if len(self.slugs) == len(FAULTS):
            return case_of(seed)
        draw = np.random.default_rng((seed, len(self.slugs)))
        return case_with(self.slugs[int(draw.integers(len(self.slugs)))], seed)


LEVELS = Registry(
    N_("level"),
    Level("usual", N_("All faults"), FAULTS.slugs),
    Level("first", N_("First steps"), tuple(one.slug for one in FAULTS if one.plain)),
)
