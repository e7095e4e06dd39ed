"""The cloud of fifty fits: what is drawn, points put by hand, the link, and drags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.charts.theme import LIGHT
from explainer.generalisation.cloud import GRID, Setting, errors, samples
from explainer.generalisation.cloud_models import MODELS, Model, curve
from explainer.live_pictures import LivePicture
from explainer.ui.overfitting.cloud import Asked, cloud_message
from explainer.ui.overfitting.sections import PARTS
from explainer.words import PSEUDO, spoken
from tests.app.reading import app_at, section_of, split, text_of

CLOUD = "overfitting.cloud"
POLYNOMIAL, NETWORK = MODELS


def page() -> None:
    from explainer.ui.overfitting.instrument import instrument

    instrument()


def opened(**query: str) -> AppTest:
    """The instrument with that link, without what is common to its names."""
    return section_of(page, **{f"{CLOUD}.{name}": value for name, value in query.items()})


def message(app: AppTest) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Header, truth, mean and fits."""
    data = next(
        one.proto.bytes for one in app.get("bidi_component") if one.key == f"{CLOUD}.picture"
    )
    return unpacked(data)


def unpacked(data: bytes) -> tuple[dict[str, Any], list[np.ndarray]]:
    header, blobs = split(data)
    return header, [np.frombuffer(blob, "<f4") for blob in blobs]


def answer(app: AppTest, **moved: object) -> tuple[dict[str, Any], list[np.ndarray]]:
    """What the live route answers to a move."""
    offered: LivePicture = app.session_state[f"{CLOUD}.live"]
    return unpacked(offered.render(dict(moved), 7))


def report(app: AppTest, number: int, **values: object) -> AppTest:
    """The page after the component has reported a move."""
    app.session_state[f"{CLOUD}.picture"] = {"moved": {"values": values, "number": number}}
    app.run()
    assert not app.exception
    return app


def said(app: AppTest, name: str) -> str:
    """What the link says."""
    found = app.query_params.get(f"{CLOUD}.{name}", "")
    return found if isinstance(found, str) else "".join(found)


