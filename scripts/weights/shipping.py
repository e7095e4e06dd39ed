"""The end of a training: the weights as they are shipped, their accuracy, and their card."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from explainer.networks.zoo.card import Card, write_card
from explainer.networks.zoo.shipped import (
    Shipped,
    count_parameters,
    load,
    probe_picture,
    save_weights,
)
from scripts.weights.learning import PRECISION, Training
from scripts.weights.pictures import AUGMENTATION, Pictures, inputs

EVALUATION_BATCH = 500
DATA = "CIFAR-10 (A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009)"


def accuracy(network: nn.Module, entry: Shipped, pictures: Pictures) -> float:
    """The share of `pictures` whose highest logit is that of their class."""
    right = 0
    with torch.inference_mode():
        for begin in range(0, len(pictures), EVALUATION_BATCH):
            rows = slice(begin, begin + EVALUATION_BATCH)
            found = network(inputs(entry, pictures.codes[rows])).argmax(1)
            right += int((found == pictures.labels[rows]).sum())
    return right / len(pictures)


def ship(training: Training, test: Pictures, folder: Path) -> Card:
    """Write the weights, read them back, measure them, and write their card."""
    entry = training.entry
    save_weights(entry.weights(folder), training.network)
    network = load(entry.slug, folder)
    card = _card(training, network, test)
    write_card(folder / f"{entry.slug}.json", card)
    return card


def _card(training: Training, network: nn.Module, test: Pictures) -> Card:
    entry, plan, threads = training.entry, training.plan, torch.get_num_threads()
    return Card(
        slug=entry.slug,
        title=entry.title,
        source=entry.source,
        data=DATA,
        training_pictures=len(training.pictures),
        test_pictures=len(test),
        script=f"python -m scripts.weights.train_pictures {entry.slug} --epochs {plan.epochs}"
        f" --threads {threads} --seed {training.seed}",
        seed=training.seed,
        epochs=plan.epochs,
        batch=training.batch,
        optimiser=plan.optimiser(),
        augmentation=AUGMENTATION,
        initialisation=plan.initialisation,
        precision=f"{str(PRECISION).removeprefix('torch.')} in training, float16 in the file",
        threads=threads,
        torch=torch.__version__.partition("+")[0],
        parameters=count_parameters(network),
        accuracy=accuracy(network, entry, test),
        losses=tuple(round(loss, 4) for loss in training.losses),
        probe=probe_logits(network, entry),
    )


def probe_logits(network: nn.Module, entry: Shipped) -> tuple[float, ...]:
    """The logits of the probe picture, to four digits."""
    with torch.inference_mode():
        logits = network(entry.normalise(probe_picture(entry.input_size)))[0]
    return tuple(round(logit, 4) for logit in logits.tolist())
