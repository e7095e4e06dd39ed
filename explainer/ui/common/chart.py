"""A chart of Vega-Lite on the page, whose data alone are sent anew where its spec is the same."""

from __future__ import annotations

from typing import Any, TypeAlias

import pandas as pd
import pyarrow as pa
import streamlit as st

ROWS = "rows"
Rows: TypeAlias = pa.Table | pd.DataFrame


def chart(rows: Rows, spec: dict[str, Any], *, alt: str, key: str | None = None) -> None:
    """Draw `rows`, if there are any, by `spec`, which names no data; `alt` says what is seen.

    They are a named data set: the frontend hands those to Vega with the spec. Rows that stand
    beside the spec come after a first drawing of none, and Vega warns of each scale without values.
    """
    if len(rows):
        whole = {**spec, "data": {"name": ROWS}, "datasets": {ROWS: rows}}
        st.vega_lite_chart(whole, key=key, alt=alt)
