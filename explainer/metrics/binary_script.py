"""A threshold on scores, by scikit-learn, as a script of its own."""

from __future__ import annotations

import io

import numpy as np

from explainer.metrics.binary import Floats, Truths

FILE = "deepglass_scores.npz"
SCRIPT = '''"""A threshold on real scores: the confusion matrix, five numbers, two curves."""

import numpy as np
from sklearn.metrics import (
    accuracy_score, average_precision_score, confusion_matrix, f1_score,
    precision_recall_curve, precision_score, recall_score, roc_auc_score, roc_curve,
)

THRESHOLD = {threshold}  # of the score, a log-odds: p = {chance:.3f}
PREVALENCE = {prevalence}  # share of the class; None for that of the pictures
with np.load("{file}") as data:  # download it beside this script
    scores, truths = data["scores"], data["truths"]

weights = np.ones(len(scores))
if PREVALENCE is not None:
    share = truths.mean()
    weights = np.where(truths, PREVALENCE / share, (1 - PREVALENCE) / (1 - share))
called = scores >= THRESHOLD

# Rows are the truth, columns the answer: [[TN, FP], [FN, TP]].
counts = confusion_matrix(truths, called, labels=[False, True])
recall = recall_score(truths, called, sample_weight=weights, zero_division=np.nan)
specificity = recall_score(~truths, ~called, sample_weight=weights, zero_division=np.nan)
precision = precision_score(truths, called, sample_weight=weights, zero_division=np.nan)
accuracy = accuracy_score(truths, called, sample_weight=weights)
f1 = f1_score(truths, called, sample_weight=weights, zero_division=np.nan)
print(counts)
print(f"recall {{recall:.3f}}, specificity {{specificity:.3f}}, precision {{precision:.3f}}, "
      f"accuracy {{accuracy:.3f}}, F1 {{f1:.3f}}")

area = roc_auc_score(truths, scores)  # weights that are the same within a class change nothing
average_precision = average_precision_score(truths, scores, sample_weight=weights)
print(f"area under the ROC {{area:.4f}}, average precision {{average_precision:.4f}}")

false_alarm_rate, hit_rate, _ = roc_curve(truths, scores)
precisions, recalls, _ = precision_recall_curve(truths, scores, sample_weight=weights)

# The area is the chance that one of the class scores above another picture: draw pairs.
random = np.random.default_rng(0)
pairs = [random.choice(scores[kind], 100_000) for kind in (truths, ~truths)]
above = (np.sign(pairs[0] - pairs[1]).mean() + 1) / 2
print(f"of 100,000 pairs {{above:.4f}} in the right order")
'''


def binary_script(threshold: float, prevalence: float | None) -> str:
    """It reads `FILE`; leaves `counts`, the five numbers, `area` and `average_precision`."""
    chance = 1 / (1 + np.exp(-threshold))
    return SCRIPT.format(threshold=threshold, prevalence=prevalence, chance=chance, file=FILE)


def binary_data(scores: Floats, truths: Truths) -> bytes:
    """What `FILE` holds: scores `(N,)` and whether each picture is of the class."""
    held = io.BytesIO()
    np.savez_compressed(held, scores=scores, truths=truths)
    return held.getvalue()
