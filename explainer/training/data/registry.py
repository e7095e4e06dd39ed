"""The registry of data sets: every one the app knows by name."""

from __future__ import annotations

from explainer.parameters import Value, checked
from explainer.registry import Registry
from explainer.training.data.data_set import DataSet, Examples
from explainer.training.data.numbers import NUMBERS
from explainer.training.data.patches import PATCHES
from explainer.training.data.points import POINTS
from explainer.training.data.real import REAL
from explainer.training.data.shapes import SHAPES
from explainer.training.data.shipped import SHIPPED
from explainer.words import N_

DATA_SETS = Registry[DataSet](N_("data set"), *SHIPPED, *PATCHES, *SHAPES, *POINTS, *REAL)
"""Those with classes, which the training lab offers."""

EVERY_DATA_SET = Registry[DataSet](N_("data set"), *DATA_SETS, *NUMBERS)


def load(slug: str, **settings: Value) -> Examples:
    """The examples of a data set; settings left out take their defaults.

    Raises `ValueError` for an unknown data set or setting and for a value out of its range, and
    :class:`~explainer.training.data.data_set.DataError` where real data are not there.
    """
    entry = EVERY_DATA_SET[slug]
    return entry.load(**checked(entry.title, entry.parameters, settings))
