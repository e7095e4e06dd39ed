"""The bank of hand-made kernels: what is in it, what is found, and how close chance comes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.convolution.bank import LEFT_OUT, RANGES, bank, closest, laid_on
from explainer.convolution.kernels import KERNELS, weights
from explainer.words import PSEUDO, spoken
from tests.drawing import examples

SIZES = (3, 4, 5, 7, 11)


@pytest.mark.parametrize(
    ("slug", "factor"), [("sobel-x", 2.5), ("sobel-x", -0.1), ("prewitt-y", 1), ("laplacian", -3)]
)
def test_a_hand_made_kernel_finds_itself_with_its_sign_and_factor(slug: str, factor: float) -> None:
    found = closest(factor * weights(slug))
    assert found.kernel.slug == slug
    assert found.correlation == pytest.approx(np.sign(factor))
    assert found.factor == pytest.approx(factor)


def test_a_gabor_of_eleven_taps_is_found_with_its_parameters() -> None:
    made = laid_on(weights("gabor", theta=45, wavelength=4, sigma=1.5), 11)[0]
    found = closest(made)
    assert found.kernel.words == "Gabor, θ 45, λ 4, σ 1.5"
    assert dict(found.kernel.parameters) == {"theta": 45, "wavelength": 4, "sigma": 1.5}
    assert found.correlation == pytest.approx(1)


def test_a_sobel_turned_by_thirty_degrees_is_found_as_that() -> None:
    angle = np.radians(30)
    made = np.cos(angle) * weights("sobel-x") - np.sin(angle) * weights("sobel-y")
    found = closest(made)
    assert found.kernel.title == "Sobel turned to 30°"
    assert found.kernel.slug == ""
    assert found.correlation == pytest.approx(1)
    # Brighter towards the upper right: 30° is counted from the right, upwards.
    assert made[0, 2] > 0 > made[2, 0]


def test_the_correlation_is_the_cosine_worked_by_hand() -> None:
    given_kernel = np.array([[0, 0, 0], [0, 1, 1], [0, 0, 0]], float)
    found = closest(given_kernel)
    by_hand = max(
        abs(float((given_kernel * one.weights).sum()))
        / (np.sqrt(2) * float(np.sqrt((one.weights**2).sum())))
        for one in bank(3).kernels
    )
    assert abs(found.correlation) == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize("size", SIZES)
def test_no_kernel_occurs_twice_with_another_factor(size: int) -> None:
    units = bank(size).units
    likeness = np.abs(units @ units.T) - np.eye(len(units))
    assert likeness.max() < 1 - 1e-9


@pytest.mark.parametrize("size", SIZES)
def test_every_kernel_has_the_size_of_the_bank_and_a_name_of_its_own(size: int) -> None:
    kernels = bank(size).kernels
    assert {one.weights.shape for one in kernels} == {(size, size)}
    words = [one.words for one in kernels]
    assert len(set(words)) == len(words)


def test_kernels_that_bear_a_name_of_the_registry_are_what_it_builds() -> None:
    for one in bank(11).kernels:
        if one.slug and not one.form:
            made = weights(one.slug, **dict(one.parameters))
            np.testing.assert_array_equal(laid_on(made, 11)[0], one.weights)


def test_every_kernel_of_the_registry_is_tried_in_the_ranges_it_allows() -> None:
    for entry in KERNELS:
        if entry.slug not in LEFT_OUT:
            ranges = RANGES.get(entry.slug, {})
            assert set(ranges) == {parameter.name for parameter in entry.parameters}
            for parameter, value in itertools.chain.from_iterable(
                ((p, v) for v in ranges[p.name]) for p in entry.parameters
            ):
                assert parameter.check(value) == value


def test_a_kernel_cut_keeps_most_of_its_energy() -> None:
    cut = [one for one in bank(5).kernels if one.form.startswith("cut")]
    assert cut
    for one in cut:
        if one.slug:
            made = weights(one.slug, **dict(one.parameters))
            assert np.square(one.weights).sum() >= 0.8 * np.square(made).sum()


def test_an_even_grid_lies_between_the_taps() -> None:
    laid, kept = laid_on(KERNELS["identity"].build(), 4)
    assert kept == 1
    np.testing.assert_array_equal(
        laid, [[0, 0, 0, 0], [0, 0.25, 0.25, 0], [0, 0.25, 0.25, 0], [0, 0, 0, 0]]
    )


@pytest.mark.parametrize("size", SIZES)
def test_one_random_kernel_in_twenty_reaches_the_threshold(size: int) -> None:
    among = bank(size)
    draw = np.random.default_rng(99)
    strengths = [
        abs(closest(draw.standard_normal((size, size)), among).correlation) for _ in range(600)
    ]
    assert np.mean(np.array(strengths) >= among.threshold) == pytest.approx(0.05, abs=0.03)
    assert among.share_below(among.threshold) == pytest.approx(0.95, abs=0.002)


def test_small_kernels_find_something_close_by_chance_and_large_ones_do_not() -> None:
    halves = [float(np.median(bank(size).by_chance)) for size in (3, 5, 7, 11)]
    assert halves == sorted(halves, reverse=True)
    assert halves[0] > 0.65
    assert halves[-1] < 0.3


@examples(25)
@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_a_factor_changes_the_factor_alone(seed: int, scale: float) -> None:
    drawn = np.random.default_rng(seed).standard_normal((3, 3))
    one, other = closest(drawn), closest(-scale * drawn)
    assert abs(other.correlation) == pytest.approx(abs(one.correlation))
    if one.kernel is other.kernel:
        assert other.factor == pytest.approx(-scale * one.factor)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [(np.zeros((3, 3)), "zeros"), (np.ones((3, 5)), "square"), (np.ones((16, 16)), "2 to 15"),
     (np.full((3, 3), np.nan), "not finite")],
)  # fmt: skip
def test_what_cannot_be_compared_is_named(wrong: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        closest(wrong)


def test_a_kernel_is_named_in_the_language_of_the_visitor() -> None:
    turned = next(one for one in bank(5).kernels if one.form and not one.slug)
    gaussian = next(one for one in bank(5).kernels if one.slug == "gaussian")
    assert turned.words == "Sobel turned to 15°, enlarged to 5 × 5"
    with spoken(PSEUDO):
        assert turned.words == "⟦Sobel turned to 15°⟧, ⟦enlarged to 5 × 5⟧"
        assert gaussian.words.startswith("⟦Gaussian blur⟧, σ ")
