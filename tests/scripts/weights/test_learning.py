from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from explainer.networks.zoo.shipped import Shipped
from explainer.networks.zoo.training_plan import TrainingPlan
from scripts.weights.learning import Training
from scripts.weights.pictures import Pictures
from scripts.weights.train_pictures import learn

pytestmark = pytest.mark.usefixtures("one_thread")
STEPS = 10  # 20 pictures, batches of 4, 2 epochs
Parts = tuple[Pictures, Pictures]


def never() -> bool:
    return False


def after(calls: int) -> Callable[[], bool]:
    """Says true when it is asked for the `calls`-th time."""
    answers = iter([False] * (calls - 1) + [True])
    return lambda: next(answers)


def same(first: Training, second: Training) -> bool:
    one, other = first.network.state_dict(), second.network.state_dict()
    return all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the training that nothing interrupted leaves its checkpoint."""
    return tmp_path_factory.mktemp("training") / "whole.pt"


@pytest.fixture(scope="module")
def whole(entry: Shipped, parts: Parts, checkpoint: Path, one_thread: None) -> Training:
    """A training that nothing interrupted."""
    training = Training(entry, parts[0], seed=1)
    assert learn(training, checkpoint, never)
    return training


def test_the_loss_falls(whole: Training) -> None:
    assert whole.step == whole.total == STEPS
    first, last = whole.losses
    assert last < 0.9 * first


@pytest.mark.slow
def test_the_same_seed_trains_the_same_network(
    whole: Training, entry: Shipped, parts: Parts, tmp_path: Path
) -> None:
    again, other = Training(entry, parts[0], seed=1), Training(entry, parts[0], seed=2)
    learn(again, tmp_path / "again.pt", never)
    learn(other, tmp_path / "other.pt", never)
    assert same(whole, again)
    assert whole.losses == again.losses
    assert not same(whole, other)


@pytest.mark.parametrize(
    "steps", [3, *(pytest.param(steps, marks=pytest.mark.slow) for steps in (5, 9))]
)
def test_interrupted_and_resumed_equals_uninterrupted(
    whole: Training, entry: Shipped, parts: Parts, tmp_path: Path, steps: int
) -> None:
    path = tmp_path / "checkpoint.pt"
    assert not learn(Training(entry, parts[0], seed=1), path, after(steps))
    resumed = Training(entry, parts[0], seed=1)
    assert learn(resumed, path, never)
    assert same(whole, resumed)
    assert whole.losses == resumed.losses


def test_a_stop_after_the_last_step_is_no_interruption(
    entry: Shipped, parts: Parts, tmp_path: Path
) -> None:
    assert learn(Training(entry, parts[0], seed=1), tmp_path / "it.pt", after(STEPS))


def test_every_epoch_leaves_a_checkpoint(whole: Training, checkpoint: Path) -> None:
    assert torch.load(checkpoint, weights_only=True)["step"] == STEPS


def test_a_checkpoint_of_other_settings_is_refused(
    whole: Training, entry: Shipped, parts: Parts, checkpoint: Path
) -> None:
    longer = replace(entry, plan=replace(entry.plan, epochs=3))
    for training in (Training(longer, parts[0], seed=1), Training(entry, parts[0], seed=2)):
        with pytest.raises(ValueError, match=r"whole\.pt belongs to a training with other"):
            training.resume(checkpoint)


def test_a_plan_has_an_epoch_and_more_than_one_picture_in_a_batch() -> None:
    with pytest.raises(ValueError, match="not 0, 128"):
        TrainingPlan(epochs=0)
    with pytest.raises(ValueError, match="not 1, 1"):
        TrainingPlan(epochs=1, batch=1)
