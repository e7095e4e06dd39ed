"""Every story on depth is held to its sentences, for several seeds."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from explainer.gradients.depth.batch import digit_batch
from explainer.gradients.depth.presets import DEPTH_PRESETS, DepthPreset
from explainer.gradients.depth.settings import MOST_SETTINGS, from_text, text_of
from explainer.gradients.depth.untrained_pass import UntrainedPass, at_depth, pass_through
from explainer.powers import power_of_ten

SEEDS = (0, 1)


@cache
def passes(slug: str) -> list[list[UntrainedPass]]:
    """For each setting of a story its passes, one for each seed."""
    story = DEPTH_PRESETS[slug]
    return [
        [
            pass_through(at_depth(one, story.depth, story.width), digit_batch(256, seed), seed)
            for seed in SEEDS
        ]
        for one in story.settings
    ]


def arriving(passages: list[UntrainedPass]) -> list[float]:
    """The gradient at the first layer as a share of that at the last."""
    return [float(one.gradient[0] / one.gradient[-1]) for one in passages]


def a_layer(passages: list[UntrainedPass]) -> list[float]:
    """The factor of a layer that, repeated, gives the whole way."""
    return [float(np.exp(np.log(one.factors).mean())) for one in passages]


@pytest.mark.parametrize("story", DEPTH_PRESETS, ids=DEPTH_PRESETS.slugs)
def test_a_story_fits_the_page_and_a_link(story: DepthPreset) -> None:
    assert 1 <= len(story.settings) <= MOST_SETTINGS
    assert story.watch.startswith("**Watch** ")
    assert [from_text(text_of(one)) for one in story.settings] == list(story.settings)


@pytest.mark.parametrize("story", DEPTH_PRESETS, ids=DEPTH_PRESETS.slugs)
def test_what_is_seen_is_told_from_the_passes(story: DepthPreset) -> None:
    first, second = (story.told([one[seed] for one in passes(story.slug)]) for seed in SEEDS)
    assert first != second


def test_sigmoid_tanh_relu() -> None:
    sigmoid, tanh, relu = passes("three")
    said = DEPTH_PRESETS["three"].told([one[0] for one in passes("three")])
    assert f"{power_of_ten(a_layer(sigmoid)[0])} times as long, and" in said
    assert f"{power_of_ten(arriving(sigmoid)[0])} of it arrives" in said
    assert max(arriving(sigmoid)) < 1e-11
    assert all(1 / 4.5 < one < 1 / 3.5 for one in a_layer(sigmoid))
    assert all(0.9 < one < 1 for one in a_layer(tanh))
    assert all(0.5 < one < 2 for one in arriving(relu))


def test_ten_sigmoid_layers() -> None:
    for passages in passes("ten-sigmoids"):
        assert max(arriving(passages)) < 1e-5
        assert max(one.difference[-1] for one in passages) < 1e-9


def test_relu_with_he() -> None:
    relu, leaky = passes("relu-he")
    said = DEPTH_PRESETS["relu-he"].told([relu[0], leaky[0]])
    assert f"{relu[0].dead[-10:].mean():.0%} of the ReLU units are dead" in said
    for one in relu:
        assert all(0.1 < share < 10 for share in one.gradient / one.gradient[-1])
        assert one.dead[-10:].mean() > 0.25
    assert all(one.dead.max() == 0 for one in leaky)


def test_xavier_or_he() -> None:
    relu_xavier, relu_he, tanh_xavier, tanh_he = passes("xavier-or-he")
    np.testing.assert_allclose(a_layer(relu_xavier), 0.7, atol=0.03)
    assert all(one.sums[-1] < one.sums[0] / 1000 for one in relu_xavier)
    assert all(1 / 3 < one < 3 for one in arriving(relu_he))
    assert all(0.9 < one < 1 for one in a_layer(tanh_xavier))
    assert all(1 < one < 1.1 for one in a_layer(tanh_he))


def test_batch_norm_rescues_sigmoid() -> None:
    without, sigmoid, relu = passes("batch-norm")
    assert max(arriving(without)) < 1e-10
    assert all(1 < one < 1.1 for one in a_layer(sigmoid))
    np.testing.assert_allclose(a_layer(relu), (np.pi / (np.pi - 1)) ** 0.5, rtol=0.03)


def test_fifty_layers_with_and_without_skips() -> None:
    without, sigmoid, relu, normed = passes("skips")
    said = DEPTH_PRESETS["skips"].told([one[0] for one in passes("skips")])
    assert f"grow to {power_of_ten(float(relu[0].sums[-1]))}" in said
    assert max(arriving(without)) < 1e-30
    assert all(1 < share < 10 for share in arriving(sigmoid))
    assert all(10**10.5 < one.sums[-1] < 10**11.5 for one in relu)
    assert min(arriving(relu)) > 1e10
    assert all(1 / 3 < share < 3 for share in arriving(normed))


def test_exploding() -> None:
    relu, tanh, sigmoid = passes("exploding")
    np.testing.assert_allclose(a_layer(relu), 2, atol=0.2)
    assert all(one.sums[-1] > 1e8 * one.sums[0] for one in relu)
    assert all(0.65 < one.saturated.mean() < 0.8 for one in tanh)
    assert min(arriving(tanh)) > 1e9
    np.testing.assert_allclose(a_layer(sigmoid), 1.2, atol=0.02)
