"""Numbers of any size, as people read them."""

from __future__ import annotations

import math

import pytest

from explainer.powers import percent, power_of_ten, short, signed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.333, "0.33"),
        (-0.5, "−0.5"),
        (99.9, "100"),
        (2345.6, "2,346"),
        (-3.46e-10, "−3.5 · 10⁻¹⁰"),
        (1e-5, "1.0 · 10⁻⁵"),
        (2.5e12, "2.5 · 10¹²"),
        (-math.inf, "−inf"),
        (math.nan, "nan"),
    ],
)
def test_a_number_is_short_whatever_its_size(value: float, text: str) -> None:
    assert power_of_ten(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.02, "0.02"),
        (1e-5, "10⁻⁵"),
        (-2.5e-7, "−2.5 · 10⁻⁷"),
        (1234567.0, "1.23457 · 10⁶"),
        (-math.inf, "−inf"),
    ],
)
def test_a_setting_is_written_as_it_was_chosen(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0.0 %"), (0.00123, "0.1 %"), (0.99, "99.0 %"), (1.0, "100.0 %")]
)
def test_a_probability_is_said_to_a_tenth_of_a_percent(share: float, text: str) -> None:
    assert percent(share) == text


def test_a_share_that_rounds_to_nothing_has_no_sign() -> None:
    assert percent(-1e-9) == percent(0) == "0.0 %"
    assert percent(-0.0123) == "−1.2 %"


@pytest.mark.parametrize(
    ("value", "digits", "told"),
    [(1.25, 1, "+1.2"), (-0.3, 1, "−0.3"), (-0.04, 1, "0"), (0.0, 2, "0"), (10.0, 1, "+10.0"),
     (float("nan"), 1, "+nan")],
)  # fmt: skip
def test_a_change_has_its_sign_and_nothing_has_none(value: float, digits: int, told: str) -> None:
    assert signed(value, digits) == told
