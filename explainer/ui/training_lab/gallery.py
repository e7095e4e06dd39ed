"""What the network is shown: some examples of each class, and the same after augmentation."""

from __future__ import annotations

import streamlit as st
import torch

from explainer.charts.training_lab.examples import (
    class_montage,
    first_of_each_class,
    points_chart,
)
from explainer.training.augmentation import augment
from explainer.training.data.data_set import Examples
from explainer.training.recipe.recipe import Recipe
from explainer.ui.common.appearance import theme
from explainer.ui.common.page import show_picture
from explainer.ui.common.prose import escaped, say
from explainer.ui.training_lab.recipe_editor import name_of

EACH = 6


def gallery(examples: Examples, entries: tuple[Recipe, ...]) -> None:
    """A few examples of each class, before and, where a recipe augments, after augmentation."""
    say("training_lab", "data")
    st.caption(examples.credit)
    if not examples.pictures:
        chart = points_chart(examples.inputs, examples.labels, examples.classes, theme())
        st.altair_chart(chart, alt=f"The points of {examples.title}, coloured by class.")
        return
    rows = first_of_each_class(examples.labels, len(examples.classes), EACH)
    st.caption(escaped("Rows: " + ", ".join(examples.classes[: len(rows)])))
    before, after = st.columns(2)
    with before:
        st.markdown("**As they are**")
        montage = class_montage(examples.inputs, rows, theme())
        show_picture(montage, alt=f"Examples of {examples.title}, a row a class.", exact=True)
    with after:
        _augmented(examples, entries, rows)


def _augmented(examples: Examples, entries: tuple[Recipe, ...], rows: list[list[int]]) -> None:
    augmenting = {
        name_of(recipe, index): recipe
        for index, recipe in enumerate(entries)
        if recipe.augmentation
    }
    if not augmenting:
        st.caption("No recipe augments. Edit one and choose an augmentation to see it here.")
        return
    name = st.selectbox("After the augmentation of", list(augmenting))
    places = torch.tensor([place for row in rows for place in row])
    changed, _ = augment(
        examples.inputs[places],
        examples.labels[places],
        len(examples.classes),
        augmenting[name].augmentation,
        torch.Generator().manual_seed(0),
    )
    order = iter(range(len(places)))
    moved = [[next(order) for _ in row] for row in rows]
    show_picture(
        class_montage(changed, moved, theme()),
        alt=f"The same examples after the augmentation of {name}.",
        exact=True,
    )
