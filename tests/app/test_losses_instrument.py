"""The instrument of the page on losses: what is drawn, what a drag answers, what a link says."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.likelihood.drawn import KNOTS
from explainer.likelihood.lines import least_squares
from explainer.likelihood.noise import NOISES
from explainer.likelihood.patients import patients
from explainer.live_pictures import LivePicture
from tests.app.moving import unfold
from tests.app.reading import arrays_of, message_to, section_of, split

NOISE = "losses.noise"


def page() -> None:
    from explainer.ui.losses.instrument import instrument

    instrument()


def opened(**query: str) -> AppTest:
    return section_of(page, **{f"losses__noise__{name}": one for name, one in query.items()})


def header_of(app: AppTest) -> dict[str, Any]:
    return message_to(app, f"{NOISE}.picture")


def linked(app: AppTest, name: str) -> str:
    """What the address says now."""
    found = app.query_params[f"{NOISE}.{name}"]
    return found if isinstance(found, str) else found[0]


def answer(app: AppTest, **moved: object) -> dict[str, Any]:
    """The header of what the live route answers to a move."""
    offered: LivePicture = app.session_state[f"{NOISE}.live"]
    header, blobs = split(offered.render(dict(moved), 7))
    json.dumps(header, allow_nan=False)
    assert all(np.isfinite(np.frombuffer(one, "<f4")).all() for one in blobs)
    return header


def test_it_begins_with_a_gaussian_and_the_line_of_least_squares() -> None:
    app = opened()
    header = header_of(app)
    np.testing.assert_allclose(header["line"], header["squared"], atol=1e-9)
    points = np.array(header["points"])
    np.testing.assert_allclose(points[:-1, :2], patients(0), atol=1e-5)
    np.testing.assert_allclose(header["squared"], least_squares(points[:, :2]), atol=1e-4)
    share = abs(points[-1, 4]) / np.abs(points[:, 4]).sum()
    assert f"{100 * share:.1f} % of all pull" in header["told"][0]
    assert not app.query_params


@pytest.mark.parametrize("slug", NOISES.slugs)
def test_each_noise_and_its_loss_can_be_drawn_at_both_ends_of_its_sliders(slug: str) -> None:
    app = opened(shape=slug, by="loss")
    noise = NOISES[slug]
    for end in ("minimum", "maximum"):
        moved = {one.name: getattr(one, end) for one in noise.parameters}
        for outlier in ({"x": -9, "y": 9}, {"x": 3.2, "y": -4.4}):
            header = answer(app, **moved, **outlier)
            assert np.isfinite(header["line"]).all()
    assert ("no noise has this loss" in str(header_of(app)["told"])) is (slug == "biweight")


def test_a_drag_moves_a_handle_and_its_mirror_and_release_keeps_it_in_the_link() -> None:
    app = opened()
    moved = answer(app, index=11, loss=5.0)
    assert moved["handles"][11][2] == pytest.approx(5, abs=0.02)
    assert moved["handles"][1][2] == pytest.approx(moved["handles"][11][2])
    app.session_state[f"{NOISE}.picture"] = {
        "moved": {"values": {"index": 11, "loss": 5.0}, "number": 3}
    }
    app.run()
    assert header_of(app)["handles"] == moved["handles"]
    again = opened(handles=linked(app, "handles"))
    assert header_of(again)["handles"] == moved["handles"]
    again.button(f"{NOISE}.free").click().run()
    assert not again.exception
    assert f"{NOISE}.handles" not in again.query_params


def test_with_sides_apart_one_handle_moves_alone_and_another_noise_begins_anew() -> None:
    app = opened(symmetric="false", handles="gaussian,,,,,,,,,,,,2,")
    at = [one[2] for one in header_of(app)["handles"]]
    assert at[11] - at[6] == pytest.approx(2, abs=1e-4)
    assert at[1] - at[6] == pytest.approx(9 / (2 * 0.7**2), abs=1e-3)
    app = opened(shape="laplace", handles="gaussian,,,,,,,,,,,,2,")
    at = [one[2] for one in header_of(app)["handles"]]
    np.testing.assert_allclose(np.array(at) - at[6], np.abs(KNOTS) / 0.7, atol=1e-4)


@pytest.mark.parametrize("text", [
    "gaussian,1", "nothing,,,,,,,,,,,,,", "gaussian,,,,,,,,,,,,x,", "gaussian,,,,,,,,,,,,nan,",
    "gaussian,,,,,,,,,,,,1e9,", ",,,",
])  # fmt: skip
def test_a_link_that_says_no_handles_moves_none(text: str) -> None:
    app = opened(handles=text, outlier="nan,inf", patients="x", scale="wide")
    assert header_of(app)["handles"] == header_of(opened())["handles"]


@pytest.mark.parametrize("moved", [
    {"index": 99, "loss": 1}, {"index": 3, "loss": "x"}, {"index": 12, "loss": -1e9},
    {"index": 0, "loss": 1e9}, {"x": "a", "y": None}, {"x": 1e300, "y": -1e300},
])  # fmt: skip
def test_what_no_hand_can_send_is_drawn_all_the_same(moved: dict[str, object]) -> None:
    assert answer(opened(), **moved)["points"]


def test_a_rising_density_is_said_to_push_and_a_flat_one_to_be_none() -> None:
    told = str(header_of(opened(handles="gaussian,,3,5,,,,,,,,5,3,"))["told"])
    assert "the density rises outwards" in told
    told = str(header_of(opened(handles="gaussian,5,5,,,,,,,,,,5,5"))["told"])
    assert "no noise has this loss" in told


def test_a_slight_rise_is_not_told_of_and_does_not_hide_where_the_pull_is_largest() -> None:
    told = str(header_of(opened(shape="student", handles="student,3.45,,,,,,,,,,,3.45"))["told"])
    assert "rises outwards" not in told
    told = str(header_of(opened(shape="student", handles="student,,3,4,,,,,,,,4,3,"))["told"])
    assert "rises outwards" in told
    assert "The pull is largest" in told


@pytest.mark.parametrize(("slug", "place"), [
    ("student", (2**0.5 * 0.7, 0.7)), ("biweight", (4.7 / 5**0.5 * 0.2, 0.2)),
])  # fmt: skip
def test_the_pull_is_largest_where_it_is(slug: str, place: tuple[float, float]) -> None:
    header = answer(opened(shape=slug), scale=place[1])
    assert f"The pull is largest at |r| = {place[0]:.2f} " in header["told"][1]


def test_numbers_of_any_size_can_be_read_and_arrows_stay_in_the_picture() -> None:
    header = answer(opened(shape="power"), scale=0.2, power=12, x=2.2, y=-4.4)
    assert " · 10" in header["told"][0]
    assert not re.search(r"\d{6}", str(header["told"]))
    longest = max(abs(one[4]) for one in header["points"]) * header["arrow"]
    assert longest <= 2 * header["view"][1] * (1 + 1e-9)


def test_a_change_that_is_told_is_the_difference_of_what_is_shown() -> None:
    app = opened()
    for x in np.arange(-3, 3.1, 0.5):
        told = answer(app, x=float(x), y=-4.4)["told"][0].replace("−", "-")
        found = re.findall(r"from (\S+) to (\S+) \((\S+)\)", told)
        assert len(found) == 3
        for before, now, change in found:
            assert float(now) - float(before) == pytest.approx(float(change), abs=1e-9)


def test_the_mean_of_the_loss_is_told_with_its_constant() -> None:
    header = header_of(opened())
    loss = np.array(header["points"])[:, 3].mean()
    constant = np.log(0.7 * np.sqrt(2 * np.pi))
    told = header["told"][1]
    assert f"{loss:.2f} nats a point" in told
    assert f"Of that {constant:.2f} is the constant".replace("-", "−") in told


@pytest.mark.parametrize("slug", ["quantile", "expectile"])
def test_the_sides_of_a_skewed_noise_are_moved_apart(slug: str) -> None:
    app = opened(shape=slug)
    assert app.toggle(f"{NOISE}.symmetric").disabled
    before = [one[2] for one in header_of(app)["handles"]]
    after = [one[2] for one in answer(app, index=11, loss=2.5)["handles"]]
    assert after[11] == pytest.approx(2.5, abs=0.06)  # by the area that is drawn
    assert after[1] - after[6] == pytest.approx(before[1] - before[6], abs=1e-4)


def test_the_likeliest_scale_is_put_and_new_patients_come() -> None:
    app = unfold(opened())
    app.button(f"{NOISE}.likely").click().run()
    assert not app.exception
    points = np.array(header_of(app)["points"])
    spread = np.sqrt((points[:, 2] ** 2).mean())
    assert float(linked(app, "scale")) == pytest.approx(spread, abs=0.03)
    app.button(f"{NOISE}.again").click().run()
    np.testing.assert_allclose(np.array(header_of(app)["points"])[:-1, :2], patients(1), atol=1e-5)


def test_the_fold_shows_the_slope_over_the_outliers_height() -> None:
    app = section_of(page, losses__sensitivity__fold="true")
    squared = arrays_of(app, "losses.sensitivity")[1]
    np.testing.assert_allclose(np.diff(squared, 2), 0, atol=1e-9)
    assert message_to(app, "losses.sensitivity.curves")["at"] == -3.2
    app.session_state[f"{NOISE}.picture"] = {"moved": {"values": {"x": 2, "y": 1.5}, "number": 3}}
    app.run()
    assert message_to(app, "losses.sensitivity.curves")["at"] == 1.5
