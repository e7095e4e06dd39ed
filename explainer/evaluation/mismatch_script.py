"""The four gaps as a script of its own, from the errors that were measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from explainer.evaluation.gaps import GAPS, REACHABLE
from explainer.training.instruments.student import COVERED

SCRIPT = '''"""The four gaps of a split into train, train-dev, dev and test, with intervals."""

import numpy as np
from scipy.special import stdtrit

REACHABLE = {reachable}  # what people get wrong, about
NAMES = {names}
errors = np.array([  # of train, train-dev, dev and test: the share that is wrong, by network
{rows}
])
levels = np.vstack([np.full(errors.shape[1], REACHABLE), errors])
gaps = np.diff(levels, axis=0)
n = gaps.shape[1]
half = stdtrit(n - 1, {quantile}) * gaps.std(axis=1, ddof=1) / np.sqrt(n)
sizes, lows = gaps.mean(axis=1), gaps.mean(axis=1) - half
for name, size, low, one in zip(NAMES, sizes, lows, half):
    print(f"{{name}}: {{size:.4f}} ± {{one:.4f}}, {{'clear' if low > 0 else 'within noise'}}")
clear = np.where(lows > 0, sizes, -1)
largest = NAMES[clear.argmax()] if clear.max() > 0 else "none"
print("largest:", largest)
'''


def script(errors: NDArray[np.float64]) -> str:
    """For errors `(4, S)`; it leaves `sizes`, `lows` and `largest`, a slug, in its names."""
    rows = "\n".join(f"    {[round(float(one), 6) for one in row]}," for row in errors)
    return SCRIPT.format(
        reachable=REACHABLE, names=list(GAPS.slugs), rows=rows, quantile=(1 + COVERED) / 2
    )
