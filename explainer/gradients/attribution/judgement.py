"""One map before three tests that need no opinion, and what they come to in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.gradients.attribution.deletion_insertion import DeletionInsertion
from explainer.gradients.attribution.randomisation import DEPENDENT, INDEPENDENT, Randomisation
from explainer.words import N_, _

DELETION, INSERTION, WEIGHTS = N_("deletion"), N_("insertion"), N_("shuffled weights")
SO = (
    N_("so nothing here says that it shows what the network uses"),
    N_("so it is weak evidence of what the network uses"),
    N_("so read it with the failed test in mind"),
    N_("so these tests have nothing to say against it"),
)
"""What follows from so many passed tests."""


@dataclass(frozen=True)
class Judgement:
    """What deletion, insertion and shuffled weights gave for one map."""

    pixels: DeletionInsertion
    weights: Randomisation

    @property
    def passed(self) -> dict[str, bool]:
        """Whether the map passes each test.

        Deletion and insertion are passed where they beat all moved maps. Shuffled weights are
        where the map is another one with all layers shuffled, and does not stay as it was with the
        last one shuffled, on which the class depends.
        """
        weights = self.weights
        return {
            DELETION: self.pixels.deletes_better,
            INSERTION: self.pixels.inserts_better,
            WEIGHTS: weights.verdict == DEPENDENT and weights.output_verdict != INDEPENDENT,
        }

    def sentence(self, title: str) -> str:
        """The verdict on the map of the method called `title`, as Markdown."""
        passed = self.passed
        count, failed = sum(passed.values()), [_(name) for name, good in passed.items() if not good]
        values = {"method": title, "count": count, "so": _(SO[count])}
        if not failed:
            return _("**{method} here passes all 3 tests**, {so}.", **values)
        return _(
            "**{method} here passes {count} of 3 tests** (it fails: {failed}), {so}.",
            failed=", ".join(failed),
            **values,
        )
