"""What the network is shown: some examples of each class, and the same after augmentation."""

from __future__ import annotations

import streamlit as st
import torch

from explainer.charts.training_lab.examples import (
    class_montage,
    first_of_each_class,
    points_chart,
)
from explainer.charts.training_lab.targets import targets_chart
from explainer.training.augmentation import augment
from explainer.training.data.data_set import Examples
from explainer.training.recipe.recipe import Recipe
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import chosen_place
from explainer.ui.common.page import show_picture
from explainer.ui.common.prose import escaped, say
from explainer.ui.training_lab.names import numbered
from explainer.ui.training_lab.plan import KEY
from explainer.words import _

EACH = 6


def gallery(examples: Examples, entries: tuple[Recipe, ...]) -> None:
    """A few examples of each class, before and, where a recipe augments, after augmentation."""
    say("training_lab", "data")
    st.caption(_(examples.credit))
    if not examples.pictures:
        _points(examples)
        return
    rows = first_of_each_class(examples.labels, len(examples.classes), EACH)
    classes = ", ".join(examples.classes[: len(rows)])
    st.caption(escaped(_("Rows: {classes}", classes=classes)))
    before, after = st.columns(2)
    with before:
        st.markdown("## " + _("As they are"))
        montage = class_montage(examples.inputs, rows, theme())
        alt = _("Examples of {data}, a row a class.", data=_(examples.title))
        show_picture(montage, alt=alt, exact=True)
    with after:
        _augmented(examples, entries, rows)


def _points(examples: Examples) -> None:
    data = _(examples.title)
    if examples.classes:
        chart = points_chart(examples.inputs, examples.labels, examples.classes, theme())
        alt = _("The points of {data}, coloured by class.", data=data)
    else:
        chart = targets_chart(examples.inputs, examples.labels, theme())
        alt = _("The points of {data}, coloured by their target.", data=data)
    st.altair_chart(chart, alt=alt)


def _augmented(examples: Examples, entries: tuple[Recipe, ...], rows: list[list[int]]) -> None:
    names = numbered(entries)
    augmenting = [index for index, recipe in enumerate(entries) if recipe.augmentation]
    if not augmenting:
        st.caption(_("No recipe augments. Edit one and choose an augmentation to see it here."))
        return
    place = chosen_place(
        _("After the augmentation of"),
        [names[index] for index in augmenting],
        key=f"{KEY}.augmented",
    )
    index = augmenting[place]
    places = torch.tensor([place for row in rows for place in row])
    changed, __ = augment(
        examples.inputs[places],
        examples.labels[places],
        len(examples.classes),
        entries[index].augmentation,
        torch.Generator().manual_seed(0),
    )
    order = iter(range(len(places)))
    moved = [[next(order) for __ in row] for row in rows]
    show_picture(
        class_montage(changed, moved, theme()),
        alt=_("The same examples after the augmentation of {recipe}.", recipe=names[index]),
        exact=True,
    )
