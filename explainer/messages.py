"""What a browser sends, read with care: it may be anything, whoever's browser it is.

JSON of routes, values of components and numbers of links; nothing in them is taken for granted.
"""

from __future__ import annotations

import json
import math
import re
from itertools import accumulate

MOST_DIGITS = 18
MOST_NESTED = 100  # Python's own bound differs from version to version
STRING = re.compile(rb'"(?:\\.|[^"\\])*"', re.DOTALL)
LARGEST_NUMBER = 2**53  # JavaScript counts no further


def read_json(body: bytes) -> object:
    """What `body` says in JSON. Raises `ValueError` with one sentence for what is none.

    Numbers are finite, and whole ones have at most 18 digits; nothing is nested more than 100 deep.
    """
    if _depth(body) > MOST_NESTED:
        raise ValueError("The message is nested too deeply.")
    try:
        return json.loads(
            body, parse_constant=_refused, parse_float=_finite, parse_int=_short_whole
        )
    except _Refused as error:
        raise ValueError(str(error)) from None
    except ValueError:
        raise ValueError("The message is no JSON.") from None


def _depth(body: bytes) -> int:
    """How many brackets stand open at the deepest place of `body`."""
    brackets = (letter for letter in STRING.sub(b"", body) if letter in b"[]{}")
    return max(accumulate(1 if letter in b"[{" else -1 for letter in brackets), default=0)


def number(value: object) -> float | None:
    """`value` as a float where it is a finite number; else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def whole(value: object, low: int, high: int) -> int | None:
    """`value` where it is a whole number from `low` to `high`; else None."""
    found = number(value)
    if found is None or found != math.floor(found) or not low <= found <= high:
        return None
    return int(found)


def linked_whole(text: str | None, low: int, high: int) -> int | None:
    """The whole number from `low` to `high` that a link says, in digits alone; else None."""
    if text is None or not text.isdecimal() or len(text) > MOST_DIGITS:
        return None
    return whole(int(text), low, high)


def said_shortly(value: object, most: int = 40) -> str:
    """`value` for a sentence about it: on one line and not long."""
    text = repr(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"


class _Refused(Exception):  # noqa: N818, it becomes a ValueError
    """A number that is not taken."""


def _refused(name: str) -> float:
    raise _Refused(f"The message says {name}, which is no finite number.")


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refused(said_shortly(text)[1:-1])


def _short_whole(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _Refused(f"The message has a whole number of {len(text):,} digits.")
    return int(text)
