"""The walk of high bias and high variance on a race: how each recipe stands, and what to try.

After Ng's basic recipe for machine learning, which lecture note 004 gives: a larger network or
longer training where training error is above what can be reached, more data or regularisation
where validation error is above training error.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from explainer.training.augmentation.pipeline import step
from explainer.training.data.splits import Split
from explainer.training.instruments.student import interval
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.recipe.kinds import KINDS
from explainer.training.recipe.recipe import LONGEST_NAME, Recipe, with_value
from explainer.words import N_

Interval = tuple[float, float, float]
BIAS, GAP = "bias", "gap"
ADAM_RATE = 2e-3
DROPPED, DECAY, SHIFT = 0.5, 1e-2, 0.1
MOST_UNITS, MOST_MAPS, MOST_STEPS = 1024, 64, 1_000_000


@dataclass(frozen=True)
class Standing:
    """A recipe at its last measurement: shares that are wrong, means over its seeds.

    `bias` is training error less the target, `gap` validation less training error: mean, and
    between what they lie in 95 of 100 such races; NaN for one seed alone.
    """

    recipe: Recipe
    seeds: int
    training: float
    validation: float
    bias: Interval
    gap: Interval

    @property
    def first(self) -> str:
        """What to work on first, `BIAS` or `GAP`, the larger; empty where neither is above 0.

        Beyond noise, where several seeds say what noise is.
        """
        above = {name: _above(one) for name, one in ((BIAS, self.bias), (GAP, self.gap))}
        wanted = [name for name, is_above in above.items() if is_above]
        return max(wanted, key=lambda name: getattr(self, name)[0]) if wanted else ""


def _above(one: Interval) -> bool:
    mean, low, __ = one
    return mean > 0 if math.isnan(low) else low > 0


def standings(snapshot: Snapshot, target: float) -> tuple[Standing, ...]:
    """Every recipe that was measured on both parts; `target` is the error that can be reached."""
    found = []
    for place, recipe in enumerate(snapshot.recipes):
        points = [run.last for run in snapshot.of_recipe(place) if run.last is not None]
        training = [1 - one.train_measure for one in points]
        validation = [1 - one.validation_measure for one in points]
        gaps = [outside - inside for outside, inside in zip(validation, training, strict=True)]
        if gaps and all(map(math.isfinite, gaps)):
            found.append(
                Standing(
                    recipe, len(points), interval(training)[0], interval(validation)[0],
                    interval([one - target for one in training]), interval(gaps),
                )
            )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True)
class Suggestion:
    """One change of a recipe, or, with `train_size`, of the number of examples to learn from."""

    slug: str
    title: str
    recipe: Recipe
    train_size: int | None = None


def suggestions(standing: Standing, split: Split, most: int) -> tuple[Suggestion, ...]:
    """What to try for what is to be worked on first, the changes that there is room for.

    `most` are the examples that there are to learn from.
    """
    recipe = standing.recipe
    ways = {BIAS: _for_bias(recipe), GAP: _for_gap(recipe, split, most)}
    return tuple(ways.get(standing.first, ()))


def _for_bias(recipe: Recipe) -> Iterator[Suggestion]:
    network, training = recipe.network, recipe.training
    if KINDS[network.kind].convolutions:
        if network.channels < MOST_MAPS:
            yield _changed(recipe, "larger", N_("Twice as many filters"), channels=min(
                2 * network.channels, MOST_MAPS
            ))  # fmt: skip
    elif not network.depth:
        yield _changed(recipe, "larger", N_("A hidden layer"), depth=1)
    elif network.width < MOST_UNITS and not network.widths:
        wider = min(2 * network.width, MOST_UNITS)
        yield _changed(recipe, "larger", N_("Twice as many units"), width=wider)
    counted = "epochs" if training.epochs else "steps"
    longer = 2 * getattr(training, counted)
    if longer <= (10_000 if training.epochs else MOST_STEPS):
        yield _changed(recipe, "longer", N_("Twice as long"), **{counted: longer})
    if training.optimiser != "adam":
        title = N_("Adam")
        yield _changed(recipe, "adam", title, optimiser="adam", learning_rate=ADAM_RATE)


def _for_gap(recipe: Recipe, split: Split, most: int) -> Iterator[Suggestion]:
    held, network = recipe.regularisation, recipe.network
    if split.train_size is not None and split.train_size < most:
        size = min(2 * split.train_size, most)
        yield Suggestion("data", N_("Twice as many examples"), recipe, size)
    if not held.weight_decay and not held.l2:
        yield _changed(recipe, "l2", N_("An L2 penalty"), l2=DECAY)
    if not held.dropout and network.hidden_dense_layers:
        yield _changed(recipe, "dropout", N_("Dropout, one half"), dropout=DROPPED)
    if not recipe.augmentation and KINDS[network.kind].convolutions:
        moved = replace(recipe, augmentation=(step("shift", share=SHIFT),))
        yield _named(Suggestion("augment", N_("Shifted copies"), moved))


def _changed(recipe: Recipe, slug: str, title: str, **values: object) -> Suggestion:
    changed = recipe
    for name, value in values.items():
        changed = with_value(changed, name, value)
    return _named(Suggestion(slug, title, changed))


def _named(suggestion: Suggestion) -> Suggestion:
    """With the change after the recipe's own name, as far as there is room for it."""
    recipe = suggestion.recipe
    name = f"{recipe.name}, {suggestion.slug}" if recipe.name else suggestion.slug
    return replace(suggestion, recipe=replace(recipe, name=name[:LONGEST_NAME]))
