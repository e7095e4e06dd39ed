"""Every instrument on a race in which one recipe has diverged: it says so, the others go on."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from safetensors.torch import load as read_weights

from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.export import best_weights, describe, metrics_csv, metrics_json
from explainer.training.instruments.boundary import boundary
from explainer.training.instruments.forward_pass import forward_pass, next_mistake
from explainer.training.instruments.kernels import first_kernels
from explainer.training.instruments.mistakes import answers
from explainer.training.instruments.next_step import next_batch, next_drops
from explainer.training.instruments.pruning import prune
from explainer.training.instruments.questions import QUESTIONS, Question
from explainer.training.instruments.units import unit_shares
from explainer.training.instruments.verdict import held_against, verdicts, winner
from explainer.training.instruments.weights import weigh
from explainer.training.measurement.run_record import Status
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

SEEDS = (0, 1)
WILD, CALM = 1, 0


@cache
def race(data: str = "digits", *, calm: bool = True) -> Race:
    """A calm recipe and a wild one, or two wild ones, with dropout, to their end."""
    network = Network(blocks=1, channels=8) if data == "digits" else Network(kind="mlp", depth=2)
    rates = (0.05, 100.0) if calm else (100.0, 100.0)
    recipes = [
        Recipe(network, Regularisation(dropout=0.5), Training("sgd", rate, steps=60))
        for rate in rates
    ]
    one = Race(
        recipes,
        lambda seed: prepare(load(data), Split(train_size=80, seed=seed)),
        seeds=SEEDS,
        device=device("cpu"),
    )
    one.play()
    while one.has_work:
        one.run_slice()
    return one


def asked(one: Race, question: Callable[[Sequence[Run]], Any]) -> Any:
    answer = one.ask(question)
    one.run_slice(0)
    return answer.result(timeout=0)


def of(number: int, instrument: Callable[[Run], Any]) -> Callable[[Sequence[Run]], Any]:
    return lambda runs: instrument(runs[number])


def test_the_wild_recipe_diverges_and_has_weights_that_are_no_numbers() -> None:
    states = [run.status for run in race().snapshot.runs]
    assert states == [Status.FINISHED] * 2 + [Status.DIVERGED] * 2
    assert not np.isfinite(asked(race(), of(2 * WILD, first_kernels))).all()


@pytest.mark.parametrize(
    "instrument",
    [
        first_kernels, answers, prune, unit_shares, next_batch, next_drops,
        partial(forward_pass, place=0), partial(next_mistake, place=0),
    ],
)  # fmt: skip
@pytest.mark.parametrize("number", range(4))
def test_every_instrument_of_a_run_answers(instrument: Callable[[Run], Any], number: int) -> None:
    asked(race(), of(number, instrument))


def test_a_network_that_gives_no_numbers_is_neither_right_nor_wrong() -> None:
    found, whole = (asked(race(), of(2 * recipe, answers)) for recipe in (WILD, CALM))
    assert found.unanswered == len(whole.labels)
    assert len(found.labels) == len(found.predicted) == found.confusion.sum() == 0
    assert found.worst == ()
    assert asked(race(), of(2 * WILD, partial(next_mistake, place=0))) is None
    assert whole.unanswered == 0


def test_pruning_a_network_that_gives_no_numbers_has_no_accuracy() -> None:
    assert all(math.isnan(one.measure) for one in asked(race(), of(2 * WILD, prune))[:-1])
    assert all(math.isfinite(one.measure) for one in asked(race(), of(2 * CALM, prune)))


def test_units_whose_slopes_are_no_numbers_are_neither_dead_nor_alive() -> None:
    for one in asked(race(), of(2 * WILD, unit_shares)):
        assert math.isnan(one.dead) == math.isnan(one.saturated)
    assert any(math.isnan(one.dead) for one in asked(race(), of(2 * WILD, unit_shares)))
    assert all(math.isfinite(one.dead) for one in asked(race(), of(2 * CALM, unit_shares)))


def test_the_histogram_of_the_healthy_is_what_it_is_without_the_wild() -> None:
    weighed = partial(weigh, epsilon=1e-3)
    calm, wild = asked(race(), lambda runs: weighed(runs, recipes=2))
    (alone,) = asked(race(), lambda runs: weighed(runs[:2], recipes=1))
    assert calm.counts.tolist() == alone.counts.tolist()
    assert not all(math.isfinite(layer.norm) for layer in wild.layers)
    assert np.isfinite(wild.edges).all()


def test_of_several_seeds_those_that_diverged_do_not_spoil_the_rest() -> None:
    # As if one recipe had the calm run and the wild one.
    (mixed,) = asked(race(), lambda runs: weigh([runs[0], runs[2]], recipes=1, epsilon=1e-3))
    (alone,) = asked(race(), lambda runs: weigh(runs[:1], recipes=1, epsilon=1e-3))
    assert mixed.layers == alone.layers
    assert mixed.counts.tolist() == alone.counts.tolist()


def test_a_boundary_of_no_numbers_is_no_number_and_the_others_are() -> None:
    points = race("moons")
    wild, calm = (asked(points, of(2 * recipe, boundary)) for recipe in (WILD, CALM))
    assert not np.isfinite(wild.answers).all()
    assert np.isfinite(calm.answers).all()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.slug)
@pytest.mark.parametrize("calm", [True, False])
def test_every_question_has_a_verdict_in_words(question: Question, calm: bool) -> None:
    snapshot = race(calm=calm).snapshot
    for sentence in (winner(snapshot, question)[1], held_against(1, snapshot, question)):
        assert sentence.endswith(".")
        assert not {"nan", "inf"} & set(sentence.replace("(", " ").split())
    assert all(one.word for one in verdicts(snapshot, question))


@pytest.mark.parametrize("calm", [True, False])
def test_exports_are_strict_and_hold_the_healthy(calm: bool) -> None:
    one = race(calm=calm)

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    description = describe(load("digits"))
    text = metrics_json(one.snapshot, description, Split(train_size=80))
    runs = json.loads(text, parse_constant=refuse)["runs"]
    assert [run["status"] for run in runs[2:]] == ["diverged"] * 2
    assert not {"nan", "inf", "-inf"} & set(metrics_csv(one.snapshot).replace("\n", ",").split(","))
    files = asked(one, lambda held: best_weights(held, description))
    assert len(files) == 4
    for content in files.values():
        assert all(tensor.isfinite().all() for tensor in read_weights(content).values())
