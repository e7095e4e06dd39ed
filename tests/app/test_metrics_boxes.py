"""The photo with boxes: what is drawn, what a drag answers, what a link says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.images.samples import SAMPLES
from explainer.live_pictures import LivePicture
from explainer.metrics.boxes.iou import IOU, agreement
from explainer.metrics.boxes.iou_field import Grid, field
from explainer.metrics.boxes.scene import SCENES
from tests.app.reading import arrays_of, message_to, section_of, split, text_of

KEY = "metrics.boxes"
BOX = [100, 100, 160, 160, 0.5]


def page() -> None:
    from explainer.ui.metrics.boxes import boxes_section

    boxes_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **{f"metrics__boxes__{name}": one for name, one in query.items()})


def header_of(app: AppTest) -> dict[str, Any]:
    return message_to(app, f"{KEY}.picture")


def linked(app: AppTest, name: str) -> str:
    found = app.query_params[f"{KEY}.{name}"]
    return found if isinstance(found, str) else found[0]


def answer(app: AppTest, **moved: object) -> tuple[dict[str, Any], list[bytes]]:
    """What the live route answers to a move."""
    offered: LivePicture = app.session_state[f"{KEY}.live"]
    header, blobs = split(offered.render(dict(moved), 7))
    json.dumps(header, allow_nan=False)
    return header, blobs


def report(app: AppTest, **values: object) -> AppTest:
    """The page after a hand let go."""
    number = app.session_state["count"] + 1 if "count" in app.session_state else 1
    app.session_state["count"] = number
    app.session_state[f"{KEY}.picture"] = {"moved": {"values": values, "number": number}}
    app.run()
    assert not app.exception, app.exception
    return app


def moved_by(header: dict[str, Any], index: int, x: float, y: float) -> list[list[float]]:
    found = [list(one) for one in header["detections"]]
    found[index] = [a + b for a, b in zip(found[index], [x, y, x, y, 0], strict=True)]
    return found


def test_it_begins_with_a_detection_that_just_misses_and_its_field() -> None:
    app = opened()
    header = header_of(app)
    scene = SCENES["large"].scene
    np.testing.assert_array_equal(header["truths"], scene.truths)
    best = agreement(scene.detections, scene.truths).max(axis=1)
    assert header["shown"] == int(np.abs(best - 0.5).argmin())
    assert header["beside"] == f"IoU {best[header['shown']]:.3f}"
    assert header["way"]
    assert header["ap"]["outcome"].count("hit") == 5
    assert not app.query_params


@pytest.mark.parametrize("slug", SCENES.slugs)
@pytest.mark.parametrize("measure", ["iou", "giou", "diou", "none"])
def test_each_photo_has_a_field_of_each_measure(slug: str, measure: str) -> None:
    header, blobs = answer(opened(scene=slug, field=measure))
    if measure == "none":
        assert not blobs
        assert not header["way"]
        return
    values = np.frombuffer(blobs[0], "<u2")
    assert len(values) == header["grid"]["rows"] * header["grid"]["columns"]
    assert values.max() > values.min()
    overlap = np.frombuffer(blobs[-1], "<u2")
    assert len(overlap) == len(values)
    assert (overlap.min(), len(blobs)) == (0, 1 if measure == "iou" else 2)


def test_the_field_that_is_sent_is_that_of_the_box_in_whichever_place_it_stands() -> None:
    app = opened()
    header, blobs = answer(app)
    box = np.array(header["detections"][header["shown"]][:4])
    grid = Grid.over(header["width"], header["height"])
    size = (box[2] - box[0], box[3] - box[1])
    wanted = field(size, np.array(header["truths"]), grid, IOU)
    found = np.frombuffer(blobs[0], "<u2").reshape(wanted.shape) / 65535
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    boxes = moved_by(header, header["shown"], -40, -30)
    after, again = answer(
        app, scene="large", truths=header["truths"], detections=boxes, shown=header["shown"]
    )
    assert again == blobs
    assert after["field"] == header["field"]
    assert after["beside"] != header["beside"]


def test_a_drag_moves_the_precision_as_well_and_release_keeps_all_in_the_link() -> None:
    app = opened()
    header = header_of(app)
    index = header["shown"]
    truth = header["truths"][5]
    boxes = [list(one) for one in header["detections"]]
    boxes[index][:4] = truth
    sent = {"scene": "large", "truths": header["truths"], "detections": boxes, "shown": index}
    now, _blobs = answer(app, **sent)
    assert now["beside"] == "IoU 1.000"
    assert now["ap"]["outcome"].count("hit") == 6
    report(app, **sent, step=4, ask={"rule": "voc", "crowd": 0.25})
    kept = header_of(app)
    assert kept["detections"] == boxes
    assert (kept["step"], kept["ask"]) == (4, {"rule": "voc", "crowd": 0.25})
    link = {name: linked(app, name) for name in ("edited", "step", "ask")}
    again = header_of(opened(**link))
    for part in ("truths", "detections", "shown", "step", "ask", "beside", "told"):
        assert again[part] == kept[part]
    for part in ("rows", "definitions", "spread"):
        assert again["ap"][part] == kept["ap"][part]
    report(app, scene="large", begun=True)
    assert header_of(app)["detections"] == header["detections"]
    assert f"{KEY}.edited" not in app.query_params


def test_fifty_boxes_of_a_link_solve_their_puzzle_only_once_they_are_scored_here() -> None:
    app = opened(ask="coco,0.1")
    header = header_of(app)

    def solved(header: dict[str, Any]) -> bool:
        found: bool = header["ap"]["puzzles"][1]["solved"]
        return found

    assert not solved(header)
    drag = {name: header[name] for name in ("scene", "truths", "detections", "shown", "ask")}
    report(app, **drag)  # a drag says the crowd again, as it is
    assert not solved(header_of(app))
    ask = {"rule": "coco", "crowd": 0.2}
    assert solved(answer(app, scene="large", ask=ask)[0])
    report(app, **drag | {"ask": ask})
    assert solved(header_of(app))
    report(app, **drag)  # back to the score of the link: by hand now
    assert solved(header_of(app))
    assert not solved(header_of(opened(ask=linked(app, "ask"))))


def test_each_photo_keeps_its_own_boxes() -> None:
    app = opened()
    header = header_of(app)
    report(app, scene="large", truths=[], detections=[BOX], shown=0)
    assert "no truth" in text_of_told(app)
    app.selectbox(f"{KEY}.scene").select("coffee").run()
    assert len(header_of(app)["detections"]) == len(SCENES["coffee"].scene.detections)
    report(app, scene="large", truths=header["truths"], detections=[], shown=0)
    assert len(header_of(app)["detections"]) == len(SCENES["coffee"].scene.detections)
    app.selectbox(f"{KEY}.scene").select("large").run()
    assert header_of(app)["detections"] == [BOX]


def text_of_told(app: AppTest) -> str:
    return " ".join(header_of(app)["told"])


def test_a_photo_of_ones_own_begins_empty_and_is_drawn_on() -> None:
    app = section_of(page, metrics__boxes__scene="photo", picture=SAMPLES[1].slug)
    assert "Draw a box around something" in text_of_told(app)
    assert header_of(app)["shown"] is None
    report(app, scene="photo", truths=[BOX[:4]], detections=[], shown=0)
    assert "There is no detection yet" in text_of_told(app)
    report(app, scene="photo", truths=[BOX[:4]], detections=[[100, 100, 130, 160, 0.5]], shown=0)
    assert "IoU 0.500 = intersection 1,800 ÷ union 3,600" in text_of_told(app)
    small = report(app, scene="photo", truths=[], detections=[BOX], shown=0)
    assert "IoU is undefined (–)" in text_of_told(small)


def test_a_box_without_an_area_is_told_and_drawn() -> None:
    app = opened()
    point = [50, 50, 50, 50]
    header, _blobs = answer(app, scene="large", truths=[point], detections=[[*point, 1]], shown=0)
    assert header["beside"] == "IoU –"
    assert "nothing to divide by" in " ".join(header["told"])


def test_the_words_say_where_iou_has_no_slope_and_giou_has() -> None:
    far = {"scene": "large", "truths": [[300, 200, 360, 260]], "detections": [[5, 5, 40, 40, 0.9]]}
    flat, _blobs = answer(opened(), **far, shown=0)
    assert "Here IoU is 0 and stays so" in flat["told"][1]
    assert not flat["way"]
    steep, _blobs = answer(opened(field="giou"), **far, shown=0)
    assert "follows the slope of GIoU" in steep["told"][1]
    x, y = steep["way"][-1]
    assert np.hypot(x - 330, y - 230) < 20


@pytest.mark.parametrize("moved", [
    {"truths": "x", "detections": []}, {"truths": [[0, 0, 1]], "detections": []},
    {"truths": [], "detections": [[0, 0, 10, 10, 2]]},
    {"truths": [], "detections": [[9, 0, 1, 1, 0]]},
    {"truths": [], "detections": [BOX] * 121}, {"truths": [[-9e9, 0, 9e9, 9]], "detections": []},
    {"truths": [["a", 0, 1, 1]], "detections": []}, {"truths": [None], "detections": [BOX]},
    {"truths": [], "detections": [[500, 500, 600, 600, 0.1]]}, {"shown": -1}, {"shown": "1"},
    {"step": 1e9, "ask": [1]}, {"ask": {"rule": [], "crowd": "x"}}, {"threshold": "wide"},
])  # fmt: skip
def test_what_no_hand_can_send_changes_nothing(moved: dict[str, object]) -> None:
    app = opened()
    header, _blobs = answer(app, scene="large", **moved)
    first = header_of(app)
    for part in ("truths", "detections", "shown", "step", "ask", "told"):
        assert header[part] == first[part]


@pytest.mark.parametrize("text", [
    "large", "large__", "coins_1,1,2,2_", "large_1,1,2_", "large_x_y", "large_nan,1,2,2_", "_", "",
    "large_1,1,2,2_3,3,9,9,7",
])  # fmt: skip
def test_a_link_that_says_no_boxes_is_not_followed(text: str) -> None:
    app = opened(edited=text, shown="x", step="-1", ask="nothing,inf", threshold="nan")
    if text == "large__":  # none at all
        assert header_of(app)["truths"] == header_of(app)["detections"] == []
        return
    assert header_of(app)["truths"] == header_of(opened())["truths"]
    assert header_of(app)["ask"] == {"rule": "coco", "crowd": None}


def test_the_threshold_moves_the_thick_line_and_the_hits() -> None:
    app = opened(threshold="0.85")
    header = header_of(app)
    assert [one["value"] for one in header["levels"] if one["now"]] == [0.85]
    assert [one["value"] for one in header["levels"]] == [0.5, 0.75, 0.85]
    assert [one["says"] for one in header["levels"]] == [
        "thin line: IoU 0.50", "dashed line: IoU 0.75", "thick line: IoU of the threshold, 0.85",
    ]  # fmt: skip
    usual = [one["says"] for one in header_of(opened())["levels"]]
    assert usual == ["thick line: IoU of the threshold, 0.50", "dashed line: IoU 0.75"]
    lower, _blobs = answer(app, threshold=0.05)
    assert lower["ap"]["outcome"].count("hit") > header["ap"]["outcome"].count("hit")


def test_the_script_stands_in_its_fold() -> None:
    app = opened(code="true")
    assert any("generalized_box_iou" in one.value for one in app.code)


def test_the_curves_of_the_shift_keep_their_place_in_the_link() -> None:
    app = opened(shift__d="4")
    assert message_to(app, f"{KEY}.shift.curves")["at"] == 4
    shifts = np.linspace(0, 16, 161)
    for side, values in zip((8, 16, 32, 64, 128), arrays_of(app, f"{KEY}.shift"), strict=True):
        wanted = np.maximum(side - shifts, 0) / (side + shifts)
        np.testing.assert_allclose(values, wanted, atol=1e-12)
    assert "What does one pixel cost" in text_of(app)
