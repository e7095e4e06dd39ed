"""Who runs in a race: the runs of all recipes and seeds, and whether there is room for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import nn

from explainer.training.data.data_set import Examples
from explainer.training.data.splits import Prepared, Split, prepare_once
from explainer.training.engine.flat_parameters import layer_names
from explainer.training.engine.run import Evaluation, Run
from explainer.training.measurement.checkpoint import state_bytes
from explainer.training.measurement.history import History
from explainer.training.measurement.weight_frames import frame_bytes
from explainer.training.recipe.build_network import build
from explainer.training.recipe.layers import channels_last
from explainer.training.recipe.recipe import Recipe
from explainer.words import N_, later, sentence_of

MOST_RECIPES = 8
MOST_SEEDS = 10
MEGABYTE = 1024**2
RECIPES = N_("there are {count} recipes, but a race has 1 to {most}")
SEEDS = N_("there are {count} seeds, but a race has 1 to {most}")
LONE_EXAMPLE = N_(
    "batch norm of a dense layer needs 2 examples in a batch to tell how far they spread, but there"
    " is one training example"
)
BATCHES_OF_ONE = N_(
    "batch norm of a dense layer needs 2 examples in a batch to tell how far they spread, but the"
    " batch size is 1"
)

Source = Prepared | Callable[[int], Prepared]
"""The data of all seeds, or what prepares those of one seed."""


@dataclass(frozen=True)
class Settings:
    """How a race measures and how much it may keep.

    `most_bytes` bounds history and checkpoints together: checkpoints that would not fit are kept
    in half precision, and where that is too much as well the race is refused. What is left holds
    the runs as they were at `kept_steps` earlier steps at most (`rewind/`). `stacked` allows the
    fast path; without it every run trains alone. `graphs` records its steps where there is CUDA.
    `test_at_end` scores the best checkpoints on the test part when all runs have ended.
    """

    evaluation: Evaluation = field(default_factory=Evaluation)
    most_bytes: int = 64 * MEGABYTE
    stacked: bool = True
    test_at_end: bool = True
    graphs: bool = True
    kept_steps: int = 0


def build_runs(
    recipes: Sequence[Recipe],
    seeds: Sequence[int],
    source: Source,
    settings: Settings,
    device: torch.device,
) -> list[Run]:
    """All runs, recipe by recipe; those of a seed share one copy of the data on `device`.

    The runs of the first seed are filmed. Raises `ValueError` for too many or too few recipes or
    seeds, for data without examples to validate on, for networks that the data do not fit, and for
    a race that is too large.
    """
    _check_count(RECIPES, len(recipes), MOST_RECIPES)
    _check_count(SEEDS, len(set(seeds)), MOST_SEEDS)
    data = {seed: _ready(source(seed) if callable(source) else source) for seed in seeds}
    moved = _moved(data, device)
    precision = checkpoint_precision(recipes, moved[seeds[0]], len(seeds), settings.most_bytes)
    return [
        Run(
            recipe,
            seed,
            moved[seed],
            evaluation=settings.evaluation,
            precision=precision,
            filmed=seed == seeds[0],
        )
        for recipe in recipes
        for seed in seeds
    ]


def _check_count(sentence: str, count: int, most: int) -> None:
    if not 1 <= count <= most:
        raise ValueError(later(sentence, count=count, most=most))


def _ready(data: Prepared) -> Prepared:
    if not len(data.validation_labels):
        raise ValueError(later("there are no examples to validate on: give validation a share"))
    return data


def _moved(data: dict[int, Prepared], device: torch.device) -> dict[int, Prepared]:
    """The data on `device`, pictures with their channels last; one copy of what is the same."""
    copies = {id(one): _channels_last(one.to(device)) for one in data.values()}
    return {seed: copies[id(one)] for seed, one in data.items()}


def _channels_last(data: Prepared) -> Prepared:
    return replace(
        data,
        train_inputs=channels_last(data.train_inputs),
        validation_inputs=channels_last(data.validation_inputs),
        test_inputs=channels_last(data.test_inputs),
    )


def checkpoint_precision(
    recipes: Sequence[Recipe], data: Prepared, seeds: int, most_bytes: int
) -> torch.dtype:
    """Full precision for checkpoints where there is room, else half; refuses what is too large."""
    networks = [_built(one, number, data) for number, one in enumerate(recipes, 1)]
    checkpoints = seeds * sum(state_bytes(network) for network in networks)
    kept = [seeds * History(layer_names(one)).nbytes + frame_bytes(one) for one in networks]
    room = most_bytes - sum(kept)
    if checkpoints <= room:
        return torch.float32
    if checkpoints / 2 <= room:
        return torch.float16
    raise ValueError(
        later(
            "the best weights of {runs} runs need {needed} MB, but a race may keep {most} MB: take"
            " smaller networks or fewer runs",
            runs=len(recipes) * seeds,
            needed=f"{checkpoints / MEGABYTE:.0f}",
            most=f"{most_bytes / MEGABYTE:.0f}",
        )
    )


def _built(recipe: Recipe, number: int, data: Prepared) -> nn.Sequential:
    """The network of the `number`-th recipe. Raises `ValueError` that names who cannot train."""
    try:
        _check_norm(recipe, len(data.train_labels))
        if recipe.regularisation.label_smoothing and not data.classes:
            raise ValueError(
                later("label smoothing spreads a label over classes, and here are numbers")
            )
        return build(recipe.network, data.shape, data.outputs, recipe.regularisation)
    except ValueError as error:
        raise ValueError(
            later(
                "{recipe} cannot train: {reason}",
                recipe=recipe.called(number - 1), reason=sentence_of(error),
            )
        ) from None  # fmt: skip


def _check_norm(recipe: Recipe, examples: int) -> None:
    """Refuse to take the spread of one number: batch norm of a dense layer sees one an example.

    That of a convolution sees the places of a map as well, which are four at the least.
    """
    if recipe.network.batch_norm and recipe.network.hidden_dense_layers:
        size = recipe.training.batch(examples)
        if size < 2:
            raise ValueError(later(LONE_EXAMPLE if examples < 2 else BATCHES_OF_ONE))


@dataclass(frozen=True, kw_only=True)
class RacePlan:
    """The recipes, how the data are divided, and the seeds."""

    recipes: tuple[Recipe, ...]
    split: Split
    seeds: tuple[int, ...]

    def source(self, examples: Examples) -> Callable[[int], Prepared]:
        """The data of each seed, which divides them anew: the same for every recipe and race."""
        return lambda seed: prepare_once(examples, replace(self.split, seed=seed))
