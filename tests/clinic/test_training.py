"""A run measured: shapes, what overflows, and batch norm as torch's own."""

import math

import numpy as np
import pytest
import torch

from explainer.clinic.case import BATCH, case_with
from explainer.clinic.faults import HEALTHY
from explainer.clinic.network import Network
from explainer.clinic.record import Looks, Record
from explainer.clinic.run import run
from explainer.clinic.training import EVERY, Training, _shares

SEED, STEPS = 4711, 20


def looks(record: Record) -> Looks:
    assert record.looks is not None
    return record.looks


def test_batch_norm_in_training_mode_gives_every_single_picture_the_same_answer() -> None:
    training = Training(case_with("batch-norm", SEED), STEPS)
    while not training.finished:
        training.advance()
    inputs = training.pictures.validation_inputs[:20, None]
    with torch.no_grad():
        answers = training.network.forward(inputs, training=True)[-1]
    torch.testing.assert_close(answers, answers[:1].expand_as(answers))
    layer = torch.nn.BatchNorm1d(3)
    with pytest.raises(ValueError, match="more than 1 value"):
        layer(torch.zeros(1, 3))
    assert torch.nn.BatchNorm2d(3)(torch.zeros(1, 3, 2, 2)).shape == (1, 3, 2, 2)


def test_a_record_has_the_shapes_it_says_and_the_measurements_of_its_steps() -> None:
    record = run(case_with(HEALTHY, SEED), STEPS)
    count, layers = STEPS // EVERY, len(record.layers)
    np.testing.assert_array_equal(record.steps, np.arange(0, STEPS, EVERY))
    for values in (record.gradient_norms, record.step_ratios, record.dead, record.alike):
        assert values.shape == (count, layers)
    assert np.isnan(record.dead[:, -1]).all()
    assert looks(record).confusion.sum() == 500
    assert np.trace(looks(record).confusion) / 500 == looks(record).batched_accuracy
    assert record.finished
    assert not record.lost
    assert record.bytes == 8 * (5 + 5 * layers) * count


def test_a_lost_run_ends_with_what_is_no_number() -> None:
    record = run(case_with("rate-high", 3), 30)
    assert record.lost == (not math.isfinite(record.train_loss[-1]))
    record = run(case_with("ascent", 101), 120)
    assert record.lost
    assert record.finished
    assert not np.isfinite(record.train_loss[-1])
    assert looks(record).confusion.sum() < 500
    assert looks(record).fresh_accuracy < 0.2


def test_batch_norm_is_torch_s_own_in_both_modes() -> None:
    case = case_with("batch-norm", 5)
    network = Network(case)
    inputs = torch.randn(BATCH, 784, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        stacked = network.forward(inputs[None], training=True)[0][0]
        flat = network.forward(inputs, training=True, learn=True)[0]
    torch.testing.assert_close(stacked, flat, rtol=1e-4, atol=1e-5)
    assert not torch.equal(network.running[0][0], torch.zeros(case.widths[0]))


def test_units_whose_answers_are_no_numbers_are_not_called_dead() -> None:
    answers = torch.ones(3, 2)
    assert _shares(answers * 0, None)[0] == 1
    answers[1, 0] = math.nan
    assert all(map(math.isnan, _shares(answers, None)))
