from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from explainer.gradients.attribution.methods import attribute
from explainer.gradients.attribution.occlusion import windows
from explainer.gradients.attribution.target import ClassLogit
from explainer.parameters import Value


@pytest.mark.parametrize("baseline", ["black", "mean"])
def test_covering_a_window_of_a_linear_network_takes_away_what_it_added(baseline: str) -> None:
    torch.manual_seed(3)
    picture, black = torch.randn(1, 3, 8, 8), torch.tensor([-1.0, -2.0, -3.0])
    dense = nn.Linear(3 * 8 * 8, 2)
    network = nn.Sequential(nn.Flatten(), dense)
    settings: dict[str, Value] = {"window": 4, "stride": 4, "baseline": baseline}
    found = attribute(network, picture, ClassLogit(1), "occlusion", settings=settings, black=black)
    colour = black if baseline == "black" else picture.mean(dim=(0, 2, 3))
    products = dense.weight[1].detach().reshape(3, 8, 8) * (picture[0] - colour[:, None, None])
    # The score changes by −Σ w (x − baseline) over the window; the map is the fall.
    change = -products.sum(dim=0).reshape(2, 4, 2, 4).sum(dim=(1, 3))
    expected = -change.repeat_interleave(4, dim=0).repeat_interleave(4, dim=1)
    np.testing.assert_allclose(found.values, expected, atol=1e-5)


def test_a_pixel_gets_the_mean_of_the_windows_it_lies_in() -> None:
    network = nn.Flatten()
    picture = torch.tensor([[[[0.0, 6.0, 0.0]]]])
    settings: dict[str, Value] = {"window": 2, "stride": 1, "baseline": "black"}
    found = attribute(network, picture, ClassLogit(1), "occlusion", settings=settings)
    assert found.values.tolist() == [[6, 6, 6]]
    found = attribute(network, picture, ClassLogit(0), "occlusion", settings=settings)
    assert found.values.tolist() == [[0, 0, 0]]


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 9), st.integers(1, 9))
def test_windows_cover_every_pixel_and_none_lies_in_another(
    height: int, width: int, window: int, stride: int
) -> None:
    stride = min(stride, window)
    covered = np.zeros((height, width))
    spans = windows(height, width, window, stride)
    for rows, columns in spans:
        assert rows.stop <= height
        assert columns.stop <= width
        covered[rows, columns] += 1
    assert covered.min() >= 1
    assert len({(rows.stop, columns.stop) for rows, columns in spans}) == len(spans)


def test_a_stride_above_the_window_is_refused() -> None:
    with pytest.raises(ValueError, match="stride 5"):
        windows(8, 8, 4, 5)
