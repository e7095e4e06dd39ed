"""The learning rate: three views, their sliders, their links and their scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.descent import range_test, rates, schedule_race
from explainer.descent.rates import METHODS, Race
from explainer.descent.schedule_race import BUDGETS, Schedules
from explainer.live_pictures import LivePicture
from explainer.ui.optimisers import rate_race, rate_range, rate_schedules
from tests.app.reading import html_of, section_of, split, text_of, unpacked

RACE, RANGE, RUNS = "optimisers.rate", "optimisers.rate_range", "optimisers.rate_schedules"


def page() -> None:
    from explainer.ui.optimisers.rate import rate_section

    rate_section()


@cache
def short_race(slug: str) -> Race:
    return rates.race(METHODS[slug], steps=10)


@cache
def short_schedules(slug: str, budget: int) -> Schedules:
    found = schedule_race.schedule_race(METHODS[slug], 10, schedule_race.SEEDS[:2])
    return replace(found, budget=budget)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Races of a few steps, and none of them kept for anybody else."""
    monkeypatch.setattr(rate_race, "race", lambda method, **_: short_race(method.slug))
    monkeypatch.setattr(
        rate_schedules, "schedule_race",
        lambda method, budget, **_: short_schedules(method.slug, budget),
    )  # fmt: skip
    every = (rate_race.KEPT, rate_range.KEPT, rate_schedules.KEPT)
    for kept in every:
        kept.clear()
    yield
    for kept in every:
        kept.clear()


def opened(view: str, **query: str) -> AppTest:
    link = {f"optimisers__{name}": value for name, value in query.items()}
    return section_of(page, optimisers__rate_view=view, **link)


def offered(app: AppTest, key: str) -> LivePicture:
    found: LivePicture = app.session_state[f"{key}.live"]
    return found


def test_the_curve_and_the_end_of_a_rate_follow_the_hand() -> None:
    app, of = opened("race"), short_race("sgd")
    for rate, place in ((-2, 0), (0.25, 9), (1, 12)):
        header, blobs = split(offered(app, RACE).render({"rate": rate}, 3))
        json.dumps(header, allow_nan=False)
        titles = [one["title"] for one in header["entries"]]
        chosen = np.frombuffer(blobs[1 + len(titles) - 2], "<f8")
        np.testing.assert_allclose(chosen, of.means[:, place])
        assert titles[-2].startswith("chosen: ")
        ends, arrays = unpacked(blobs[-1])
        assert ends["at"] == place
        np.testing.assert_allclose(arrays[1].reshape(3, -1)[1], of.losses[-1].mean(0))
        assert f"is {of.looks()[place].title}" in header["told"][0]


def test_another_method_has_rates_of_its_own() -> None:
    app = opened("race", rate_method="adam", rate__rate="-1.5")
    header, __ = split(offered(app, RACE).render({}, 2))
    assert header["told"][0].startswith("A rate of 0.032 is ")


def test_the_range_test_shows_what_the_rules_read_off() -> None:
    app = opened("range")
    of = range_test.range_test(METHODS["sgd"])
    for keep, run in ((0, 1), (0.98, 8)):
        header, blobs = split(offered(app, RANGE).render({"keep": keep, "run": run}, 3))
        curve = range_test.smoothed(of.losses[run - 1], keep)
        np.testing.assert_allclose(np.frombuffer(blobs[2], "<f8"), curve)
        assert header["at"] == curve.argmin()
        read = range_test.lowest(curve, of.rates)
        assert header["entries"][2]["title"] == f"the minimum: {rate_race.written(read)}"
        assert header["also"] == "optimisers.rate_worth"


def test_a_mean_without_correction_reads_the_first_rate_and_the_table_says_at_least() -> None:
    app = opened("range", rate_range__biased="true")
    header, blobs = split(offered(app, RANGE).render({}, 2))
    assert header["at"] == 0
    assert "≥ " in html_of(app)
    marks = [one["title"] for one in split(blobs[-1])[0]["entries"][2:]]
    assert marks[0] == "the minimum: 0.001, not trained"
    minimum = unpacked(blobs[-1])[1][3]
    assert np.isnan(minimum).all()  # no network was trained at so low a rate


