"""What a test means for rare cases, and the cheapest threshold, as scripts of their own."""

from __future__ import annotations

import io

import numpy as np

from explainer.metrics.costs import Case

FILE = "deepglass_scores.npz"
BAYES = '''"""What an alarm means, by Bayes' rule, and whether the test is worth its errors."""

PREVALENCE, MISS_TO_ALARM = {prevalence}, {ratio}
SENSITIVITY, SPECIFICITY = {sensitivity}, {specificity}

found = PREVALENCE * SENSITIVITY
missed = PREVALENCE * (1 - SENSITIVITY)
alarmed = (1 - PREVALENCE) * (1 - SPECIFICITY)
left = (1 - PREVALENCE) * SPECIFICITY
precision = found / (found + alarmed) if found + alarmed else None
print(f"of 1,000: found {{1000 * found:.1f}}, missed {{1000 * missed:.1f}}, "
      f"false alarms {{1000 * alarmed:.1f}}; precision {{precision}}")

miss, alarm = max(MISS_TO_ALARM, 1), max(1 / MISS_TO_ALARM, 1)
costs = {{
    "nobody": 1000 * miss * PREVALENCE,
    "this test": 1000 * (miss * missed + alarm * alarmed),
    "everybody": 1000 * alarm * (1 - PREVALENCE),
}}
print("cost per 1,000:", costs)
'''
COSTS = '''"""The expected cost at every threshold, the cheapest of them, and its precision."""

import numpy as np
from sklearn.metrics import average_precision_score, precision_score, roc_auc_score, roc_curve

PREVALENCE, MISS_TO_ALARM, THRESHOLD = {prevalence}, {ratio}, {threshold}  # in log-odds
miss, alarm = max(MISS_TO_ALARM, 1), max(1 / MISS_TO_ALARM, 1)
with np.load("{file}") as data:  # download it beside this script
    scores, truths = data["scores"], data["truths"]

# Each case weighs what makes cases as frequent as they are to be.
weights = np.where(truths, PREVALENCE / truths.mean(), (1 - PREVALENCE) / (1 - truths.mean()))
false_alarms, hits, thresholds = roc_curve(truths, scores, drop_intermediate=False)
costs = 1000 * (miss * PREVALENCE * (1 - hits) + alarm * (1 - PREVALENCE) * false_alarms)
best = costs.argmin()
now = costs[(thresholds >= THRESHOLD).sum() - 1]
print(f"cost per 1,000: {{now:.1f}} at {{THRESHOLD}}, "
      f"{{costs[best]:.1f}} at {{thresholds[best]:.2f}}")

alarms = scores >= THRESHOLD
precision = precision_score(truths, alarms, sample_weight=weights, zero_division=np.nan)
area = roc_auc_score(truths, scores)
average_precision = average_precision_score(truths, scores, sample_weight=weights)
print(f"precision {{precision:.4f}}, area under ROC {{area:.4f}}, "
      f"average precision {{average_precision:.4f}}")
'''


def bayes_script(prevalence: float, ratio: float, sensitivity: float, specificity: float) -> str:
    """It leaves `precision` and the three `costs` in its names."""
    return BAYES.format(
        prevalence=prevalence, ratio=ratio, sensitivity=sensitivity, specificity=specificity
    )


def costs_script(prevalence: float, ratio: float, threshold: float) -> str:
    """It reads `FILE`; leaves `now`, `costs`, `best`, `precision`, `area`, `average_precision`."""
    return COSTS.format(prevalence=prevalence, ratio=ratio, threshold=threshold, file=FILE)


def costs_data(given: Case) -> bytes:
    """What `FILE` holds: scores and truths."""
    held = io.BytesIO()
    np.savez_compressed(held, scores=given.scores, truths=given.truths)
    return held.getvalue()
