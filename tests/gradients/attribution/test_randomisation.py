from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import Tensor, nn

from explainer.gradients.attribution.method import Map
from explainer.gradients.attribution.methods import attribute
from explainer.gradients.attribution.progress import CancelledError, Progress
from explainer.gradients.attribution.randomisation import (
    DEPENDENT,
    INDEPENDENT,
    PARTLY,
    Randomisation,
    Stage,
    randomisation,
    randomised_method,
    shuffled,
    weighted_layers,
)
from explainer.gradients.attribution.similarity import rank_correlation, structure_similarity
from explainer.gradients.attribution.target import PREDICTED, ClassLogit
from tests.gradients.attribution.conftest import Awake


def test_the_gradient_changes_when_the_weights_are_shuffled(awake: Awake, picture: Tensor) -> None:
    network = awake("vgg")
    found = randomised_method(network, picture, PREDICTED, "gradient")
    assert found.verdict == DEPENDENT
    assert [(stage.layer, stage.layers) for stage in found.stages] == [("out", 1), ("conv1_1", 13)]
    assert found.stages[-1].rank_correlation < 0.3
    assert found.stages[-1].structural_similarity < 0.3
    plain = attribute(network, picture, PREDICTED, "gradient").values
    np.testing.assert_array_equal(found.values, plain)


def test_an_edge_detector_does_not_depend_on_the_weights(awake: Awake, picture: Tensor) -> None:
    def edges(network: nn.Module, progress: Progress | None) -> Map:
        network(picture)
        grey = picture[0].mean(dim=0).numpy()
        return np.asarray(cv2.Laplacian(grey, cv2.CV_32F), dtype=np.float32)

    found = randomisation(awake("vgg"), edges)
    assert found.verdict == found.output_verdict == INDEPENDENT
    assert found.stages[-1].rank_correlations == pytest.approx((1, 1, 1))
    assert found.stages[-1].structural_similarities == pytest.approx((1, 1, 1))


@pytest.mark.parametrize(
    ("correlation", "verdict"),
    [(1.0, INDEPENDENT), (0.75, INDEPENDENT), (0.6, PARTLY), (0.5, DEPENDENT), (-1.0, DEPENDENT)],
)
def test_the_verdict_is_that_of_the_median_shuffle(correlation: float, verdict: str) -> None:
    nothing = np.zeros((8, 8), dtype=np.float32)
    stage = Stage("out", 1, (-1.0, correlation, 1.0), (0.0, 0.2, 0.9), nothing)
    assert stage.verdict == Randomisation(nothing, (stage,)).verdict == verdict
    assert stage.structural_similarity == 0.2


def test_a_cascade_goes_from_the_output_to_the_input(awake: Awake, picture: Tensor) -> None:
    network = awake("lenet")
    found = randomised_method(network, picture, ClassLogit(2), "gradient", cascade=True, shuffles=1)
    layers = [stage.layer for stage in found.stages]
    assert layers == ["out", "dense1", "conv3", "conv2", "conv1"]
    both = randomised_method(network, picture, ClassLogit(2), "gradient", shuffles=1)
    for short, long in zip(both.stages, (found.stages[0], found.stages[-1]), strict=True):
        assert short.rank_correlations == long.rank_correlations


def test_a_shuffled_layer_has_the_same_values_in_another_order(awake: Awake) -> None:
    network = awake("resnet20")
    layers = weighted_layers(network)
    assert (layers[0], layers[-1], len(layers)) == ("conv1", "out", 19 * 2 + 1)
    before = network.state_dict()
    for name, values in shuffled(network, layers, seed=3).state_dict().items():
        assert torch.equal(values.flatten().sort().values, before[name].flatten().sort().values)
        few = values.numel() == 1 or len(values.unique()) == 1
        assert few or not torch.equal(values, before[name])


def test_a_network_without_weights_cannot_be_randomised(picture: Tensor) -> None:
    with pytest.raises(ValueError, match="0 layers"):
        randomised_method(nn.Flatten(), picture, PREDICTED, "gradient")


def test_the_check_tells_how_far_it_is_and_can_be_cancelled(awake: Awake, picture: Tensor) -> None:
    network, told = awake("lenet"), list[float]()
    randomised_method(network, picture, PREDICTED, "occlusion", progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    with pytest.raises(CancelledError):
        randomised_method(
            network, picture, PREDICTED, "gradient", progress=lambda share: share < 0.4
        )


def test_the_rank_correlation_is_scipys_of_the_absolute_maps() -> None:
    draw = np.random.default_rng(2)
    # Whole numbers, so that there are ties.
    first, second = (draw.integers(-5, 6, (9, 7)).astype(np.float32) for _ in range(2))
    for other in (second, first + second, first):
        expected = spearmanr(np.abs(first).ravel(), np.abs(other).ravel()).statistic
        assert rank_correlation(first, other) == pytest.approx(expected)


def test_a_blank_map_is_like_another_blank_map_and_unlike_the_rest() -> None:
    blank, map_ = np.zeros((8, 8), dtype=np.float32), np.eye(8, dtype=np.float32)
    assert rank_correlation(blank, blank + 1) == structure_similarity(blank, blank + 1) == 1
    assert rank_correlation(blank, map_) == 0
    assert structure_similarity(blank, map_) < 0.9


def test_structural_similarity_looks_at_absolute_maps_whatever_their_scale() -> None:
    map_ = np.random.default_rng(0).normal(size=(5, 32)).astype(np.float32)
    assert structure_similarity(map_, -7 * map_) == pytest.approx(1, abs=1e-4)
    with pytest.raises(ValueError, match="too small"):
        structure_similarity(map_[:2], map_[:2])
