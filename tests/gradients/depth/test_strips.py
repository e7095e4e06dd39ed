from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from explainer.gradients.depth.races import SPLIT, deep
from explainer.gradients.depth.strips import Arrival, arrivals, ratio, strips
from explainer.training.data.splits import prepare
from explainer.training.engine.run import Run
from explainer.training.measurement.snapshot import Status
from explainer.training.recipe.build_network import build_initialised
from explainer.training.recipe.recipe import Regularisation
from tests.gradients.depth.racing import digits, raced


def test_a_strip_is_the_gradient_of_a_manual_backward_pass() -> None:
    recipe = deep("tanh", 6, "tanh", "xavier", steps=4)
    strip = strips(raced([recipe]), columns=50)[0]
    data = prepare(digits(), replace(SPLIT, seed=0))
    batches = Run(recipe, 0, data).batches
    model = build_initialised(recipe.network, data.shape, 10, Regularisation(), seed=0)
    wanted = []
    for step in range(4):
        rows = batches.at(step)
        model.zero_grad()
        loss = F.cross_entropy(model(data.train_inputs[rows]), data.train_labels[rows])
        torch.autograd.backward(loss)
        weights = [one for one in model.parameters() if one.dim() == 2]
        wanted.append([one.grad.norm().item() for one in weights if one.grad is not None])
        with torch.no_grad():
            for parameter in model.parameters():
                assert parameter.grad is not None
                parameter.sub_(recipe.training.learning_rate * parameter.grad)
    assert strip.layers == (*(f"dense{n}" for n in range(1, 7)), "out")
    rows_measured = [int(step) - 1 for step in strip.steps]
    np.testing.assert_allclose(
        10**strip.logarithms, np.array(wanted)[rows_measured], rtol=2e-3, atol=0
    )


def test_a_strip_is_the_median_over_seeds_and_has_no_more_columns_than_asked() -> None:
    recipe = deep("relu", 3, steps=60)
    snapshot = raced([recipe], seeds=3)
    strip = strips(snapshot, columns=5)[0]
    assert len(strip.steps) == len(set(strip.steps)) <= 5
    assert strip.steps[-1] == 60
    last = [run.curves.layers.gradient_norm[-1] for run in snapshot.runs]
    np.testing.assert_allclose(10 ** strip.logarithms[-1], np.median(last, axis=0), rtol=1e-5)


def test_a_network_that_breaks_down_has_a_strip_as_far_as_it_went() -> None:
    wild = deep("wild", 20, init_sigma=0.5, initialisation="normal", learning_rate=0.05, steps=60)
    calm = deep("calm", 20, steps=60)
    snapshot = raced([wild, calm])
    assert [run.status for run in snapshot.runs] == [Status.DIVERGED, Status.FINISHED]
    found = {strip.recipe: strip for strip in strips(snapshot, 90)}
    assert found[1].steps[-1] == 60
    assert 0 not in found or found[0].steps[-1] < 60
    assert "At step" in snapshot.runs[0].explanation


def test_arrivals_are_the_first_measured_steps_at_the_error() -> None:
    snapshot = raced([deep("relu", 2, steps=120)], seeds=2)
    for run, step in zip(snapshot.runs, arrivals(snapshot, 0.25)[0].steps, strict=True):
        errors = 1 - run.curves.train_measure
        assert step is not None
        assert errors[run.curves.step == step][0] <= 0.25
        assert (errors[run.curves.step < step] > 0.25).all()
    assert arrivals(snapshot, -1.0)[0].steps == (None, None)


def test_a_ratio_is_taken_seed_by_seed_where_both_arrived() -> None:
    found = ratio(Arrival(1, (40, None, 90)), Arrival(0, (20, 10, 30)))
    assert found is not None
    assert found.median == pytest.approx(2.5)
    assert (found.least, found.most, found.pairs) == (2, 3, 2)
    assert ratio(Arrival(1, (None,)), Arrival(0, (3,))) is None
