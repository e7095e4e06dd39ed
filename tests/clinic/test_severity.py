"""What is said of one case's own fault: the numbers are those that its run goes by."""

from __future__ import annotations

import re

import pytest

from explainer.clinic.case import case_with
from explainer.clinic.faults import FAULTS
from explainer.clinic.severity import severity
from explainer.words import in_words

ALIKE = {"healthy", "ascent", "summed", "twice", "sorted", "shifted", "equal"}
"""The faults of which nothing is drawn that a reader could be told."""
SEEDS = range(20_500, 20_520)


def said(fault: str, seed: int) -> str:
    found = severity(case_with(fault, seed))
    assert found is not None
    return str(in_words(found))


def test_every_fault_whose_strength_is_drawn_tells_it() -> None:
    told = {slug for slug in FAULTS.slugs if severity(case_with(slug, SEEDS[0])) is not None}
    assert told == set(FAULTS.slugs) - ALIKE


@pytest.mark.parametrize(
    ("fault", "low", "high"),
    [("rate-high", 30, 120), ("rate-low", 100, 400), ("few", 40, 100), ("noise", 30, 50),
     ("vanishing", 4, 5), ("saturated", 5, 9), ("small", 2, 3), ("leak", 85, 100),
     ("batch-norm", 5, 20)],
)  # fmt: skip
def test_the_number_lies_in_the_range_that_the_fault_names(
    fault: str, low: float, high: float
) -> None:
    found = [float(re.findall(r"[\d.]*\d", said(fault, seed))[-1]) for seed in SEEDS]
    assert low <= min(found) < max(found) <= high


def test_a_layer_is_the_one_that_has_the_fault() -> None:
    for seed in SEEDS:
        assert f"layer {case_with('frozen', seed).frozen + 1}" in said("frozen", seed)
        assert f"layer {case_with('dead', seed).dead[0] + 1}" in said("dead", seed)
        case = case_with("small", seed)
        number, count = map(int, re.findall(r"\d+", said("small", seed)))
        assert case.widths[number - 1] == count


def test_the_three_ways_to_prepare_pixels_otherwise_are_told_apart() -> None:
    found = {case_with("scaled", seed).validation_pixels: said("scaled", seed) for seed in SEEDS}
    assert "inverted" in found[-1.0, 1.0]
    assert "255" in found[255.0, 0.0]
    assert "half" in found[0.5, 0.5]
