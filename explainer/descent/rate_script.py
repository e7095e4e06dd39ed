"""A run of the race of rates, or of schedules, as a PyTorch script of its own, and its data."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from explainer.descent.rated_stack import BATCH, INPUTS, WIDTH
from explainer.descent.rates import EVERY, MEASURED, SIZE
from explainer.descent.schedule_race import WATCHED
from explainer.generalisation.small_stack import CLASSES, digits
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.schedules import PLATEAU_FACTOR, PLATEAU_PATIENCE, SCHEDULES

FILE = "deepglass_rate_digits.npz"
NAMES = ("inputs", "labels", "fresh_inputs", "fresh_labels")
SCRIPT = '''"""A small network learns digits; the learning rate is RATE times factor(step)."""

import math

import numpy as np
import torch
from torch import nn

SEED, STEPS, RATE = {seed}, {steps}, {rate!r}
with np.load("{file}") as data:  # download it beside this script
    inputs, labels, fresh_inputs, fresh_labels = (
        torch.from_numpy(data[name]) for name in {names!r}
    )

draw = torch.Generator().manual_seed(SEED)
model = nn.Sequential(nn.Linear({inputs}, {width}), nn.ReLU(), nn.Linear({width}, {classes}))
for layer in model[::2]:
    size = layer.in_features
    start = torch.rand(size, layer.out_features, generator=draw)
    layer.weight.data = ((2 * start - 1) / size**0.5).T.contiguous()
    nn.init.zeros_(layer.bias)
optimiser = torch.optim.{optimiser}(model.parameters(), lr=RATE)
cross_entropy = nn.CrossEntropyLoss()


{factor}


order = torch.Generator().manual_seed(SEED)
for step in range(STEPS):
    for group in optimiser.param_groups:
        group["lr"] = RATE * factor(step)
    rows = torch.randperm(len(labels), generator=order)[:{batch}]
    optimiser.zero_grad()
    cross_entropy(model(inputs[rows]), labels[rows]).backward()
    optimiser.step()

with torch.no_grad():
    training = cross_entropy(model(inputs[:{measured}]), labels[:{measured}]).item()
    answers = model(fresh_inputs[{judged}:])
    validation = cross_entropy(answers, fresh_labels[{judged}:]).item()
    right = (answers.argmax(1) == fresh_labels[{judged}:]).float().mean().item()
print(f"after {{STEPS}} steps: training loss {{training:.3f}},")
print(f"on other digits {{validation:.3f}}, and {{100 * right:.1f}} % of them are right")
'''
CONSTANT = '''def factor(step):
    """On the learning rate: always 1."""
    return 1.0'''
PLATEAU = f'''least, waited, now = math.inf, 0, 1.0


def factor(step):
    """On the learning rate: falls where the loss on {WATCHED} other digits stands still."""
    global least, waited, now
    if step and step % {EVERY} == 0:
        with torch.no_grad():
            answers = model(fresh_inputs[:{WATCHED}])
            loss = cross_entropy(answers, fresh_labels[:{WATCHED}]).item()
        least, waited = (loss, 0) if loss < least else (least, waited + 1)
        if waited > {PLATEAU_PATIENCE}:
            now, waited = {PLATEAU_FACTOR} * now, 0
    return now'''
CONTROLS = {
    "half": '''def factor(step):
    """On the learning rate: half of it, the mean of a cosine."""
    return 0.5''',
    "backwards": '''def factor(step):
    """On the learning rate: half a cosine backwards, small first."""
    return (1 - math.cos(math.pi * step / STEPS)) / 2''',
}


def script(
    method: str, rate: float, steps: int, *, schedule: str = "constant", seed: int = 0,
    judged: int = 0,
) -> str:  # fmt: skip
    """It leaves `training` and `validation`, losses in nats, and `right`, a share, in its names.

    Of the 1,000 other digits the first `judged` do not count.
    """
    return SCRIPT.format(
        seed=seed, steps=steps, rate=rate, file=FILE, names=NAMES, inputs=INPUTS, width=WIDTH,
        classes=CLASSES, optimiser=OPTIMISERS[method].torch_class, factor=_factor(schedule),
        batch=BATCH, measured=MEASURED, judged=judged,
    )  # fmt: skip


def _factor(schedule: str) -> str:
    if schedule in CONTROLS:
        return CONTROLS[schedule]
    return PLATEAU if SCHEDULES[schedule].watches else SCHEDULES[schedule].source or CONSTANT


def script_file(seed: int = 0) -> bytes:
    """The digits of a seed, as the script reads them."""
    data, whole = digits(SIZE, [seed]), BytesIO()
    parts = (data.inputs, data.labels, data.validation_inputs, data.validation_labels)
    arrays = {name: part[0].numpy() for name, part in zip(NAMES, parts, strict=True)}
    np.savez_compressed(whole, allow_pickle=False, **arrays)
    return whole.getvalue()
