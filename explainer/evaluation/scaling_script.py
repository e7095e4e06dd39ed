"""Least squares of two weights before and after normalisation, as a script of its own."""

from __future__ import annotations

from explainer.evaluation.scaling import NEAR, NOISE, OFFSET, POINTS, SEED, SLOPES

HEAD = '''"""Gradient descent on least squares of two weights, before and after normalisation."""

import numpy as np

SCALE, {name}, RATE = {scale!r}, {second!r}, {rate!r}  # the rate in parts of the largest stable one
raw = np.random.default_rng({seed}).standard_normal(({points}, 3))
z = np.linalg.qr(raw - raw.mean(0))[0] * np.sqrt({points})  # deviation 1, no correlation
y = {offset} + z[:, :2] @ {slopes} + {noise} * z[:, 2]
'''
BODIES = {
    "features": """
second = CORRELATION * z[:, 0] + np.sqrt(1 - CORRELATION**2) * z[:, 1]
as_they_come = np.column_stack([z[:, 0], SCALE * second])
standardised = as_they_come / as_they_come.std(0)
values, vectors = np.linalg.eigh(standardised.T @ standardised / len(y))
whitened = standardised @ (vectors / np.sqrt(values)) @ vectors.T
problems = (as_they_come, standardised, whitened)
""",
    "bias": """
x = SCALE * (z[:, 0] + MEAN)
columns = (x, x / x.std(), (x - x.mean()) / x.std())
problems = [np.column_stack([one, np.ones(len(y))]) for one in columns]
""",
}
TAIL = """
conditions, steps = [], []
for X in problems:
    H, pull = X.T @ X / len(y), X.T @ y / len(y)
    curvatures = np.linalg.eigvalsh(H)
    optimum, w = np.linalg.solve(H, pull), np.zeros(2)
    first, count = optimum @ H @ optimum, 0
    while (w - optimum) @ H @ (w - optimum) > {near} * first and count < 10_000:
        w = w - RATE * 2 / curvatures[-1] * (H @ w - pull)
        count += 1
    conditions.append(curvatures[-1] / curvatures[0])
    steps.append(count)
    print(f"κ = {{conditions[-1]:.3g}}, {{count}} steps")
"""


def script(slug: str, scale: float, second: float, rate: float) -> str:
    """For the pair of weights `slug`; it leaves `conditions` and `steps` in its names."""
    name = "CORRELATION" if slug == "features" else "MEAN"
    return (HEAD + BODIES[slug] + TAIL).format(
        name=name, scale=round(scale, 6), second=second, rate=rate, seed=SEED, points=POINTS,
        offset=OFFSET, slopes=SLOPES, noise=NOISE, near=NEAR,
    )  # fmt: skip