def test_what_is_drawn_is_what_was_fitted() -> None:
    header, (truth, mean, fits) = message(opened())
    setting = Setting()
    drawn, found = samples(setting), POLYNOMIAL.fitted(setting, 0.0, 12)
    np.testing.assert_allclose(truth, setting.truth_at(GRID), atol=1e-6)
    np.testing.assert_allclose(fits.reshape(50, -1), found.on_grid, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(mean, found.mean, atol=1e-5)
    assert header["points"] == pytest.approx(np.stack([drawn.x, drawn.y[0]], 1), abs=1e-4)
    here = errors(setting, drawn, found)
    assert header["at"] == [13, vars(here)]
    over = curve(POLYNOMIAL, setting, 0.0)
    assert header["capacities"] == list(over.capacities)
    assert header["lines"]["variance"] == over.line("variance").tolist()
    assert header["peak"]["place"] == header["capacities"].index(14)
    assert f"= {here.bias + here.variance + 0.09:.3f}," in header["told"]


def test_the_sentence_says_where_the_least_is_and_what_the_threshold_does() -> None:
    told = message(opened(degree="14"))[0]["told"]
    assert "(parameters: 15; points: 15)" in told
    assert "at degree 5." in told
    assert "through all of its points" in told
    assert "the least norm" in message(opened(degree="30"))[0]["told"]
    ridged = message(opened(degree="30", ridge="-1"))[0]["told"]
    assert "the least norm" not in ridged
    assert "λ = 0.1." in ridged


def test_a_point_put_by_hand_is_in_the_link_and_can_be_let_go() -> None:
    app = report(opened(), 5, index=3, x=-0.4, y=2.0)
    assert said(app, "pins") == "3:-0.4:2"
    header = message(app)[0]
    assert header["pinned"] == [3]
    assert header["points"][3] == [-0.4, 2.0]
    linked = message(opened(pins="3:-0.4:2"))
    assert linked[0]["at"] == header["at"]
    report(app, 6, index=3)
    assert not said(app, "pins")
    assert message(app)[0]["at"] == message(opened())[0]["at"]
    report(app, 7, index=9, x=5, y=-50)
    assert message(app)[0]["points"][9] == [1, -3]
    app.button(key=f"{CLOUD}.free").click().run()
    assert message(app)[0]["pinned"] == []


def test_a_point_that_there_is_no_more_waits_for_its_like() -> None:
    app = opened(pins="20:0.5:1", points="30")
    assert message(app)[0]["pinned"] == [20]
    assert answer(app, points=12)[0]["pinned"] == []


@pytest.mark.parametrize("model", [POLYNOMIAL, NETWORK])
def test_a_drag_is_answered_as_the_page_would_show_it(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explainer.generalisation.cloud_network.WIDTHS", (1, 3))
    usual = {"model": model.slug, "points": "9", "draws": "7"}
    app = opened(**usual)
    moves: list[tuple[dict[str, object], dict[str, str]]] = [
        ({"noise": 0.5}, {"noise": "0.5"}),
        ({"capacity": 3}, {model.capacity.name: "3"}),
        ({"index": 2, "x": 0.1, "y": 1.0}, {"pins": "2:0.1:1"}),
    ]
    for moved, link in moves:
        live, linked = answer(app, **moved), message(opened(**usual, **link))
        for name in ("points", "pinned", "at", "chosen", "values", "noise", "top"):
            assert live[0][name] == linked[0][name]
        assert np.array_equal(live[1][2], linked[1][2])
        stale = not model.quick and "capacity" not in moved
        assert live[0]["stale"] == stale
        assert (live[0]["lines"] == linked[0]["lines"]) == (not stale)


def test_a_click_in_the_chart_moves_the_slider() -> None:
    app = report(opened(), 5, capacity=33)
    assert message(app)[0]["chosen"] == 33
    assert said(app, "degree") == "33"
    assert message(report(app, 6, capacity=1e9))[0]["chosen"] == 99


def test_new_draws_are_other_points_of_the_same_truth_and_stand_in_the_link() -> None:
    app = opened()
    before = message(app)
    app.button(key=f"{CLOUD}.again").click().run()
    after = message(app)
    assert said(app, "draws") == "1"
    assert after[0]["points"] != before[0]["points"]
    assert np.array_equal(after[1][0], before[1][0])
    assert message(opened(draws="1"))[0]["at"] == after[0]["at"]


@pytest.mark.parametrize(
    "text", ["", "x", "nan", "inf", "-1", "1e400", "3:1", "3:nan:1", "-1:0:0", "60:0:0", "1.5:0:0"]
)
def test_nonsense_in_a_link_leaves_what_is_usual(text: str) -> None:
    usual = message(opened())[0]
    names = ("pins", "draws", "model", "truth", "layout")
    odd = opened(**dict.fromkeys(names, text))
    if text != "3:1":
        assert message(odd)[0]["at"][0] == usual["at"][0]
    assert message(odd)[0]["pinned"] == []
    assert answer(odd, index=text, x=text, y=None, capacity=text, noise=text)[0]["pinned"] == []


@pytest.mark.parametrize("points", [8, 60])
@pytest.mark.parametrize("noise", [0, 1])
@pytest.mark.parametrize("ridge", [-9, 1])
def test_sliders_at_both_ends_give_numbers(points: int, noise: int, ridge: int) -> None:
    app = opened(layout="random", truth="step")
    for degree in (0, 99):
        moved = {"points": points, "noise": noise, "ridge": ridge, "degree": degree}
        header, lines = answer(app, **moved)
        assert all(np.isfinite(one).all() for one in lines)
        assert all(None not in line for line in header["lines"].values())
        assert header["noise"] == noise


def test_points_put_onto_one_another_are_fitted_as_well() -> None:
    header, (__, ___, fits) = answer(opened(pins="1:0:1,2:0:-1,3:0:2"), degree=99)
    assert np.isfinite(fits).all()
    assert header["at"][1]["training"] > 0.1


def test_the_code_is_that_of_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explainer.ui.common.code.question", str)  # for the notebook
    app = opened(truth="hill", pins="1:0:1", degree="7", code="true")
    text = app.code[0].value
    assert "DEGREE = 7" in text
    assert "(1, 0.0, 1.0)" in text
    scope: dict[str, Any] = {}
    exec(compile(text, "script", "exec"), scope)
    assert scope["variance"] == pytest.approx(message(app)[0]["at"][1]["variance"])


def test_what_is_said_is_translated() -> None:
    asked = Asked(POLYNOMIAL, Setting(), 14)
    with spoken(PSEUDO):
        header, __ = cloud_message(asked, curve(POLYNOMIAL, Setting(), 0.0), LIGHT)
    assert header["axis"].startswith("⟦")
    assert header["peak"]["text"].startswith("⟦")
    assert header["told"].count("⟦") == 6


def test_networks_are_trained_once_for_all() -> None:
    setting = replace(Setting(), points=9)
    app = opened(model="network", points="9")
    found = message(app)[0]
    assert found["capacities"] == sorted(NETWORK.capacities(9))
    fits = NETWORK.fitted(setting, 0.0, 14)
    assert NETWORK.fitted(setting, 0.0, 14) is fits
    assert found["at"] == [43, vars(errors(setting, samples(setting), fits))]


def test_every_part_is_behind_its_tab_and_a_link_opens_one() -> None:
    tabs = ["pictures", "descent", "by_heart", "learning_curves", "stopping"]
    assert [part.slug for part in PARTS] == tabs
    app = app_at("overfitting", overfitting__tab="by_heart")
    assert not app.exception
    assert "Can it learn what cannot be understood?" in text_of(app)
    assert "Is it bias or variance" not in text_of(app)
