"""One test set's numbers with their intervals as a script of its own."""

from __future__ import annotations

from explainer.metrics.sampled import Sets

PROGRAM = '''"""A test set of {size} pictures: metrics, and intervals of 95 %."""

import numpy as np
from scipy.stats import binomtest, bootstrap
from sklearn.metrics import average_precision_score, roc_auc_score

tn, fp, fn, tp = {cells}  # rightly left out, false alarms, misses, hits
scores = np.array({scores})
truths = np.array({truths}, dtype=bool)  # which pictures show the digit


def f1_of(share):  # F1 is a function of TP / (TP + FP + FN)
    return 2 * share / (1 + share)


def intervals(right, size):  # Wilson's, and Clopper and Pearson's
    test = binomtest(right, size)
    ends = [test.proportion_ci(method=one) for one in ("wilson", "exact")]
    return [(one.low, one.high) for one in ends]


shares = {{}}
for name, right, size in (
    ("accuracy", tp + tn, tn + fp + fn + tp), ("precision", tp, tp + fp), ("recall", tp, tp + fn),
):
    if size:
        shares[name] = right / size, *intervals(right, size)
        print(name, shares[name])
if tp + fp + fn:
    (low, high), _ = intervals(tp, tp + fp + fn)
    f1 = f1_of(tp / (tp + fp + fn)), f1_of(low), f1_of(high)
    print("F1", f1)
if 0 < truths.sum() < len(truths):
    auc, precision = roc_auc_score(truths, scores), average_precision_score(truths, scores)
    print("AUC", auc, "average precision", precision)

# The bootstrap of the accuracy: the set is drawn again from itself.
right = (scores >= 0) == truths
if 0 < right.sum() < len(right):
    drawn = bootstrap((right,), np.mean, n_resamples=999, method="percentile", random_state=0)
    print("bootstrap of the accuracy", drawn.confidence_interval)
'''


def script(given: Sets) -> str:
    """Of the first of the sets; it leaves `shares`, `f1`, `auc` and `precision` in its names."""
    places = given.places[0]
    return PROGRAM.format(
        size=given.size, cells=tuple(given.cells[0].tolist()),
        scores=given.world.scores[places].round(6).tolist(),
        truths=given.world.truths[places].astype(int).tolist(),
    )  # fmt: skip
