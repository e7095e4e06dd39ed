"""The coin and the calibration of a network, as scripts of their own."""

from __future__ import annotations

import io

import numpy as np

from explainer.likelihood.calibration import Floats, Labels
from explainer.likelihood.coin import Coin

FILE = "deepglass_calibration.npz"
COIN = '''"""The likelihood of a coin, its negative mean as binary cross-entropy, and a prior."""

import torch
from torch.distributions import Beta
from torch.nn.functional import binary_cross_entropy

HEADS, TOSSES, P = {heads}, {count}, {p}
MODE, WORTH = {mode}, {worth}  # of the prior: where it is highest, and worth so many tosses

tosses = torch.cat([torch.ones(HEADS), torch.zeros(TOSSES - HEADS)]).double()
p = torch.tensor(P, dtype=torch.float64)
of_each = torch.where(tosses == 1, p.log(), (1 - p).log())  # one number for each toss
log_likelihood = of_each.sum().item()
cross_entropy = binary_cross_entropy(p.expand(TOSSES), tosses).item()
print(f"at p = {{P}}: likelihood {{of_each.exp().prod().item():.3g}}, its logarithm "
      f"{{log_likelihood:.4f}}, negative mean {{cross_entropy:.4f}} nats")

places = torch.linspace(0.0005, 0.9995, 1000, dtype=torch.float64)
logs = HEADS * places.log() + (TOSSES - HEADS) * (1 - places).log()
prior = Beta(*torch.tensor([1 + WORTH * MODE, 1 + WORTH * (1 - MODE)]).double())
maximum = places[logs.argmax()].item()
a_posteriori = places[(logs + prior.log_prob(places)).argmax()].item()
print(f"greatest likelihood at {{maximum:.3f}}, with the prior at {{a_posteriori:.3f}}")
'''
CALIBRATION = '''"""How sure a network is and how often right, with a temperature and without."""

import numpy as np
import torch
from torch.nn.functional import cross_entropy

BINS, EQUAL_MASS = {bins}, {equal_mass}
with np.load("{file}") as data:  # download it beside this script
    fit, fit_labels, logits, labels = (
        torch.from_numpy(data[name])
        for name in ("validation", "validation_labels", "fresh", "fresh_labels")
    )
fit, logits = fit.double(), logits.double()

# The temperature of least cross-entropy on validation: convex in 1/T.
low, high = (torch.log(torch.tensor(one)).item() for one in ({least}, {most}))
for _ in range(100):  # golden section on log T
    first, second = (low + (high - low) * part for part in (0.381966, 0.618034))
    losses = [cross_entropy(fit / np.exp(one), fit_labels) for one in (first, second)]
    low, high = (low, second) if losses[0] < losses[1] else (first, high)
temperature = float(np.exp((low + high) / 2))


def calibration(temperature):
    """Mean confidence less accuracy, ECE, mean surprise in nats and Brier score."""
    probabilities = (logits / temperature).softmax(1)
    confidence, said = probabilities.max(1)
    right = (said == labels).double()
    edges = torch.linspace(0, 1, BINS + 1, dtype=torch.float64)
    if EQUAL_MASS:
        inner = torch.quantile(confidence, edges[1:-1]).unique()
        edges = torch.cat([edges[:1], inner[(inner > 0) & (inner < 1)], edges[-1:]])
    places = torch.searchsorted(edges[1:-1].contiguous(), confidence, right=True)
    off = torch.zeros(len(edges) - 1, dtype=torch.float64).index_add(0, places, right - confidence)
    truth = torch.nn.functional.one_hot(labels, 10)
    return (
        (confidence - right).mean().item(), off.abs().sum().item() / len(labels),
        cross_entropy(logits / temperature, labels).item(),
        (probabilities - truth).square().sum(1).mean().item(),
    )


for one in (1, {temperature}, temperature):
    found = calibration(one)
    gap, error = 100 * found[0], 100 * found[1]
    print(f"T = {{one:.3f}}: too sure by {{gap:+.1f}} points, ECE {{error:.2f}} points, "
          f"surprise {{found[2]:.3f}} nats, Brier {{found[3]:.3f}}")
'''


def coin_script(coin: Coin, p: float) -> str:
    """It leaves `log_likelihood`, `cross_entropy`, `maximum` and `a_posteriori` in its names."""
    return COIN.format(heads=coin.heads, count=coin.count, p=p, mode=coin.mode, worth=coin.worth)


def calibration_script(bins: int, temperature: float, *, equal_mass: bool) -> str:
    """It reads `FILE` and leaves `temperature`, fitted, and `calibration` in its names."""
    return CALIBRATION.format(
        bins=bins, equal_mass=equal_mass, file=FILE, temperature=temperature, least=0.05, most=20.0
    )


def calibration_data(
    validation: Floats, validation_labels: Labels, fresh: Floats, fresh_labels: Labels
) -> bytes:
    """What `FILE` holds: logits `(N, 10)` and labels, to fit on and to measure on."""
    held = io.BytesIO()
    np.savez_compressed(
        held, validation=validation, validation_labels=validation_labels, fresh=fresh,
        fresh_labels=fresh_labels,
    )  # fmt: skip
    return held.getvalue()
