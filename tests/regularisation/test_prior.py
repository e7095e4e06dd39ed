"""Two priors of one weight: SciPy's densities and integrals, scikit-learn's fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats
from sklearn.linear_model import Lasso, Ridge

from explainer.regularisation.prior import (
    SAMPLES,
    Belief,
    GaussianPrior,
    LaplacePrior,
    Prior,
    likelihood,
    share_near_zero,
)

Make = Callable[[Belief], Prior]
PRIORS: list[Make] = [GaussianPrior, LaplacePrior]
BELIEFS = [
    Belief(0.4, 10, 1.0, 0.3),
    Belief(-1.2, 3, 0.8, 0.5),
    Belief(2.0, 200, 0.2, 0.1),
    Belief(-2.0, 1, 0.2, 0.1),
    Belief(0.0, 7, 3.0, 3.0),
    Belief(0.02, 200, 0.2, 3.0),
    Belief(2.0, 1, 3.0, 0.1),
]
PLACES = np.linspace(-3, 3, 601)


def grid(belief: Belief) -> np.ndarray:
    """Places enough for sums to be integrals: around 0 and around what the data say."""
    return np.linspace(-8, 8, 1_600_001) if belief.noise > 0.5 else np.linspace(-4, 4, 800_001)


def unnormalised(belief: Belief, prior: Make, places: np.ndarray) -> np.ndarray:
    """Log of likelihood times prior, by SciPy."""
    spread = belief.noise / np.sqrt(belief.count)
    said = stats.norm(belief.alone, spread).logpdf(places)
    if prior is GaussianPrior:
        return np.asarray(said + stats.norm(0, belief.width).logpdf(places))
    return np.asarray(said + stats.laplace(0, belief.width / np.sqrt(2)).logpdf(places))


@pytest.mark.parametrize("belief", BELIEFS)
def test_the_priors_are_scipys_and_of_one_variance(belief: Belief) -> None:
    wanted = stats.norm(0, belief.width), stats.laplace(0, belief.scale)
    for make, one in zip(PRIORS, wanted, strict=True):
        np.testing.assert_allclose(make(belief).prior(PLACES), one.pdf(PLACES), rtol=1e-12)
        assert one.var() == pytest.approx(belief.width**2)
    spread = belief.noise / np.sqrt(belief.count)
    wanted_likelihood = stats.norm(belief.alone, spread).pdf(PLACES)
    np.testing.assert_allclose(
        likelihood(belief, PLACES), wanted_likelihood, rtol=1e-9, atol=1e-300
    )


@pytest.mark.parametrize("belief", BELIEFS)
@pytest.mark.parametrize("prior", PRIORS)
def test_the_posterior_is_likelihood_times_prior_of_area_one(prior: Make, belief: Belief) -> None:
    of, places = prior(belief), grid(belief)
    logarithm = unnormalised(belief, prior, places)
    density = np.exp(logarithm - logarithm.max())
    density /= integrate.trapezoid(density, places)
    np.testing.assert_allclose(of.posterior(places), density, rtol=1e-5, atol=1e-9)
    mean = integrate.trapezoid(density * places, places)
    assert of.mean == pytest.approx(mean, abs=1e-6)
    assert of.mode == pytest.approx(places[density.argmax()], abs=2e-5)


@pytest.mark.parametrize("belief", BELIEFS[:3])
@pytest.mark.parametrize("prior", PRIORS)
def test_quadrature_finds_area_one_too(prior: Make, belief: Belief) -> None:
    def density(place: float) -> float:
        return float(prior(belief).posterior(np.array([place]))[0])

    area, _ = integrate.quad(density, -4, 4, points=[0, belief.alone], limit=200)
    assert area == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("belief", BELIEFS)
@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("seed", [11, 12])
def test_samples_have_the_posteriors_distribution(prior: Make, belief: Belief, seed: int) -> None:
    of, places = prior(belief), grid(belief)
    below = integrate.cumulative_trapezoid(of.posterior(places), places, initial=0)
    found = stats.kstest(of.samples(seed=seed), lambda one: np.interp(one, places, below))
    assert found.pvalue > 1e-4


def test_the_map_is_zero_just_where_the_words_say() -> None:
    for seed in range(30):
        draw = np.random.default_rng(seed).uniform
        belief = Belief(0.0, round(draw(1, 200)), draw(0.2, 3), draw(0.1, 3))
        edge = belief.noise**2 / (belief.count * belief.scale)
        inside, outside = (replace(belief, alone=edge * share) for share in (0.999, 1.001))
        assert LaplacePrior(inside).mode == 0
        assert LaplacePrior(outside).mode > 0
        assert LaplacePrior(inside).mean > 0
        assert GaussianPrior(inside).mode > 0


def test_no_sample_is_zero_even_where_the_highest_point_is() -> None:
    for seed in range(10):
        of = LaplacePrior(Belief(0.05, 10, 1.0, 0.3))
        assert of.mode == 0
        samples = of.samples(seed=seed)
        assert (samples != 0).all()
        assert 0.02 < share_near_zero(samples) < 0.2


def test_the_share_near_zero_is_that_of_the_density() -> None:
    for belief in BELIEFS:
        near = np.linspace(-0.01, 0.01, 20_001)
        wanted = integrate.trapezoid(LaplacePrior(belief).posterior(near), near)
        found = share_near_zero(LaplacePrior(belief).samples(seed=5))
        assert found == pytest.approx(wanted, abs=5 * 0.5 / np.sqrt(SAMPLES))


@pytest.mark.parametrize("seed", range(4))
def test_the_map_is_scikit_learns_fit_with_the_penalty_said(seed: int) -> None:
    """A slope through real points, x of mean square 1: ½ mean squared error plus the penalty."""
    generator = np.random.default_rng(seed)
    count, noise, width = 12, 0.8, 0.4
    x = generator.standard_normal(count)
    x /= np.sqrt(np.mean(x**2))
    y = 0.7 * x + noise * generator.standard_normal(count)
    belief = Belief(float(x @ y / count), count, noise, width)
    ridge = Ridge(alpha=count * belief.l2_strength, fit_intercept=False).fit(x[:, None], y)
    lasso = Lasso(alpha=belief.l1_strength, fit_intercept=False, tol=1e-12).fit(x[:, None], y)
    assert GaussianPrior(belief).mode == pytest.approx(ridge.coef_[0], abs=1e-10)
    assert LaplacePrior(belief).mode == pytest.approx(lasso.coef_[0], abs=1e-8)


def test_ten_times_the_points_are_a_tenth_of_the_penalty() -> None:
    belief = BELIEFS[0]
    more = replace(belief, count=10 * belief.count)
    assert more.l2_strength == pytest.approx(belief.l2_strength / 10)
    assert more.l1_strength == pytest.approx(belief.l1_strength / 10)


def test_the_corners_of_the_sliders_give_finite_numbers() -> None:
    for alone in (-2.0, 0.0, 2.0):
        for count in (1, 200):
            for noise in (0.2, 3.0):
                for width in (0.1, 3.0):
                    belief = Belief(alone, count, noise, width)
                    for prior in PRIORS:
                        of = prior(belief)
                        assert np.isfinite([of.mode, of.mean]).all()
                        assert np.isfinite(of.posterior(PLACES)).all()
                        assert np.isfinite(of.samples()).all()
