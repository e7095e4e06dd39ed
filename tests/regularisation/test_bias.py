"""A penalised bias: scikit-learn's ridge, and what moved targets do to it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from explainer.regularisation.bias import FARTHEST, POINTS, errors, fit, shifts


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("strength", [0.0, 0.3, 5.0])
def test_both_fits_are_scikit_learns(seed: int, strength: float) -> None:
    generator = np.random.default_rng(seed)
    x, y = generator.normal(1, 1, POINTS), generator.normal(2, 1, POINTS)
    free = Ridge(alpha=POINTS * strength).fit(x[:, None], y)
    found = fit(x, y, strength, penalised=False)
    assert found == pytest.approx((free.coef_[0], free.intercept_), abs=1e-9)
    columns = np.stack([x, np.ones_like(x)], axis=1)
    both = Ridge(alpha=POINTS * strength, fit_intercept=False).fit(columns, y)
    assert fit(x, y, strength, penalised=True) == pytest.approx(tuple(both.coef_), abs=1e-9)


@pytest.mark.parametrize("seed", range(10, 30))
def test_moved_targets_change_the_penalised_fit_alone(seed: int) -> None:
    free, penalised = errors(0.3, seed)
    np.testing.assert_allclose(free, free[0], rtol=1e-9)
    assert penalised[-1] > 2.5 * free[-1]
    far = shifts() > 1
    assert (np.diff(penalised[far]) > 0).all()
    assert penalised[-1] == pytest.approx(FARTHEST * 0.3 / 1.3, rel=0.25)
