"""What a browser sends is read or refused in one sentence, whatever it is."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.messages import linked_whole, number, read_json, said_shortly, whole

LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The message is no JSON."),
        (b"\xff\xfe", "The message is no JSON."),
        (b"NaN", "The message says NaN, which is no finite number."),
        (b"[-Infinity]", "The message says -Infinity, which is no finite number."),
        (b"1e999", "The message says 1e999, which is no finite number."),
        (b"1" * 5_000, "The message has a whole number of 5,000 digits."),
        (b"[" * 9_000, "The message is nested too deeply."),
    ],
)
def test_what_is_no_json_is_refused_in_one_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match="The message") as refused:
        read_json(body)
    assert str(refused.value) == sentence


@given(ANYTHING)
def test_json_is_read_as_it_was_written_where_its_numbers_are_finite_and_short(
    value: object,
) -> None:
    text = json.dumps(value)
    try:
        assert read_json(text.encode()) == value
    except ValueError:
        assert any(word in text for word in ("NaN", "Infinity")) or max(map(len, text.split())) > 18


@given(ANYTHING)
def test_a_number_is_finite_and_a_whole_one_within_bounds(value: object) -> None:
    found = number(value)
    assert found is None or math.isfinite(found)
    counted = whole(value, -3, 7)
    assert counted is None or (isinstance(counted, int) and -3 <= counted <= 7 and counted == value)
    assert len(said_shortly(value)) <= 40


@pytest.mark.parametrize(
    ("text", "found"),
    [("7", 7), ("007", 7), ("٧", 7), ("8", None), ("-1", None), ("9" * 5_000, None), ("", None),
     ("1.0", None), ("²", None), (None, None)],
)  # fmt: skip
def test_a_link_says_a_whole_number_in_digits(text: str | None, found: int | None) -> None:
    assert linked_whole(text, 0, 7) == found


def test_numbers_that_only_look_like_some_are_none() -> None:
    assert [number(one) for one in (True, "3", None, 10**400, math.nan, -math.inf)] == [None] * 6
    assert whole(3.0, 0, 7) == 3
    assert whole(3.5, 0, 7) is None
