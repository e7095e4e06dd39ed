"""What a test set can show, as a script of its own."""

from __future__ import annotations

from explainer.evaluation.intervals import COVERED, POWER, Share

SCRIPT = '''"""How well a test set measures an accuracy, and which differences it can show."""

from scipy.optimize import brentq
from scipy.stats import beta, norm

PICTURES, TEST, ACCURACY = {count}, {test!r}, {accuracy!r}
DIFFERING = {differing!r}  # on this share two models differ, one right and the other wrong

size = round(TEST * PICTURES)
right = ACCURACY * size  # as many are expected, a whole number or not
tail = (1 - {covered!r}) / 2  # Clopper and Pearson
low, high = beta.ppf(tail, right, size - right + 1), beta.ppf(1 - tail, right + 1, size - right)
error = (ACCURACY * (1 - ACCURACY) / size) ** 0.5
print(f"{{size:,}} test pictures, standard error {{100 * error:.2g}} points")
print(f"{{100 * ACCURACY:.1f}} % measured means {{100 * low:.2f}} to {{100 * high:.2f}} %")

beyond, seen = norm.ppf((1 + {covered!r}) / 2), norm.ppf({power!r})


def unpaired(gap):  # each model on a test set of its own
    p, q = ACCURACY, ACCURACY - gap
    mean = (p + q) / 2
    noise = beyond * (2 * mean * (1 - mean)) ** 0.5 + seen * (p * (1 - p) + q * (1 - q)) ** 0.5
    return noise - gap * size**0.5


def paired(gap):  # both on the same pictures, McNemar's test
    return beyond * DIFFERING**0.5 + seen * (DIFFERING - gap**2) ** 0.5 - gap * size**0.5


apart = same = None  # None: not even the largest possible difference is seen
if unpaired(ACCURACY) <= 0:
    apart = brentq(unpaired, 0, ACCURACY)
if paired(DIFFERING) <= 0:
    same = brentq(paired, 0, DIFFERING)
print("seen on two test sets:", apart, "on the same:", same)
'''


def script(split: Share, count: int, accuracy: float, differing: float) -> str:
    """It leaves `low`, `high`, `error`, `apart` and `same` in its names."""
    return SCRIPT.format(
        count=count, test=split.test, accuracy=accuracy, differing=differing, covered=COVERED,
        power=POWER,
    )  # fmt: skip
