"""Planes: the centre is the network, filters keep their length, stacks answer as networks do."""

from __future__ import annotations

import copy
from itertools import pairwise

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from explainer.gradients.landscape.directions import first_filter, random_directions
from explainer.gradients.landscape.grid import axes_around, levels, new_points, symmetric_axes
from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.plane import measured, plane, score
from explainer.gradients.landscape.setup import LEARNING, Setup
from explainer.gradients.landscape.stacked import Stacked
from explainer.gradients.landscape.training import Trained, fresh
from explainer.gradients.landscape.weights import Layout, load, statistics_of, vector_of

ANY = ("plain", "residual", "dense")
TOLERANCE = 2e-5


@pytest.fixture(params=ANY)
def trained(request: pytest.FixtureRequest) -> Trained:
    found: Trained = request.getfixturevalue(request.param)
    return found


def plain_loss(trained: Trained, weights: torch.Tensor, part: int, *, recomputed: bool) -> float:
    """Set the weights, one ordinary forward pass, the loss."""
    network = copy.deepcopy(trained.network)
    load(network, weights, statistics_of(network))
    inputs, labels = measured()[part]
    with torch.no_grad():
        return float(F.cross_entropy(network.train(recomputed)(inputs), labels))


@pytest.mark.parametrize("recomputed", [False, True])
@pytest.mark.parametrize("directions", ["random", "path"])
def test_the_centre_of_a_plane_is_the_network(
    trained: Trained, directions: str, recomputed: bool
) -> None:
    plan = SurveyPlan(trained.setup, directions=directions, points=7, recomputed=recomputed)
    found = plane(trained, plan, seed=3)
    row, column = found.axes.centre
    middle = np.array([[found.axes.x[column], found.axes.y[row]]])
    assert torch.equal(found.weights(middle)[0], trained.end)
    losses = found.losses(middle, Stacked(trained.network, recomputed=recomputed))[:, 0]
    wanted = score(copy.deepcopy(trained.network), recomputed=recomputed).losses
    np.testing.assert_allclose(losses, wanted, rtol=TOLERANCE)


@pytest.mark.parametrize("recomputed", [False, True])
def test_every_point_is_what_a_plain_loop_gives(trained: Trained, recomputed: bool) -> None:
    plan = SurveyPlan(trained.setup, points=7, recomputed=recomputed)
    found = plane(trained, plan, seed=0)
    places = np.array([[0.3, -0.2], [-1.0, 1.0], [0.0, 0.5], [0.7, 0.1], [0.0, 0.0]])
    weights = found.weights(places)
    losses = found.losses(places, Stacked(trained.network, recomputed=recomputed))
    for part in (0, 1):
        wanted = [plain_loss(trained, one, part, recomputed=recomputed) for one in weights]
        np.testing.assert_allclose(losses[part], wanted, rtol=2e-4)


@pytest.mark.parametrize("activation", LEARNING)
@pytest.mark.parametrize("kind", ["cnn", "mlp"])
def test_stacks_of_every_activation_answer_as_the_networks_do(kind: str, activation: str) -> None:
    setup = Setup(kind=kind, layers=8, width=4, skips=True, activation=activation)
    networks = [fresh(Setup(**{**vars(setup), "seed": seed})).eval() for seed in (0, 1, 2)]
    inputs = torch.randn(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    weights = Layout.of(networks[0]).split(torch.stack([vector_of(one) for one in networks]))
    found = Stacked(networks[0]).logits(weights, inputs)
    with torch.no_grad():
        wanted = torch.stack([one(inputs) for one in networks])
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_every_filter_of_a_direction_is_as_long_as_the_networks(trained: Trained) -> None:
    layout = Layout.of(trained.network)
    for direction in random_directions(layout, trained.end, seed=5, how="filter"):
        own, left = layout.split(trained.end), layout.split(direction)
        for name, weights in own.items():
            if weights.dim() >= 2:
                lengths = [torch.linalg.vector_norm(one.flatten(1), dim=1) for one in (weights,)]
                found = torch.linalg.vector_norm(left[name].flatten(1), dim=1)
                torch.testing.assert_close(found, lengths[0], rtol=1e-5, atol=1e-7)
            else:
                assert not left[name].any(), name


def test_a_direction_scaled_as_a_whole_is_as_long_as_all_weights(residual: Trained) -> None:
    layout = Layout.of(residual.network)
    direction = random_directions(layout, residual.end, seed=5, how="whole")[0]
    matrices = [one for one in layout.split(residual.end).values() if one.dim() >= 2]
    wanted = torch.sqrt(sum((one.square().sum() for one in matrices), torch.zeros(())))
    assert float(torch.linalg.vector_norm(direction)) == pytest.approx(float(wanted), rel=1e-5)


def test_the_filter_written_out_is_the_directions_own(plain: Trained) -> None:
    layout = Layout.of(plain.network)
    example = first_filter(layout, plain.end, seed=2, how="filter")
    ratio = example.weights.norm() / example.drawn.norm()
    torch.testing.assert_close(example.scaled, example.drawn * ratio)
    direction = random_directions(layout, plain.end, seed=2, how="filter")[0]
    assert torch.equal(example.scaled, direction[: len(example.scaled)])
    assert example.layer == "stem.weigh"


@given(points=st.integers(2, 80))
def test_grids_are_nested_and_no_point_comes_twice(points: int) -> None:
    rows = levels(points)
    assert rows[-1] == list(range(points))
    for coarse, fine in pairwise(rows):
        assert set(coarse) < set(fine)
    whole = np.concatenate(new_points(points))
    assert len(whole) == points**2
    assert len(np.unique(whole, axis=0)) == points**2


def test_a_grid_of_51_goes_by_7_13_25_and_51() -> None:
    assert [len(rows) for rows in levels(51)] == [7, 13, 25, 51]


@given(
    low=st.floats(-50, 50, allow_subnormal=False),
    high=st.floats(-50, 50, allow_subnormal=False),
    points=st.sampled_from([7, 13, 25, 51]),
)
def test_a_grid_around_a_path_holds_the_path_and_the_network(
    low: float, high: float, points: int
) -> None:
    places = np.array([[low, 0.0], [high, 1.0], [0.0, 0.0]])
    axes = axes_around(places, points)
    row, column = axes.centre
    assert axes.x[column] == 0
    assert axes.y[row] == 0
    assert axes.x[0] <= min(low, high, 0) + 1e-9
    assert axes.x[-1] >= max(low, high, 0) - 1e-9
    assert len(axes.x) == points


def test_an_even_grid_is_refused() -> None:
    with pytest.raises(ValueError, match="points is 8"):
        symmetric_axes(1.0, 8)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layers": 5}, "layers is 5"),
        ({"kind": "transformer"}, "kind is 'transformer'"),
        ({"seed": -1}, "seed is -1"),
        ({"rescale": 4, "activation": "tanh"}, "the activation is Tanh"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Setup(**change)  # type: ignore[arg-type]
