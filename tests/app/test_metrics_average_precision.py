"""Average precision on the page on metrics: what the panel is told, and what stands below it."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

from explainer.charts.theme import DARK, LIGHT
from explainer.metrics.boxes.average_precision import DEFINITIONS, below
from explainer.metrics.boxes.matching import RULES, Matcher
from explainer.metrics.boxes.puzzles import CROWD, fewer_right
from explainer.metrics.boxes.scene import SCENES, Scene
from explainer.ui.metrics.average_precision import told
from tests.app.reading import section_of

LARGE = SCENES["large"].scene
BOX = np.array([[3, 4, 30, 40]])


def heard(scene: Scene, **values: Any) -> dict[str, Any]:
    """What is told, as it comes to a browser."""
    threshold, step = values.pop("threshold", 0.5), values.pop("step", 0)
    found: dict[str, Any] = json.loads(
        json.dumps(told(scene, threshold, step, LIGHT, **values), allow_nan=False)
    )
    return found


def test_rows_areas_and_thresholds_belong_together() -> None:
    found = heard(LARGE, step=3, start=LARGE)
    assert found["step"] == 3
    assert [row["hit"] for row in found["rows"]] == [
        place in (0, 2, 3, 6, 9) for place in range(10)
    ]
    assert [row["index"] for row in found["rows"]] == list(range(10))
    assert found["rows"][3]["precision"] == 0.75
    assert found["rows"][3]["recall"] == 0.5
    assert found["outcome"].count("hit") == 5
    assert sorted(one for one in found["truth"] if one >= 0) == [0, 1, 2, 3, 4]
    for each in found["definitions"]:
        assert below(np.array(each["area"])) == pytest.approx(each["value"], abs=2e-4)
        assert each["before"] == each["value"]
    values = [one["value"] for one in found["spread"]]
    assert found["mean"] == pytest.approx(np.mean(values))
    assert values[0] == found["definitions"][1]["value"]


def test_a_crowd_joins_the_curve_and_not_the_boxes() -> None:
    found = heard(LARGE, ask={"crowd": 0.2})
    assert len(found["rows"]) == 10 + CROWD
    assert [row["index"] for row in found["rows"]][10:] == [-1] * CROWD
    assert len(found["crowd"]) == CROWD
    assert len(found["outcome"]) == 10
    assert found["puzzles"][1]["solved"] is True
    assert "No definition" in found["puzzles"][1]["now"]
    above = heard(LARGE, ask={"crowd": 0.5})["puzzles"][1]
    assert above["solved"] is False
    assert "−0.070" in above["now"]


def test_between_eleven_points_a_crowd_may_hide_from_one_definition_alone() -> None:
    """17 of 19 truths are found; fifty boxes come before the last, at recalls of .84 to .89."""
    boxes = np.array([[20 * place, 0, 20 * place + 10, 10] for place in range(19)])
    scores = 0.9 - np.arange(19) / 100
    scene = Scene(boxes, boxes[:17], scores[:17])
    now = heard(scene, ask={"crowd": float(scores[16]) + 0.005})["puzzles"][1]
    assert now["solved"] is False
    assert now["now"].startswith("Unchanged: 11 points. Changed: 101 points −")


@pytest.mark.parametrize(
    "ask", [None, 3, [], {"rule": 4, "crowd": "many"}, {"rule": "best", "crowd": float("nan")}]
)
def test_what_a_browser_asks_in_nonsense_is_what_is_usual(ask: object) -> None:
    found = heard(LARGE, ask=ask, step=10**6)
    assert found["ask"] == {"rule": "coco", "crowd": None}
    assert found["step"] == 10
    assert heard(LARGE, ask={"rule": "voc", "crowd": 7})["ask"] == {"rule": "voc", "crowd": 1.0}


def test_a_box_whose_truth_is_taken_is_said_to_be_so() -> None:
    rows = heard(SCENES["coffee"].scene, ask={"rule": "voc"})["rows"]
    assert [row["taken"] for row in rows] == [False, True, False, False, False]


@pytest.mark.parametrize("ask", [None, {"rule": "voc", "crowd": 0.4}])
def test_what_is_undefined_is_nothing_and_never_nan(ask: object) -> None:
    for scene in (Scene(), Scene(detections=BOX, scores=np.ones(1))):
        found = heard(scene, ask=ask, start=scene)
        assert {each["value"] for each in found["definitions"]} == {None}
        assert all(each["area"] == [] for each in found["definitions"])
        assert found["spread"] is found["mean"] is None
        assert all("precision" not in row for row in found["rows"])
        assert {puzzle["solved"] for puzzle in found["puzzles"]} == {None}
    missed = heard(Scene(BOX))
    assert {each["value"] for each in missed["definitions"]} == {0}
    assert missed["mean"] == 0


@pytest.mark.parametrize(("rule", "its"), [("coco", True), ("voc", False)])
def test_the_mean_of_the_ten_is_cocos_under_its_own_rule_alone(rule: str, its: bool) -> None:
    found = heard(SCENES["coffee"].scene, ask={"rule": rule})
    assert f"{found['mean']:.3f}" in found["ten"]
    assert ("is COCO’s AP" in found["ten"]) is its
    assert ("by the rule of PASCAL VOC" in found["ten"]) is not its


def test_a_crowd_of_a_link_solves_nothing() -> None:
    ask = {"crowd": 0.1}
    assert heard(LARGE, ask=ask)["puzzles"][1]["solved"] is True
    found = heard(LARGE, ask=ask, own=False)["puzzles"][1]
    assert found["solved"] is False
    assert "came with the link" in found["now"]


def test_puzzles_say_why_they_are_not_here() -> None:
    coins = SCENES["coins"].scene
    said = [heard(coins, start=coins), heard(coins), heard(Scene(BOX), start=Scene(BOX + 1))]
    now = [one["puzzles"][2]["now"] for one in said]
    assert now[0].startswith("Not here: with one hit fewer AP is")
    assert "no start to beat" in now[1]
    assert "put them back" in now[2]
    assert "nothing to lower" in said[2]["puzzles"][1]["now"]


@pytest.mark.parametrize("slug", SCENES.slugs)
@pytest.mark.parametrize("threshold", [0.05, 0.5, 0.75, 0.95])
@pytest.mark.parametrize("rule", RULES.slugs)
def test_a_puzzle_that_is_not_here_names_where_it_can_be_solved(
    slug: str, threshold: float, rule: str
) -> None:
    """Where it is said to be, a scene without false alarms and without its last hit solves it."""
    scene = SCENES[slug].scene
    puzzle = heard(scene, start=scene, threshold=threshold, ask={"rule": rule})["puzzles"][2]
    place = re.search(r"solved on “(.*)”, at an IoU threshold of (.*)\.$", puzzle["now"])
    assert (place is None) is (puzzle["solved"] is False)
    matcher, at = Matcher(scene), threshold
    if place is not None:
        matcher, at = Matcher(next(s.scene for s in SCENES if s.title == place[1])), float(place[2])
    hits = np.flatnonzero(matcher.at(at, rule).truth >= 0)
    fewer = hits[matcher.scores[hits].argsort(kind="stable")[1:]]
    named = matcher.scene
    solved = Scene(named.truths, named.detections[fewer], named.scores[fewer])
    assert fewer_right(Matcher(solved), matcher, at, rule).solved
    assert ("no hit to lose" in puzzle["now"]) is (
        not Matcher(scene).at(threshold, rule).hits.any()
    )


def test_colours_are_those_of_the_appearance() -> None:
    assert told(LARGE, 0.5, 0, DARK)["colours"]["hit"] == DARK.categorical[0]
    assert len(told(LARGE, 0.5, 0, DARK)["definitions"]) == len(DEFINITIONS)


def page() -> None:
    from explainer.metrics.boxes.scene import SCENES
    from explainer.ui.metrics.average_precision_part import average_precision_part

    average_precision_part(SCENES["coffee"].scene, 0.5, "voc")


def test_below_the_panel_stand_the_trap_and_the_script() -> None:
    app = section_of(page)
    text = " ".join(one.value for one in app.markdown)
    assert "AP over both is 0.50" in text
    assert "gets 1.00" in text
    assert not app.code
    app.session_state["metrics.ap.code"] = True
    app.run()
    assert "# VOC: its best alone" in app.code[0].value
