"""One marble's path as a PyTorch script: the landscape, the start, the method and its settings."""

from __future__ import annotations

from explainer.descent import landscapes, plane_network
from explainer.descent.marbles import STEPS, Asked
from explainer.descent.methods import SLUGS, Knobs

HEAD = '''"""{title} on a landscape of two weights, with the steps of torch.optim."""

import numpy as np
import torch

STEPS, BATCH, SEED = {steps}, {batch}, {seed}
'''

FEATURES = """draw = np.random.default_rng({feature_seed})
drawn = draw.standard_normal(({examples}, 2))
z = np.linalg.qr(drawn)[0] * {examples}**0.5  # features with mean 0.5 |z·q|² = 0.5 |q|²
noise = {noise!r} * draw.standard_normal({examples})
noise -= z @ np.linalg.lstsq(z, noise, rcond=None)[0]
y = z @ {aim} + noise
floor = np.mean(noise**2) / 2
z, y, examples = torch.tensor(z), torch.tensor(y), {examples}
"""

MAPPED = """

def loss(w, rows):
    {inner}
    return 0.5 * (z[rows] @ q - y[rows]).square().mean()
"""

BOWL = (
    FEATURES
    + """
KAPPA, ANGLE = {condition!r}, np.deg2rad({degrees!r})
turn = [[np.cos(ANGLE), -np.sin(ANGLE)], [np.sin(ANGLE), np.cos(ANGLE)]]
matrix = torch.tensor(np.array(turn) * [KAPPA**-0.25, KAPPA**0.25])
"""
    + MAPPED
)

WAVE = """draw = np.random.default_rng({wave_seed})
x = draw.uniform(-{length!r}, {length!r}, {examples})
inside = {truth[0]!r} * x + {truth[1]!r}
tangents = np.stack([np.cos(inside) * x, np.cos(inside)], 1)
noise = {wave_noise!r} * draw.standard_normal({examples})
noise -= tangents @ np.linalg.lstsq(tangents, noise, rcond=None)[0]
floor = np.mean(noise**2) / 2
x, y, examples = torch.tensor(x), torch.tensor(np.sin(inside) + noise), {examples}


def loss(w, rows):
    return 0.5 * (torch.sin(w[0] * x[rows] + w[1]) - y[rows]).square().mean()
"""

NETWORK = """from sklearn.datasets import load_digits

bunch, examples, floor = load_digits(), {digits}, 0.0
pictures = torch.tensor(bunch.images[:examples].reshape(examples, 64) / 16)
labels = torch.tensor(bunch.target[:examples])
UNITS, CLASSES = {units}, {classes}


def network_loss(weights, rows):  # 64 - UNITS - CLASSES with tanh; biases are the last rows
    first = weights[: 65 * UNITS].reshape(65, UNITS)
    second = weights[65 * UNITS :].reshape(UNITS + 1, CLASSES)
    hidden = torch.tanh(pictures[rows] @ first[:-1] + first[-1])
    logits = hidden @ second[:-1] + second[-1]
    return torch.nn.functional.cross_entropy(logits, labels[rows])


# The plane: through both ends of a path of gradient descent, and through a point between.
draw = np.random.default_rng({draws})
layers = [
    np.vstack([draw.standard_normal((n, m)) / n**0.5, np.zeros((1, m))])
    for n, m in ((64, UNITS), (UNITS, CLASSES))
]
weights = torch.tensor(np.concatenate([one.ravel() for one in layers]))
path = [weights]
for _ in range({path_steps}):
    weights = weights.clone().requires_grad_()
    network_loss(weights, slice(None)).backward()
    weights = weights.detach() - {path_rate!r} * weights.grad
    path.append(weights)
across = path[0] - weights
across = across / across.norm()
up = path[{between}] - weights
up = up - (up @ across) * across
up = up / up.norm()


def loss(w, rows):
    return network_loss(weights + w[0] * across + w[1] * up, rows)
"""

