"""The cloud of fits as a script of its own: polynomials, or small networks."""

from __future__ import annotations

from explainer.generalisation import cloud_network
from explainer.generalisation.cloud import LAYOUTS, MOST_PLACES, SAMPLES, TRUTHS, Setting

HEAD = '''"""Fifty fits of one truth: bias squared, variance and noise."""

import numpy as np

{choices}
n = {points}
NOISE, RIDGE, SEED, SAMPLES = {noise!r}, {ridge!r}, {seed}, {samples}
PINNED = {pins!r}  # points that are alike in all samples: (index, x, y)


def truth(x):
    return {truth}


x = {layout}
noise = np.random.default_rng(SEED).standard_normal((SAMPLES, {most}))
noise = (noise - noise.mean(0)) * np.sqrt(SAMPLES / (SAMPLES - 1))  # adds up to 0 at each place
y = truth(x) + NOISE * noise[:, :n]
for index, across, up in PINNED:
    x[index], y[:, index] = across, up
grid = np.linspace(-1, 1, 201)
'''

TAIL = """
mean = fits.mean(0)
bias = np.mean((mean - truth(grid)) ** 2)
variance = np.mean((fits - mean) ** 2)
missed = np.mean((fits - truth(grid)) ** 2)
print(f"bias² {{bias:.4g}} + variance {{variance:.4g}} = {{missed:.4g}}")
print(f"with the noise's {{NOISE**2:.4g}}: {{missed + NOISE**2:.4g}} is expected on new points")
assert np.isclose(bias + variance, missed)
"""

POLYNOMIAL = (
    HEAD
    + """
# Least squares + λ · |w|², by singular values; with λ = 0 the fit of the least norm.
left, sizes, right = np.linalg.svd(np.polynomial.legendre.legvander(x, DEGREE), full_matrices=False)
real = sizes > sizes[0] * max(n, DEGREE + 1) * np.finfo(float).eps
left, sizes, right = left[:, real], sizes[real], right[real]
weights = y @ left * (sizes / (sizes**2 + RIDGE)) @ right  # (samples, degree + 1)
fits = weights @ np.polynomial.legendre.legvander(grid, DEGREE).T
"""
    + TAIL
)

NETWORK = (
    HEAD
    + """
# 1 - W - 1 with tanh, one for each sample, all from the same weights.
draw = np.random.default_rng(SEED)
a = {slopes!r} * draw.standard_normal((WIDTH, 1))
b = -a * draw.uniform(-1, 1, (WIDTH, 1))
v = draw.standard_normal((WIDTH, 1)) / np.sqrt(WIDTH)
weights = [
    np.repeat(one[None], SAMPLES, 0).astype(np.float32) for one in (a, b, v, np.zeros((1, 1)))
]
means = [np.zeros_like(one) for one in weights]
squares = [np.zeros_like(one) for one in weights]
inputs, targets = x.astype(np.float32), y.astype(np.float32)[:, None]
for step in range(1, {steps} + 1):  # Adam, on all points
    a, b, v, c = weights
    hidden = np.tanh(a * inputs + b)
    error = (v.transpose(0, 2, 1) @ hidden + c - targets) * (2 / n)
    slope = v * error * (1 - hidden**2)
    gradients = (
        slope @ inputs[:, None] + 2 / n * RIDGE * a,
        slope.sum(2, keepdims=True),
        hidden @ error.transpose(0, 2, 1) + 2 / n * RIDGE * v,
        error.sum(2, keepdims=True),
    )
    for one, gradient, mean, square in zip(weights, gradients, means, squares):
        mean += {fresh_mean!r} * (gradient - mean)
        square += {fresh_square!r} * (gradient**2 - square)
        size = np.sqrt(square / (1 - {squares!r}**step)) + {tiny!r}
        one -= {rate!r} * mean / (1 - {means!r}**step) / size
a, b, v, c = weights
fits = (v.transpose(0, 2, 1) @ np.tanh(a * grid.astype(np.float32) + b) + c)[:, 0]
"""
    + TAIL
)


def script(program: str, setting: Setting, ridge: float, choices: str) -> str:
    """The `program` of a model for that setting and λ; `choices` is a line that sets its capacity.

    It leaves `bias` and `variance` in its names.
    """
    return program.format(
        choices=choices,
        points=setting.points,
        noise=setting.noise,
        ridge=ridge,
        seed=setting.seed,
        samples=SAMPLES,
        pins=[one for one in setting.pins if one[0] < setting.points],
        truth=TRUTHS[setting.truth].code,
        layout=LAYOUTS[setting.layout].code,
        most=MOST_PLACES,
        slopes=cloud_network.SLOPES,
        steps=cloud_network.STEPS,
        rate=cloud_network.RATE,
        means=cloud_network.MEANS,
        squares=cloud_network.SQUARES,
        fresh_mean=round(1 - cloud_network.MEANS, 9),
        fresh_square=round(1 - cloud_network.SQUARES, 9),
        tiny=cloud_network.TINY,
    )
