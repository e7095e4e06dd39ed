"""Feature maps: one channel a kernel, as a layer of torch gives it."""

import numpy as np
import pytest
import torch

from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights
from explainer.convolution.stack import feature_map
from tests.convolution.reference import picture

EDGES = [weights("sobel-x"), weights("sobel-y"), weights("laplacian")]


def test_a_feature_map_is_what_a_torch_layer_gives() -> None:
    layer = torch.nn.Conv2d(3, 3, 3, stride=2, padding=1)
    kernels = torch.tensor(np.stack(EDGES), dtype=torch.float32)
    with torch.no_grad():
        layer.weight.copy_(kernels[:, None].expand(3, 3, 3, 3))
        layer.bias.fill_(0.5) if layer.bias is not None else None
        expected = layer(torch.from_numpy(picture()).permute(2, 0, 1)[None])[0]
    settings = Application(bias=0.5, stride=2, padding="zero", channels="summed")
    result = feature_map(picture(), EDGES, settings)
    assert result.shape == (20, 25, 3)
    np.testing.assert_allclose(result, expected.permute(1, 2, 0).numpy(), atol=1e-5)


def test_each_colour_is_read_as_summed() -> None:
    np.testing.assert_array_equal(
        feature_map(picture(), EDGES, Application(channels="each")),
        feature_map(picture(), EDGES, Application(channels="summed")),
    )


def test_grey_maps_are_those_of_apply() -> None:
    grey = Application(channels="grey")
    result = feature_map(picture(), EDGES, grey)
    for index, kernel in enumerate(EDGES):
        np.testing.assert_array_equal(result[..., index], apply(picture(), kernel, grey)[..., 0])


def test_sizes_may_differ_with_padding_only() -> None:
    kernels = [weights("sobel-x"), weights("gaussian")]
    assert feature_map(picture(), kernels, Application()).shape == (40, 50, 2)
    with pytest.raises(ValueError, match="all kernels need one size, these have 3×3, 11×11"):
        feature_map(picture(), kernels, Application(padding="none"))


def test_no_kernels_make_no_feature_map() -> None:
    with pytest.raises(ValueError, match="at least one kernel"):
        feature_map(picture(), [], Application())
