"""What the training lab is asked to do: data, split, recipes, seeds; as the page and a link say it.

A plan is frozen; a race is built from one, and the page tells when the two no longer agree.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import streamlit as st

from explainer.training.data.data_set import Examples
from explainer.training.engine.build_runs import RacePlan
from explainer.training.engine.race import Race, Settings
from explainer.training.engine.run import Evaluation
from explainer.training.recipe.kinds import KINDS
from explainer.training.recipe.recipe import (
    LONGEST_NAME,
    Network,
    Recipe,
    from_text,
    to_text,
    with_value,
)
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.refusal import forget, refuse
from explainer.words import _, later, sentence_of, told

KEY = "training_lab"
LINK = f"{KEY}.link"
SEPARATOR = "!"
MOST_RECIPES = 8
KEPT_STEPS = 40
FIRST_RECIPES = (Recipe(name="Plain"),)
FOR_POINTS = Network("mlp", depth=2, width=8, activation="tanh")


@dataclass(frozen=True)
class DataChoice:
    """Which examples: a registered set with its settings, or a visitor's own, by `title`."""

    slug: str
    title: str
    settings: tuple[tuple[str, float | str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class LabPlan(RacePlan):
    """A race of a page, with its data by what was chosen, and how often it is measured."""

    data: DataChoice
    evaluation: Evaluation = field(default_factory=Evaluation)

    def build(self, examples: Examples, most_bytes: int) -> Race:
        """The race; within a seed every recipe has the same split, start and batches.

        `most_bytes` bounds its history, checkpoints and kept steps. Raises `ValueError` with one
        sentence where the recipes do not fit the data.
        """
        return Race(
            self.recipes,
            self.source(examples),
            seeds=self.seeds,
            settings=Settings(self.evaluation, most_bytes, kept_steps=KEPT_STEPS),
        )


def recipes() -> tuple[Recipe, ...]:
    """The recipes of the visitor: as edited, else as in the link, else the first ones."""
    found: tuple[Recipe, ...] | None = st.session_state.get(f"{KEY}.recipe_list")
    if found is None:
        found = st.session_state[f"{KEY}.recipe_list"] = _from_url()
    return found


def set_recipes(entries: tuple[Recipe, ...]) -> None:
    """Replace the recipes; 1 to 8 of them."""
    if 1 <= len(entries) <= MOST_RECIPES:
        forget(LINK)
        st.session_state[f"{KEY}.recipe_list"] = entries


def change(index: int, name: str, value: object) -> str:
    """Change one field of one recipe; returns a sentence where the value is refused, else ''."""
    try:
        set_recipe(index, with_value(recipes()[index], name, value))
    except ValueError as error:
        return told(error)
    return ""


def set_recipe(index: int, recipe: Recipe) -> None:
    """Replace the recipe with that index."""
    entries = list(recipes())
    entries[index] = recipe
    set_recipes(tuple(entries))


def fit_to_points() -> bool:
    """Give every recipe whose network needs pictures one for points; whether there was any."""
    entries = recipes()
    fitted = tuple(
        replace(one, network=FOR_POINTS) if KINDS[one.network.kind].convolutions else one
        for one in entries
    )
    if fitted == entries:
        return False
    set_recipes(fitted)
    return True


def copy(index: int) -> None:
    """Add a copy of the recipe with that index after it; its name says that it is one."""
    entries = list(recipes())
    recipe = entries[index].name
    name = (_("{recipe} copy", recipe=recipe) if recipe else _("Recipe copy"))[:LONGEST_NAME]
    entries.insert(index + 1, replace(entries[index], name=name))
    set_recipes(tuple(entries))


def remove(index: int) -> None:
    """Take a recipe away; the last one stays."""
    entries = list(recipes())
    del entries[index]
    set_recipes(tuple(entries))


def keep_recipes_in_url() -> None:
    """Write the recipes into the address."""
    keep_in_link(f"{KEY}.recipes", SEPARATOR.join(to_text(recipe) for recipe in recipes()))


def _from_url() -> tuple[Recipe, ...]:
    text = st.query_params.get(f"{KEY}.recipes")
    if text is None:
        return FIRST_RECIPES
    try:
        found = tuple(from_text(part) for part in text.split(SEPARATOR))
    except ValueError as error:
        reason = sentence_of(error)
        refuse(LINK, later("The recipes of this link cannot be read: {reason}.", reason=reason))
        return FIRST_RECIPES
    return found[:MOST_RECIPES]
