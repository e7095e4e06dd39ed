"""Rare cases and costs: the people, the fractions, the cost and the line that touches the ROC."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.special import logit
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.metrics.costs import Costs, area, average_precision, case, precision
from explainer.ui.metrics.cost_words import probability
from tests.app.reading import message_to, section_of, split, text_of

NAME = "metrics.cost.picture"


def page() -> None:
    from explainer.ui.metrics.cost import cost_section

    cost_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **{f"metrics__cost__{name}": value for name, value in query.items()})


def test_the_picture_follows_the_hand() -> None:
    app = opened(digit="3", scores="calibrated")
    offered: LivePicture = app.session_state["metrics.cost.live"]
    given = case(3, "calibrated")
    found = given.roc
    for prevalence, ratio, threshold in ((0.01, 20, -1.0), (0.001, 0.01, 20), (0.5, 100, -20)):
        sent = {"prevalence": prevalence, "ratio": ratio, "threshold": threshold}
        header, blobs = split(offered.render(dict[str, object](sent), 3))
        json.dumps(header, allow_nan=False)
        costs, place = Costs(ratio), found.at(threshold)
        expected = 1000 * costs.expected(found, prevalence)
        assert header["roc"]["hit"] == found.hit[place]
        assert header["roc"]["slope"] == pytest.approx((1 - prevalence) / (ratio * prevalence))
        assert header["roc"]["area"] == f"area {area(found):.3f}"
        assert header["cost"]["now"] == pytest.approx(expected[place])
        assert header["cost"]["least"] == pytest.approx(expected.min())
        assert expected[found.at(header["cost"]["best"])] == pytest.approx(expected.min())
        assert sum(header["people"].values()) == 1000
        own = header["curves"][0]
        assert own["area"] == f"area {average_precision(found, prevalence):.3f}"
        wanted = precision(found, prevalence)[place]
        assert own["value"] == (pytest.approx(wanted) if np.isfinite(wanted) else None)
        hits, drawn = (np.frombuffer(blobs[at], "<f4") for at in (1, 2))
        assert (hits[0], hits[-1]) == (0, 1)
        assert drawn[-1] == pytest.approx(prevalence)
        grid = np.frombuffer(blobs[2 + len(header["curves"])], "<f4")
        assert grid[0] == pytest.approx(expected[-1], rel=1e-6)  # the lowest threshold
        assert grid[-1] == pytest.approx(expected[0], rel=1e-6)


def test_the_curves_are_of_three_prevalences_and_ones_own_once() -> None:
    titles = [one["title"] for one in message_to(opened(prevalence="0.1"), NAME)["curves"]]
    assert titles == ["your 10\u00a0%", "50\u00a0%", "1\u00a0%"]
    titles = [one["title"] for one in message_to(opened(prevalence="0.0025"), NAME)["curves"]]
    assert titles == ["your 0.25\u00a0%", "50\u00a0%", "10\u00a0%", "1\u00a0%"]


def test_two_numbers_are_a_test_of_three_points() -> None:
    header = message_to(opened(test="numbers"), NAME)
    assert header["people"] == {"found": 9, "missed": 1, "alarmed": 99, "left": 891}
    assert [one["value"] for one in header["bayes"]] == ["8.3\u00a0%", "99.9\u00a0%"]
    assert header["bayes"][0]["bottom"] == "0.01 · 0.9 + 0.99 · 0.1"
    assert header["cost"]["values"] == pytest.approx([200, 119, 990])
    assert "**The test is worth its errors.**" in header["told"][0]
    assert [one["name"] for one in header["sliders"]][2:] == ["sensitivity", "specificity"]
    dear = message_to(opened(test="numbers", ratio="0.1"), NAME)
    assert "**no alarm at all**" in dear["told"][0]
    everybody = message_to(opened(test="numbers", prevalence="0.4", ratio="100"), NAME)
    assert "**an alarm for everybody**" in everybody["told"][0]


@pytest.mark.parametrize("prevalence", ["0.01", "0.123"])
def test_what_is_printed_gives_what_is_printed(prevalence: str) -> None:
    """Fractions to the last digit; dots are rounded to whole ones, as is said there."""
    offered: LivePicture = opened(prevalence=prevalence).session_state["metrics.cost.live"]
    for threshold in np.linspace(-3, 0.5, 12).round(2):
        header, __ = split(offered.render({"threshold": float(threshold)}, 3))
        for one in header["bayes"]:
            top, bottom = (eval(one[part].replace("·", "*")) for part in ("top", "bottom"))
            if one["value"][0].isdigit():
                assert 100 * top / bottom == pytest.approx(float(one["value"].split()[0]), abs=0.06)
            else:
                assert (one["value"], top / bottom > 0.999) == ("> 99.9\u00a0%", True)
    assert header["words"]["title"].endswith("rounded to whole ones")


@pytest.mark.parametrize(("part", "text"), [(0.5, "0.5"), (0.1, "0.1"), (0.9996, "0.9996")])
def test_a_probability_is_written_in_one_way(part: float, text: str) -> None:
    assert probability(float(logit(part))) == text


def test_nobody_alarmed_is_no_precision() -> None:
    header = message_to(opened(threshold="20"), NAME)
    assert header["bayes"][0]["value"] == "– (nobody gets an alarm)"
    assert header["curves"][0]["value"] is None
    header = message_to(opened(threshold="-20"), NAME)
    assert header["bayes"][1]["value"] == "– (everybody gets an alarm)"


@pytest.mark.parametrize("ratio", ["0.01", "1", "20", "100"])
def test_prices_are_written_and_the_rule_is_held_against_the_least(ratio: str) -> None:
    header = message_to(opened(ratio=ratio, prevalence="0.1"), NAME)
    texts = {"0.01": "1/100 of a false alarm", "1": "as much as a false alarm",
             "20": "20 false alarms", "100": "100 false alarms"}  # fmt: skip
    assert header["sliders"][1]["text"] == texts[ratio]
    costs, given = Costs(float(ratio)), case(8, "raw")
    expected = costs.expected(given.roc, 0.1)
    excess = expected[given.roc.at(costs.believed(0.1, given.learned))] / expected.min() - 1
    said = "no more than the least." if excess <= 0.005 else f"**{100 * excess:,.0f}\u00a0% more**"
    assert said in header["told"][1]


def test_the_script_is_that_of_the_state() -> None:
    app = opened(code="true", ratio="8", threshold="-1.5", prevalence="0.02")
    assert "THRESHOLD = 0.02, 8.0, -1.5" in app.code[0].value
    app = opened(code="true", test="numbers", specificity="0.75")
    assert "SENSITIVITY, SPECIFICITY = 0.9, 0.75" in app.code[0].value


@pytest.mark.parametrize("value", ["nan", "inf", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    names = ("test", "digit", "scores", "prevalence", "ratio", "threshold", "sensitivity",
             "specificity", "code")  # fmt: skip
    assert "What to notice" in text_of(opened(**dict.fromkeys(names, value)))
    numbers = dict.fromkeys(names[3:], value)
    json.dumps(message_to(opened(test="numbers", **numbers), NAME), allow_nan=False)
