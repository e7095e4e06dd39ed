"""Sigmoid and softmax on the page on losses: what is dragged, what is counted, and the links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.likelihood.logits import Head, least_loss_of_two_softmaxes
from explainer.likelihood.several_digits import learned
from explainer.likelihood.softmax_twice import EARLY, race
from explainer.live_pictures import LivePicture
from explainer.ui.losses.several import KEPT as PICTURES
from explainer.ui.losses.twice import KEPT as RACES
from tests.app.reading import html_of, message_to, section_of, split, text_of


def page() -> None:
    from explainer.ui.losses.softmax import softmax_section

    softmax_section()


@pytest.fixture(scope="module", autouse=True)
def _short() -> Iterator[None]:
    """Trainings as short as there is anything to see."""
    RACES.put(0.003, race(0.003, (0, 1), steps=EARLY))
    PICTURES.put("digits", learned((0, 1), steps=20))
    yield
    RACES.clear()
    PICTURES.clear()


def answer(app: AppTest, group: str, **values: float) -> tuple[dict[str, Any], list[bytes]]:
    offered: LivePicture = app.session_state[f"{group}.live"]
    found = split(offered.render(dict(values), 3))
    json.dumps(found[0], allow_nan=False)
    return found


def test_bars_follow_the_hand_as_the_closed_forms_have_them() -> None:
    app = section_of(page, losses__head__true="dog")
    header, __ = answer(
        app, "losses.head", z0=-8, z1=3.3, z2=8, z3=0, temperature=0.2, smoothing=0.5
    )
    head = Head((-8, 3.3, 8, 0), 1, 0.2, 0.5)
    drawn, softmax, sigmoids, gradient = header["panels"]
    assert drawn["values"] == [-8, 3.3, 8, 0]
    assert drawn["parameters"] == ["z0", "z1", "z2", "z3"]
    for panel, wanted in (
        (softmax, head.probabilities), (sigmoids, head.sigmoids), (gradient, head.gradient),
    ):  # fmt: skip
        np.testing.assert_allclose(panel["values"], wanted)
        assert panel["low"] <= min(panel["values"]) <= max(panel["values"]) <= panel["high"]
    np.testing.assert_allclose(softmax["marks"], head.targets)
    assert header["bold"] == [False, True, False, False]
    assert f"**{head.best_gap:.2f}** above" in header["told"][0]


@pytest.mark.parametrize(("temperature", "shown"), [("1", "+1.50"), ("0.2", "+7.50")])
def test_softmax_of_two_and_the_sigmoid_are_told_as_one_number(
    temperature: str, shown: str
) -> None:
    app = section_of(page, losses__head__temperature=temperature)
    told = message_to(app, "losses.head.logits")["told"][1]
    wanted = f"**{1 / (1 + np.exp(-float(shown))):.4f}**"
    assert told.count(wanted) == 2
    assert f"difference ÷ T = {shown}: {wanted}" in told


def test_one_more_for_all_moves_the_logits_and_not_softmax_until_an_end() -> None:
    app = section_of(page, losses__head__z0="6.5")
    before = message_to(app, "losses.head.logits")["panels"]
    app.button("losses.head.up").click().run()
    after = message_to(app, "losses.head.logits")["panels"]
    np.testing.assert_allclose(after[0]["values"], np.add(before[0]["values"], 1))
    assert after[1]["texts"] == before[1]["texts"]
    assert (np.array(after[2]["values"]) > before[2]["values"]).all()
    assert app.button("losses.head.up").disabled
    assert [one.value for one in app.caption] == ["A logit here goes from −8 to 8."]
    assert not app.button("losses.head.down").disabled
    assert app.query_params["losses.head.z0"] in ("7.5", ["7.5"])


def test_float32_loses_two_of_three_ways_and_says_so() -> None:
    app = section_of(page, losses__softmax="float32")
    for scale, values in ((1, ("3.34", "3.34", "3.34", "3.34")), (36, ("∞", "∞", "108", "108")),
                          (100, ("∞", "∞", "300", "300"))):  # fmt: skip
        rows = answer(app, "losses.float32", scale=scale)[0]["rows"]
        assert tuple(row["value"] for row in rows) == values
        overflown = scale == 100
        assert ("the likeliest class: NaN" in rows[0]["says"]) == overflown
        assert "NaN" not in rows[1]["says"]
        assert [row["strong"] for row in rows[:2]] == [values[0] != values[3]] * 2
        assert all(0 <= row["end"] <= 1 for row in rows)


def test_both_networks_are_shown_on_the_picture_that_is_asked_for() -> None:
    app = section_of(page, losses__softmax="labels")
    found = PICTURES.get("digits")
    assert found is not None
    for picture in (1, 3, 90):
        header, (codes,) = answer(app, "losses.several", picture=picture)
        sigmoids, softmax = header["panels"]
        np.testing.assert_allclose(sigmoids["values"], found.sigmoids[0, picture - 1], rtol=1e-6)
        np.testing.assert_allclose(softmax["values"], found.softmax[0, picture - 1], rtol=1e-6)
        assert softmax["level"] == found.threshold[0]
        assert header["bold"] == found.shown.held[picture - 1].tolist()
        assert len(codes) == header["picture"]["height"] * header["picture"]["width"]
    assert "softmax **0.0 %**" in text_of(app)
    share = found.exact()[0].mean()
    assert f"<td>all pictures</td><td>{100 * share:.1f} %</td>" in html_of(app)


def test_the_race_says_its_floor_and_both_moments() -> None:
    app = section_of(page, losses__softmax="before", losses__twice__rate="0.003")
    found = RACES.get(0.003)
    assert found is not None
    said = text_of(app)
    assert f"**{least_loss_of_two_softmaxes(10):.4f}**" in said
    wrong = [f"{100 * one:.1f} %" for one in found.wrong[:, -1].mean(-1)]
    assert f"{wrong[0]} are wrong with logits, {wrong[1]} with softmax before" in said
    assert f"by **{found.without[1]}** of 2 with softmax before" in said
    chart = message_to(app, "losses.twice_loss.chart")
    assert [one["title"] for one in chart["series"]][-1] == "floor of two softmaxes"


@pytest.mark.parametrize(
    ("name", "text"),
    [("head__z0", "1e999"), ("head__temperature", "0"), ("head__true", "hen"), ("softmax", "x")],
)
def test_nonsense_in_a_link_changes_nothing(name: str, text: str) -> None:
    told = message_to(section_of(page, **{f"losses__{name}": text}), "losses.head.logits")
    assert np.isfinite(told["panels"][1]["values"]).all()
