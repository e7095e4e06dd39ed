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
from explainer.words import NumberMarks, number_marks

AXIS_ROOM = 64  # labels and title of the x axis, and Streamlit's padding

AnyChart = TypeVar("AnyChart", bound=alt.Chart | alt.LayerChart | alt.FacetChart)


def numbered(chart: AnyChart) -> AnyChart:
    """`chart`, which writes its numbers as the visitor's language does.

    Its marks are no pictures of their own to a screen reader: the chart has its text.
    """
    marks = number_marks()
    config: dict[str, Any] = {"mark": {"aria": False}}
    if marks != NumberMarks():
        number = {**marks._asdict(), "grouping": list(marks.grouping), "currency": ["", ""]}
        config["locale"] = {"number": number}
    spoken: AnyChart = chart.configure(**config)
    return spoken


def bare(chart: alt.Chart | alt.LayerChart | alt.FacetChart) -> dict[str, Any]:
    """The specification of `chart` without any data."""
    spec: dict[str, Any] = numbered(chart).to_dict()
    for part in (spec, *spec.get("layer", ())):
        part.pop("data", None)
        part.pop("datasets", None)
    return spec


def rows_high(rows: int, step: int, *, room: int = AXIS_ROOM) -> int:
    """The height in pixels of a chart of `rows` rows, with `room` for all that is above and below.

    A height by the step, which Vega-Lite offers, it warns of where the width follows the page.
    """
    return rows * step + room


def quoted(text: str) -> str:
    """`text` as a string of a Vega expression, whatever quotation marks it has."""
    return json.dumps(text, ensure_ascii=False)


def power_labels() -> str:
    """What the labels of a logarithmic axis are, as a Vega expression: `10⁻⁵`, `2·10⁻⁵`."""
    exponent = "floor(log(datum.value) / LN10 + 1e-9)"
    factor = f"round(datum.value / pow(10, {exponent}))"
    return f"({factor} == 1 ? '' : {factor} + '·') + {_ten_to(exponent)}"


def number_text(field: str = "value", digits: int = 3, sign: str = "") -> str:
    """A number as a Vega expression, with a power of ten where it is far: `0.02`, `3 · 10⁻⁷`.

    The field is one of the data; `value` is what an axis calls its ticks. A `sign` of `+` stands
    before what is positive.
    """
    value = f"datum[{quoted(field)}]"
    size = f"abs({value})"
    exponent = f"floor(log({size}) / LN10 + 1e-9)"
    mantissa = f"format({value} / pow(10, {exponent}), '{sign}.{digits}~r')"
    far = f"isFinite({value}) && {size} > 0 && ({size} < 1e-4 || {size} >= 1e6)"
    powers = f"({mantissa} == '1' ? '' : {mantissa} + ' · ') + {_ten_to(exponent)}"
    return f"{far} ? {powers} : format({value}, '{sign},.{digits}~r')"


def number_texts(*fields: str, digits: int = 3, sign: str = "") -> dict[str, str]:
    """For `transform_calculate`: `number_text` of each field, as `number_tip` shows it."""
    return {f"{field}_said": number_text(field, digits, sign) for field in fields}


def number_tip(field: str, title: str) -> alt.Tooltip:
    """A tooltip's line with a number, calculated by `number_texts`."""
    return alt.Tooltip(f"{field}_said:N", title=title)


def log_axis() -> alt.Axis:
    """A logarithmic axis of numbers of any size: of a decade 1, 2 and 5 have labels."""
    factor = "round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))"
    label = f"indexof([1, 2, 5], {factor}) < 0 ? '' : {number_text()}"
    return alt.Axis(labelExpr=label, labelOverlap="greedy")


def _ten_to(exponent: str) -> str:
    digits = f"'' + {exponent}"
    for plain, raised in zip("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True):
        digits = f"replace({digits}, regexp('{plain}', 'g'), '{raised}')"
    return f"'10' + {digits}"


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
