"""A weight or bias that is set by hand: there, and nowhere else, whatever trains the run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.by_hand import Coefficient, set_by_hand
from explainer.training.engine.devices import ALL_AT_ONCE, Device, device
from explainer.training.engine.race import Race, Settings
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import Way, train
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

CPU, AHEAD = device("cpu"), Device("cpu", "A GPU", ALL_AT_ONCE, Way.AHEAD)
MLP = Network(kind="mlp", depth=1, width=6, activation="tanh")
TRAINING = Training("adam", 0.01, steps=60, batch_size=16)
RECIPES = (Recipe(MLP, training=TRAINING), Recipe(MLP, Regularisation(dropout=0.3), TRAINING))
WEIGHT, BIAS = Coefficient("dense1", 2, 1), Coefficient("out", 1)


@pytest.fixture(scope="module")
def moons() -> Prepared:
    return prepare(load("moons"), Split(train_size=60))


def race(data: Prepared, where: Device = CPU, *, stacked: bool = True) -> Race:
    settings = Settings(stacked=stacked, kept_steps=40)
    return Race(RECIPES, data, seeds=(3, 4), settings=settings, device=where)


def on(one: Race, steps: int) -> None:
    one.step(steps)
    while one.has_work:
        one.run_slice(0.05)


def put(one: Race, recipe: int, seed: int, which: Coefficient, value: float) -> None:
    """Set it, and let the error of the answer be raised."""
    answer = one.set_by_hand(recipe, seed, which, value)
    while one.has_work:
        one.run_slice(0)
    answer.result(timeout=0)


def parameters(one: Race) -> list[list[torch.Tensor]]:
    """Copies of all parameters of all runs."""

    def question(runs: Sequence[Run]) -> list[list[torch.Tensor]]:
        return [[value.detach().clone() for value in run.model.parameters()] for run in runs]

    answer = one.ask(question)
    one.run_slice(0)
    return answer.result(timeout=0)


def weights(runs: Sequence[Run]) -> list[list[float]]:
    """Those of the first run's first layer."""
    found: list[list[float]] = runs[0].model.state_dict()["dense1.weight"].tolist()
    return found


def remembered(run: Run) -> list[torch.Tensor]:
    """Copies of what the optimiser remembers."""
    return [one.clone() for held in run.memory.values() for one in held.values()]


def by_plain_loop(data: Prepared) -> Run:
    """The second recipe from the first seed, changed after 7 steps and trained for 9 more."""
    run = Run(RECIPES[1], 3, data)
    for step in train(run):
        if step == 7:
            before = remembered(run)
            set_by_hand(run, WEIGHT, 1.5)
            set_by_hand(run, BIAS, -0.75)
            assert all(map(torch.equal, before, remembered(run)))
        if step == 16:
            break
    return run


@pytest.mark.parametrize("where", ["stack", "alone", "ahead"])
def test_one_run_goes_on_from_what_was_set_and_the_others_never_notice(
    where: str, moons: Prepared
) -> None:
    one, other = (
        race(moons, AHEAD if where == "ahead" else CPU, stacked=where != "alone") for _ in range(2)
    )
    on(one, 7)
    on(other, 7)
    put(one, 1, 0, WEIGHT, 1.5)
    put(one, 1, 0, BIAS, -0.75)
    now, then = parameters(one), parameters(other)
    assert float(now[2][0][2, 1]) == 1.5
    assert float(now[2][3][1]) == -0.75
    changed = sum(int((a != b).sum()) for a, b in zip(now[2], then[2], strict=True))
    assert changed == 2
    on(one, 9)
    on(other, 9)
    now, then = parameters(one), parameters(other)
    for number in (0, 1, 3):
        assert all(torch.equal(a, b) for a, b in zip(now[number], then[number], strict=True))
    expected = by_plain_loop(moons)
    for found, wanted in zip(now[2], expected.model.parameters(), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-5)


