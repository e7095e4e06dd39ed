"""What an accelerator does, on the CPU: the very same stack, rows and update, without graphs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats
from torch.utils._python_dispatch import TorchDispatchMode

from explainer.training.augmentation.mixing import beta, between, quantiles
from explainer.training.augmentation.pipeline import step
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine import build_runs, race_runs
from explainer.training.engine.ahead import Ahead, AheadLoop
from explainer.training.engine.devices import ALL_AT_ONCE, Device, device
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import Way
from explainer.training.engine.stacked import Stack
from explainer.training.instruments.next_step import next_batch
from explainer.training.measurement.run_record import Status
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training
from explainer.training.recipe.schedules import SCHEDULES
from tests.training.engine.test_stacked import NETWORKS, REGULARISATIONS, alone, assert_same

AHEAD = Device("cpu", "A GPU", ALL_AT_ONCE, Way.AHEAD)
IN_TURN = device("cpu")
SHORT = Training(steps=40, learning_rate=0.02)
CHANGED = (step("shift"), step("rotation"), step("erasing"), step("noise"), step("colour"))


def together(recipes: list[Recipe], data: Prepared, seeds: tuple[int, ...] = (0,)) -> list[Run]:
    runs = [Run(recipe, seed, data) for recipe in recipes for seed in seeds]
    AheadLoop(Stack(runs)).advance(10_000)
    return runs


def raced(
    recipes: tuple[Recipe, ...],
    where: Device,
    then: Callable[[Race], None] = lambda race: None,
) -> Snapshot:
    """The end of a race on 100 digits; `then` is called at step 20."""
    digits = load("digits")
    race = Race(recipes, lambda seed: prepare(digits, Split(train_size=100, seed=seed)),
                seeds=(0, 1), device=where)  # fmt: skip
    race.stop_at(20)
    for _ in range(2):
        race.play()
        while race.has_work:
            race.run_slice()
        then(race)
        race.stop_at(None)
    return race.snapshot


def assert_alike(one: Snapshot, other: Snapshot) -> None:
    for a, b in zip(one.runs, other.runs, strict=True):
        assert (a.status, a.step, a.marks) == (b.status, b.step, b.marks)
        assert a.last is not None
        assert b.last is not None
        assert a.last.validation_loss == pytest.approx(b.last.validation_loss, rel=2e-3)
        np.testing.assert_allclose(
            a.curves.batch_loss, b.curves.batch_loss, rtol=2e-3, equal_nan=True
        )


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_steps_ahead_give_the_numbers_of_plain_runs(network: Network, digits: Prepared) -> None:
    training = Training(steps=10, learning_rate=0.02)
    recipes = [Recipe(network, held, training) for held in REGULARISATIONS]
    assert_same(together(recipes, digits), alone(recipes, digits))


@pytest.mark.parametrize(
    "optimiser",
    [
        pytest.param(one.slug, marks=[] if one.slug in ("sgd", "adam") else [pytest.mark.slow])
        for one in OPTIMISERS
    ],
)
def test_each_optimiser_takes_its_rate_and_its_step_from_the_device(
    optimiser: str, digits: Prepared
) -> None:
    network = Network(kind="mlp", depth=2, width=16)
    recipes = [
        Recipe(network, Regularisation(weight_decay=0.1 * (place % 2)),
               replace(SHORT, optimiser=optimiser, learning_rate=0.003, schedule=entry.slug,
                       clip_norm=0.5 * (place % 3)))
        for place, entry in enumerate(SCHEDULES)
    ]  # fmt: skip
    assert_same(together(recipes, digits, (0, 1)), alone(recipes, digits, (0, 1)))


def test_a_race_ahead_is_the_race_in_turn_with_its_curves_and_what_was_turned_in_it() -> None:
    recipes = (
        Recipe(Network(), Regularisation(dropout=0.4, max_norm=1.0), SHORT),
        Recipe(Network(), Regularisation(l1_proximal=1e-3), replace(SHORT, clip_value=0.05)),
        Recipe(Network(), Regularisation(), SHORT, CHANGED),
        Recipe(Network(), Regularisation(l2=1e-3), SHORT, CHANGED),
        Recipe(Network(pooling="stochastic"), Regularisation(), SHORT),
    )

    def turned(race: Race) -> None:
        race.set_learning_rate(0, 0.05)
        race.set_strength(1, "l2", 0.01)

    assert_alike(raced(recipes, AHEAD, turned), raced(recipes, IN_TURN, turned))


def test_a_run_that_diverges_ends_alone_and_a_reset_begins_the_same_race_again() -> None:
    steep = replace(SHORT, learning_rate=100)
    network = Network(activation="leaky-relu")
    recipes = tuple(Recipe(network, Regularisation(), one) for one in (SHORT, steep, SHORT))
    ahead = raced(recipes, AHEAD)
    assert [run.status for run in ahead.runs[2:4]] == [Status.DIVERGED] * 2
    assert_alike(ahead, raced(recipes, IN_TURN))
    again: list[Snapshot] = []

    def reset(race: Race) -> None:
        if not again:
            again.append(race.snapshot)
            race.reset()

    assert_alike(raced(recipes, AHEAD, reset), ahead)
    assert again


def test_runs_of_a_seed_share_their_changes_and_go_on_with_them_apart(digits: Prepared) -> None:
    recipes = [Recipe(Network(), held, SHORT, CHANGED) for held in REGULARISATIONS[:3]]
    runs = [Run(recipe, 0, digits) for recipe in recipes]
    loop = AheadLoop(Stack(runs))
    assert len(loop.ahead.sources) == 1
    loop.advance(7)
    apart = alone_for(recipes[1], digits, 7)
    for run in runs:
        found, wanted = next_batch(run), next_batch(apart)
        assert found is not None
        assert wanted is not None
        np.testing.assert_array_equal(found.augmented, wanted.augmented)


def alone_for(recipe: Recipe, data: Prepared, steps: int) -> Run:
    run = Run(recipe, 0, data)
    AheadLoop(Stack([run])).advance(steps)
    return run


class Watched(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes every operator, with the shapes and the places of what it is given."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.seen: list[tuple[str, tuple[tuple[int, ...], ...]]] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        tensors = [one for one in args if isinstance(one, torch.Tensor)]
        self.seen.append((str(func), tuple(tuple(one.shape) for one in tensors)))
        return func(*args, **(kwargs or {}))


WAITS = ("_local_scalar_dense", "nonzero", "lift_fresh", "is_nonzero", "unique", "masked_select")
"""Operators that read from the device, or bring a number of the host to it."""


@pytest.fixture
def prepared(digits: Prepared) -> Ahead:
    recipes = [
        Recipe(Network(batch_norm=True), held, replace(SHORT, optimiser="adam"), CHANGED)
        for held in REGULARISATIONS
    ]
    ahead = Ahead(Stack([Run(recipe, seed, digits) for recipe in recipes for seed in (0, 1)]))
    ahead.stack.measurement.begin()
    ahead.prepare(3)
    return ahead


def test_a_step_is_the_same_operators_each_time_and_none_of_them_waits(prepared: Ahead) -> None:
    listed = []
    prepared.step()  # windows onto the matrix are made at their first use
    for _ in range(2):
        with Watched() as watched:
            prepared.step()
        listed.append(watched.seen)
    assert listed[0] == listed[1]
    names = {name for name, _ in listed[0]}
    assert not [name for name in names if any(one in name for one in WAITS)]


def test_what_a_step_changes_stays_where_it_is_and_is_all_listed(prepared: Ahead) -> None:
    def places() -> list[int]:
        return [one.data_ptr() for one in (*prepared.touched, prepared.rows, prepared.amounts)]

    before = places()
    generators = [run.generator for run in prepared.stack.runs]
    generators += [run.augmenting for run in prepared.sources]
    states = [one.get_state() for one in generators]
    copies = [one.clone() for one in prepared.touched]

    def done() -> list[torch.Tensor]:
        prepared.steps(3)
        return [one.clone() for one in prepared.touched]

    first = done()
    assert places() == before
    with torch.no_grad():
        for one, copy in zip(prepared.touched, copies, strict=True):
            one.copy_(copy)
    for generator, state in zip(generators, states, strict=True):
        generator.set_state(state)
    for one, other in zip(first, done(), strict=True):
        assert torch.equal(one, other)


def test_the_meter_is_not_asked_in_vain(digits: Prepared) -> None:
    """Steps are done in as few portions as there are looks at the runs."""
    loop = AheadLoop(Stack([Run(Recipe(Network(), Regularisation(), SHORT), 0, digits)]))
    counts: list[int] = []

    def noted(count: int) -> None:
        counts.append(count)
        loop.ahead.steps(count)

    loop._replay = noted
    loop.advance(1000)
    assert sum(counts) == SHORT.steps
    assert counts[:16] == [1] * 16
    assert max(counts) > 4


@pytest.mark.parametrize("alpha", [0.1, 0.4, 1.0, 2.0])
def test_an_accelerator_draws_its_mixtures_from_the_same_distribution(alpha: float) -> None:
    shares = torch.rand(20_000, generator=torch.Generator().manual_seed(0))
    drawn = between(quantiles(alpha, torch.device("cpu")), shares)
    on_cpu = beta(20_000, alpha, torch.Generator().manual_seed(0))
    assert stats.ks_2samp(drawn.numpy(), on_cpu.numpy()).pvalue > 0.01


@pytest.mark.parametrize("begun", [0, 5, 30])
def test_a_race_goes_on_the_cpu_where_its_gpu_cannot(
    begun: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipes = tuple(Recipe(Network(), held, SHORT) for held in REGULARISATIONS[:3])
    learn, calls = Stack.by_autograd, iter(range(10_000))

    def full(stack: Stack, *batch: list[torch.Tensor]) -> torch.Tensor:
        if len(stack.runs) == 6 and next(calls) >= begun:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return learn(stack, *batch)

    monkeypatch.setattr(Stack, "by_autograd", full)
    found = raced(recipes, AHEAD)
    assert found.problem == (
        "A GPU could not go on, so this race goes on the CPU: there was not enough memory; "
        "smaller batches or a smaller network need less."
    )
    assert found.device == IN_TURN.title
    monkeypatch.undo()
    assert_alike(found, raced(recipes, IN_TURN))


def test_a_race_whose_data_do_not_fit_its_gpu_begins_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built, calls = build_runs.build_runs, iter(range(10))

    def full(*given: Any) -> list[Run]:
        if next(calls) == 0:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return built(*given)

    monkeypatch.setattr(race_runs, "build_runs", full)
    recipes = (Recipe(Network(), Regularisation(), SHORT),)
    found = raced(recipes, AHEAD)
    assert "goes on the CPU" in found.problem
    assert found.finished


def test_a_race_whose_stack_does_not_fit_its_gpu_goes_on_the_cpu(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flat, calls = Stack.__init__, iter(range(10_000))

    def full(stack: Stack, runs: list[Run]) -> None:
        if next(calls) == 0:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        flat(stack, runs)

    monkeypatch.setattr(Stack, "__init__", full)
    recipes = tuple(Recipe(Network(), held, SHORT) for held in REGULARISATIONS[:2])
    found = raced(recipes, AHEAD)
    assert "goes on the CPU" in found.problem
    assert_alike(found, raced(recipes, IN_TURN))
