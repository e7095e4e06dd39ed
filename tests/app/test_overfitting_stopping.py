"""When to stop: the patience and the quadratic follow the hand; tables say what was measured."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.generalisation.knobs import BASE, KNOBS, Turned
from explainer.generalisation.quadratic import Quadratic, strength_for
from explainer.generalisation.stopping import EVERY, course
from explainer.live_pictures import LivePicture
from explainer.ui.overfitting import knobs, stopping
from tests.app.reading import html_of, section_of, split, text_of, unpacked

COURSE = course((51, 52, 53, 54, 55, 56), steps=120)


@pytest.fixture(autouse=True)
def _measured_before() -> Iterator[None]:
    stopping.KEPT.put("course", COURSE)
    even = np.full(6, 0.2)
    others = [Turned(one, even - 0.1, even + np.linspace(-0.1, 0.1, 6)) for one in KNOBS]
    knobs.KEPT.put("knobs", (Turned(BASE, even, even), *others))
    yield
    stopping.KEPT.clear()
    knobs.KEPT.clear()


def page() -> None:
    from explainer.ui.overfitting.stopping import stopping_section

    stopping_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **query)


def test_the_stop_and_its_cost_follow_the_hand() -> None:
    app = opened()
    offered: LivePicture = app.session_state["overfitting.stop.live"]
    for patience in (EVERY, 5 * EVERY, 40 * EVERY):
        header, blobs = split(offered.render({"patience": patience, "run": 2}, 3))
        assert header["also"] == "overfitting.stop_costs"
        end, kept = (int(one[1]) for one in COURSE.stopped(patience))
        assert header["marks"][0]["place"] == COURSE.steps[end]
        places = [[float(COURSE.steps[at]), COURSE.validation[at, 1]] for at in (kept, end)]
        assert header["curves"][1]["points"] == [places]
        best = int(COURSE.best[1])
        assert header["curves"][3]["points"][0][0][0] == COURSE.steps[best]
        costs, arrays = unpacked(blobs[-1])
        at = round(patience / EVERY) - 1
        assert costs["at"] == patience
        assert arrays[0][at] == pytest.approx(COURSE.cost(patience).mean())
        assert arrays[1][at] == pytest.approx(COURSE.cost(patience).max())


def test_the_tables_say_what_was_measured() -> None:
    app = opened(overfitting__stop__patience="8")
    end, __ = COURSE.stopped(8)
    said = html_of(app)
    assert f"<td>1</td><td>{COURSE.steps[COURSE.best[0]]}</td><td>{COURSE.steps[end[0]]}" in said
    assert f"{COURSE.moment(0.25).loss:.2f}" in said
    assert "<b>−10.0</b> (−10.0 to −10.0)" in said
    assert "within noise" in said
    assert "no knob is orthogonal" in text_of(app)


def test_the_two_paths_are_linked_and_as_far_apart_as_is_said() -> None:
    app = opened()
    offered: LivePicture = app.session_state["overfitting.quadratic.live"]
    for power, first, second in ((0, 0.1, 10), (1.5, 4, 4), (3, 10, 0.1)):
        asked: dict[str, object] = {"power": power, "first": first, "second": second}
        header, blobs = split(offered.render(asked, 2))
        json.dumps(header, allow_nan=False)
        steps, loss = round(10**power), Quadratic(first, second)
        __, stopped, ridge = (one["places"][0] for one in header["points"])
        np.testing.assert_allclose(stopped, loss.stopped(steps), atol=1e-3)
        np.testing.assert_allclose(ridge, loss.ridge(strength_for(steps)), atol=1e-3)
        assert f"{100 * loss.apart(steps):.1f} % of the whole way" in header["told"]
        paths = [np.array(one["places"]) for one in header["lines"] if one["title"]]
        for path, place in zip(paths, (stopped, ridge), strict=True):
            assert np.abs(path - place).max(1).min() < 0.06
            assert (path[0] < 0.01).all()
        shares, (descent, penalty) = unpacked(blobs[-1])
        assert shares["name"] == "overfitting.shares"
        assert (descent >= penalty - 1e-12).all()


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    app = opened(
        overfitting__stop__patience=value, overfitting__stop__run=value,
        overfitting__quadratic__power=value, overfitting__quadratic__first=value,
        overfitting__shares__h=value, overfitting__stop__step=value,
    )  # fmt: skip
    assert "What to notice" in text_of(app)
