from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explainer.training.data.splits import Prepared
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race, Settings
from explainer.training.engine.run import Run
from explainer.training.engine.stacked import Stack, train_stacked
from explainer.training.instruments.boundary import boundary
from explainer.training.instruments.copies import twin
from explainer.training.instruments.forward_pass import forward_pass, next_mistake
from explainer.training.instruments.kernels import first_kernels
from explainer.training.instruments.mistakes import answers
from explainer.training.instruments.next_step import next_batch, next_drops
from explainer.training.instruments.pruning import prune
from explainer.training.instruments.units import unit_shares
from explainer.training.instruments.weights import weigh
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

Instrument = Callable[[Run], Any]

INSTRUMENTS: dict[str, Instrument] = {
    "weigh": lambda run: weigh([run], recipes=1, epsilon=1e-3),
    "prune": prune,
    "first_kernels": first_kernels,
    "unit_shares": unit_shares,
    "answers": answers,
    "next_batch": next_batch,
    "next_drops": next_drops,
}
ON_POINTS: dict[str, Instrument] = {**INSTRUMENTS, "boundary": boundary}
ON_PICTURES: dict[str, Instrument] = {
    **INSTRUMENTS,
    "forward_pass": partial(forward_pass, place=3),
    "next_mistake": partial(next_mistake, place=3),
}
FORWARD = ("prune", "unit_shares", "answers", "next_drops", "forward_pass", "next_mistake")


def everything(run: Run) -> dict[str, Any]:
    """All that a run consists of, as copies."""
    parameters = dict(run.model.named_parameters())
    return {
        "state": {name: one.clone() for name, one in run.model.state_dict().items()},
        "gradients": {name: _copy(one.grad) for name, one in parameters.items()},
        "wanted": {name: one.requires_grad for name, one in parameters.items()},
        "places": {name: one.data_ptr() for name, one in run.model.state_dict().items()},
        "modes": {name: one.training for name, one in run.model.named_modules()},
        "hooks": [
            len(one._forward_hooks) + len(one._forward_pre_hooks) for one in run.model.modules()
        ],
        "generators": [
            run.generator.get_state(),
            run.augmenting.get_state(),
            torch.get_rng_state(),
        ],
        "orders": dict(run.batches._orders),
        "memory": {slot: {n: _copy(t) for n, t in m.items()} for slot, m in run.memory.items()},
        "data": [_copy(run.data.train_inputs), _copy(run.data.validation_inputs)],
        "rest": (run.step, run.record.last, run.record.best, run.record.status, run.record.marks),
    }


