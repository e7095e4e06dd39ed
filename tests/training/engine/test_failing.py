"""What cannot train is refused before the start; what fails while training ends that run alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from torch import Tensor

from explainer.training.data.splits import Prepared
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race, Settings
from explainer.training.engine.run import Run, score_on_test
from explainer.training.measurement.failure import failure
from explainer.training.measurement.run_record import Status
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.layers import Dropout
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training
from explainer.training.task import Score

CPU = device("cpu")
MLP = Network(kind="mlp", depth=1, width=16)
NORMED = dataclasses.replace(MLP, batch_norm=True)
SHORT = Training(steps=40, learning_rate=0.02)
DROPPING = Regularisation(dropout=0.5)
SEEDS = (0, 1)
BOTH_PATHS = pytest.mark.parametrize("stacked", [True, False], ids=["stacked", "plain"])


def raced(recipes: Sequence[Recipe], data: Prepared, *, stacked: bool = True) -> Race:
    return Race(recipes, data, seeds=SEEDS, settings=Settings(stacked=stacked), device=CPU)


def to_the_end(race: Race) -> Snapshot:
    race.play()
    while race.has_work:
        race.run_slice(0.05)
    return race.snapshot


def break_run(race: Race, recipe: int, seed: int, error: Exception, *, at: int) -> None:
    """Let the dropout of one run raise when it draws its mask for the step `at`."""
    assert race._race_runs is not None
    run = race._race_runs.runs[recipe * len(SEEDS) + seed]
    dropout = next(one for one in run.model.modules() if isinstance(one, Dropout))
    draw = dropout.draw

    def failing(inputs: Tensor) -> Tensor:
        if run.step >= at:
            raise error
        return draw(inputs)

    dropout.draw = failing  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "network", [NORMED, Network(batch_norm=True, blocks=1, channels=2, dense_layers=1)]
)
def test_batch_norm_of_single_examples_is_refused_with_the_recipe_and_the_value(
    digits: Prepared, network: Network
) -> None:
    recipes = [Recipe(MLP), Recipe(network, training=Training(batch_size=1), name="Normed")]
    words = r"^Normed cannot train: batch norm of a dense layer needs 2 .* the batch size is 1$"
    with pytest.raises(ValueError, match=words):
        raced(recipes, digits)


def test_batch_norm_of_one_training_example_is_refused(digits: Prepared) -> None:
    single = dataclasses.replace(
        digits, train_inputs=digits.train_inputs[:1], train_labels=digits.train_labels[:1]
    )
    words = r"^Recipe 1 cannot train: .* there is one training example$"
    with pytest.raises(ValueError, match=words):
        raced([Recipe(NORMED, training=Training(batch_size=32))], single)


@BOTH_PATHS
def test_batch_norm_of_maps_and_layer_norm_train_on_single_examples(
    digits: Prepared, *, stacked: bool
) -> None:
    training = Training(steps=3, batch_size=1)
    blocks = Network(batch_norm=True, blocks=1, channels=2)
    recipes = [
        Recipe(blocks, training=training),
        Recipe(blocks, Regularisation(l2=0.1), training),
        Recipe(dataclasses.replace(MLP, layer_norm=True), training=training),
    ]
    snapshot = to_the_end(raced(recipes, digits, stacked=stacked))
    assert {run.status for run in snapshot.runs} == {Status.FINISHED}


@BOTH_PATHS
def test_no_batch_is_smaller_than_the_others_so_batch_norm_trains_past_an_epoch(
    digits: Prepared, *, stacked: bool
) -> None:
    left_over = dataclasses.replace(
        digits, train_inputs=digits.train_inputs[:33], train_labels=digits.train_labels[:33]
    )
    training = Training(epochs=3, batch_size=32)
    recipes = [Recipe(NORMED, training=training), Recipe(NORMED, DROPPING, training)]
    snapshot = to_the_end(raced(recipes, left_over, stacked=stacked))
    assert {run.status for run in snapshot.runs} == {Status.FINISHED}


def test_a_network_that_the_data_do_not_fit_is_refused_with_its_recipe(digits: Prepared) -> None:
    recipes = [Recipe(MLP), Recipe(Network(blocks=4), name="Four blocks")]
    with pytest.raises(ValueError, match=r"^Four blocks cannot train: blocks is 4, but 8 × 8"):
        raced(recipes, digits)


@BOTH_PATHS
def test_a_run_that_fails_ends_alone_and_the_others_train_as_they_would_have(
    digits: Prepared, *, stacked: bool
) -> None:
    recipes = [Recipe(MLP, one, SHORT) for one in (Regularisation(), DROPPING, DROPPING)]
    whole = to_the_end(raced(recipes, digits, stacked=stacked))
    race = raced(recipes, digits, stacked=stacked)
    break_run(race, 1, 0, RuntimeError("the mask tore.\nat line 3"), at=10)
    snapshot = to_the_end(race)
    broken = snapshot.of_recipe(1)[0]
    assert (broken.status, broken.step) == (Status.FAILED, 10)
    assert broken.explanation == "After 10 steps the next one could not be done: the mask tore."
    others = [run for run in snapshot.runs if run is not broken]
    assert [(run.status, run.step) for run in others] == [(Status.FINISHED, 40)] * 5
    plain = snapshot.of_recipe(0), whole.of_recipe(0)  # nothing random but weights and batches
    for now, before in zip(*plain, strict=True):
        np.testing.assert_allclose(
            now.curves.validation_loss, before.curves.validation_loss, rtol=1e-4
        )


@BOTH_PATHS
def test_a_race_of_which_every_run_fails_is_finished_and_starts_again_from_0(
    digits: Prepared, *, stacked: bool
) -> None:
    race = raced([Recipe(MLP, DROPPING, SHORT)], digits, stacked=stacked)
    for seed in SEEDS:
        break_run(race, 0, seed, MemoryError(), at=5 * seed)
    snapshot = to_the_end(race)
    assert snapshot.finished
    assert [run.step for run in snapshot.runs] == [0, 5]
    assert all("there was not enough memory" in run.explanation for run in snapshot.runs)
    race.reset()
    assert {run.status for run in to_the_end(race).runs} == {Status.FINISHED}


def test_a_stop_is_kept_after_a_stack_has_failed(digits: Prepared) -> None:
    recipes = [Recipe(MLP, one, SHORT) for one in (Regularisation(), DROPPING)]
    race = raced(recipes, digits)
    break_run(race, 1, 1, RuntimeError("no"), at=8)
    race.stop_at(12)
    snapshot = to_the_end(race)
    assert [run.step for run in snapshot.runs] == [12, 12, 12, 8]
    assert snapshot.step == 12


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (RuntimeError("a\nb"), "a."),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes"), "not enough memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "not enough memory"),
        (ZeroDivisionError(), "ZeroDivisionError."),
        (ValueError("x" * 1000), "x" * 200 + "."),
    ],
)
def test_the_cause_of_a_failure_is_one_short_sentence(error: Exception, cause: str) -> None:
    text = failure(3, error)
    assert text.startswith("After 3 steps the next one could not be done: ")
    assert cause in text
    assert "\n" not in text


def test_a_best_network_that_cannot_be_scored_leaves_the_others_their_scores(
    digits: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    race = raced([Recipe(MLP, training=SHORT), Recipe(MLP, DROPPING, SHORT)], digits)

    def torn(run: Run) -> Score | None:
        if run.recipe.regularisation.dropout and run.seed == 0:
            raise RuntimeError("the weights tore.\nat line 3")
        return score_on_test(run)

    monkeypatch.setattr("explainer.training.engine.race_runs.score_on_test", torn)
    snapshot = to_the_end(race)
    assert snapshot.finished
    untested = snapshot.of_recipe(1)[0]
    sentence = "Its best network could not be scored on the test part: the weights tore."
    assert (untested.test, untested.untested) == (None, sentence)
    others = [run for run in snapshot.runs if run is not untested]
    assert all(run.test and not run.untested for run in others)
    monkeypatch.undo()
    race.evaluate_test()
    race.run_slice(0)
    again = race.snapshot.of_recipe(1)[0]
    assert again.test
    assert not again.untested
