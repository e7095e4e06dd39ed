"""A filter, an activation and the way back to the picture, against oracles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from scipy.ndimage import correlate, gaussian_filter

from explainer.activations.chosen import Registered, facts_of
from explainer.activations.registry import ACTIVATIONS, Activation
from explainer.activations.through_picture import UPSTREAMS, Passage, Upstream, grey, through
from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights

ONES, ITSELF, SPOT = (UPSTREAMS[slug] for slug in ("ones", "output", "spot"))
GENERATOR = np.random.default_rng(5)
PICTURE = gaussian_filter(GENERATOR.random((24, 31)), 1.0)
SOBEL = weights("sobel-x")


def passed(slug: str, upstream: Upstream = ONES, **options: Any) -> Passage:
    """The picture through the Sobel filter and an activation with its defaults."""
    chosen = Registered(slug, tuple(ACTIVATIONS[slug].defaults().values()))
    steepest = facts_of(chosen).steepest
    return through(PICTURE, SOBEL, chosen.function(), upstream, steepest=steepest, **options)


def test_the_response_is_the_filters_page_s_times_scale_plus_bias() -> None:
    found = passed("linear", scale=3.0, bias=-0.5)
    one = np.repeat(PICTURE[..., None], 3, axis=2)
    same = Application(padding="replicate", channels="grey")
    wanted = 3 * apply(one.astype(np.float32), SOBEL, same)[..., 0] - 0.5
    np.testing.assert_allclose(found.response, wanted, atol=1e-5)
    np.testing.assert_allclose(
        found.response, 3 * correlate(PICTURE, SOBEL, mode="nearest") - 0.5, atol=1e-12
    )


@pytest.mark.parametrize("entry", ACTIVATIONS, ids=lambda entry: entry.slug)
def test_the_gradient_is_that_of_differences(entry: Activation) -> None:
    found = passed(entry.slug, ITSELF, scale=2.0, bias=0.3)
    step = 1e-6
    for place in ((0, 0), (10, 12), (23, 30), (5, 20)):
        sums = []
        for side in (step, -step):
            moved = PICTURE.copy()
            moved[place] += side
            z = torch.tensor(2 * correlate(moved, SOBEL, mode="nearest") + 0.3)
            values = entry.module().double().eval()(z).detach()
            sums.append(float((values * torch.tensor(found.output)).sum()))
        assert found.gradient[place] == pytest.approx(
            (sums[0] - sums[1]) / (2 * step), abs=1e-5, rel=1e-5
        )


def test_a_line_and_a_filter_that_sums_to_zero_send_ones_back_at_the_rim_alone() -> None:
    found = passed("linear")
    np.testing.assert_allclose(found.gradient[2:-2, 2:-2], 0, atol=1e-12)
    assert np.abs(found.gradient[:, :2]).max() > 0.5
    assert np.abs(passed("relu").gradient[2:-2, 2:-2]).max() > 0.5


def test_the_gradient_of_a_spot_stays_near_it_and_follows_it() -> None:
    upper, lower = (passed("linear", SPOT, spot=(place, 0.5)) for place in (0.1, 0.9))
    assert np.abs(upper.gradient[:8]).sum() > 0
    assert np.abs(upper.gradient[12:]).sum() == 0
    assert np.abs(lower.gradient[:12]).sum() == 0


def test_shares_of_relu_sigmoid_and_step() -> None:
    relu = passed("relu")
    assert relu.shares.cut == pytest.approx((relu.response <= 0).mean())
    assert relu.shares.saturated == 0
    calm, loud = passed("sigmoid", scale=0.1), passed("sigmoid", scale=200.0)
    assert calm.shares.passing == 1
    assert loud.shares.saturated + loud.shares.cut > 0.5
    for found in (relu, calm, loud):
        shares = found.shares
        assert shares.cut + shares.saturated + shares.passing == pytest.approx(1)
    step = passed("step", ITSELF)
    assert step.shares.cut == 1
    assert not step.gradient.any()


def test_grey_is_what_the_filters_take() -> None:
    pixels = GENERATOR.random((4, 5, 3))
    wanted = 0.299 * pixels[..., 0] + 0.587 * pixels[..., 1] + 0.114 * pixels[..., 2]
    np.testing.assert_allclose(grey(pixels), wanted)