def _copy(tensor: Tensor | None) -> Tensor | None:
    return None if tensor is None else tensor.detach().clone()


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return all(alike(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


@pytest.fixture
def stacked_run(digits: Prepared, noisy_recipe: Recipe) -> Run:
    """A run whose parameters, buffers and gradients are windows of a stack."""
    runs = [Run(noisy_recipe, seed, digits) for seed in (0, 1)]
    for _ in islice(train_stacked(Stack(runs)), 9):
        pass
    return runs[1]


@pytest.mark.parametrize("name", ON_PICTURES)
def test_an_instrument_leaves_no_trace_in_a_run_that_trains_alone(
    name: str, digits: Prepared, noisy_recipe: Recipe, trained: Callable[..., Run]
) -> None:
    run = trained(noisy_recipe, digits)
    before = everything(run)
    ON_PICTURES[name](run)
    assert alike(before, everything(run))


@pytest.mark.parametrize("name", ON_PICTURES)
def test_an_instrument_leaves_no_trace_in_a_run_of_a_stack(name: str, stacked_run: Run) -> None:
    before = everything(stacked_run)
    ON_PICTURES[name](stacked_run)
    assert alike(before, everything(stacked_run))


@pytest.mark.parametrize("name", ON_POINTS)
def test_an_instrument_leaves_no_trace_in_a_run_on_points(
    name: str, moons: Prepared, trained: Callable[..., Run]
) -> None:
    recipe = Recipe(Network("mlp", batch_norm=True), Regularisation(dropout=0.5))
    run = trained(recipe, moons)
    before = everything(run)
    ON_POINTS[name](run)
    assert alike(before, everything(run))


class Broken(nn.Module):
    def forward(self, inputs: Tensor) -> Tensor:
        raise ArithmeticError("broken")


@pytest.mark.parametrize("name", FORWARD)
def test_an_instrument_that_fails_half_way_leaves_no_trace(
    name: str, digits: Prepared, noisy_recipe: Recipe, trained: Callable[..., Run]
) -> None:
    run = trained(noisy_recipe, digits)
    run.model.add_module("last", Broken().train())
    before = everything(run)
    with pytest.raises(ArithmeticError, match="broken"):
        ON_PICTURES[name](run)
    assert alike(before, everything(run))


def arrays(found: Any) -> Iterator[np.ndarray[Any, Any]]:
    """Every array in a result."""
    if isinstance(found, np.ndarray):
        yield found
    elif isinstance(found, tuple):
        for one in found:
            yield from arrays(one)
    elif dataclasses.is_dataclass(found):
        for field in dataclasses.fields(found):
            yield from arrays(getattr(found, field.name))


@pytest.mark.parametrize("name", [*ON_PICTURES, "boundary"])
def test_a_result_shares_no_memory_with_the_run(
    name: str,
    digits: Prepared,
    moons: Prepared,
    noisy_recipe: Recipe,
    trained: Callable[..., Run],
) -> None:
    data, recipe = (
        (moons, Recipe(Network("mlp", depth=1))) if name == "boundary" else (digits, noisy_recipe)
    )
    run = trained(recipe, data)
    owned = [*run.model.state_dict().values()]
    owned += [one for one in vars(data).values() if isinstance(one, Tensor)]
    for array in arrays({**ON_POINTS, **ON_PICTURES}[name](run)):
        assert not any(np.shares_memory(array, one.numpy()) for one in owned)


def test_a_twin_draws_and_computes_on_its_own(
    digits: Prepared, noisy_recipe: Recipe, trained: Callable[..., Run]
) -> None:
    run = trained(noisy_recipe, digits)
    before, other = everything(run), twin(run)
    assert not other.model.training
    other.batch(other.step)
    other.model.train()(digits.train_inputs[:4])
    for parameter in other.model.parameters():
        parameter.data.zero_()
    assert alike(before, everything(run))
    assert not torch.equal(other.generator.get_state(), run.generator.get_state())


def all_of(runs: Any) -> list[Any]:
    return [weigh(runs, recipes=3, epsilon=1e-3)] + [
        INSTRUMENTS[name](run) for run in runs for name in INSTRUMENTS if name != "weigh"
    ]


def curves_and_weights(one: Race) -> list[Any]:
    asked = one.ask(lambda runs: [list(run.model.state_dict().values()) for run in runs])
    asked_copies = one.ask(lambda runs: [everything(run)["generators"][:2] for run in runs])
    one.run_slice(0.01)
    curves = [
        torch.tensor(np.stack([getattr(run.curves, name) for name in ("step", "batch_loss")]))
        for run in one.snapshot.runs
    ]
    scores = [dataclasses.astuple(run.last) for run in one.snapshot.runs if run.last]
    return [asked.result(), asked_copies.result(), [one.nan_to_num() for one in curves], scores]


@pytest.mark.parametrize("stacked", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_race_with_every_instrument_asked_between_slices_gives_exactly_the_same_numbers(
    stacked: bool, few_digits: Prepared, noisy_recipe: Recipe
) -> None:
    training = Training(steps=40, batch_size=16)
    recipes = [
        dataclasses.replace(noisy_recipe, training=training),
        Recipe(Network(blocks=1), Regularisation(map_dropout=0.5), training),
        Recipe(Network("mlp", 2, 16), Regularisation(dropout=0.5), training),
    ]
    ended = []
    for measured in (False, True):
        settings = Settings(stacked=stacked)
        one = Race(recipes, few_digits, seeds=(0, 1), settings=settings, device=device("cpu"))
        for _ in range(6):
            one.step(5)
            asked = one.ask(all_of) if measured else None
            while one.has_work:
                one.run_slice(0.05)
            assert asked is None or len(asked.result(0)) == 1 + 6 * 6
        ended.append(curves_and_weights(one))
    assert alike(*ended)
