"""From text to graph, and where its nodes are drawn."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.gradients.backprop.expression import MOST_INPUTS, MOST_NODES, read
from explainer.gradients.backprop.layout import layout
from explainer.gradients.backprop.presets import OWN, PRESETS, GraphPreset


def names(text: str) -> list[str]:
    return [node.name for node in read(text).nodes]


def test_names_that_are_given_a_value_are_the_nodes_names() -> None:
    assert names("q = x + y; L = q * z") == ["x", "y", "q", "z", "L"]


def test_nodes_without_a_name_get_letters_that_are_free_and_the_output_is_l() -> None:
    assert names("a * b + 2 * c") == ["a", "b", "d", "2", "c", "f", "L"]
    assert names("exp(L)") == ["L", "out"]


def test_lines_separate_statements_as_well() -> None:
    assert names("q = x + y\n\nq * q") == ["x", "y", "q", "L"]


def test_what_the_output_does_not_need_is_left_out() -> None:
    assert names("r = sin(t); q = x + 1; q * q") == ["x", "1", "q", "L"]


def test_a_name_stands_for_one_node_however_often_it_is_used() -> None:
    graph = read("q = x + y; q * q + x")
    assert graph.uses(2) == 2
    assert graph.uses(0) == 2
    assert graph.variables == ("x", "y")


def test_names_have_digits_and_capitals() -> None:
    assert read("W1 * x1 + w1").variables == ("W1", "x1", "w1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Nothing is computed"),
        ("x", "Nothing is computed"),
        ("q = x", "Nothing is computed"),
        ("2 + 3", "no input to differentiate"),
        ("q = x + 1; q = x * 2", "“q” has a value already"),
        ("x + 1; x = y * y", "“x” was used before"),
        ("exp = x + 1", "“exp” is the name of a function"),
        ("pi = x + 1; pi * 2", "“pi” is the name of a function or a constant"),
        ("where(x > 1, x, 2)", "no “where”"),
        ("weights1 * x", "“weights1” is too long"),
        ("sinus(x)", "At place 1, “sinus” is not known"),
        ("q = x + 1; q * )", "At place 16,"),
        ("x +\n* y", "At place"),
        ("__import__", "At place 1, “_” is no part of a formula"),
        ("+".join(["x*x"] * 40), f"more than {MOST_NODES} nodes"),
        ("+".join("abcdfghkmno"), f"at most {MOST_INPUTS}"),
        ("x" + " " * 300 + "+ 1", "letters; at most"),
        ("(" * 60 + "x" + ")" * 60, "nested more than"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        read(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert read(text).nodes[-1].operation is not None


@pytest.mark.parametrize("preset", [*PRESETS, OWN], ids=lambda one: one.slug)
def test_no_two_nodes_are_drawn_over_one_another_and_all_edges_go_on(preset: GraphPreset) -> None:
    graph = read(preset.text)
    drawn = layout(graph)
    assert set(drawn.nodes) == {
        index for index, node in enumerate(graph.nodes) if node.constant is None
    }
    for level in range(drawn.levels):
        row = sorted(one.position for one in drawn.nodes.values() if one.level == level)
        assert all(b - a >= 1 - 1e-9 for a, b in pairwise(row))
        assert row[0] >= 0.5 - 1e-9
        assert row[-1] <= drawn.width - 0.5 + 1e-9
    for edge, places in drawn.edges:
        assert places[0] == drawn.nodes[edge.source]
        assert places[-1] == drawn.nodes[edge.target]
        assert [one.level for one in places] == list(range(places[0].level, places[-1].level + 1))


def test_the_output_is_in_the_last_level_alone() -> None:
    graph = read(PRESETS["two-layers"].text)
    drawn = layout(graph)
    last = [index for index, place in drawn.nodes.items() if place.level == drawn.levels - 1]
    assert last == [graph.output]
