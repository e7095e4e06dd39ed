"""What is done to the training pictures of one recipe: a list of steps, in order.

A step may stand there more than once. The list is changed by its buttons alone, so that it is
always what the recipe holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from explainer.parameters import Parameter
from explainer.training.augmentation import AUGMENTATIONS, AugmentationStep, step
from explainer.training.recipe.recipe import MOST_AUGMENTATIONS, Recipe
from explainer.ui.training_lab.plan import recipes, set_recipe
from explainer.words import _

Anew = Callable[[], None]
"""Makes every control of the recipe show what the recipe holds."""


def augmentation_steps(
    index: int, key: str, recipe: Recipe, anew: Anew, *, points: bool = False
) -> None:
    """The steps of the recipe with that index: their order, their values, and one more.

    `points` says that the data are points, which steps for pictures leave as they are.
    """
    steps = recipe.augmentation
    st.markdown(_("What is done to the training examples, in this order"))
    if not steps:
        st.caption(_("Nothing: every epoch shows them as they are."))
    for place, one in enumerate(steps):
        with st.container(border=True):
            _heading(index, f"{key}.step{place}", place, len(steps), anew)
            _values(index, f"{key}.step{place}", place, one)
            if points and one.record.pictures_only:
                st.caption(_("No effect: it changes pictures, and these data are points."))
    if len(steps) < MOST_AUGMENTATIONS:
        adding = f"{key}.augmentations"
        st.menu_button(
            _("Add a step"), AUGMENTATIONS.slugs, key=adding, icon=":material/add:",
            on_click=_add, args=(index, adding, anew),
            format_func=lambda slug: _(AUGMENTATIONS[slug].title),
        )  # fmt: skip


def _heading(index: int, key: str, place: int, count: int, anew: Anew) -> None:
    """The name of a step, and buttons that move it earlier or later or take it away."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        one = recipes()[index].augmentation[place]
        heading = _("{place}. {step}", place=place + 1, step=_(one.record.title))
        st.markdown(f"**{heading}**", help=_(one.record.meaning))
        changes = (
            ("earlier", _("Earlier"), ":material/arrow_upward:", place - 1, place > 0),
            ("later", _("Later"), ":material/arrow_downward:", place + 1, place < count - 1),
            ("remove", _("Remove"), ":material/close:", None, True),
        )
        for slug, label, icon, goal, allowed in changes:
            st.button(
                label, icon=icon, key=f"{key}.{slug}", disabled=not allowed,
                on_click=_move, args=(index, place, goal, anew),
            )  # fmt: skip


def _values(index: int, key: str, place: int, one: AugmentationStep) -> None:
    """The values of a step, and whether with them it does anything."""
    values = dict(one.values)
    with st.grid(columns=2, min_column_width=220):
        for parameter in one.record.parameters:
            _value(index, f"{key}.{parameter.name}", place, parameter, values[parameter.name])
    if one.idle:
        st.caption(_("No effect: with these values every example stays as it is."))


def _value(index: int, key: str, place: int, parameter: Parameter, value: float) -> None:
    label = _(parameter.label)
    st.slider(
        _("{setting} ({unit})", setting=label, unit=parameter.unit) if parameter.unit else label,
        float(parameter.minimum),
        float(parameter.maximum),
        float(value),
        float(parameter.step),
        key=key,
        help=_(parameter.help) or None,
        on_change=_set,
        args=(index, place, parameter.name, key),
    )


def _set(index: int, place: int, name: str, key: str) -> None:
    steps = list(recipes()[index].augmentation)
    steps[place] = step(
        steps[place].slug, **{**dict(steps[place].values), name: float(st.session_state[key])}
    )
    _replace(index, steps)


def _add(index: int, key: str, anew: Anew) -> None:
    if slug := st.session_state[key]:
        _replace(index, [*recipes()[index].augmentation, step(slug)])
        anew()


def _move(index: int, place: int, goal: int | None, anew: Anew) -> None:
    """Let the step at `place` stand at `goal`, or take it away."""
    steps = list(recipes()[index].augmentation)
    one = steps.pop(place)
    if goal is not None:
        steps.insert(goal, one)
    _replace(index, steps)
    anew()


def _replace(index: int, steps: list[AugmentationStep]) -> None:
    set_recipe(index, replace(recipes()[index], augmentation=tuple(steps)))
