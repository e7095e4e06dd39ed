"""The plane of αλ and β: one direction, and all of the digits at once."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from explainer.descent.digit_bowl import bowl
from explainer.descent.heavy_ball import Best, closed_form, rate, real_steps
from explainer.live_pictures import LivePicture
from explainer.ui.optimisers import momentum, momentum_many
from tests.app.reading import arrays_of, message_to, section_of, split, text_of, unpacked


def page() -> None:
    from explainer.ui.optimisers.momentum import momentum_section

    momentum_section()


@pytest.mark.parametrize("pair", [(0.1, 0.9), (0.0, 0.0), (4.0, 0.999), (1.0, 0.0), (1.8, 0.3)])
def test_the_path_follows_the_point(pair: tuple[float, float]) -> None:
    offered: LivePicture = section_of(page).session_state[f"{momentum.PLANE}.live"]
    header, blobs = split(offered.render({"pull": pair[0], "momentum": pair[1]}, 3))
    json.dumps(header, allow_nan=False)
    assert header["at"] == list(pair)
    assert not header["pictured"]
    assert f"{float(rate(*pair)):.4f} by the formula" in header["told"][0]
    path, (formula, real) = unpacked(blobs[-1])
    assert (header["also"], path["name"]) == (momentum.PATH, momentum.PATH)
    np.testing.assert_allclose(formula, closed_form(*pair, 60).clip(-99, 99), atol=1e-12)
    np.testing.assert_allclose(real, real_steps(*pair, 60).clip(-99, 99), atol=1e-12)


def test_it_is_said_that_without_momentum_nothing_would_swing() -> None:
    told = message_to(section_of(page), f"{momentum.PLANE}.sliders")["told"]
    assert "swings across" in told[0]
    assert "Without momentum x comes down without crossing" in told[1]


@pytest.mark.parametrize(
    ("pair", "said"),
    [((0.0, 0.5), "x stays where it is"), ((2.0, 0.0), "x swings for ever"),
     ((2.6, 0.3), "x swings for ever"), ((2.61, 0.3), "x diverges")],
)  # fmt: skip
def test_a_border_is_named_as_what_it_is(pair: tuple[float, float], said: str) -> None:
    offered: LivePicture = section_of(page).session_state[f"{momentum.PLANE}.live"]
    header, __ = split(offered.render({"pull": pair[0], "momentum": pair[1]}, 3))
    assert said in header["told"][0]


def test_the_picture_is_darkest_where_a_step_leaves_all() -> None:
    app = section_of(page)
    data = next(e.proto.bytes for e in app.get("bidi_component")
                if e.key == f"{momentum.PLANE}.sliders")  # fmt: skip
    picture = cv2.imdecode(np.frombuffer(split(data)[1][0], np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    height, width, __ = picture.shape
    best, slow = picture[height - 1, width // 4], picture[height - 1, 1]
    assert best.astype(int).sum() > slow.astype(int).sum()


def test_the_buttons_set_what_is_best_for_all_curvatures() -> None:
    app = section_of(page, optimisers__spectrum__ridge="-1")
    curvatures = bowl().curvatures + 0.1
    best = Best(float(curvatures[-1] / curvatures[0]))
    for at, wanted in enumerate(best.rates):
        app.button(key=f"{momentum_many.PLANE}.{at}").click().run()
        assert not app.exception
        told = message_to(app, f"{momentum_many.PLANE}.sliders")["told"]
        assert f"|σ| = {wanted:.4f}" in told[0]
        now, descent, ball = arrays_of(app, momentum_many.RATES)
        np.testing.assert_allclose(now, (descent, ball)[at], atol=1e-3)


def test_the_slowest_of_the_dots_is_named_and_follows_point_and_penalty() -> None:
    app = section_of(page)
    dragged: LivePicture = app.session_state[f"{momentum_many.PLANE}.live"]
    lifted: LivePicture = app.session_state[f"{momentum_many.RATES}.live"]
    for place, kept in ((-5, 0), (0.6, 0.999), (0.3, 0.5)):
        header, blobs = split(dragged.render({"pull": place, "momentum": kept}, 2))
        curvatures = bowl().curvatures + 0.01
        pulls = 10.0**place * curvatures / curvatures[-1]
        np.testing.assert_allclose(10 ** np.array(header["dots"]), pulls, rtol=2e-4)
        assert rate(pulls, kept)[header["slowest"]] == rate(pulls, kept).max()
        assert split(blobs[-1])[0]["name"] == momentum_many.RATES
    header, blobs = split(lifted.render({"ridge": 0.5}, 4))
    assert header["name"] == momentum_many.RATES
    plane = split(blobs[-1])[0]
    curvatures = bowl().curvatures + 10**0.5
    assert f"κ = {curvatures[-1] / curvatures[0]:.3g}" in plane["told"][1]


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    app = section_of(
        page, optimisers__plane_one__pull=value, optimisers__plane_one__momentum=value,
        optimisers__plane_many__pull=value, optimisers__plane_many__momentum=value,
        optimisers__spectrum__ridge=value, optimisers__path__k=value,
        optimisers__momentum_code="true",
    )  # fmt: skip
    assert text_of(app).count("What to notice") == 2