def test_the_marks_of_two_rules_stand_at_their_own_rates() -> None:
    app, of = opened("range"), short_race("sgd")
    __, blobs = split(offered(app, RANGE).render({"keep": 0.9, "run": 1}, 3))
    worth, arrays = unpacked(blobs[-1])
    places, marks = arrays[0], arrays[3:6]
    at = [int(np.flatnonzero(np.isfinite(one)).item()) for one in marks]
    curve = range_test.smoothed(range_test.range_test(METHODS["sgd"]).losses[0], 0.9)
    read = [rule.read(curve, range_test.range_test(METHODS["sgd"]).rates)
            for rule in range_test.RULES]  # fmt: skip
    np.testing.assert_allclose(places[at], read)
    for place, mark, entry in zip(at, marks, worth["entries"][2:], strict=False):
        assert mark[place] == arrays[1][place]
        assert entry["title"].endswith(f"loss {mark[place]:.3f}")
    kept = np.isin(places, of.rates)
    np.testing.assert_allclose(arrays[1][kept], of.losses[-1, 0])


@pytest.mark.parametrize(("less", "lost", "said"), [
    ([0.1, 0.12, 0.11], 1, "ahead"), ([-0.1, 0.1, 0.0], 0, "within noise"),
    ([0.0, 0.0, -2.0], 1, "not settled: one seed is lost"),
    ([0.0, 2.0, -2.0], 2, "not settled: 2 seeds are lost"),
])  # fmt: skip
def test_lost_seeds_are_no_noise(less: list[float], lost: int, said: str) -> None:
    assert rate_race.verdict(less, lost) == said


def test_rates_and_losses_of_the_schedules_follow_the_peak() -> None:
    app, of = opened("schedules"), short_schedules("sgd", BUDGETS[-1])
    header, blobs = split(offered(app, RUNS).render({"peak": 0.5}, 3))
    assert [one["title"] for one in header["curves"]] == [
        "Constant", "Steps", "Cosine", "Warm-up and cosine", "One cycle", "Reduce on plateau",
    ]  # fmt: skip
    rate, loss = np.frombuffer(blobs[2], "<f8").reshape(2, -1)
    np.testing.assert_allclose(rate, of.rates[:, -1, 2])
    np.testing.assert_allclose(loss, of.losses[:, -1, 2])
    constant, *__, plateau = header["curves"]
    assert plateau["dash"]  # what lies beneath is seen through it
    assert not constant["dash"]
    assert all(one["colour"] != plateau["colour"] for one in header["curves"][:-1])
    over = split(blobs[-1])[0]
    assert over["at"] == len(of.peaks) - 1
    assert over["up"]["title"] != header["panels"][1]["title"]  # other digits, other losses
    assert ("its dashes lie on the constant line" in text_of(app)) == of.overlaid(-2)
    assert "within noise" in html_of(app)
    assert "**Cosine against the same backwards:**" in text_of(app)


def test_the_order_is_a_comparison_of_its_own() -> None:
    app = opened("schedules", rate_set="order", rate_budget="40")
    header, __ = split(offered(app, RUNS).render({}, 2))
    titles = [one["title"] for one in header["curves"]]
    assert titles == ["Constant", "Cosine", "Half, constant", "Cosine backwards"]


@pytest.mark.parametrize(("view", "name", "text"), [
    ("race", "rate__code", "torch.optim.SGD(model.parameters(), lr=RATE)"),
    ("schedules", "rate_schedules__code", "SEED, STEPS, RATE = 0, 200, 1.0"),
])  # fmt: skip
def test_the_script_is_that_of_the_state(view: str, name: str, text: str) -> None:
    app = opened(view, **{name: "true"})
    assert text in app.code[0].value
    of = {"race": short_race("sgd").losses[-1, :, 4],
          "schedules": short_schedules("sgd", 200).training[:, 2, 0]}[view]  # fmt: skip
    said = " ".join(one.value for one in app.caption)
    assert f"ends near {of[0]:.3f}" in said
    assert f"here {of.mean():.3f}." in said


@pytest.mark.parametrize("view", ["race", "range", "schedules"])
@pytest.mark.parametrize("value", ["nan", "1e9"])
def test_any_link_opens(view: str, value: str) -> None:
    names = ("rate_method", "rate__rate", "rate_range__keep", "rate_range__run", "rate_set",
             "rate_budget", "rate_schedules__peak", "rate_schedules__step")  # fmt: skip
    app = opened(view, **dict.fromkeys(names, value))
    assert "What to notice" in text_of(app)
