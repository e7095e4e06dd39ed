"""Squared error on the page on losses: slopes, networks, outliers, and the links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.likelihood.logits import losses, pulls
from explainer.likelihood.outliers import SHARES, errors
from explainer.likelihood.squared_race import Asked, race
from explainer.live_pictures import LivePicture
from explainer.ui.losses.outliers import KEPT as ERRORS
from explainer.ui.losses.squared_networks import KEPT as RACES
from tests.app.reading import html_of, message_to, section_of, split

DIVERGED = Asked(6, "relu", sure=True)


def page() -> None:
    from explainer.ui.losses.squared import squared_section

    squared_section()


@pytest.fixture(scope="module", autouse=True)
def _short() -> Iterator[None]:
    """Trainings as short as there is anything to see."""
    RACES.put(Asked(1, "tanh"), race(Asked(1, "tanh"), (0, 1), rates=(0.1, 1.0), steps=20))
    RACES.put(DIVERGED, race(DIVERGED, (0, 1), rates=(1e30,), steps=10))
    ERRORS.put("diabetes", errors((0, 1), steps=10))
    yield
    RACES.clear()
    ERRORS.clear()


def answer(app: AppTest, group: str, **values: float) -> tuple[dict[str, Any], list[bytes]]:
    offered: LivePicture = app.session_state[f"{group}.live"]
    found = split(offered.render(dict(values), 3))
    json.dumps(found[0], allow_nan=False)
    return found


@pytest.mark.parametrize("logit", [-10.0, -6.0, 0.0, 10.0])
def test_slopes_and_bars_follow_the_hand(logit: float) -> None:
    header, blobs = answer(section_of(page), "losses.unit", z=logit)
    places = np.linspace(-10, 10, header["places"]["count"])
    for place in range(2):
        values = np.frombuffer(blobs[place], "<f8").reshape(2, -1)
        np.testing.assert_allclose(values[0], losses(places)[place])
        np.testing.assert_allclose(values[1], pulls(places)[place])
    assert header["at"] == logit
    bars, __ = split(blobs[-1])
    np.testing.assert_allclose([row["end"] for row in bars["rows"]], np.abs(pulls(logit)))
    p = {-10.0: "4.54 · 10⁻⁵", -6.0: "0.00247", 0.0: "0.5", 10.0: "1 − 4.54 · 10⁻⁵"}[logit]
    times = {6.0: "405", 10.0: "22,028", 0.0: "4"}[abs(logit)]
    assert bars["told"].startswith(f"p = {p}: ")
    assert bars["told"].endswith(f"**{times}** times as hard.")
    state = "unsure" if logit == 0 else "right and sure" if logit > 0 else "wrong and sure"
    assert f"the unit is {state}." in bars["told"]


def test_networks_are_shown_with_rates_gradients_and_verdicts() -> None:
    app = section_of(page, losses__squared="networks", losses__race__depth="1")
    found = RACES.get(Asked(1, "tanh"))
    assert found is not None
    said = html_of(app)
    for wrong, title in zip(
        found.wrong[:, -1].mean(-1),
        ("softmax, cross-entropy", "softmax, squared error", "sigmoids, squared error",
         "linear, squared error"), strict=True,
    ):  # fmt: skip
        assert f"<td>{title}</td><td>{100 * wrong:.1f} %</td>" in said
    chart = message_to(app, "losses.layers.chart")
    assert chart["texts"] == ["1", "2"]
    low, high = chart["span"]
    assert low <= np.log10(found.gradients).min() <= np.log10(found.gradients).max() <= high


def test_runs_that_diverged_are_shown_as_wrong() -> None:
    app = section_of(
        page, losses__squared="networks", losses__race__depth="6", losses__race__hidden="relu",
        losses__race__start="sure", losses__layers__place="6",
    )  # fmt: skip
    assert message_to(app, "losses.layers.chart")["at"] == 6
    assert "NaN" not in html_of(app)
    assert message_to(app, "losses.race.chart")["texts"] == ["0", "10"]
    assert "10³⁰" not in html_of(app)  # no rate is named where nothing is learned


@pytest.mark.parametrize("measure", ["absolute", "squared"])
def test_the_errors_at_every_share_follow_the_hand(measure: str) -> None:
    app = section_of(page, losses__squared="outliers", losses__outliers__measure=measure)
    found = ERRORS.get("diabetes")
    assert found is not None
    for place, share in enumerate(SHARES):
        header, blobs = answer(app, "losses.outliers", share=100 * share)
        assert header["at"] == place
        bars, __ = split(blobs[-1])
        wanted = found.measured(measure)[:, place].mean(-1)
        assert [row["value"] for row in bars["rows"]] == [f"{one:.3f}" for one in wanted]
        assert bars["told"].startswith(f"{300 * share:.0f} of 300 patients")
        assert header["span"][0] == 0


@pytest.mark.parametrize(
    ("name", "text"), [("unit__z", "nan"), ("squared", "x"), ("unit__z", "-1e9")]
)
def test_nonsense_in_a_link_changes_nothing(name: str, text: str) -> None:
    app = section_of(page, **{f"losses__{name}": text})
    assert -10 <= message_to(app, "losses.unit.curves")["at"] <= 10
