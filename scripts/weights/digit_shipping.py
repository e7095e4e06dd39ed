"""Train a digit network with the engine, measure it on changed pictures, write what is shipped."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from explainer.networks.digits.field import FIELD, REACH, field_examples, moved, permuted
from explainer.networks.digits.networks import DigitNetwork, Moved, load_reader, write_moved
from explainer.networks.zoo.card import Card, write_card
from explainer.networks.zoo.shipped import count_parameters, probe_picture, save_weights
from explainer.training.data.data_set import Examples
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.devices import best_device
from explainer.training.engine.race import Race, Settings
from explainer.training.engine.run import Run
from explainer.training.measurement.history import Curves
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.schedules import SCHEDULES

SOURCE = "trained here; the data: Y. LeCun, C. Cortes and C. Burges"
TRAINING_PICTURES, VALIDATION_PICTURES, TEST_PICTURES = 20_000, 4_000, 10_000
SPLIT = Split(
    train_size=TRAINING_PICTURES,
    validation_share=VALIDATION_PICTURES / (TRAINING_PICTURES + VALIDATION_PICTURES),
)
EVERY = 5  # of the test pictures, the fifth part is moved about
CHUNK = 500
SLICE_SECONDS = 0.5


def digit_examples() -> Examples:
    """MNIST in the field: 24,000 pictures to train and validate, all 10,000 of the test set."""
    count = TRAINING_PICTURES + VALIDATION_PICTURES
    return field_examples(load("mnist", count=count, test_count=TEST_PICTURES))


def trained(
    entry: DigitNetwork, data: Prepared, seed: int, report: Callable[[float], None]
) -> tuple[nn.Sequential, Curves]:
    """The best checkpoint of a race of one, by validation loss, and its curves.

    `report` is called with the share of the steps that are done.
    """
    race = Race(
        [entry.recipe],
        data,
        seeds=(seed,),
        settings=Settings(test_at_end=False),
        device=best_device(),
    )
    race.play()
    while race.has_work:
        race.run_slice(SLICE_SECONDS)
        report(race.snapshot.step / race.snapshot.total_steps)
    race.pause()
    found = race.ask(lambda runs: _best(entry, runs[0]))
    race.run_slice(0)
    network, curves = found.result(), race.snapshot.runs[0].curves
    race.close()
    return network, curves


def _best(entry: DigitNetwork, run: Run) -> nn.Sequential:
    network, kept = entry.build(), run.record.checkpoint
    assert kept is not None
    kept.restore(network)
    return network


def ship(
    entry: DigitNetwork,
    network: nn.Sequential,
    curves: Curves,
    examples: Examples,
    data: Prepared,
    seed: int,
    folder: Path,
) -> Card:
    """Write the weights, read them back, measure them, and write what was found."""
    save_weights(entry.weights(folder), network)
    test = slice(examples.test_from, None)
    pictures, labels = examples.inputs[test], examples.labels[test]
    statistics = (float(data.normaliser.mean), float(data.normaliser.std))
    path = folder / f"{entry.slug}-moved.json"
    write_moved(path, Moved(0, 0, (), 0.0, *statistics))
    reader = load_reader(entry.slug, folder)
    write_moved(path, measured(reader, pictures[::EVERY], labels[::EVERY], *statistics))
    share = accuracy(reader, pictures, labels)
    card = _card(entry, curves, data, seed, share, probe_logits(reader))
    write_card(folder / f"{entry.slug}.json", card)
    return card


@torch.inference_mode()
def accuracy(network: nn.Module, pictures: Tensor, labels: Tensor) -> float:
    """The share of `pictures` `(N, 1, 36, 36)` whose highest logit is that of their label."""
    parts = zip(torch.split(pictures, CHUNK), torch.split(labels, CHUNK), strict=True)
    right = sum(int((network(part).argmax(1) == wanted).sum()) for part, wanted in parts)
    return right / len(labels)


def measured(
    network: nn.Module, pictures: Tensor, labels: Tensor, mean: float, deviation: float
) -> Moved:
    """The accuracy for every move within reach, and for permuted pixels."""
    offsets = range(-REACH, REACH + 1)
    rows = tuple(
        tuple(accuracy(network, moved(pictures, down, right), labels) for right in offsets)
        for down in offsets
    )
    scrambled = accuracy(network, permuted(pictures), labels)
    return Moved(len(labels), REACH, rows, scrambled, mean, deviation)


@torch.inference_mode()
def probe_logits(network: nn.Module) -> tuple[float, ...]:
    """The logits of the probe picture's first channel, to four digits."""
    logits = network(probe_picture(FIELD)[:, :1])[0]
    return tuple(round(logit, 4) for logit in logits.tolist())


def epoch_losses(curves: Curves, steps: int, epochs: int) -> tuple[float, ...]:
    """The mean loss of the batches of each epoch of `steps`, to four digits.

    `curves` has means over stretches of batches; one that two epochs share is divided between them.
    """
    losses = np.nan_to_num(curves.batch_loss)  # there is none before the first step
    sums = np.cumsum(losses * np.diff(curves.step, prepend=0.0))
    at_ends = np.interp(np.arange(epochs + 1) * steps, curves.step, sums)
    return tuple(round(float(loss), 4) for loss in np.diff(at_ends) / steps)


def _card(
    entry: DigitNetwork,
    curves: Curves,
    data: Prepared,
    seed: int,
    share: float,
    probe: tuple[float, ...],
) -> Card:
    training, network = entry.recipe.training, entry.recipe.network
    steps = int(curves.step[-1]) // training.epochs
    return Card(
        slug=entry.slug,
        title=entry.title,
        source=SOURCE,
        data=f"MNIST, in the middle of a field of {FIELD} × {FIELD} pixels",
        training_pictures=len(data.train_labels),
        test_pictures=len(data.test_labels),
        script=f"python -m scripts.weights.train_digits {entry.slug} --seed {seed}",
        seed=seed,
        epochs=training.epochs,
        batch=training.batch_size,
        optimiser=f"{OPTIMISERS[training.optimiser].title}, learning rate at most"
        f" {training.learning_rate:g}: {SCHEDULES[training.schedule].title}",
        augmentation="none",
        initialisation=network.initialisation,
        precision="float32 in training, float16 in the file",
        threads=torch.get_num_threads(),
        torch=torch.__version__.partition("+")[0],
        parameters=count_parameters(entry.build()),
        accuracy=share,
        losses=epoch_losses(curves, steps, training.epochs),
        probe=probe,
    )


def prepared(examples: Examples, seed: int) -> Prepared:
    """The division of that seed, normalised by its training part."""
    return prepare(examples, dataclasses.replace(SPLIT, seed=seed))
