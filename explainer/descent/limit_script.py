"""The network at its limit, and heavy ball along one direction, as scripts of their own."""

from __future__ import annotations

from collections.abc import Sequence

from explainer.descent.digit_bowl import CLASSES
from explainer.descent.tanh_network import PICTURES, UNITS

NETWORK = '''"""Full-batch descent on digits, and the sharpness of the loss (Cohen et al. 2021)."""

import torch
from sklearn.datasets import load_digits

SEED, STEPS = {seed}, {steps}
RATES = {rates}  # the rate from each of these steps on

data = load_digits()
inputs = torch.tensor(data.data[:{pictures}] / 16)
labels = torch.nn.functional.one_hot(torch.tensor(data.target[:{pictures}]), {classes})

random = torch.Generator().manual_seed(SEED)
first = (2 * torch.rand({into}, generator=random) - 1).view(65, {units})
last = (2 * torch.rand({out}, generator=random) - 1).view({units}, {classes})
first[64] = 0  # the biases of the units
weights = [first[:64] / 8, first[64], last / {units} ** 0.5, torch.zeros({classes})]
weights = [one.double().requires_grad_() for one in weights]


def loss_of(first, biases, last, last_biases):
    outputs = torch.tanh(inputs @ first + biases) @ last + last_biases
    return (outputs - labels).square().sum() / (2 * len(inputs))


for step in range(STEPS):
    rate = RATES[max(at for at in RATES if at <= step)]
    gradients = torch.autograd.grad(loss_of(*weights), weights)
    with torch.no_grad():
        for one, gradient in zip(weights, gradients):
            one -= rate * gradient

loss = loss_of(*weights)
gradients = torch.autograd.grad(loss, weights, create_graph=True)
slope = torch.cat([one.flatten() for one in gradients])
direction = torch.ones_like(slope).detach()
for _ in range(200):  # power iteration with products of the Hessian and a vector
    direction = direction / direction.norm()
    products = torch.autograd.grad(slope, weights, direction, retain_graph=True)
    product = torch.cat([one.flatten() for one in products])
    sharpness, direction = (direction @ product).item(), product
print(f"step {{STEPS}}: loss {{loss.item():.4f}}, λ = {{sharpness:.3f}}, 2/η = {{2 / rate:.3f}}")
'''

BALL = '''"""Heavy ball along one direction of curvature 1, with PyTorch's own optimiser."""

import torch

PULL, MOMENTUM, STEPS = {pull!r}, {momentum!r}, {steps}

x = torch.ones((), dtype=torch.float64, requires_grad=True)
optimiser = torch.optim.SGD([x], lr=PULL, momentum=MOMENTUM)
path = [x.item()]
for _ in range(STEPS):
    optimiser.zero_grad()
    (x**2 / 2).backward()
    optimiser.step()
    path.append(x.item())

middle = 1 + MOMENTUM - PULL
roots = [(middle + sign * (middle**2 - 4 * MOMENTUM + 0j) ** 0.5) / 2 for sign in (1, -1)]
rate = max(map(abs, roots))
print("the first steps:", [round(one, 4) for one in path[:8]])
print(f"what a step leaves in the long run: {{rate:.4f}}")
'''


def network_script(seed: int, steps: int, changes: Sequence[tuple[int, float]]) -> str:
    """It leaves `loss` and `sharpness` after `steps` ≥ 1 steps with the rates of `changes`."""
    return NETWORK.format(
        seed=seed, steps=steps, rates=dict(changes), pictures=PICTURES, classes=CLASSES,
        units=UNITS, into=65 * UNITS, out=UNITS * CLASSES,
    )  # fmt: skip


def ball_script(pull: float, momentum: float, steps: int) -> str:
    """It leaves `path`, of `steps` + 1 places, and `rate`."""
    return BALL.format(pull=pull, momentum=momentum, steps=steps)
