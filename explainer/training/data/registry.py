"""The registry of data sets: every one the app knows by name."""

from __future__ import annotations

from explainer.parameters import Value, checked
from explainer.training.data.data_set import DataSet, Examples
from explainer.training.data.points import POINTS
from explainer.training.data.real import REAL
from explainer.training.data.shapes import SHAPES
from explainer.training.data.shipped import SHIPPED

DATA_SETS: tuple[DataSet, ...] = (*SHIPPED, *SHAPES, *POINTS, *REAL)
_BY_SLUG = {entry.slug: entry for entry in DATA_SETS}


def data_set(slug: str) -> DataSet:
    """The data set of that slug. Raises `ValueError` that names the slugs there are."""
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise ValueError(f"no data set {slug!r}; there are {', '.join(_BY_SLUG)}") from None


def load(slug: str, **settings: Value) -> Examples:
    """The examples of a data set; settings left out take their defaults.

    Raises `ValueError` for an unknown data set or setting and for a value out of its range, and
    :class:`~explainer.training.data.data_set.DataError` where real data are not there.
    """
    entry = data_set(slug)
    return entry.load(**checked(entry.title, entry.parameters, settings))
