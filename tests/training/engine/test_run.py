from __future__ import annotations

import dataclasses
import math
from itertools import islice

import pytest
import torch
import torch.nn.functional as F

from explainer.training.data.splits import Prepared
from explainer.training.engine.batches import Batches
from explainer.training.engine.run import Evaluation, Run
from explainer.training.engine.run_group import train
from explainer.training.measurement.run_record import Status
from explainer.training.recipe.build_network import build_initialised
from explainer.training.recipe.recipe import (
    AugmentationStep,
    Network,
    Recipe,
    Regularisation,
    Training,
)
from explainer.training.task import evaluate

MLP = Network(kind="mlp", depth=1, width=32)
SHORT = Training(steps=40, learning_rate=0.05)


def finished(recipe: Recipe, data: Prepared, seed: int = 0) -> Run:
    run = Run(recipe, seed, data)
    for _ in train(run):
        pass
    return run


def test_batches_follow_the_seed_and_see_every_example_once_an_epoch() -> None:
    batches = Batches(seed=1, examples=10, size=4)
    epoch = torch.cat([batches.at(step) for step in range(5)])
    assert sorted(epoch[:10].tolist()) == sorted(epoch[10:].tolist()) == list(range(10))
    assert torch.equal(batches.at(3), Batches(1, 10, 4).at(3))
    assert not torch.equal(batches.at(0), Batches(2, 10, 4).at(0))


def test_a_batch_size_out_of_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="the batch size is 11, but it goes from 1 to 10"):
        Batches(0, 10, 11)


def test_a_smaller_batch_reads_the_same_line_of_examples() -> None:
    small, large = Batches(0, 12, 3), Batches(0, 12, 6)
    assert torch.equal(torch.cat([small.at(2), small.at(3)]), large.at(1))


def test_recipes_of_a_seed_start_from_the_same_weights_and_see_the_same_batches(
    digits: Prepared,
) -> None:
    held = Regularisation(dropout=0.5, l1_proximal=1e-3)
    one = Run(Recipe(MLP, training=SHORT), 5, digits)
    other = Run(Recipe(MLP, held, Training(optimiser="adam")), 5, digits)
    for name, parameter in one.model.named_parameters():
        assert torch.equal(parameter, other.model.get_parameter(name))
    for step in range(20):
        assert torch.equal(one.batches.at(step), other.batches.at(step))


def test_a_run_is_the_plain_loop_of_a_tutorial(digits: Prepared) -> None:
    run = finished(Recipe(MLP, Regularisation(l2=1e-2), SHORT), digits)
    model = build_initialised(MLP, digits.shape, 10, Regularisation(), seed=0)
    weights = [one for one in model.parameters() if one.dim() > 1]
    optimiser = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    batches = Batches(0, 300, 32)
    for step in range(40):
        rows = batches.at(step)
        loss = F.cross_entropy(model(digits.train_inputs[rows]), digits.train_labels[rows])
        penalty = 1e-2 / 2 * torch.stack([one.square().sum() for one in weights]).sum()
        optimiser.zero_grad()
        torch.autograd.backward(loss + penalty)
        optimiser.step()
    for mine, theirs in zip(run.model.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-6)


def test_data_loss_and_penalty_are_kept_apart(digits: Prepared) -> None:
    run = finished(Recipe(MLP, Regularisation(l2=0.5), SHORT), digits)
    last = run.record.last
    assert last is not None
    score = evaluate(run.model, digits.train_inputs[:256], digits.train_labels[:256])
    assert last.train_loss == pytest.approx(score.loss)
    assert last.penalty == pytest.approx(0.5 / 2 * last.weight_norm**2, rel=1e-5)


def test_reset_gives_the_very_same_run_again(digits: Prepared) -> None:
    steps = (AugmentationStep("noise", (("sigma", 0.1),)),)
    run = Run(Recipe(MLP, Regularisation(dropout=0.5), SHORT, steps), 0, digits)
    run.set_learning_rate(0.01)
    for _ in train(run):
        pass
    run.reset()
    assert (run.step, run.dials.learning_rate, run.record.marks) == (0, 0.05, ())
    for _ in train(run):
        pass
    again = finished(run.recipe, digits)
    assert run.record.last == again.record.last


