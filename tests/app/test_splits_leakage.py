"""Leaks on the page: rows and curves follow the control, each leak opens, and any link does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.evaluation.leakage import LEAKS, Leak, Measured
from explainer.live_pictures import LivePicture
from explainer.training.instruments.student import interval
from explainer.ui.splits import leakage
from explainer.ui.splits.bands import bands
from tests.app.reading import html_of, message_to, section_of, split, text_of, unpacked


def made_up() -> dict[str, Measured]:
    random = np.random.default_rng(2)
    found = {}
    for leak in LEAKS:
        truth = random.uniform(0.4, 0.6, (5, len(leak.settings)))
        rising = np.linspace(0, 0.3, len(leak.settings))
        found[leak.slug] = Measured(leak, truth + rising, truth, truth)
    return found


FOUND = made_up()


@pytest.fixture(autouse=True)
def _measured_before() -> Iterator[None]:
    leakage.KEPT.put("all", FOUND)
    yield
    leakage.KEPT.clear()


def page() -> None:
    from explainer.ui.splits.leakage import leakage_section

    leakage_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **query)


@pytest.mark.parametrize("leak", LEAKS, ids=lambda one: one.slug)
def test_the_dots_and_the_curves_follow_the_control(leak: Leak) -> None:
    app = opened(splits__leak=leak.slug)
    offered: LivePicture = app.session_state[f"splits.leak_{leak.slug}.live"]
    one = FOUND[leak.slug]
    for place in (0, len(leak.settings) - 1):
        header, blobs = split(offered.render({leak.control.name: leak.settings[place]}, 3))
        assert (header["at"], header["also"]) == (place, "splits.leak_dots")
        dots, __ = unpacked(blobs[-1])
        rows = {row["title"]: row for row in dots["rows"]}
        assert len(rows) == len(LEAKS)
        row = rows[leak.title]
        assert row["now"]
        assert row["dots"][0] == pytest.approx(interval(one.reported[:, place].tolist()))
        assert row["said"].endswith("too good" if place else "within noise")
    assert ("Against the same draws" in text_of(app)) == leak.paired


def test_a_test_on_later_days_that_is_too_low_is_no_leak_of_the_shuffled_one() -> None:
    truth = np.random.default_rng(3).uniform(0.4, 0.6, (5, len(LEAKS["time"].settings)))
    measured = Measured(LEAKS["time"], truth, truth - 0.068, truth)
    leakage.KEPT.put("all", FOUND | {"time": measured})
    said = text_of(opened(splits__leak="time", splits__leak_time__drift="0"))
    assert "**0 points, within noise**. Without the leak: −6.8 points, too low" in said


def test_where_no_copies_were_put_none_is_spoken_of() -> None:
    app = opened(splits__leak="copies", splits__leak_copies__copies="0")
    assert "No copies were put among the 200 pictures" in text_of(app)
    assert html_of(app).count("each of them once</figcaption>") == 2


def test_the_days_that_are_shown_are_all_days() -> None:
    app = opened(splits__leak="time")
    for caption in ("days 1 to 67", "days 68 to 134", "days 135 to 200", "of the 33 days after"):
        assert caption in html_of(app)


def test_bands_are_student_s_intervals() -> None:
    values = np.random.default_rng(4).random((6, 3))
    found = [interval(one.tolist()) for one in values.T]
    np.testing.assert_allclose(bands(values)[[1, 0, 2]].T, found)


def test_the_detector_s_copies_are_counted() -> None:
    app = opened(splits__leak="copies", splits__leak_copies__copies="20")
    assert "finds 40 copies among 200 pictures" in text_of(app)


def test_a_row_keeps_its_setting_while_another_leak_is_open() -> None:
    app = opened(splits__leak="time", splits__leak_features__features="5000")
    rows = message_to(app, "splits.leak_dots.rows")["rows"]
    assert rows[0]["said"] == "+30.0 points, too good"
    assert [row["now"] for row in rows] == [False, False, True, False]


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    app = opened(
        splits__leak=value, splits__leak_features__features=value,
        splits__leak_scaling__pictures=value,
    )  # fmt: skip
    assert "What to notice" in text_of(app)
