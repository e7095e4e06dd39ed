"""Short scripts that find the two weights as the page on L1 and L2 shows them."""

from __future__ import annotations

from collections.abc import Sequence

from explainer.regularisation.shapes import Shape
from explainer.regularisation.two_weights import PAIRS

LEAST_SQUARES = '''"""Two weights with a penalty: coordinate descent on the loss + λ · penalty."""

import numpy as np
from sklearn.datasets import load_diabetes

FEATURES = {columns!r}
OPTIMUM = {optimum!r}  # where the data alone put the weights; None: where they do
PENALTIES = {{  # (λ, the penalty R of one weight)
{penalties}
}}

data = load_diabetes(scaled=False)
x = data.data[:, [data.feature_names.index(name) for name in FEATURES]]
x, y = ((part - part.mean(0)) / part.std(0) for part in (x, data.target))
curvature = x.T @ x / len(y)
optimum = np.linalg.solve(curvature, x.T @ y / len(y)) if OPTIMUM is None else np.array(OPTIMUM)
pull = curvature @ optimum


def best_weight(pull, strength, penalty):
    """The w that minimises w²/2 − pull · w + λ R(w): 0, or found by ever finer search."""
    low, high = sorted((0.0, float(pull)))
    for _ in range(14):
        tried = np.concatenate([[0.0], np.linspace(low, high, 201)])
        heights = tried**2 / 2 - pull * tried + strength * penalty(tried)
        place = int(heights.argmin())
        if place == 0:
            return 0.0
        step = (high - low) / 200
        low, high = tried[place] - step, tried[place] + step
    return float(tried[place])


def height(w, strength, penalty):
    return (w - optimum) @ curvature @ (w - optimum) / 2 + strength * penalty(w).sum()


def minimum(start, strength, penalty):
    w = start.copy()
    for _ in range(200):
        before = w.copy()
        for i in range(2):
            w[i] = best_weight(pull[i] - curvature[i, 1 - i] * w[1 - i], strength, penalty)
        if abs(w - before).max() < 1e-10:
            break
    return w


results = {{}}
for name, (strength, penalty) in PENALTIES.items():
    starts = optimum * np.array([[1, 1], [0, 0], [1, 0], [0, 1]])
    found = [minimum(start, strength, penalty) for start in starts]
    results[name] = min(found, key=lambda w: height(w, strength, penalty)).tolist()
    print(name, "λ =", strength, *(f"{{weight:.4f}}" for weight in results[name]))
'''

LOGISTIC = '''"""Two weights with a penalty: ever finer search for the least loss + λ · penalty."""

import numpy as np
from sklearn.datasets import load_diabetes

FEATURES = {columns!r}
OPTIMUM = {optimum!r}  # where the data alone put the weights; None: where they do
PENALTIES = {{  # (λ, the penalty R of one weight)
{penalties}
}}

data = load_diabetes(scaled=False)
x = data.data[:, [data.feature_names.index(name) for name in FEATURES]]
x = (x - x.mean(0)) / x.std(0)
y = data.target > np.median(data.target)  # the class: did diabetes go farther than in half of them?
odds = y if OPTIMUM is None else 1 / (1 + np.exp(-x @ np.array(OPTIMUM)))


def height(w, strength, penalty):
    logits = w @ x.T
    loss = np.logaddexp(0, logits).mean(-1) - logits @ odds / len(x)  # mean cross-entropy
    return loss + strength * penalty(w).sum(-1)


def minimum(strength, penalty, reach=2.0):
    middle = np.zeros(2)
    for _ in range(25):
        lines = [np.append(one + reach * np.linspace(-1, 1, 25), 0.0) for one in middle]
        w = np.stack(np.meshgrid(*lines), -1).reshape(-1, 2)
        middle = w[height(w, strength, penalty).argmin()]
        reach /= 2
    return middle


results = {{}}
for name, (strength, penalty) in PENALTIES.items():
    results[name] = minimum(strength, penalty).tolist()
    print(name, "λ =", strength, *(f"{{weight:.4f}}" for weight in results[name]))
'''


def script(
    program: str,
    slug: str,
    optimum: tuple[float, float] | None,
    penalties: Sequence[tuple[str, Shape, float]],
) -> str:
    """The `program` of a loss for that pair and those penalties: their names, shapes and λ.

    `optimum` is where a visitor has put it, or None where it is the data's own. It leaves the
    weights in `results`, by the penalty's name.
    """
    rows = "\n".join(
        f"    {name!r}: ({strength!r}, lambda w: {_code(shape)}),"
        for name, shape, strength in penalties
    )
    return program.format(columns=PAIRS[slug].columns, optimum=optimum, penalties=rows)


def _code(shape: Shape) -> str:
    """R of one weight in NumPy."""
    if shape.share is not None:
        return f"{shape.share!r} * abs(w) + (1 - {shape.share!r}) / 2 * w**2"
    return {1.0: "abs(w)", 2.0: "w**2 / 2"}.get(shape.p, f"abs(w) ** {shape.p!r} / {shape.p!r}")
