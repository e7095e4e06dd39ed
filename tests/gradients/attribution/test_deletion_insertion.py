from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explainer.gradients.attribution.baselines import baseline_picture
from explainer.gradients.attribution.deletion_insertion import (
    CHANCES,
    Curve,
    deletion_insertion,
    order,
    shifted_map,
)
from explainer.gradients.attribution.methods import attribute
from explainer.gradients.attribution.progress import CancelledError
from explainer.gradients.attribution.target import PREDICTED, RUNNER_UP, ClassLogit, Difference
from tests.gradients.attribution.conftest import Awake

BLACK = torch.tensor([-2.0, -1.9, -1.8])


def of_one_pixel(row: int, column: int, side: int) -> nn.Sequential:
    """A network whose first logit is ten times the red of one pixel, and whose second is 0."""
    dense = nn.Linear(3 * side * side, 2)
    nn.init.zeros_(dense.weight)
    nn.init.zeros_(dense.bias)
    with torch.no_grad():
        dense.weight[0, row * side + column] = 10
    return nn.Sequential(nn.Flatten(), dense).eval()


@pytest.mark.parametrize("baseline", ["black", "blur", "mean"])
def test_deleting_everything_ends_at_the_score_of_the_baseline(
    awake: Awake, picture: Tensor, baseline: str
) -> None:
    network = awake("vgg")
    values = attribute(network, picture, PREDICTED, "gradient").values
    found = deletion_insertion(
        network,
        picture,
        ClassLogit(3),
        values,
        steps=7,
        orders=1,
        deleted_to=baseline,
        inserted_on=baseline,
        black=BLACK,
    )
    empty = baseline_picture(baseline, picture, BLACK[None, :, None, None])
    ends = [network(each)[0, 3].item() for each in (picture, empty)]
    deleted, inserted = found.deletion.curve, found.insertion.curve
    assert [deleted.scores[0], deleted.scores[-1]] == pytest.approx(ends, abs=1e-4)
    assert [inserted.scores[-1], inserted.scores[0]] == pytest.approx(ends, abs=1e-4)
    for curve in (deleted, inserted, *found.deletion.chance, *found.insertion.chance):
        assert curve.shares.shape == curve.scores.shape == curve.probabilities.shape == (8,)
        assert (curve.shares[0], curve.shares[-1]) == (0, 1)
        assert 0 <= curve.area <= 1


def test_the_pixel_a_network_looks_at_beats_chance_and_its_opposite_does_not() -> None:
    picture = torch.zeros(1, 3, 8, 8)
    picture[0, 0, 2, 5] = 1
    network, values = of_one_pixel(2, 5, 8), np.zeros((8, 8), dtype=np.float32)
    values[2, 5] = 1
    settings = {"steps": 64, "deleted_to": "black", "inserted_on": "black"}
    good = deletion_insertion(network, picture, ClassLogit(0), values, **settings)  # type: ignore[arg-type]
    assert good.deletes_better
    assert good.inserts_better
    assert good.deletion_beats == good.insertion_beats == 1
    # All but half of the first of 64 steps is spent at a probability of one half.
    assert good.deletion.curve.area == pytest.approx(0.5 + 0.5 / 128, abs=1e-3)
    bad = deletion_insertion(network, picture, ClassLogit(0), -values, **settings)  # type: ignore[arg-type]
    assert not bad.deletes_better
    assert not bad.inserts_better


def test_the_area_is_that_under_the_probabilities() -> None:
    shares = np.array([0, 0.5, 1], dtype=np.float32)
    curve = Curve(shares, scores=shares, probabilities=np.array([1, 0.5, 0.2], dtype=np.float32))
    assert curve.area == pytest.approx(0.75 / 2 + 0.35 / 2)


def test_the_highest_value_goes_first_and_ties_by_chance() -> None:
    values, picture = np.array([[1, 3], [-5, 2]], dtype=np.float32), torch.zeros(1, 3, 2, 2)
    assert order(values, picture, seed=0).tolist() == [[2, 0], [3, 1]]
    blank, large = np.zeros((16, 16), dtype=np.float32), torch.zeros(1, 3, 16, 16)
    one, other = (order(blank, large, seed).flatten() for seed in (0, 1))
    assert not torch.equal(one, other)
    assert torch.equal(one.sort().values, torch.arange(256))
    assert not torch.equal(one, torch.arange(256))


def test_a_map_that_does_not_fit_is_refused(awake: Awake, picture: Tensor) -> None:
    network = awake("lenet")
    for values in (np.zeros((3, 3)), np.full((32, 32), np.nan)):
        with pytest.raises(ValueError, match="map of"):
            deletion_insertion(network, picture, PREDICTED, values.astype(np.float32))
    with pytest.raises(ValueError, match="guess"):
        deletion_insertion(
            network, picture, PREDICTED, np.zeros((32, 32), dtype=np.float32), chance="guess"
        )


def test_a_shifted_map_has_the_same_values_elsewhere() -> None:
    values = np.arange(64, dtype=np.float32).reshape(8, 8)
    draw = np.random.default_rng(1)
    for _ in range(50):
        moved = shifted_map(values, draw)
        np.testing.assert_array_equal(np.sort(moved, axis=None), values.ravel())
        rows, columns = np.unravel_index(int(moved.argmin()), moved.shape)
        assert 2 <= rows <= 6 or 2 <= columns <= 6


@pytest.mark.parametrize("chance", CHANCES)
def test_chance_is_as_many_curves_as_asked_for_and_the_same_again(
    awake: Awake, picture: Tensor, chance: str
) -> None:
    network = awake("lenet")
    target = Difference(PREDICTED, RUNNER_UP)
    values = attribute(network, picture, target, "gradient").values
    one, other = (
        deletion_insertion(network, picture, target, values, steps=4, orders=3, chance=chance)
        for _ in range(2)
    )
    assert len(one.deletion.chance_areas) == len(one.insertion.chance) == 3
    assert one.deletion.chance_areas == other.deletion.chance_areas
    assert len(set(one.deletion.chance_areas)) == 3
    low, mean, high = one.deletion.chance_band()
    assert (low <= mean).all()
    assert (mean <= high).all()
    # With the whole picture, the first of the two classes is more probable than the second.
    assert one.deletion.curve.probabilities[0] > 0.5


def test_the_check_tells_how_far_it_is_and_can_be_cancelled(awake: Awake, picture: Tensor) -> None:
    network, values, told = awake("lenet"), np.zeros((32, 32), dtype=np.float32), list[float]()
    deletion_insertion(network, picture, PREDICTED, values, steps=4, orders=2, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    with pytest.raises(CancelledError):
        deletion_insertion(network, picture, PREDICTED, values, progress=lambda share: share < 0.3)
