r"""The path: every weight against λ, for L1, L2 and the elastic net, on one real data set.

A linear regression without a bias, inputs and target standardised: the loss is
$\frac{1}{2n}\lVert y - Xw \rVert^2$, plus $\lambda \lVert w \rVert_1$ for L1 (Tibshirani 1996,
by scikit-learn's coordinate descent), $\frac{\lambda}{2} \lVert w \rVert^2$ for L2 (Hoerl and
Kennard 1970, in closed form), or half of each for the elastic net (Zou and Hastie 2005).
scikit-learn is imported when its data are first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explainer.registry import Registry
from explainer.words import N_

Floats = NDArray[np.float64]
L1_SHARE = 0.5
"""Of the elastic net's penalty."""
DECADES = (-3, 2)
PER_DECADE = 20
CHOICES = (
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0,
)  # fmt: skip
"""The λ that can be chosen, in steps of about two."""
TWIN_NOISE, TWIN_SEED = 0.25, 0
EXACT = {"tol": 1e-8, "max_iter": 20_000}
FEATURES = (
    N_("age"), N_("sex"), N_("body mass index"), N_("blood pressure"), N_("total cholesterol"),
    N_("LDL cholesterol"), N_("HDL cholesterol"), N_("total ÷ HDL"), N_("triglycerides"),
    N_("blood sugar"),
)  # fmt: skip
"""scikit-learn's age, sex, bmi, bp, s1 to s6; s5 is the logarithm of the triglycerides."""
BMI, TOTAL, LDL = 2, 4, 5
TWIN = N_("body mass index (twin)")


@dataclass(frozen=True, eq=False)
class Problem:
    """A linear regression: `inputs` `(n, p)` and `target` `(n,)`, each with mean 0 and variance 1.

    `names` has a message for each input.
    """

    inputs: Floats
    target: Floats
    names: tuple[str, ...]

    def correlation(self, one: int, other: int) -> float:
        """Of two inputs, by their places, in [−1, 1]."""
        return float(self.inputs[:, one] @ self.inputs[:, other] / len(self.target))


@dataclass(frozen=True)
class Mix:
    """A penalty: λ times so much of ‖w‖₁, and λ times so much of ½‖w‖²."""

    slug: str
    title: str
    formula: str
    absolute: float
    square: float


MIXES = Registry[Mix](
    N_("penalty"),
    Mix("l1", N_("L1"), r"\lambda \sum_i |w_i|", 1.0, 0.0),
    Mix("l2", N_("L2"), r"\frac{\lambda}{2} \sum_i w_i^2", 0.0, 1.0),
    Mix(
        "elastic", N_("Elastic net"),
        r"\frac{\lambda}{2} \sum_i |w_i| + \frac{\lambda}{4} \sum_i w_i^2", L1_SHARE, 1 - L1_SHARE,
    ),
)  # fmt: skip


@lru_cache(maxsize=2)
def diabetes(*, twin: bool = False) -> Problem:
    """442 people with diabetes: ten measurements, and how far the disease went in a year.

    The data are those of Efron et al. (2004). With a `twin` there is an eleventh input, the body
    mass index with noise added, as of a second, worse scale.
    """
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    inputs, target = standardised(bunch.data), standardised(bunch.target)
    found = Problem(inputs, target, FEATURES)
    return with_twin(found, BMI, TWIN, seed=TWIN_SEED) if twin else found


def standardised(values: Floats) -> Floats:
    """`values` `(n,)`, or each column of `(n, p)`, less the mean, over the deviation (of n)."""
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def with_twin(problem: Problem, of: int, name: str, *, seed: int) -> Problem:
    """The same problem with one more input: that at the place `of`, and noise."""
    noise = np.random.default_rng(seed).standard_normal(len(problem.target))
    twin = standardised((problem.inputs[:, of] + TWIN_NOISE * noise)[:, None])
    return replace(problem, inputs=np.hstack([problem.inputs, twin]), names=(*problem.names, name))


def strengths() -> Floats:
    """The λ of a path, rising: evenly on the logarithmic axis, and all that can be chosen."""
    low, high = DECADES
    grid = 10.0 ** np.linspace(low, high, (high - low) * PER_DECADE + 1)
    apart = [one for one in CHOICES if np.abs(grid / one - 1).min() > 1e-9]
    return np.sort(np.concatenate([grid, apart]))


def path(problem: Problem, penalty: Mix, lambdas: Floats | Sequence[float]) -> Floats:
    """The weights `(len(lambdas), p)` with which loss and penalty are least, for each λ > 0."""
    wanted = np.asarray(lambdas, np.float64)
    if not penalty.absolute:
        return _ridge(problem, wanted * penalty.square)
    from sklearn.linear_model import enet_path

    share = penalty.absolute / (penalty.absolute + penalty.square)
    falling = np.argsort(-wanted)
    _, weights, _ = enet_path(
        problem.inputs, problem.target, l1_ratio=share, alphas=wanted[falling], **EXACT
    )
    found = np.empty((len(wanted), problem.inputs.shape[1]))
    found[falling] = weights.T
    return found


def _ridge(problem: Problem, lambdas: Floats) -> Floats:
    """(XᵀX/n + λI)⁻¹ Xᵀy/n for each λ, by the eigenvectors of XᵀX/n."""
    count = len(problem.target)
    values, vectors = np.linalg.eigh(problem.inputs.T @ problem.inputs / count)
    along = vectors.T @ (problem.inputs.T @ problem.target / count)
    return np.asarray((along / (values + lambdas[:, None])) @ vectors.T)


def last_to_go(problem: Problem, penalty: Mix) -> tuple[float, int]:
    r"""The least λ from which on all weights are exactly 0, and which weight is the last to go.

    $\max_j |x_j^\top y| / n$, over the share of ‖w‖₁; infinite for L2, which leaves every weight.
    """
    pull = np.abs(problem.inputs.T @ problem.target) / len(problem.target)
    place = int(pull.argmax())
    return (float(pull[place] / penalty.absolute) if penalty.absolute else np.inf), place


def optimality_gap(problem: Problem, penalty: Mix, strength: float, weights: Floats) -> float:
    """How far `weights` `(p,)` are from the conditions of Karush, Kuhn and Tucker: 0 at the least.

    The loss pulls with λ at each weight that is not 0, and with λ at most at each that is.
    """
    count = len(problem.target)
    pull = problem.inputs.T @ (problem.target - problem.inputs @ weights) / count
    pull -= strength * penalty.square * weights
    bound = strength * penalty.absolute
    off = np.where(
        weights == 0, np.maximum(np.abs(pull) - bound, 0), np.abs(pull - bound * np.sign(weights))
    )
    return float(off.max())


def alone_between(lambdas: Floats, weights: Floats, kept: int, dropped: int) -> tuple[float, float]:
    """From which to which λ the weight `kept` is not 0 while `dropped` is; NaN where never.

    Of what `lambdas` `(m,)`, rising, and `weights` `(m, p)` have: the longest such stretch that has
    no gap.
    """
    alone = (weights[:, kept] != 0) & (weights[:, dropped] == 0)
    best, start = (0, 0), 0
    for place, here in enumerate([*alone, False]):
        if not here:
            best, start = max(best, (start, place), key=lambda one: one[1] - one[0]), place + 1
    if best[0] == best[1]:
        return np.nan, np.nan
    return float(lambdas[best[0]]), float(lambdas[best[1] - 1])
