"""Vega-Lite specifications that never change, for charts whose data alone are sent anew."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, TypeVar

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.words import NumberMarks, _, number_marks

AnyChart = TypeVar("AnyChart", bound=alt.Chart | alt.LayerChart | alt.FacetChart)


def numbered(chart: AnyChart) -> AnyChart:
    """`chart`, which writes its numbers as the visitor's language does."""
    marks = number_marks()
    if marks == NumberMarks():
        return chart
    number = {**marks._asdict(), "grouping": list(marks.grouping), "currency": ["", ""]}
    spoken: AnyChart = chart.configure(locale={"number": number})
    return spoken


def bare(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> dict[str, Any]:
    """The specification of `chart` without any data."""
    spec: dict[str, Any] = numbered(chart).to_dict()
    for part in (spec, *spec.get("layer", ())):
        part.pop("data", None)
        part.pop("datasets", None)
    return spec


def quoted(text: str) -> str:
    """`text` as a string of a Vega expression, whatever quotation marks it has."""
    return json.dumps(text, ensure_ascii=False)


def data_axis() -> alt.Axis:
    """An axis whose labels are names that the data have, and no words of ours."""
    return alt.Axis(description=_("Names as the data have them"))


def recipe_colour(theme: Theme) -> alt.Color:
    """One colour for each recipe, by its index as text, the same on every chart."""
    names = [str(index) for index in range(len(theme.categorical))]
    scale = alt.Scale(domain=names, range=list(theme.categorical))
    return alt.Color("recipe:N", scale=scale, legend=None)


def named(places: NDArray[Any], names: list[str]) -> pa.Array:
    """Names by place: each is sent once, however many rows have it."""
    places = places.astype(np.int8 if len(names) <= np.iinfo(np.int8).max else np.int16)
    return pa.DictionaryArray.from_arrays(pa.array(places), pa.array(names))


def table_of(rows: Sequence[tuple[Any, ...]], **columns: pa.DataType) -> pa.Table:
    """Rows as an Arrow table with these columns in this order.

    Streamlit sends a table as it is; a data frame it converts first, which takes milliseconds.
    """
    values = zip(*rows, strict=True) if rows else [()] * len(columns)
    arrays = [
        pa.array(map(finite, one), kind) for one, kind in zip(values, columns.values(), strict=True)
    ]
    return pa.table(arrays, names=list(columns))


def finite_only(values: NDArray[Any]) -> NDArray[np.float64]:
    """`values` in double precision, NaN where they are infinite: Streamlit sends it as null."""
    return np.where(np.isfinite(values), values, np.nan).astype(np.float64)


def finite(value: Any) -> Any:
    """`value`, or None where it is no finite number: one of them would take an axis with it."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