TAIL = """

def batches():
    if BATCH >= examples:
        while True:
            yield slice(None)
    order, count = np.random.default_rng(SEED), examples // BATCH * BATCH
    while True:
        yield from order.permutation(examples)[:count].reshape(-1, BATCH)


w = torch.tensor({start}, dtype=torch.float64, requires_grad=True)
optimiser = torch.optim.{optimiser}
places, losses = [w.tolist()], [loss(w, slice(None)).item() - floor]
for _, rows in zip(range(STEPS), batches()):
    optimiser.zero_grad()
    loss(w, rows).backward()
    optimiser.step()
    places.append(w.tolist())
    losses.append(loss(w, slice(None)).item() - floor)
for step in range(0, STEPS + 1, STEPS // 5):
    print(f"step {{step:3d}}: w = ({{places[step][0]:.6f}}, {{places[step][1]:.6f}}), "
          f"loss {{losses[step]:.3g}}")
"""

INNER = {
    "bowl": "q = w @ matrix",
    "ravine": f"q = torch.stack([w[0], {landscapes.BEND!r} * (w[0] ** 2 - w[1])])",
    "saddle": "q = torch.stack([w[0] * w[1], 0 * w[0]])",
}
PROGRAMS = {
    "bowl": BOWL, "ravine": FEATURES + MAPPED, "saddle": FEATURES + MAPPED, "minima": WAVE,
    "network": NETWORK,
}  # fmt: skip
AIMS = {"bowl": "[0.0, 0.0]", "ravine": "[1.0, 0.0]", "saddle": "[1.0, 0.0]"}


def optimiser(slug: str, rate: float, knobs: Knobs) -> str:
    """The method as a call of `torch.optim`, on the weights `w`."""
    rate = float(f"{rate:.12g}")
    betas = f"betas=({knobs.mean_decay!r}, {knobs.square_decay!r})"
    return {
        "sgd": f"SGD([w], lr={rate!r})",
        "momentum": f"SGD([w], lr={rate!r}, momentum={knobs.momentum!r})",
        "nesterov": f"SGD([w], lr={rate!r}, momentum={knobs.momentum!r}, nesterov=True)",
        "rmsprop": f"RMSprop([w], lr={rate!r}, alpha={knobs.rms_decay!r}, eps={knobs.epsilon!r})",
        "adagrad": f"Adagrad([w], lr={rate!r}, eps={knobs.epsilon!r})",
        "adam": f"Adam([w], lr={rate!r}, {betas}, eps={knobs.epsilon!r})",
        "adamw": f"AdamW([w], lr={rate!r}, {betas}, eps={knobs.epsilon!r},\n"
        f"                              weight_decay={knobs.weight_decay!r})",
    }[slug]


def script(asked: Asked, slug: str, title: str, steps: int = STEPS) -> str:
    """The path of one method as a program; it leaves `places` and `losses` in its names."""
    rate = asked.settings.rates[SLUGS.index(slug)]
    text = HEAD + PROGRAMS[asked.slug] + TAIL
    return text.format(
        title=title, steps=steps, batch=min(asked.batch, asked.landscape.examples),
        seed=asked.seed, feature_seed=landscapes.SEED, wave_seed=landscapes.SEED + 1,
        examples=landscapes.EXAMPLES, noise=landscapes.NOISE,
        wave_noise=landscapes.WAVE_NOISE, length=landscapes.LENGTH, truth=landscapes.TRUTH,
        aim=AIMS.get(asked.slug), inner=INNER.get(asked.slug), condition=asked.condition,
        degrees=asked.degrees, digits=plane_network.DIGITS, units=plane_network.UNITS,
        classes=plane_network.CLASSES, draws=plane_network.DRAWS,
        path_steps=plane_network.PATH_STEPS, path_rate=plane_network.PATH_RATE,
        between=plane_network.BETWEEN, start=asked.place.tolist(),
        optimiser=optimiser(slug, rate, asked.settings.knobs),
    )  # fmt: skip
