"""scikit-learn's splitters by name: what they are made with, and the folds that they cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explainer.evaluation.digit_pool import Places


@dataclass(frozen=True)
class Splitter:
    """A class of `sklearn.model_selection`; the `counted` ones take k, the `shuffled` a seed."""

    name: str
    counted: bool = True
    shuffled: bool = False

    @property
    def grouped(self) -> bool:
        """Whether it keeps groups together."""
        return "Group" in self.name

    def code(self, count: int, seed: int = 0) -> str:
        """The call that makes it."""
        given = self._arguments(count, seed).items()
        return f"{self.name}({', '.join(f'{name}={value}' for name, value in given)})"

    def parts(
        self, labels: Places, groups: Places | None = None, *, count: int, seed: int = 0
    ) -> list[tuple[Places, Places]]:
        """For each fold the rows to learn from and those to test."""
        from sklearn import model_selection

        made: Any = getattr(model_selection, self.name)(**self._arguments(count, seed))
        known = {"groups": groups} if self.grouped else {}
        return list(made.split(labels, labels, **known))

    def folds(
        self, labels: Places, groups: Places | None = None, *, count: int, seed: int = 0
    ) -> Places:
        """The fold that tests each row, `(N,)`, from 0; −1 where none does."""
        found = np.full(len(labels), -1)
        parts = self.parts(labels, groups, count=count, seed=seed)
        for fold, (__, test) in enumerate(parts):
            found[test] = fold
        return found

    def _arguments(self, count: int, seed: int) -> dict[str, int | bool]:
        counted: dict[str, int | bool] = {"n_splits": count} if self.counted else {}
        return counted | ({"shuffle": True, "random_state": seed} if self.shuffled else {})


SHUFFLED = Splitter("KFold", shuffled=True)
STRATIFIED = Splitter("StratifiedKFold", shuffled=True)
IN_ORDER = Splitter("KFold")
GROUPED = Splitter("GroupKFold", shuffled=True)
ONE_OUT = Splitter("LeaveOneOut", counted=False)
GROUP_OUT = Splitter("LeaveOneGroupOut", counted=False)
FORWARD = Splitter("TimeSeriesSplit")