def test_a_run_may_be_interrupted_after_any_step(digits: Prepared) -> None:
    whole = finished(Recipe(MLP, Regularisation(dropout=0.5), SHORT), digits)
    parts = Run(whole.recipe, 0, digits)
    for _ in islice(train(parts), 17):
        pass
    assert parts.step == 17
    for _ in train(parts):
        pass
    assert parts.record.last == whole.record.last


def test_the_best_checkpoint_is_the_network_as_it_was_then(digits: Prepared) -> None:
    run = finished(Recipe(MLP, training=Training(steps=300, learning_rate=0.5)), digits)
    best, kept = run.record.best, run.record.checkpoint
    assert best is not None
    assert kept is not None
    assert kept.step == best.step
    kept.restore(run.model)
    score = evaluate(run.model, digits.validation_inputs, digits.validation_labels)
    assert score.loss == pytest.approx(best.validation_loss, rel=1e-5)


def test_early_stopping_ends_a_run_after_its_patience(few_digits: Prepared) -> None:
    held = Regularisation(patience=200)
    run = finished(Recipe(MLP, held, Training(steps=5000, learning_rate=0.2)), few_digits)
    assert run.record.status is Status.STOPPED_EARLY
    assert run.record.best is not None
    assert run.step - run.record.best.step >= 200
    assert run.step < 5000
    assert run.record.marks[-1].what == "stopped early"
    assert f"at step {run.record.best.step}" in run.record.explanation


def test_a_plateau_halves_the_learning_rate(few_digits: Prepared) -> None:
    training = Training(schedule="plateau", steps=3000, learning_rate=0.2)
    run = finished(Recipe(MLP, training=training), few_digits)
    assert run.record.plateau_factor < 1
    assert run.record.marks[0].what == "plateau"


def test_a_divergence_is_found_at_its_step_and_explained(digits: Prepared) -> None:
    network = Network(kind="mlp", depth=3, width=64)
    training = Training(optimiser="sgd", learning_rate=100.0, steps=500)
    run = finished(Recipe(network, Regularisation(l2=1.0), training), digits)
    assert run.record.status is Status.DIVERGED
    assert run.step < 200
    assert not math.isfinite(run.record.vitals.losses[-1][1])
    assert f"At step {run.step} the loss of the batch" in run.record.explanation
    assert "100" in run.record.explanation
    assert run.record.last is not None
    assert math.isfinite(run.record.last.train_loss)


def test_changes_of_the_dials_are_marked_with_their_step(digits: Prepared) -> None:
    run = Run(Recipe(MLP, training=SHORT), 0, digits)
    loop = train(run)
    for _ in islice(loop, 10):
        pass
    run.set_learning_rate(0.01)
    run.set_learning_rate(0.01)
    run.set_strength("l2", 0.1)
    assert [(mark.step, mark.what) for mark in run.record.marks] == [
        (10, "learning_rate"),
        (10, "l2"),
    ]
    assert run.rate == 0.01
    for _ in loop:
        pass
    assert run.record.last is not None
    assert run.record.last.penalty > 0


def test_label_smoothing_is_that_of_torch(digits: Prepared) -> None:
    run = Run(Recipe(MLP, Regularisation(label_smoothing=0.2), SHORT), 0, digits)
    rows = run.batches.at(0)
    with torch.no_grad():
        logits = run.model(digits.train_inputs[rows])
        wanted = F.cross_entropy(logits, digits.train_labels[rows], label_smoothing=0.2)
    next(train(run))
    assert run.record.vitals.losses[0][1] == pytest.approx(wanted.item())


def test_evaluations_come_at_powers_of_two_and_then_evenly(digits: Prepared) -> None:
    run = Run(Recipe(MLP, training=Training(steps=300)), 0, digits)
    for _ in train(run):
        pass
    every = run.every
    early = [2**n for n in range(20) if 2**n < every]
    even = list(range(every, 300, every))
    assert run.record.history.curves().step.tolist() == [0, *early, *even, 300]


def test_how_often_a_run_is_measured_follows_from_its_cost(digits: Prepared) -> None:
    often = Evaluation(share=1.0).every(digits, 32)
    assert often == math.ceil((256 + len(digits.validation_labels)) / (3 * 32 + 64))
    assert dataclasses.replace(Evaluation(), share=0.1).every(digits, 300) < often * 10
