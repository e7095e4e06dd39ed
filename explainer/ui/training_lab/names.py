"""Recipes by number and name, for menus in which two recipes may be called the same."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explainer.training.measurement.snapshot import RunView, Snapshot, Status
from explainer.training.recipe.recipe import Recipe
from explainer.ui.common.prose import escaped
from explainer.ui.training_lab.plan import KEY
from explainer.ui.training_lab.recipe_editor import dot, name_of, named
from explainer.words import N_, _

DIVERGED = N_("diverged")


def numbered(recipes: Sequence[Recipe]) -> list[str]:
    """Recipes as menus list them: `1. Plain`, `2. Dropout`, …"""
    return [
        _("{number}. {recipe}", number=index + 1, recipe=name_of(recipe, index))
        for index, recipe in enumerate(recipes)
    ]


def marked(snapshot: Snapshot, index: int) -> str:
    """The colour and the name of a recipe, and how many of its runs diverged, HTML."""
    said = diverged(snapshot, index)
    note = f" <small>({said})</small>" if said else ""
    return f"{dot(index)} {named(snapshot.recipes[index], index)}{note}"


def diverged(snapshot: Snapshot, index: int) -> str:
    """`diverged` where all runs of a recipe did, `1 of 3 diverged`, or nothing where none did."""
    runs = snapshot.of_recipe(index)
    count = sum(run.status is Status.DIVERGED for run in runs)
    if not count:
        return ""
    if count == len(runs):
        return _(DIVERGED)
    return _("{count} of {runs} diverged", count=count, runs=len(runs))


def without_numbers(snapshot: Snapshot) -> None:
    """Say which recipes have runs that diverged and are missing from an instrument."""
    found = [(index, diverged(snapshot, index)) for index in range(len(snapshot.recipes))]
    said = [f"{numbered(snapshot.recipes)[index]}: {word}" for index, word in found if word]
    if said:
        recipes = "; ".join(said)
        st.caption(escaped(_("{recipes}. What is not a number is not shown.", recipes=recipes)))


def set_by_hand(snapshot: Snapshot) -> str:
    """The recipes of which a weight or a bias was set by hand, as menus list them; or nothing."""
    names = numbered(snapshot.recipes)
    runs = [run for run in snapshot.runs if any(mark.by_hand for mark in run.marks)]
    return ", ".join(dict.fromkeys(names[run.recipe] for run in runs))


def pick_recipe(snapshot: Snapshot, name: str) -> int:
    """A choice of one recipe; its index."""
    names = numbered(snapshot.recipes)
    if len(names) == 1:
        return 0
    key = f"{KEY}.{name}"
    if st.session_state.get(key) not in range(len(names)):
        st.session_state[key] = 0
    picked = st.segmented_control(
        _("Recipe"), range(len(names)), key=key, required=True,
        format_func=lambda index: escaped(names[index]),
    )  # fmt: skip
    return int(picked or 0)


def pick_seed(snapshot: Snapshot, index: int, name: str) -> RunView:
    """A choice of one seed of a recipe; its run."""
    runs = {run.seed: run for run in snapshot.of_recipe(index)}
    seeds = list(runs)
    if len(seeds) == 1:
        return runs[seeds[0]]
    key = f"{KEY}.{name}"
    if st.session_state.get(key) not in seeds:
        st.session_state[key] = seeds[0]
    picked = st.segmented_control(
        _("Seed"), seeds, key=key, required=True,
        format_func=lambda seed: _("Seed {number}", number=seed),
    )  # fmt: skip
    return runs[int(picked or seeds[0])]


def first_seed_runs(snapshot: Snapshot) -> slice:
    """Which of all runs are those of the first seed."""
    return slice(0, len(snapshot.runs), len(snapshot.seeds))


def of_step(step: int, snapshot: Snapshot, *, one_seed: bool = True) -> str:
    """When and of what something was measured, for a caption."""
    seeds, after = len(snapshot.seeds), f"{step:,}"
    if seeds < 2:
        return _("After step {step}", step=after)
    if one_seed:
        return _("After step {step}, seed {seed}", step=after, seed=snapshot.seeds[0])
    return _("After step {step}, all {seeds} seeds", step=after, seeds=seeds)
