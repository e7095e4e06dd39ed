"""Cross-validation: how a set is cut into folds, and what each fold says of the others' teaching.

The splitters are scikit-learn's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from typing import Any

import numpy as np

from explainer.evaluation.digit_pool import DigitSet, Floats, Places, balanced, by_folds
from explainer.evaluation.patients import patients
from explainer.evaluation.splitters import (
    GROUP_OUT,
    GROUPED,
    IN_ORDER,
    ONE_OUT,
    SHUFFLED,
    STRATIFIED,
    Splitter,
)
from explainer.generalisation.at_once import results
from explainer.registry import Registry
from explainer.words import N_

EACH, LEAST_FOLDS, MOST_FOLDS = 12, 2, 12
"""Digits of each class on the board; with more folds than that no fold could have one of each."""


@dataclass(frozen=True)
class Way:
    """A way to cut a set into folds."""

    slug: str
    title: str
    splitter: Splitter


WAYS = Registry[Way](
    N_("way to split"),
    Way("shuffled", N_("shuffled"), SHUFFLED),
    Way("stratified", N_("stratified"), STRATIFIED),
    Way("in_order", N_("as in the file"), IN_ORDER),
    Way("grouped", N_("by patient"), GROUPED),
    Way("one_out", N_("leave one picture out"), ONE_OUT),
    Way("patient_out", N_("leave one patient out"), GROUP_OUT),
)


@dataclass(frozen=True)
class Classifier:
    """What learns from the other folds; the `quick` one follows a hand.

    `predict(data, folds, told)` gives what is said of each row, `(N,)`.
    """

    slug: str
    title: str
    module: str
    code: str
    predict: Callable[[DigitSet, Places, Callable[[float], None]], Places]
    quick: bool = False


def _nearest(data: DigitSet, folds: Places, told: Callable[[float], None]) -> Places:
    return by_folds(data.inputs, data.labels, folds)


def _logistic(data: DigitSet, folds: Places, told: Callable[[float], None]) -> Places:
    from sklearn.linear_model import LogisticRegression

    return _fold_by_fold(lambda: LogisticRegression(tol=TOLERANCE), data, folds, told)


def _network(data: DigitSet, folds: Places, told: Callable[[float], None]) -> Places:
    from sklearn.neural_network import MLPClassifier

    return _fold_by_fold(
        lambda: MLPClassifier(32, learning_rate_init=0.01, tol=0.01, random_state=0),
        data, folds, told,
    )  # fmt: skip


def _fold_by_fold(
    made: Callable[[], Any], data: DigitSet, folds: Places, told: Callable[[float], None]
) -> Places:
    """What a model of scikit-learn says of each fold after learning from the others, `(N,)`."""
    found = np.empty(len(data), np.int64)
    count = int(folds.max()) + 1

    def one(fold: int) -> Places:
        test = folds == fold
        model = made().fit(data.inputs[~test], data.labels[~test])
        said: Places = model.predict(data.inputs[test])
        return said

    for fold, said in enumerate(results(partial(one, fold) for fold in range(count))):
        found[folds == fold] = said
        told((fold + 1) / count)
    return found


TOLERANCE = 1e-3
CLASSIFIERS = Registry[Classifier](
    N_("classifier"),
    Classifier("nearest", N_("nearest digit"), "neighbors", "KNeighborsClassifier(1)", _nearest,
               quick=True),
    Classifier(
        "network", N_("network of 32 units"), "neural_network",
        "MLPClassifier(32, learning_rate_init=0.01, tol=0.01, random_state=0)", _network,
    ),
    Classifier("logistic", N_("logistic regression"), "linear_model",
               f"LogisticRegression(tol={TOLERANCE})", _logistic),
)  # fmt: skip


@dataclass(frozen=True)
class Sort:
    """Which digits are on the board."""

    slug: str
    title: str
    draw: Callable[[np.random.Generator], DigitSet]


SORTS = Registry[Sort](
    N_("digits"),
    Sort("digits", N_("120 digits"), lambda generator: balanced(EACH, generator)),
    Sort("patients", N_("40 patients, 3 pictures each"), patients),
)


@cache
def board_set(sort: Sort, seed: int) -> DigitSet:
    """The digits of a board, sorted by class."""
    return sort.draw(np.random.default_rng(seed))


SCRIPT = '''"""Each fold tests once what the others teach."""

import numpy as np
from sklearn.{module} import {learner}
from sklearn.model_selection import {splitter}, cross_val_score

with np.load("{file}") as data:  # download it beside this script
    inputs, labels, patients = data["inputs"], data["labels"], data["patients"]
cut = {cut}
scores = cross_val_score({made}, inputs, labels, cv=cut{groups})
print(np.round(scores, 3))
print(f"mean {{scores.mean():.3f}} of {{len(scores)}} folds, spread {{scores.std(ddof=1):.3f}}")
'''
FILE = "deepglass_digits.npz"


def script(way: Way, classifier: Classifier, count: int, seed: int) -> str:
    """The board as a script of scikit-learn's; it leaves `scores` in its names."""
    groups = ", groups=patients" if way.splitter.grouped else ""
    return SCRIPT.format(
        module=classifier.module, learner=classifier.code.partition("(")[0], file=FILE,
        splitter=way.splitter.name, cut=way.splitter.code(count, seed), made=classifier.code,
        groups=groups,
    )  # fmt: skip


def data_file(data: DigitSet) -> bytes:
    """What the script reads, as a file of NumPy's."""
    written = BytesIO()
    np.savez_compressed(written, inputs=data.inputs, labels=data.labels, patients=data.groups)
    return written.getvalue()


def fold_scores(right: Floats, folds: Places) -> Floats:
    """The share of each fold that is right, `(k,)`; `right` `(N,)` is 0 or 1."""
    return np.asarray(np.bincount(folds, right) / np.bincount(folds))
