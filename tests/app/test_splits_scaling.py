"""Three planes and the gap follow the hand; accuracy by whose mean and deviation."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.evaluation.scaling import feature_and_bias, two_features
from explainer.evaluation.whose_statistics import KINDS, SIZES, Trained, compared, trained
from explainer.live_pictures import LivePicture
from explainer.ui.splits import whose_statistics
from explainer.ui.splits.scaling import PLANES
from tests.app.reading import section_of, split, text_of, unpacked


@cache
def networks(slug: str) -> Trained:
    return trained(KINDS[slug], (41, 42), 30)


@pytest.fixture(autouse=True)
def _trained_before() -> Iterator[None]:
    for slug in KINDS.slugs:
        whose_statistics.KEPT.put(slug, networks(slug))
    yield
    whose_statistics.KEPT.clear()


def page() -> None:
    from explainer.ui.splits.scaling import scaling_section

    scaling_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **query)


@pytest.mark.parametrize(
    ("slug", "scale", "second", "rate"),
    [("features", -1, -0.95, 110), ("features", 0.6, 0.6, 50), ("features", 1, 0.95, 5),
     ("bias", 1, 6, 100), ("bias", 0, 0, 50)],
)  # fmt: skip
def test_the_planes_and_the_gap_follow_the_hand(
    slug: str, scale: float, second: float, rate: float
) -> None:
    app = opened(splits__weights=slug)
    offered: LivePicture = app.session_state[f"{PLANES[0]}.live"]
    name = "correlation" if slug == "features" else "mean"
    asked: dict[str, object] = {"scale": scale, name: second, "rate": rate}
    problems = (two_features if slug == "features" else feature_and_bias)(10**scale, second)
    message = offered.render(asked, 2)
    for place, problem in enumerate(problems):
        header, blobs = split(message)
        json.dumps(header, allow_nan=False)
        assert header["name"] == PLANES[place]
        optimum = header["points"][1]["places"][0]
        np.testing.assert_allclose(optimum, problem.optimum, atol=1e-3)
        steps = problem.steps(rate / 100)
        said = "the gap grows" if rate > 100 else "does not arrive"
        said = f"gap: {steps:,.0f} (" if math.isfinite(steps) else said
        assert said in header["told"]
        low, high = header["across"]
        assert low < min(0, problem.optimum[0])
        assert high > max(0, problem.optimum[0])
        message = blobs[-1]
    header, arrays = unpacked(message)
    assert header["panels"][0]["beyond"] == ["below −6", "grows, above 0.5"]
    for drawn, problem in zip(arrays, problems, strict=False):
        left = np.maximum(problem.left(rate / 100, np.arange(101.0)), 1e-30)
        np.testing.assert_allclose(drawn, np.log10(left), atol=1e-8)


def test_at_the_largest_stable_rate_a_round_bowl_loses_nothing_and_shows_no_rounding() -> None:
    offered: LivePicture = opened(splits__weights="bias").session_state[f"{PLANES[0]}.live"]
    message = offered.render({"scale": 0.6, "mean": 3, "rate": 100}, 2)
    for _ in PLANES:
        message = split(message)[1][-1]
    assert (unpacked(message)[1][2] == 0).all()


@pytest.mark.parametrize("slug", KINDS.slugs)
def test_accuracy_by_whose_numbers_follows_the_hand(slug: str) -> None:
    app = opened(splits__kind=slug)
    offered: LivePicture = app.session_state["splits.whose.live"]
    asked: dict[str, object]
    for size, crowd, haze in ((0, 10, 0), (3, 100, 40), (8, 0, 80)):
        asked = {"size": size, "crowd": crowd, "haze": haze}
        header, blobs = split(offered.render(asked, 2))
        known = compared(networks(slug), crowd / 100, haze / 100)
        assert header["at"] == size
        own = np.frombuffer(blobs[1], "<f8").reshape(3, len(SIZES))
        np.testing.assert_allclose(own[1], 100 * known.own.mean(1))
        rows = split(blobs[-1])[0]["rows"]
        ends = [one["end"] for one in rows]
        means = [known.training.mean(), known.own[size].mean(), known.own[0].mean()]
        np.testing.assert_allclose(ends, means)


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    app = opened(
        splits__weights=value, splits__plane_0__scale=value, splits__plane_0__rate=value,
        splits__plane_0__correlation=value, splits__left__t=value, splits__kind=value,
        splits__whose__size=value, splits__whose__crowd=value, splits__whose__haze=value,
        splits__scaling_code="true",
    )  # fmt: skip
    assert text_of(app).count("What to notice") == 2
