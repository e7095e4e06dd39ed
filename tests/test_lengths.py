"""Lengths at both ends of what floating point can hold, against `math.hypot`."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainer.lengths import directions, length, lengths

each_unit = pytest.mark.parametrize(
    ("unit", "dtype"),
    [
        (1e-30, torch.float32),
        (1e30, torch.float32),
        (1e-200, torch.float64),
        (1e200, torch.float64),
        (1e-310, torch.float64),
        (1.0, torch.float32),
    ],
)


@given(st.lists(st.floats(-1e300, 1e300), max_size=6))
def test_a_length_is_that_of_hypot(values: list[float]) -> None:
    assert length(values) == pytest.approx(math.hypot(*values), rel=1e-12, abs=0)


@each_unit
def test_tiny_and_huge_rows_have_their_lengths(unit: float, dtype: torch.dtype) -> None:
    rows = torch.tensor([[3.0, -4.0], [0.0, 0.0], [0.0, 1.0]], dtype=dtype) * unit
    wanted = torch.tensor([5.0, 0.0, 1.0], dtype=dtype) * unit
    torch.testing.assert_close(lengths(rows), wanted, rtol=1e-6, atol=0)
    assert length(rows[0].numpy()) == pytest.approx(5 * float(wanted[2]), rel=1e-6)


@each_unit
def test_directions_have_length_one_whatever_the_unit(unit: float, dtype: torch.dtype) -> None:
    found = directions(torch.tensor([[3.0, -4.0], [0.0, 0.0]], dtype=dtype) * unit)
    wanted = torch.tensor([[0.6, -0.8], [0.0, 0.0]], dtype=dtype)
    torch.testing.assert_close(found, wanted, rtol=1e-6, atol=0)


def test_what_is_no_finite_number_has_no_finite_length() -> None:
    assert math.isnan(length([1.0, math.nan]))
    assert length([1.0, -math.inf]) == math.inf
    assert length([]) == 0
    found = lengths(torch.tensor([[1.0, math.nan], [1.0, -math.inf]]))
    assert found[0].isnan()
    assert found[1] == math.inf


def test_a_length_is_unchanged_by_the_shape() -> None:
    values = np.arange(24.0).reshape(2, 3, 4)
    assert length(values) == pytest.approx(float(np.linalg.norm(values)))
    assert lengths(torch.from_numpy(values)).tolist() == pytest.approx(
        [float(np.linalg.norm(one)) for one in values]
    )
