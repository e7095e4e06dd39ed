"""The code of the current check: a script in NumPy that makes the same comparison.

It stands alone, with scikit-learn for the ten digits. A test runs it for every fault and compares
both gradients with the app's, number by number.
"""

from __future__ import annotations

from explainer.gradients.check.checking import AT_THE_KINK, Setting
from explainer.gradients.check.differences import Scheme
from explainer.gradients.check.network import KEEP_PROBABILITY, RELU


def script(setting: Setting, epsilon: float, scheme: Scheme) -> str:
    """Python source that checks the gradient of `setting`, its fault included.

    It leaves the two gradients in `numeric` and `gradient`, and prints the relative errors.
    """
    fault = setting.fault
    parts = [_head(setting, epsilon), _network(setting), _backward(setting)]
    if fault.kink:
        parts.append(_kink())
    text = "\n\n".join((*parts, _comparison(scheme)))
    if fault.wrong and not fault.redraws:
        text = text.replace(fault.right, f"{fault.wrong}  # wrong: {_one_line(fault.right)}")
    return text


def _one_line(text: str) -> str:
    return "; ".join(text.splitlines())


def _head(setting: Setting, epsilon: float) -> str:
    return f'''"""Is the gradient right? Backpropagation by hand against differences of the loss."""

import numpy as np
from sklearn.datasets import load_digits

NUMBERS, EPSILON = np.{setting.dtype.__name__}, np.{setting.dtype.__name__}({epsilon!r})
PENALTY, SEED = {setting.penalty!r}, {setting.seed}
SHAPES = {{"W1": (64, 10), "b1": (10,), "W2": (10, 10), "b2": (10,)}}
ENDS = [640, 650, 750]  # of W1, b1 and W2 in theta

# The first handwritten digit of each class; all parameters in one vector.
bunch = load_digits()
first = [int(np.argmax(bunch.target == digit)) for digit in range(10)]
x, y = (bunch.data[first] / 16).astype(NUMBERS), np.eye(10).astype(NUMBERS)
generator = np.random.default_rng(SEED)
scales = [1 / np.sqrt(64), 0.1, 1 / np.sqrt(10), 0.1]
drawn = [s * generator.standard_normal(n) for s, n in zip(scales, SHAPES.values())]
theta = np.concatenate([part.ravel() for part in drawn]).astype(np.float32).astype(NUMBERS)


def tensors(theta):
    return [part.reshape(n) for part, n in zip(np.split(theta, ENDS), SHAPES.values())]
'''


def _network(setting: Setting) -> str:
    nonlinearity = RELU if setting.fault.kink else setting.nonlinearity
    masked = setting.fault.redraws
    drawing = f"""masks = np.random.default_rng(SEED)


def draw_mask():
    kept = masks.random((10, 10)) < {KEEP_PROBABILITY}
    return (kept / {KEEP_PROBABILITY}).astype(NUMBERS)


"""
    drawn = "    mask = draw_mask()  # wrong: another one at every call\n"
    mask_line, units, passed = (
        (drawn, "(h * mask)", "z1, h, mask") if masked else ("", "h", "z1, h")
    )
    return f"""{drawing if masked else ""}def slope(h):
    return {nonlinearity.slope_code}


def forward(theta):
    W1, b1, W2, b2 = tensors(theta)
    z1 = x @ W1 + b1
    h = {nonlinearity.code}
{mask_line}    z2 = {units} @ W2 + b2
    p = np.exp(z2 - z2.max(axis=1, keepdims=True))
    return {passed}, p / p.sum(axis=1, keepdims=True)


def loss(theta):
    W1, _, W2, _ = tensors(theta)
    *_, p = forward(theta)
    data = -np.log((p * y).sum(axis=1)).mean()
    return data + NUMBERS(PENALTY) * ((W1**2).sum() + (W2**2).sum())
"""


def _backward(setting: Setting) -> str:
    mask, units, passed = "", "h", "z1, h"
    if setting.fault.redraws:
        mask, units, passed = " * mask", "(h * mask)", "z1, h, mask"
    return f"""def backward(theta):
    W1, _, W2, _ = tensors(theta)
    {passed}, p = forward(theta)
    d2 = (p - y) / len(y)
    d_W2 = {units}.T @ d2 + 2 * PENALTY * W2
    d_b2 = d2.sum(axis=0)
    d_h = d2 @ W2.T{mask}
    d1 = d_h * slope(h)
    d_W1 = x.T @ d1 + 2 * PENALTY * W1
    d_b1 = d1.sum(axis=0)
    return np.concatenate([d_W1.ravel(), d_b1, d_W2.ravel(), d_b2])
"""


def _kink() -> str:
    return f"""# The first hidden unit stands just above its kink for the first picture.
theta[640] -= forward(theta)[0][0, 0] - NUMBERS({AT_THE_KINK!r})
"""


def _comparison(scheme: Scheme) -> str:
    return f"""gradient = backward(theta)
numeric = np.empty_like(gradient)
for place in range(len(theta)):

    def at(step):
        moved = theta.copy()
        moved[place] = theta[place] + step
        return loss(moved)

    numeric[place] = {scheme.code}


def relative_error(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    largest = max(np.abs(a).max(), np.abs(b).max())
    if largest == 0:
        return 0.0
    a, b = a / largest, b / largest  # of tiny numbers the squares would vanish
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


print(f"all parameters: {{relative_error(numeric, gradient):.1e}}")
for name, a, b in zip(SHAPES, tensors(numeric), tensors(gradient)):
    print(f"{{name}}: {{relative_error(a, b):.1e}}")
"""
