"""Masks: what the brush, the sliders and a link do to the numbers, and the set of pictures."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.metrics.mask_scenes import SCENES, STARTS
from explainer.metrics.mask_set import means, segmented
from explainer.metrics.shares import UNDEFINED
from explainer.ui.metrics.painting import unpacked
from tests.app.reading import message_to, section_of, split


def page() -> None:
    from explainer.ui.metrics.masks import masks_section

    masks_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **{f"metrics__{name}": value for name, value in query.items()})


def bits(mask: np.ndarray) -> str:
    return base64.b64encode(np.packbits(mask).tobytes()).decode()


def live(app: AppTest, values: dict[str, Any]) -> dict[str, Any]:
    offered: LivePicture = app.session_state["metrics.paint.live"]
    return split(offered.render(values, 7))[0]


def row(header: dict[str, Any], place: int) -> float | None:
    value: float | None = header["rows"][place]["value"]
    return value


def test_it_begins_with_a_mask_and_the_brush_moves_the_numbers() -> None:
    app = opened()
    header = message_to(app, "metrics.paint.picture")
    assert header["of"] == "coin shifted"
    assert 0.5 < header["iou"] < 0.6
    truth = SCENES["coin"].load().truth
    painted = live(app, {"bits": bits(truth), "target": "answer"})
    assert [row(painted, place) for place in range(4)] == [1, 1, 1, 1]
    nothing = live(app, {"bits": bits(np.zeros_like(truth)), "target": "answer"})
    assert row(nothing, 1) == 0
    assert row(nothing, 0) == pytest.approx(1 - truth.mean())
    stays = live(app, {"tolerance": 4})
    assert row(stays, 1) == 0, "a slider leaves the mask alone"
    app.run()
    assert message_to(app, "metrics.paint.picture")["iou"] == 0
    again = live(app, {"by": 2})
    assert row(again, 1) == pytest.approx(0.83, abs=0.03)


@pytest.mark.parametrize("sent", [None, 3, "", "%%%", "AAAA", "A" * 300_000, [1], {"a": 1}])
def test_what_is_no_mask_changes_nothing(sent: object) -> None:
    assert unpacked(sent, (12, 13)) is None


def test_the_truth_is_painted_on_ones_own_photo_alone() -> None:
    truth = SCENES["coin"].load().truth
    app = opened()
    live(app, {"bits": bits(np.zeros_like(truth)), "target": "truth"})
    assert app.session_state["metrics.paint.held"].truth.any()
    app = opened(paint__scene="own", paint__start="otsu")
    header = message_to(app, "metrics.paint.picture")
    assert header["own"]
    assert header["iou"] == 1, "the truth begins as Otsu's mask"
    empty = bits(np.zeros((header["height"], header["width"]), bool))
    assert live(app, {"bits": empty, "target": "truth"})["iou"] == 0
    nothing = live(app, {"bits": empty, "target": "answer"})
    assert nothing["iou"] is None
    assert nothing["rows"][1]["text"] == "–"
    assert "empty" in nothing["rows"][1]["formula"]


@pytest.mark.parametrize("start", STARTS.slugs)
def test_a_link_says_the_picture_and_the_start(start: str) -> None:
    app = opened(paint__scene="horse", paint__start=start, paint__by="30", paint__tolerance="0")
    header = message_to(app, "metrics.paint.picture")
    assert header["of"] == f"horse {start}"
    assert [one["value"] is not None for one in header["rows"]] == [True] * 4


def test_nonsense_in_a_link_is_left_out() -> None:
    app = opened(paint__scene="moon", paint__start="x", paint__by="nan", set__noise="1e99",
                 set__pictures="-4")  # fmt: skip
    assert message_to(app, "metrics.paint.picture")["of"] == "coin shifted"
    assert message_to(app, "metrics.set.averages")["height"] == 28


def test_the_set_shows_six_means_and_a_dash_for_an_absent_class() -> None:
    header = message_to(opened(set__pictures="3", set__noise="0"), "metrics.set.averages")
    wanted = segmented(3, 0, 0.5).confusion
    for rule, group in zip(UNDEFINED, header["groups"], strict=True):
        found = means(wanted, rule.value)
        assert group["values"] == pytest.approx([found.of_set, found.of_pictures])
    assert any(one["value"] is None and one["text"] == "–" for one in header["classes"])
