"""The engine on a GPU: the numbers of the CPU, of plain runs, and of graphs, and no waiting."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from explainer.activations.registry import TRAINED
from explainer.training.augmentation.mixing import beta
from explainer.training.augmentation.pipeline import AUGMENTATIONS, augment, step
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.ahead import Ahead, AheadLoop
from explainer.training.engine.devices import Device, device
from explainer.training.engine.graphs import recorded
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.engine.stacked import Stack
from explainer.training.instruments.boundary import boundary
from explainer.training.instruments.kernels import first_kernels
from explainer.training.instruments.mistakes import answers
from explainer.training.instruments.next_step import next_batch, next_drops
from explainer.training.instruments.units import unit_shares
from explainer.training.measurement.run_record import Status
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.poolings import POOLINGS
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training
from explainer.training.seeds import generator

Numbers = NDArray[np.float64]
FEW, FIFTY = (Training(steps=count, learning_rate=0.02) for count in (4, 50))
PLAIN = Regularisation()
PENALTIES = (
    Regularisation(l1_subgradient=1e-3, l2=1e-2),
    Regularisation(l1_proximal=1e-2, max_norm=1.5),
    Regularisation(weight_decay=0.1, label_smoothing=0.1),
)
NOISY = (
    Regularisation(dropout=0.5),
    Regularisation(map_dropout=0.3),
    Regularisation(dropconnect=0.3),
)
SMALL = Network(kind="mlp", depth=2, width=32)
NETWORKS = (
    Network(),
    Network(batch_norm=True, dense_layers=1),
    Network(layer_norm=True, kernel_size=5),
    Network(mean_of_maps=True),
    Network(kind="mlp", depth=0),
    Network(kind="mlp", depth=3, width=24, residual=True, batch_norm=True),
    *(Network(pooling=one.slug) for one in POOLINGS),
    *(replace(SMALL, activation=one.slug) for one in TRAINED),
)


def plain(recipe: Recipe, data: Prepared, seed: int = 0) -> Run:
    """A run by itself, to its end."""
    run = Run(recipe, seed, data)
    for _ in train(run):
        pass
    return run


def ahead(
    recipes: list[Recipe], data: Prepared, *, graphed: bool = False, seeds: tuple[int, ...] = (0,)
) -> list[Run]:
    """The runs of a stack, to their end."""
    runs = [Run(recipe, seed, data) for recipe in recipes for seed in seeds]
    AheadLoop(Stack(runs), recorded if graphed else None).advance(10_000)
    return runs


def assert_close(one: Run, other: Run) -> None:
    """The weights after a few steps; after fifty, which double what was rounded, the loss."""
    if one.total_steps == FEW.steps:
        state = other.model.state_dict()
        # RMSprop divides what was rounded by itself.
        atol = 5e-3 if one.optimiser.slug == "rmsprop" else 5e-4
        for name, tensor in one.model.state_dict().items():
            if tensor.is_floating_point():  # a stack does not count batches
                torch.testing.assert_close(tensor.cpu(), state[name].cpu(), rtol=2e-3, atol=atol)
    a, b = one.record.last, other.record.last
    assert a is not None
    assert b is not None
    assert a.validation_loss == pytest.approx(b.validation_loss, rel=0.05)


@pytest.mark.parametrize(
    ("network", "training"),
    [*((one, FEW) for one in NETWORKS), *((one, FIFTY) for one in NETWORKS[:6])],
)
def test_a_plain_run_gives_the_numbers_of_the_cpu(
    network: Network, training: Training, digits: Prepared, on_gpu: Prepared
) -> None:
    if network.pooling == "stochastic":
        pytest.skip("draws of its own on each device")
    recipe = Recipe(network, PENALTIES[0], training)
    assert_close(plain(recipe, on_gpu), plain(recipe, digits))


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_a_stack_gives_the_numbers_of_plain_runs(network: Network, on_gpu: Prepared) -> None:
    held = [PLAIN, *PENALTIES, *(NOISY if network.kind == "cnn" else (NOISY[0],))]
    recipes = [Recipe(network, one, FEW) for one in held]
    for stacked, recipe in zip(ahead(recipes, on_gpu), recipes, strict=True):
        assert_close(stacked, plain(recipe, on_gpu))


@pytest.mark.parametrize("length", [FEW, FIFTY], ids=["few", "fifty"])
@pytest.mark.parametrize("optimiser", [one.slug for one in OPTIMISERS])
def test_each_optimiser_gives_the_numbers_of_the_cpu(
    optimiser: str, length: Training, digits: Prepared, on_gpu: Prepared
) -> None:
    training = replace(length, optimiser=optimiser, learning_rate=0.005, schedule="cosine",
                       clip_norm=0.5)  # fmt: skip
    recipes = [Recipe(SMALL, one, training) for one in (PLAIN, *PENALTIES)]
    for stacked, recipe in zip(ahead(recipes, on_gpu), recipes, strict=True):
        assert_close(stacked, plain(recipe, digits))


@pytest.mark.parametrize("network", NETWORKS[:6], ids=str)
def test_a_graph_gives_the_numbers_of_its_steps_to_the_last_bit(
    network: Network, on_gpu: Prepared
) -> None:
    changed = (step("shift"), step("noise"), step("mixup"))
    recipes = [
        Recipe(network, held, replace(FIFTY, optimiser="adam"), changed if place % 2 else ())
        for place, held in enumerate([PLAIN, *PENALTIES, NOISY[0]])
    ]
    launched = ahead(recipes, on_gpu, seeds=(0, 1))
    replayed = ahead(recipes, on_gpu, graphed=True, seeds=(0, 1))
    for one, other in zip(launched, replayed, strict=True):
        for a, b in zip(
            one.model.state_dict().values(), other.model.state_dict().values(), strict=True
        ):
            assert torch.equal(a, b)
        assert one.generator.get_state().equal(other.generator.get_state())


@pytest.mark.parametrize("entry", AUGMENTATIONS, ids=lambda one: one.slug)
def test_an_augmentation_draws_on_the_device_with_the_mean_of_the_cpu(
    entry: object, gpu: Device
) -> None:
    one = step(entry.slug)  # type: ignore[attr-defined]
    pictures = torch.rand(4096, 1, 12, 12, generator=generator(0)) ** 2
    labels = torch.arange(4096) % 10
    found = []
    for where in (gpu.torch, torch.device("cpu")):
        drawn = augment(
            pictures.to(where), labels.to(where), 10, (one,), generator(1, device=where)
        )
        assert all(part.device.type == where.type for part in drawn)
        assert 0 <= float(drawn[0].min()) <= float(drawn[0].max()) <= 1
        found.append([part.float().cpu().mean(0) for part in drawn])
    for a, b in zip(*found, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0.03 * max(1.0, float(b.abs().max())))


def test_mixtures_have_the_spread_of_beta(gpu: Device) -> None:
    drawn = beta(100_000, 0.4, generator(0, device=gpu.torch)).cpu()
    assert float(drawn.mean()) == pytest.approx(0.5, abs=0.01)
    assert float(drawn.var()) == pytest.approx(1 / (4 * (2 * 0.4 + 1)), abs=0.005)


def test_recipes_of_a_seed_see_the_same_changes_and_the_same_masks(on_gpu: Prepared) -> None:
    changed = (step("shift"), step("cutmix"))
    recipes = [Recipe(Network(), Regularisation(dropout=0.5, l2=one), FIFTY, changed)
               for one in (0.0, 0.1, 0.2)]  # fmt: skip
    runs = [Run(recipe, 0, on_gpu) for recipe in recipes]
    AheadLoop(Stack(runs)).advance(5)
    batches = [next_batch(run) for run in runs]
    drops = [next_drops(run)[0] for run in runs]
    for batch, drop in zip(batches[1:], drops[1:], strict=True):
        np.testing.assert_array_equal(batch.augmented, batches[0].augmented)
        np.testing.assert_array_equal(drop.kept, drops[0].kept)


def test_dropout_keeps_its_share_on_the_device(gpu: Device, on_gpu: Prepared) -> None:
    run = Run(Recipe(Network(dense_layers=1, width=512), Regularisation(dropout=0.3), FIFTY),
              0, on_gpu)  # fmt: skip
    kept = next_drops(run, 12)[-1].kept
    assert kept.mean() == pytest.approx(0.7, abs=0.03)


@contextmanager
def no_waiting(gpu: Device) -> Iterator[None]:
    """Whatever makes the host wait for the GPU raises."""
    if gpu.slug != "cuda":
        yield
        return
    torch.cuda.set_sync_debug_mode("error")
    try:
        yield
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_a_step_waits_for_nothing(network: Network, gpu: Device, on_gpu: Prepared) -> None:
    changed = tuple(step(one.slug) for one in AUGMENTATIONS)
    held = [PLAIN, *PENALTIES, *(NOISY if network.kind == "cnn" else (NOISY[0],))]
    recipes = [Recipe(network, one, FIFTY, changed if place % 2 else ())
               for place, one in enumerate(held)]  # fmt: skip
    prepared = Ahead(Stack([Run(recipe, 0, on_gpu) for recipe in recipes]))
    prepared.stack.measurement.begin()
    prepared.prepare(4)
    prepared.steps(1)  # tables are made and libraries loaded
    with no_waiting(gpu):
        prepared.prepare(3)
        prepared.steps(3)


def raced(recipes: tuple[Recipe, ...], where: Device) -> Snapshot:
    digits = load("digits")
    race = Race(recipes, lambda seed: prepare(digits, Split(train_size=200, seed=seed)),
                seeds=(0, 1), device=where)  # fmt: skip
    race.play()
    while race.has_work:
        race.run_slice()
    return race.snapshot


def test_one_of_sixteen_diverges_and_the_others_go_on(gpu: Device) -> None:
    rates = [0.02] * 3 + [100.0] + [0.02] * 4
    steep = replace(SMALL, activation="leaky-relu", depth=3)
    recipes = tuple(Recipe(steep, PLAIN, replace(FIFTY, learning_rate=one)) for one in rates)
    found, wanted = raced(recipes, gpu), raced(recipes, device("cpu"))
    assert [one.status for one in found.runs] == [one.status for one in wanted.runs]
    assert [one.recipe for one in found.runs if one.status is Status.DIVERGED] == [3, 3]
    for a, b in zip(found.runs, wanted.runs, strict=True):
        if a.status is Status.FINISHED:
            assert a.last is not None
            assert b.last is not None
            assert a.last.validation_loss == pytest.approx(b.last.validation_loss, rel=2e-3)


def test_pause_step_turn_reset_and_new_seeds_are_those_of_the_cpu(gpu: Device) -> None:
    def story(where: Device) -> list[float]:
        digits = load("digits")
        race = Race([Recipe(Network(), Regularisation(), FIFTY)],
                    lambda seed: prepare(digits, Split(train_size=200, seed=seed)),
                    seeds=(0, 1), device=where)  # fmt: skip
        found = list[float]()

        def settle() -> None:
            while race.has_work:
                race.run_slice()
            found.extend(run.last.validation_loss for run in race.snapshot.runs if run.last)

        race.step(7)
        settle()
        race.set_learning_rate(0, 0.05)
        race.set_strength(0, "l2", 0.01)
        race.step(13)
        settle()
        race.reset()
        race.play()
        settle()
        race.new_seeds()
        race.step(9)
        settle()
        race.close()
        return found

    assert story(gpu) == pytest.approx(story(device("cpu")), rel=2e-3)


def test_the_instruments_see_what_they_see_on_the_cpu(gpu: Device) -> None:
    def seen(where: Device) -> list[Numbers]:
        digits, points = load("digits"), load("moons")
        found = list[Numbers]()
        for data, network in ((digits, Network()), (points, SMALL)):
            race = Race([Recipe(network, PLAIN, FIFTY)], prepare(data, Split(train_size=150)),
                        seeds=(0,), device=where)  # fmt: skip
            race.play()
            while race.has_work:
                race.run_slice()
            answer = race.ask(lambda runs: look(runs[0]))
            race.run_slice()
            found += answer.result()
        return found

    def look(run: Run) -> list[Numbers]:
        shares = np.array([[one.dead, one.saturated] for one in unit_shares(run)])
        third = first_kernels(run) if len(run.data.shape) == 3 else boundary(run).answers
        found = answers(run)
        return [np.asarray(one, np.float64) for one in (shares, third, np.sort(found.confidence))]

    for a, b in zip(seen(gpu), seen(device("cpu")), strict=True):
        np.testing.assert_allclose(a, b, rtol=0.02, atol=0.02)


def test_memory_is_given_back_when_a_race_ends(gpu: Device) -> None:
    if gpu.slug != "cuda":
        pytest.skip("the CPU's memory is another story")

    def in_use() -> int:
        gc.collect()
        torch.cuda.synchronize()
        return torch.cuda.memory_allocated()

    def whole() -> None:
        race = Race([Recipe(Network(), PLAIN, FIFTY)], prepare(load("digits"), Split()), device=gpu)
        race.play()
        while race.has_work:
            race.run_slice()
        assert race.snapshot.device_bytes > 0
        race.close()

    whole()  # what the libraries keep is there now
    before = in_use()
    whole()
    assert in_use() <= before + 2**20
