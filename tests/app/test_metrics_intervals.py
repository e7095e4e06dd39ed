"""How sure is the number? What the intervals of a metric show, and how many hold the truth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.metrics.covered import METRICS, coverage
from explainer.metrics.sampled import sets, whole
from explainer.metrics.versus import versus
from explainer.powers import percent
from tests.app.moving import controls, unfold
from tests.app.reading import message_to, section_of, split


def page() -> None:
    from explainer.ui.metrics.intervals import intervals_section

    intervals_section()


def opened(**query: str) -> AppTest:
    given = {name if name == "text" else f"metrics__sure__{name}": value
             for name, value in query.items()}  # fmt: skip
    return section_of(page, **given)


def header_of(app: AppTest) -> dict[str, Any]:
    return message_to(app, "metrics.sure.coverage")


def test_the_picture_shows_what_was_measured_and_follows_the_hand() -> None:
    app = opened(metric="recall", way="exact", draw="9")
    metric, true = METRICS["recall"], float(METRICS["recall"].value(whole(1))[0])
    assert header_of(app)["true"] == pytest.approx(true)
    offered: LivePicture = app.session_state["metrics.sure.live"]
    for size in (20, 300):
        header, blobs = split(offered.render({"size": size}, 5))
        found = coverage(metric, metric.ways["exact"], sets(1, size, 9), true)
        held, count = found.counted
        rows = np.frombuffer(blobs[0], "<f4").reshape(-1, 3)
        holds = np.frombuffer(blobs[1], np.uint8)
        assert (holds.sum(), len(holds), len(rows)) == (held, count, count)
        assert (np.diff(rows[:, 0]) >= 0).all()
        np.testing.assert_array_equal((rows[:, 1] <= true) & (rows[:, 2] >= true), holds == 1)
        assert str(held) in header["told"][1]
        low, high = header["span"]
        assert 0 <= low < high <= 1
    assert header["number"] == 5


@pytest.mark.parametrize("slug", METRICS.slugs)
def test_every_metric_opens_with_the_smallest_sets(slug: str) -> None:
    header = header_of(opened(metric=slug, size="20"))
    assert len(header["ways"]) == len(METRICS[slug].ways)
    assert sum(one["on"] for one in header["ways"]) == 1
    assert header["versus"]["reach"] > 0


def test_the_verdict_is_that_of_the_exact_interval() -> None:
    assert "fewer than promised" in header_of(opened(way="wald", size="50"))["told"][1]
    assert "more than promised" in header_of(opened(way="exact", size="50"))["told"][1]


def test_the_titles_say_what_is_asked_and_which_set_is_the_first() -> None:
    header = header_of(opened(digit="7", metric="recall"))
    assert header["words"]["one"].startswith("Is it a 7? recall")
    assert header["words"]["three"].startswith("Is it a 7? Two classifiers")
    assert header["told"][0].startswith("The first set drawn, of 50 pictures")


def test_a_mean_iou_is_of_another_world_and_offers_no_digit() -> None:
    app = opened(metric="iou", digit="7")
    assert any("1,000 test digits" in one.value for one in app.caption)
    assert header_of(app)["words"]["one"].startswith("mean IoU")
    usual = opened(digit="7")
    assert not usual.caption
    assert header_of(app)["versus"] == header_of(usual)["versus"], "two classifiers tell the digit"
    offered = ["metrics.sure.digit" in controls(unfold(one)) for one in (app, usual)]
    assert offered == [False, True]


def test_of_two_classifiers_coverage_stands_beside_what_they_see() -> None:
    header = header_of(opened(metric="recall", size="500", draw="9"))
    given = sets(1, 500, 9)
    found, true = versus(given), float(given.world.gains.mean())
    told = header["compared"][1]
    for low, high in (found.paired, found.apart):
        held = ((low <= true) & (high >= true)).mean()
        for share in ((low > 0).mean() + (high < 0).mean(), held):
            assert percent(float(share)) in told
    assert [one["low"] for one in header["versus"]["rows"]] == pytest.approx(
        [found.paired[0][0], found.apart[0][0]]
    )


def test_sets_without_a_number_are_counted_and_the_reason_is_said() -> None:
    told = header_of(opened(metric="precision", size="20"))["told"]
    assert any("nothing is called positive" in one for one in told)


def test_nonsense_in_a_link_is_left_out() -> None:
    header = header_of(opened(metric="x", way="delong", size="inf", draw="1000", digit="12"))
    assert header["size"] == 50
    assert [one["on"] for one in header["ways"]] == [True, False, False, False]
