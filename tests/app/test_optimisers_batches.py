"""The batch: counters and losses follow the hand, the noise and its arrows, and the orders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.descent.batch_race import COUNT, Run
from explainer.descent.gradient_noise import MOMENTS, SIZES, Noise, noise
from explainer.descent.shuffling import ORDERS, Shuffled
from explainer.live_pictures import LivePicture
from explainer.ui.optimisers import batch_noise, batch_order, batch_race
from tests.app.reading import arrays_of, html_of, section_of, split, text_of

KEY = "optimisers"


@cache
def runs() -> list[Run]:
    """Of made-up losses: a run of 1 falls with its steps, and one of all twice as slowly."""
    steps = np.array([1, 16, 256])
    falls = np.array([2.0, 1.0, 0.5])[:, None]
    return [
        Run(size, rate, steps, falls * (1 + extra + np.array([0.0, 0.01])), falls,
            np.array([seconds, seconds]))
        for size, rate, extra, seconds in ((1, 0.01, 0.0, 1e-4), (32, 0.3, 0.3, 2e-4),
                                           (COUNT, 1.0, 1.0, 1e-3))
    ]  # fmt: skip


@cache
def noisy() -> list[Noise]:
    random = np.random.default_rng(0)
    each = random.standard_normal((COUNT, 5))
    return [noise(each + one, step) for one, step in zip((1.0, 0.1), MOMENTS, strict=True)]


@cache
def ordered() -> Shuffled:
    steps = np.arange(4, 257, 4)
    losses = np.ones((len(steps), len(ORDERS), 3)) + 0.001 * np.arange(3)
    losses[:, -1] += 1 + 0.1 * np.arange(3)
    return Shuffled(steps, losses, losses[-8:] / 10)


@pytest.fixture(autouse=True)
def _measured_before() -> Iterator[None]:
    batch_race.KEPT.put("runs", runs())
    batch_noise.KEPT.put("noise", noisy())
    batch_order.KEPT.put(0.1, ordered())
    yield
    for one in (batch_race, batch_noise, batch_order):
        one.KEPT.clear()


def page() -> None:
    from explainer.ui.optimisers.batches import batches_section

    batches_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **query)


def offered(app: AppTest, key: str) -> LivePicture:
    found = app.session_state[f"{key}.live"]
    assert isinstance(found, LivePicture)
    return found


@pytest.mark.parametrize(
    ("axis", "slider", "at", "steps"),
    [("examples", "seen", 8, {1: 256, 32: 8, COUNT: 0}), ("examples", "seen", 0, {1: 1, 32: 0}),
     ("steps", "taken", 8, {1: 256, COUNT: 256}), ("time", "passed", -1.5, {32: 158})],
)  # fmt: skip
def test_steps_epochs_and_the_batch_in_hand_follow_the_hand(
    axis: str, slider: str, at: float, steps: dict[int, int]
) -> None:
    app = opened(optimisers__batch_race__axis=axis)
    header, blobs = split(offered(app, batch_race.RACE).render({slider: at}, 2))
    json.dumps(header, allow_nan=False)
    assert header["name"] == batch_race.RACE
    rows = split(blobs[-1])[0]["rows"]
    by_size = dict(zip((COUNT, 32, 1), rows, strict=True))
    for size, count in steps.items():
        row = by_size[size]
        assert row["value"] == f"step {count:,}"
        batches = COUNT // size
        if count:
            place, epoch = (count - 1) % batches, (count - 1) // batches
            assert row["start"] == pytest.approx(place * size / COUNT)
            assert row["end"] == pytest.approx((place + 1) * size / COUNT)
            assert f"epoch {epoch + 1:,}, batch {place + 1:,} of {batches:,}" == row["says"]
        else:
            assert row["says"] == "no whole batch yet"


@pytest.mark.parametrize(
    ("axis", "slider", "at", "over"),
    [("examples", "seen", 18, 2), ("steps", "taken", 12, 3), ("time", "passed", -1, 2)],
)
def test_a_run_that_has_ended_takes_no_more_steps(
    axis: str, slider: str, at: float, over: int
) -> None:
    app = opened(optimisers__batch_race__axis=axis)
    header, blobs = split(offered(app, batch_race.RACE).render({slider: at}, 2))
    rows = split(blobs[-1])[0]["rows"]
    ended = [row for row in rows if row["value"] == "ended at step 256"]
    assert [row["title"] for row in ended] == ["all 1,024", "B = 32", "B = 1"][-over:]
    sizes = ["B = 1", "B = 32", "all 1,024"][:over]
    lowest = "Of these B = 1 came lowest, 0.502."
    assert header["told"][-1] == f"Ended earlier: {', '.join(sizes)}. {lowest}"


def test_losses_are_read_where_there_are_as_many_pictures_and_the_lowest_is_named() -> None:
    app = opened()
    header, blobs = split(offered(app, batch_race.RACE).render({"seen": 8}, 2))
    places, *lines = (np.frombuffer(blob, "<f8") for blob in blobs[:4])
    at = header["at"]
    assert places[at] == 256
    np.testing.assert_allclose(lines[0][at], 0.5025, rtol=1e-9)
    np.testing.assert_allclose(lines[1][at], runs()[1].at(8).mean())
    assert np.isnan(lines[2][at])
    assert header["told"] == ["Lowest of those that learn here: B = 1, rate 0.01, 0.502."]


@pytest.mark.parametrize("when", ["early", "late"])
def test_the_noise_and_its_arrows_follow_the_hand(when: str) -> None:
    app = opened(optimisers__batches="noise", optimisers__noise__when=when)
    one = noisy()[when == "late"]
    for power, size in ((0, 1), (3.25, 10), (10, COUNT)):
        header, blobs = split(offered(app, batch_noise.NOISE).render({"b": power}, 2))
        json.dumps(header, allow_nan=False)
        places, line, *__ = (np.frombuffer(blob, "<f8") for blob in blobs[:-1])
        np.testing.assert_allclose(line, one.expected(places, replaced=True))
        rings = np.frombuffer(blobs[3], "<f8")
        np.testing.assert_allclose(rings[np.isin(places, SIZES)], one.repeated)
        cloud = split(blobs[-1])[0]
        away = int((one.paths[:, size - 1, 0] < 0).sum())
        assert cloud["told"].startswith(f"B = {size:,}: {away} of 200 ")
        assert len(cloud["lines"]) == batch_noise.ARROWS + 1
        if size == COUNT:
            assert {tuple(one) for one in cloud["points"][0]["places"]} == {(1, 0)}


def test_orders_are_drawn_and_judged() -> None:
    app = opened(optimisers__batches="order")
    lines = arrays_of(app, batch_order.ORDER)
    np.testing.assert_allclose(lines[3], ordered().loss[:, 3].mean(1))
    table = html_of(app)
    assert table.count("within noise") == 4
    assert "+1.100 ± 0.248<br>worse" in table


@pytest.mark.parametrize("value", ["nan", "1e9"])
@pytest.mark.parametrize("view", ["race", "noise", "order"])
def test_any_link_opens(view: str, value: str) -> None:
    app = opened(
        optimisers__batches=view, optimisers__batch_race__axis=value, optimisers__order__rate=value,
        optimisers__batch_race__seen=value, optimisers__noise__b=value,
        optimisers__noise__when=value, optimisers__order__step=value,
    )  # fmt: skip
    assert text_of(app).count("What to notice") == 1
