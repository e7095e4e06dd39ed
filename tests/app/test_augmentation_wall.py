"""The wall on the page: what the component is sent, by link, by hand and while something moves."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.images.gallery import gallery_picture
from explainer.regularisation.augmentation.transformation import SIDE
from explainer.regularisation.augmentation.wall import (
    DEFAULT,
    MOST_STEPS,
    SAMPLES,
    TRANSFORMATIONS,
    Wall,
    read,
    square,
    step,
)
from explainer.ui.augmentation.instrument import WALL, arranged
from tests.app.reading import message_to, section_of, split, text_of

LINK = "rotation:degrees=90~brightness:v=0.8~invert:p=0.3"


def section(**query: str) -> AppTest:
    """A page of the instrument alone."""

    def page() -> None:
        from explainer.ui.augmentation.instrument import instrument

        instrument()

    return section_of(page, **query)


def answered(app: AppTest, **values: Any) -> tuple[dict[str, Any], np.ndarray]:
    """What the live route of the wall answers: the header, and the sheet in colours."""
    header, (jpeg,) = split(app.session_state[f"{WALL}.live"].render(values, 3))
    return header, np.asarray(
        cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8
    )


def slugs(header: dict[str, Any]) -> list[str]:
    return [one["slug"] for one in header["steps"]]


def test_the_wall_has_the_photo_and_its_samples_by_the_usual_pipeline() -> None:
    app = section()
    shown = message_to(app, WALL)
    assert slugs(shown) == [one.slug for one in DEFAULT]
    assert shown["chosen"] == "rotation"
    assert len(shown["told"]) == len(shown["shares"]) == SAMPLES + 1
    assert any("turned by" in " ".join(told) for told in shown["told"])
    assert {one["slug"] for family in shown["menu"] for one in family["entries"]} == set(
        TRANSFORMATIONS.slugs
    )
    header, sheet = answered(app)
    assert sheet.shape == (3 * SIDE, 4 * SIDE, 3)
    photo, second = (square(gallery_picture(one).codes) for one in ("chelsea", "coffee"))
    wall = Wall(photo, second, 0)
    expected = wall.sheet(wall.samples(DEFAULT)).astype(int)
    assert np.abs(sheet.astype(int) - expected).mean() < 4
    assert header["told"] == shown["told"]


def test_a_link_carries_pipeline_seed_step_and_sample() -> None:
    app = section(
        augmentation__steps=LINK, augmentation__seed="17", augmentation__step="invert",
        augmentation__tile="5",
    )  # fmt: skip
    shown = message_to(app, WALL)
    assert (slugs(shown), shown["chosen"], shown["tile"]) == (
        ["rotation", "brightness", "invert"], "invert", 5,
    )  # fmt: skip
    sliders = message_to(app, f"{WALL}.sliders")
    assert [(one["name"], one["value"]) for one in sliders["parameters"]] == [("p", 0.3)]
    assert app.query_params["augmentation.steps"] in (LINK, [LINK])
    assert app.query_params["augmentation.seed"] in ("17", ["17"])
    again = section(**{name.replace(".", "__"): str(value) for name, value in _said(app).items()})
    assert message_to(again, WALL)["told"] == shown["told"]
    other = section(augmentation__steps=LINK, augmentation__seed="18")
    assert message_to(other, WALL)["told"] != shown["told"]


def _said(app: AppTest) -> dict[str, str]:
    """What the link says now."""
    found = {name: app.query_params[name] for name in app.query_params}
    return {name: one[-1] if isinstance(one, list) else one for name, one in found.items()}


def test_while_a_slider_moves_the_draws_stay_and_only_the_strength_changes() -> None:
    app = section(augmentation__steps="rotation:degrees=30")
    weak, strong = (answered(app, degrees=size)[0]["told"] for size in (20, 60))

    def angle(told: list[str]) -> float:
        return float(told[0].removeprefix("turned by ").removesuffix("°").replace("−", "-"))

    for few, many in zip(weak[1:], strong[1:], strict=True):
        assert angle(many) == pytest.approx(3 * angle(few), abs=2.01)
    assert answered(app, p=0)[0]["told"][1:] == [["as it was"]] * SAMPLES


def test_while_a_chip_moves_the_wall_has_its_order() -> None:
    app = section(augmentation__steps=LINK)
    header, sheet = answered(app, steps=["invert", "rotation", "brightness"])
    assert slugs(header) == ["invert", "rotation", "brightness"]
    assert not np.array_equal(sheet, answered(app)[1])
    assert slugs(answered(app)[0]) == ["rotation", "brightness", "invert"]


def test_new_draws_change_the_seed_and_no_step() -> None:
    app = section()
    before = message_to(app, WALL)
    app.button(key="augmentation.others").click().run()
    after = message_to(app, WALL)
    assert before["steps"] == after["steps"]
    assert before["told"] != after["told"]
    assert _said(app)["augmentation.seed"] == "1"


def test_mixing_shows_shares_of_both_labels_and_asks_for_the_second_picture() -> None:
    app = section(augmentation__steps="mixup", augmentation__second="rocket")
    shares = message_to(app, WALL)["shares"]
    assert shares[0] == ""
    assert all("Chelsea the cat" in one and "ocket" in one for one in shares[1:])
    numbers = [float(word) for word in shares[3].replace(",", "").split() if word[0].isdigit()]
    assert sum(numbers) == pytest.approx(1, abs=0.011)
    assert app.selectbox(key="augmentation.second").value == "rocket"
    assert not any(one.key == "augmentation.second" for one in section().selectbox)


def test_the_first_two_pictures_are_never_the_same_by_themselves() -> None:
    shares = message_to(section(picture="coffee", augmentation__steps="cutmix"), WALL)["shares"]
    assert "Coffee" in shares[1]
    assert "Chelsea" in shares[1]


def test_without_steps_all_samples_are_the_photo() -> None:
    app = section(augmentation__steps="none")
    shown = message_to(app, WALL)
    assert shown["steps"] == []
    assert shown["told"][1:] == [["as it was"]] * SAMPLES
    assert _said(app)["augmentation.steps"] == "none"
    sheet = answered(app)[1].astype(int)
    assert np.abs(sheet[:SIDE, :SIDE] - sheet[-SIDE:, -SIDE:]).mean() < 3


@pytest.mark.parametrize("entry", list(TRANSFORMATIONS)[::5], ids=lambda entry: entry.slug)
def test_each_says_what_becomes_of_the_label(entry: Any) -> None:
    app = section(augmentation__steps=entry.slug)
    assert message_to(app, WALL)["chosen"] == entry.slug
    assert entry.label in text_of(app)
    assert entry.source in text_of(app)


@pytest.mark.parametrize("nonsense", ["", "-3", "abc", "inf", "9" * 30, "rotation:degrees=nan"])
def test_a_link_of_nonsense_shows_a_wall(nonsense: str) -> None:
    app = section(
        augmentation__steps=nonsense, augmentation__seed=nonsense, augmentation__step=nonsense,
        augmentation__tile=nonsense, augmentation__second=nonsense,
    )  # fmt: skip
    shown = message_to(app, WALL)
    assert len(shown["told"]) == SAMPLES + 1
    assert 0 <= shown["tile"] <= SAMPLES
    moved = answered(app, degrees=nonsense, p=None, steps=nonsense, tile=[])[0]
    assert moved["told"] == shown["told"]


def test_what_a_browser_may_send_as_an_order() -> None:
    steps = read(LINK)
    assert steps is not None
    assert arranged(steps, "rotation") == steps
    assert arranged(steps, [3, None, {"a": 1}, "abc"]) == ()
    assert arranged(steps, ["invert", "invert", "rotation"]) == (steps[2], steps[0])
    assert arranged(steps, ["mixup", "rotation"]) == (steps[0], step("mixup"))
    assert len(arranged(steps, list(TRANSFORMATIONS.slugs) * 9)) == MOST_STEPS


@pytest.mark.parametrize("picture", ["camera", "coins", "checkerboard"])
def test_other_pictures_too(picture: str) -> None:
    shown = message_to(section(picture=picture), WALL)
    assert len(shown["told"]) == SAMPLES + 1
