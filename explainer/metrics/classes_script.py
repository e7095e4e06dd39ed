"""A confusion matrix of ten classes and its averages, as a script of its own."""

from __future__ import annotations

import io

import numpy as np

from explainer.metrics.answered import Labels

FILE = "deepglass_answers.npz"
CLASSES = '''"""Each class's precision, recall and F, and what they become for all together."""

import numpy as np
from sklearn import metrics

BETA, UNDEFINED = {beta}, {undefined}  # what a number that cannot be said counts as in a mean
with np.load("{file}") as data:  # download it beside this script
    labels, answers = data["labels"], data["answers"]

matrix = metrics.confusion_matrix(labels, answers, labels=range(10))
print(matrix)
precision, recall, f1, counts = metrics.precision_recall_fscore_support(
    labels, answers, labels=range(10), zero_division=np.nan
)
f_beta = metrics.fbeta_score(
    labels, answers, beta=BETA, labels=range(10), average=None, zero_division=np.nan
)
for digit in range(10):
    print(f"{{digit}}: precision {{precision[digit]:.3f}}, recall {{recall[digit]:.3f}}, "
          f"F1 {{f1[digit]:.3f}}, F{{BETA:g}} {{f_beta[digit]:.3f}}, pictures {{counts[digit]}}")


def mean(values):
    """Over the classes; what is undefined is left out, or counts as it is set."""
    return np.nanmean(np.where(np.isnan(values), UNDEFINED, values))


both = mean(precision), mean(recall)
averages = {{
    "accuracy": metrics.accuracy_score(labels, answers),
    "balanced": np.nanmean(recall),
    "macro": mean(f1),
    "means": 2 * both[0] * both[1] / sum(both),
    "weighted": np.sum(counts * np.nan_to_num(f1)) / counts.sum(),
    "kappa": metrics.cohen_kappa_score(labels, answers),
}}
micro = metrics.f1_score(labels, answers, average="micro")  # the same as accuracy
print({{name: round(float(value), 4) for name, value in averages.items()}})
print(f"micro-F1 {{micro:.4f}}")
'''


def classes_script(beta: float, undefined: float) -> str:
    """It reads `FILE` and leaves `matrix`, `f_beta`, `averages` and `micro` in its names."""
    value = "np.nan" if np.isnan(undefined) else f"{undefined:g}"
    return CLASSES.format(beta=f"{beta:g}", undefined=value, file=FILE)


def classes_data(labels: Labels, answers: Labels) -> bytes:
    """What `FILE` holds."""
    held = io.BytesIO()
    np.savez_compressed(held, labels=labels, answers=answers)
    return held.getvalue()
