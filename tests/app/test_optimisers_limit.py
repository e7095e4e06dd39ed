"""The speed limit: a run starts, is watched, changed and checked; three rules on the bowl."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.descent.digit_bowl import bowl
from explainer.descent.live_descent import LiveDescent
from explainer.descent.stability import RULES, factors
from explainer.live_pictures import LivePicture
from explainer.service import Ticket, stop_service
from explainer.ui.optimisers.limit_bowl import LIMITS, LOSSES
from explainer.ui.optimisers.limit_network import EDGE, NEWS, TICKET, TRIED
from tests.app.reading import arrays_of, message_to, section_of, split, text_of, unpacked


@pytest.fixture(autouse=True)
def _nothing_goes_on() -> Iterator[None]:
    yield
    stop_service()


def page() -> None:
    from explainer.ui.optimisers.limit import limit_section

    limit_section()


def started(app: AppTest, steps: int) -> Ticket[LiveDescent]:
    """Start, and wait until so many steps are done."""
    app.button(key=f"{EDGE}.play_arrow").click().run()
    ticket: Ticket[LiveDescent] = app.session_state[TICKET]
    for _ in range(600):
        if ticket.race.snapshot.step >= steps:
            break
        time.sleep(0.05)
    assert ticket.race.snapshot.step >= steps
    return ticket


def test_a_run_is_watched_its_rate_changed_as_it_runs_and_paused() -> None:
    app = section_of(page)
    assert message_to(app, f"{EDGE}.edge")["moving"] is False
    ticket = started(app, 10)
    header = message_to(app, f"{EDGE}.edge")
    assert header["moving"]
    assert header["run"] == ticket.id
    asked: LivePicture = app.session_state[f"{NEWS}.live"]
    assert header["address"] == asked.address
    news, blobs = split(asked.render({"known": 1}, 0))
    points = np.frombuffer(blobs[0], "<f8").reshape(-1, 4)
    assert news["from"] == 1
    np.testing.assert_array_equal(points, ticket.race.snapshot.points[1 : 1 + len(points)])
    moved: LivePicture = app.session_state[f"{EDGE}.live"]
    header, __ = split(moved.render({"rate": 0.1, "guess": 0.2}, 5))
    assert (header["name"], header["rate"], header["guess"]) == (EDGE, 0.1, 0.2)
    assert ticket.race.rate == 0.1
    app.button(key=f"{EDGE}.pause").click().run()
    assert not ticket.race.snapshot.playing
    assert "Go on" in {one.label for one in app.button}


def test_a_prediction_is_checked_against_what_the_rates_do_from_this_moment() -> None:
    app = section_of(page, optimisers__edge__guess="0.2", optimisers__limit_code="true")
    ticket = started(app, 30)
    app.button(key=f"{EDGE}.check").click().run()
    assert not app.exception
    moment = ticket.race.moment()
    assert moment is not None
    assert f"**Step {moment.step}**" in text_of(app)
    assert f"2/λ = **{moment.limit:.3f}**" in text_of(app)
    assert "You said 0.2." in text_of(app)
    shown = arrays_of(app, TRIED)[0]
    np.testing.assert_allclose(shown, np.log10(np.minimum(moment.highest, 1e99)).clip(-99, 99))
    assert any("SEED, STEPS = 0," in one.value for one in app.code)


def test_other_weights_begin_with_the_next_seed_and_take_the_place_of_the_run() -> None:
    app = section_of(page, optimisers__edge_seed="7")
    first = started(app, 1)
    app.button(key=f"{EDGE}.other").click().run()
    second: Ticket[LiveDescent] = app.session_state[TICKET]
    assert (first.race.seed, second.race.seed) == (7, 8)
    assert first.closed
    assert second.state.active


def test_the_prediction_begins_at_the_rate_itself() -> None:
    header = message_to(section_of(page), f"{EDGE}.edge")
    assert header["guess"] == header["rate"]


def test_a_run_without_bounds_is_over_and_can_be_begun_anew() -> None:
    app = section_of(page)
    ticket = started(app, 5)
    app.button(key=f"{EDGE}.check").click().run()
    assert "Go on, and cross the line" in text_of(app)
    ticket.race.rate = 0.6
    app.session_state[f"{EDGE}.values"][""]["rate"] = 0.6
    app.button(key=f"{EDGE}.play_arrow").click().run()
    for _ in range(600):
        if ticket.race.snapshot.finished:
            break
        time.sleep(0.05)
    app.run()
    assert "left all bounds" in message_to(app, f"{EDGE}.edge")["status"]
    assert app.button(key=f"{EDGE}.check").disabled
    assert "2/λ = " in text_of(app)
    assert "Go on, and cross the line" not in text_of(app)
    assert "From the beginning" in {one.label for one in app.button}


@pytest.mark.parametrize("scale", ["own", "descent"])
def test_three_losses_and_their_limits_follow_the_hand(scale: str) -> None:
    app = section_of(page, optimisers__scale=scale)
    offered: LivePicture = app.session_state[f"{LOSSES}.live"]
    given = bowl()
    for multiple, momentum in ((0.98, 0.9), (1.02, 0.5), (1.1, 0.99), (0.5, 0)):
        header, blobs = split(offered.render({"multiple": multiple, "momentum": momentum}, 3))
        json.dumps(header, allow_nan=False)
        of = [rule.limit(momentum) if scale == "own" else 2.0 for rule in RULES]
        pulls = multiple * np.array(of)
        gaps = given.gap(factors(given.curvatures, pulls / given.sharpness, momentum, 200))
        for blob, gap in zip(blobs, gaps / gaps[0, 0], strict=False):
            np.testing.assert_allclose(
                np.frombuffer(blob, "<f8"), np.log10(gap).clip(-99, 99), atol=1e-8
            )
        limits = unpacked(blobs[-1])[0]
        assert (header["also"], limits["name"]) == (LIMITS, LIMITS)
        discs = [one["points"][0][0] for one in limits["curves"]]
        np.testing.assert_allclose(discs, [[momentum, pull] for pull in pulls])


def test_a_button_sets_the_rate_just_above_the_limit() -> None:
    app = section_of(page)
    app.button(key=f"{LOSSES}.1.02").click().run()
    assert all(one[-1] > 2 for one in arrays_of(app, LOSSES))
    app.button(key=f"{LOSSES}.0.98").click().run()
    assert all(one[-1] < -1 for one in arrays_of(app, LOSSES))


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    app = section_of(
        page, optimisers__edge__rate=value, optimisers__edge__guess=value,
        optimisers__edge_seed=value, optimisers__scale=value, optimisers__bowl__multiple=value,
        optimisers__bowl__momentum=value, optimisers__bowl__step=value,
        optimisers__limits__β=value, optimisers__limit_code=value,
    )  # fmt: skip
    assert text_of(app).count("What to notice") == 2
