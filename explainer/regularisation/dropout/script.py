"""The instrument's experiment as a script of its own: PyTorch, its own dropout, every mask."""

from __future__ import annotations

from explainer.regularisation.dropout.small_network import (
    BATCH,
    EPOCHS,
    KEEP,
    RATE,
    SEED,
    SLOPE,
    TRAINING,
    UNITS,
    WIDTHS,
    Place,
)

TEXT = '''"""Every network that dropout leaves, and the one that stands for them all.

Digits of 8 × 8 pixels come with scikit-learn; the app itself learns from {training} of MNIST.
"""

import torch
from sklearn.datasets import load_digits
from torch import nn

torch.manual_seed({seed})
torch.set_num_threads(1)
pictures, labels = load_digits(return_X_y=True)
inputs = torch.tensor(pictures / 16, dtype=torch.float32)
targets = torch.tensor(labels)
order = torch.randperm(len(inputs))
train, test = order[500:], order[:500]

bend = lambda: nn.LeakyReLU({slope})
network = nn.Sequential(
    nn.Linear(64, {width}), bend(), nn.Linear({width}, {units}), bend(), {before}
    nn.Linear({units}, {units}), bend(), {last}
    nn.Linear({units}, 10),
)
optimiser = torch.optim.Adam(network.parameters(), {rate})
for epoch in range({epochs}):
    for rows in train[torch.randperm(len(train))].split({batch}):
        optimiser.zero_grad()
        nn.functional.cross_entropy(network(inputs[rows]), targets[rows]).backward()
        optimiser.step()

# Every mask of one layer of {units} units. PyTorch divides what it keeps by the keep probability.
network.eval()
masks = (torch.arange(2**{units})[:, None] >> torch.arange({units})) & 1
at = {position}  # where the masks come in; dropout itself is at rest
with torch.no_grad():
    hidden = network[:at](inputs[test])
    logits = torch.stack([network[at:](hidden * mask / {keep}) for mask in masks])
    scaled = network(inputs[test])

accuracy = lambda outputs: (outputs.argmax(-1) == targets[test]).float().mean().item()
geometric = logits.double().mean(0).softmax(-1)
arithmetic = logits.softmax(-1).mean(0)
print(f"one of the networks, on average: {{accuracy(logits):.3f}}")
print(f"all units, scaled:               {{accuracy(scaled):.3f}}")
for name, mean in (("geometric", geometric), ("arithmetic", arithmetic)):
    apart = (mean - scaled.softmax(-1)).abs().max()
    print(f"{{name}} mean: {{accuracy(mean):.3f}}, from the scaled network by up to {{apart:.1e}}")
'''
MORE_EPOCHS = 8  # the digits of the script are a third as many, and smaller


def script(place: Place, *, with_dropout: bool) -> str:
    """The script for dropout at `place`, trained with it or without.

    Where both layers are dropped it counts the masks of the last one alone.
    """
    drop = f"nn.Dropout({1 - KEEP:g}),"
    return TEXT.format(
        training=f"{TRAINING:,}",
        seed=SEED,
        slope=SLOPE,
        width=WIDTHS[1],
        units=UNITS,
        before=drop if with_dropout and place.before else "nn.Identity(),",
        last=drop if with_dropout and place.last else "nn.Identity(),",
        rate=RATE,
        epochs=EPOCHS * MORE_EPOCHS,
        batch=BATCH,
        position=7 if place.last else 4,
        keep=KEEP,
    )