def test_the_change_is_marked_and_a_reset_takes_it_back(moons: Prepared) -> None:
    one = race(moons)
    on(one, 5)
    start = parameters(race(moons))
    put(one, 0, 1, WEIGHT, 1)
    put(one, 0, 1, WEIGHT, 2)
    put(one, 0, 1, BIAS, 0.5)
    marks = one.snapshot.runs[1].marks
    assert [(mark.step, mark.by_hand, mark.text) for mark in marks] == [
        (5, True, "dense1.weight[2, 1] = 2, seed 4"),
        (5, True, "out.bias[1] = 0.5, seed 4"),
    ]
    assert not any(run.marks for number, run in enumerate(one.snapshot.runs) if number != 1)
    one.reset()
    while one.has_work:
        one.run_slice(0.05)
    assert not one.snapshot.runs[1].marks
    for now, then in zip(parameters(one), start, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(now, then, strict=True))


@pytest.mark.parametrize("step", [0, 32])
def test_a_branch_from_the_step_where_it_was_set_goes_the_same_way(
    step: int, moons: Prepared
) -> None:
    one = race(moons)
    on(one, step) if step else None
    before = parameters(one)
    put(one, 0, 0, WEIGHT, 3)
    changed = parameters(one)
    on(one, 20)
    answer = one.ask(weights, at=step)
    branch = one.branch(step)
    while one.has_work:
        one.run_slice(0)
    assert answer.result(timeout=0)[2][1] == 3
    other = branch.result(timeout=0)
    for now, then in zip(parameters(other), changed, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(now, then, strict=True))
    on(other, 20)
    for now, then in zip(parameters(other), parameters(one), strict=True):
        assert all(torch.equal(a, b) for a, b in zip(now, then, strict=True))
    assert not torch.equal(before[0][0], changed[0][0])
    assert any(mark.by_hand for mark in other.snapshot.runs[0].marks)


def test_an_earlier_step_is_kept_as_it_was(moons: Prepared) -> None:
    one = race(moons)
    on(one, 20)
    before = one.ask(weights, at=16)
    put(one, 0, 0, WEIGHT, 3)
    after = one.ask(weights, at=16)
    while one.has_work:
        one.run_slice(0)
    assert before.result(timeout=0) == after.result(timeout=0)


@pytest.mark.parametrize(
    ("which", "value", "said"),
    [
        (WEIGHT, math.nan, "value is nan, but it goes from −100 to 100"),
        (WEIGHT, 1e9, "value is 10⁹, but it goes from −100 to 100"),
        (Coefficient("dense9", 0, 0), 1, "the network has no dense9.weight\\[0, 0\\]"),
        (Coefficient("dense1", 6, 0), 1, "the network has no"),
        (Coefficient("dense1", 0, 2), 1, "the network has no"),
        (Coefficient("dense1", -1), 1, "the network has no"),
        (Coefficient("dense1_activation", 0), 1, "the network has no"),
    ],
)
def test_what_cannot_be_set_is_refused_in_one_sentence(
    which: Coefficient, value: float, said: str, moons: Prepared
) -> None:
    one = race(moons)
    before = parameters(one)
    with pytest.raises(ValueError, match=said):
        put(one, 0, 0, which, value)
    for now, then in zip(parameters(one), before, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(now, then, strict=True))
    assert not one.snapshot.runs[0].marks


def test_a_run_that_has_ended_is_left_alone(moons: Prepared) -> None:
    one = race(moons)
    one.play()
    while one.has_work:
        one.run_slice(0.05)
    with pytest.raises(ValueError, match="this run has ended"):
        put(one, 0, 0, WEIGHT, 1)


def test_a_network_without_biases_has_none_to_set(moons: Prepared) -> None:
    run = Run(Recipe(replace(MLP, bias=False)), 0, moons)
    with pytest.raises(ValueError, match=r"the network has no out\.bias"):
        set_by_hand(run, BIAS, 1)
