"""JSON that every reader takes: what is no finite number is null."""

from __future__ import annotations

import json
import math
from typing import Any


def strict_json(value: Any) -> str:
    """`value` as JSON (RFC 8259), with null for NaN and infinity, all the way down."""
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False)
    except ValueError:
        return json.dumps(with_nulls(value), allow_nan=False, ensure_ascii=False)


def with_nulls(value: Any) -> Any:
    """`value` with None for what is no finite number, in dictionaries, lists and tuples too."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: with_nulls(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [with_nulls(one) for one in value]
    return value
