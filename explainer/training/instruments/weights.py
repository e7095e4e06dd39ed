"""How the weights of each recipe are spread, and how many of them are zero or nearly so.

Weights are what penalties see: tensors of two dimensions and more, without biases and norm
parameters. All seeds of a recipe are pooled, but for those that diverged beside others that did
not. Weights that are not a number are in no bin.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.training.engine.run import Run
from explainer.training.measurement.run_record import Status

USUAL_SHARE = 0.999
"""The share of a recipe's weights that an axis without a given reach has room for."""

OUTLYING = 10.0

Values = NDArray[np.float32]


@dataclass(frozen=True)
class LayerWeights:
    """The weights of one layer: how many, how many exactly 0, how many with |w| < ε, their length.

    `below` includes the zeros. Over several seeds the counts are sums, and `norm` is the root mean
    square of the seeds' Euclidean lengths.
    """

    name: str
    count: int
    zeros: int
    below: int
    norm: float


@dataclass(frozen=True, eq=False)
class WeightReport:
    """The weights of the `recipe`-th recipe: `counts` `(B,)` between `edges` `(B + 1,)`; layers.

    The outermost bins hold what lies beyond as well; the middle one is centred at 0.
    """

    recipe: int
    edges: NDArray[np.float32]
    counts: NDArray[np.int64]
    layers: tuple[LayerWeights, ...]


def weigh(
    runs: Sequence[Run],
    *,
    recipes: int,
    epsilon: float,
    reach: float | None = None,
    bins: int = 61,
) -> tuple[WeightReport, ...]:
    """A report for each of so many recipes, whose `runs` come recipe by recipe.

    `reach` is where the axis ends on both sides; None is :func:`usual_reach` of the recipes that
    did not diverge, or of all. Raises `ValueError`
    for an ε or a reach that is not above 0, for an even number of bins, and for runs that are not
    as many for each recipe.
    """
    _check(len(runs), recipes, epsilon, reach, bins)
    seeds = len(runs) // recipes
    held = [_sound(runs[place * seeds : (place + 1) * seeds]) for place in range(recipes)]
    groups = [[_weights(run) for run in group] for group in held]
    pooled = [np.concatenate([one for run in group for one in run.values()]) for group in groups]
    if reach is None:
        whole = [one for one, group in zip(pooled, held, strict=True) if not _diverged(group[0])]
        reach = usual_reach(whole or pooled)
    return tuple(
        WeightReport(
            recipe=place,
            edges=np.linspace(-reach, reach, bins + 1, dtype=np.float32),
            counts=_histogram(values, reach, bins),
            layers=tuple(_layer(name, group, epsilon) for name in group[0]),
        )
        for place, (group, values) in enumerate(zip(groups, pooled, strict=True))
    )


def usual_reach(pooled: Sequence[Values]) -> float:
    """Where an axis for the weights of all recipes ends: 1, 2 or 5 × 10^k.

    It has room for 99.9 % of the weights of each recipe, but for recipes that need ten times as
    much as the middle one: a network that blew up would hide the others. 1 where all are 0.
    """
    reaches = [_needed(one) for one in pooled]
    middle = float(np.median(reaches)) or max(reaches)
    return _rounded_up(max(one for one in reaches if one <= OUTLYING * middle))


def _diverged(run: Run) -> bool:
    return run.record.status is Status.DIVERGED


def _sound(runs: Sequence[Run]) -> Sequence[Run]:
    """Those that did not diverge, or all."""
    return [run for run in runs if not _diverged(run)] or runs


def _needed(values: Values) -> float:
    sizes = np.abs(values[np.isfinite(values)])
    if not len(sizes):
        return 0.0
    place = math.ceil(USUAL_SHARE * len(sizes)) - 1
    return float(np.partition(sizes, place)[place])


def _rounded_up(value: float) -> float:
    if value <= 0:
        return 1.0
    exponent = math.floor(math.log10(value))
    candidates = (float(f"{factor}e{exponent}") for factor in (1, 2, 5, 10))
    # 0.05 in single precision is a little more than 0.05, and still 0.05.
    return next((one for one in candidates if one * (1 + 1e-6) >= value), 10.0 ** (exponent + 1))


def _check(runs: int, recipes: int, epsilon: float, reach: float | None, bins: int) -> None:
    if recipes < 1 or not runs or runs % recipes:
        raise ValueError(f"{runs} runs cannot be as many for each of {recipes} recipes")
    if not epsilon > 0:
        raise ValueError(f"epsilon is {epsilon}, but it is above 0")
    if reach is not None and not 0 < reach < math.inf:
        raise ValueError(f"reach is {reach}, but it is above 0 and finite")
    if bins < 1 or bins % 2 == 0:
        raise ValueError(f"bins is {bins}, but it is odd, so that one bin is centred at 0")


def _weights(run: Run) -> dict[str, Values]:
    """Each layer's weights, flat, by the name of the layer: windows, to be read alone."""
    return {
        name.removesuffix(".weight"): parameter.detach().cpu().numpy().ravel()
        for name, parameter in run.model.named_parameters()
        if parameter.dim() >= 2
    }


def _histogram(values: Values, reach: float, bins: int) -> NDArray[np.int64]:
    # Bins of even width need no search: this is four times as fast as np.histogram.
    values = values[~np.isnan(values)]
    places = np.clip(values, -reach, reach)
    places += reach
    places *= bins / (2 * reach)
    counts = np.bincount(np.minimum(places.astype(np.int64), bins - 1), minlength=bins)
    return counts.astype(np.int64)


def _layer(name: str, seeds: list[dict[str, Values]], epsilon: float) -> LayerWeights:
    tensors = [weights[name] for weights in seeds]
    squares = [float(np.square(one, dtype=np.float64).sum()) for one in tensors]
    return LayerWeights(
        name=name,
        count=sum(one.size for one in tensors),
        zeros=sum(one.size - int(np.count_nonzero(one)) for one in tensors),
        below=sum(int(np.count_nonzero(np.abs(one) < epsilon)) for one in tensors),
        norm=math.sqrt(math.fsum(squares) / len(squares)),
    )
