"""Does the label survive, on the page: the reader is asked first, then networks answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.regularisation.augmentation.judges import DIGIT_JUDGES, MATERIALS
from explainer.regularisation.augmentation.mirrored import FLIPS, kept_by_class
from explainer.regularisation.augmentation.survival import CHANGES
from explainer.regularisation.augmentation.turning import ANGLES, example, over_angles
from explainer.ui.augmentation.label_strength import STRENGTH
from explainer.ui.augmentation.label_strength import TILES as STRENGTH_TILES
from explainer.ui.augmentation.label_turned import TILES, TURN
from tests.app.reading import arrays_of, html_of, message_to, section_of, split, text_of


def section(before: Mapping[str, Any] | None = None, /, **query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.augmentation.label import label_section

        label_section()

    return section_of(page, before, **query)


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=f"augmentation.{key}").click().run()
    assert not app.exception
    return app


def components(app: AppTest) -> list[str]:
    return [str(one.key) for one in app.get("bidi_component")]


def test_nothing_is_answered_before_the_reader_has_answered() -> None:
    app = section(augmentation__turn__angle="75")
    assert f"{TURN}.curves" not in components(app)
    assert "What to notice" not in text_of(app)
    assert message_to(app, TILES)["tiles"][0]["says"] == []
    assert "turned by 75°" in message_to(app, TILES)["tiles"][0]["alt"]
    dragged, __ = split(app.session_state[f"{TURN}.live"].render({"angle": 100}, 3))
    assert (dragged["name"], dragged["tiles"][0]["says"]) == (TURN, [])


def test_the_answer_is_drawn_stands_in_the_link_and_can_be_taken_back() -> None:
    app = press(section(augmentation__turn__angle="75"), "here")
    assert "What to notice" in text_of(app)
    chart = message_to(app, f"{TURN}.curves")
    assert {"place": 75.0, "text": "you"} in chart["marks"]
    assert app.query_params["augmentation.answer"] == "75"
    assert "<td>75°</td>" in html_of(app)
    press(app, "again")
    assert f"{TURN}.curves" not in components(app)
    press(app, "stays")
    assert app.query_params["augmentation.answer"] == "never"
    assert all(one["text"] != "you" for one in message_to(app, f"{TURN}.curves")["marks"])


def test_curves_tiles_and_drags_say_what_the_networks_give() -> None:
    app = section(augmentation__answer="-40", augmentation__digit="4", augmentation__which="3")
    expected = over_angles(DIGIT_JUDGES[1], example(4, 2))
    chart, (values, *__) = message_to(app, f"{TURN}.curves"), arrays_of(app, TURN)
    first = int(chart["curves"][0]["title"])
    np.testing.assert_allclose(values, 100 * expected[:, first], atol=0.051)
    assert "−40°" in html_of(app)
    header, blobs = split(app.session_state[f"{TURN}.live"].render({"angle": 120}, 3))
    tiles = split(blobs[-1])[0]
    assert (header["at"], header["also"], tiles["name"]) == (120, TILES, TILES)
    said = tiles["tiles"][0]["says"][1]
    best = int(expected[int(np.flatnonzero(ANGLES == 120)[0])].argmax())
    assert said["text"].startswith(f"CNN: {best}, ")
    assert said["other"] == (best != 4)


def test_the_strength_follows_the_hand_and_the_curve_begins_at_100() -> None:
    app = section(
        augmentation__survives="label_strength", augmentation__change="shift",
        augmentation__strength__strength="20",
    )  # fmt: skip
    for values in arrays_of(app, STRENGTH):
        assert values[0] == 100
        assert values[-1] < 50
    assert message_to(app, f"{STRENGTH}.curves")["at"] == 20
    data = app.session_state[f"{STRENGTH}.live"].render({"strength": 60}, 3)
    __, blobs = split(data)
    tiles, (codes, *_more) = split(blobs[-1])
    pictures = MATERIALS["digits"].pictures()[:10]
    changed = CHANGES["shift"].changed(pictures, 60)
    expected = (changed * 255).round().byte().permute(0, 2, 3, 1).numpy().tobytes()
    assert codes == expected
    answers = MATERIALS["digits"].judges[1].answers(changed).tolist()
    assert [one["says"][0]["text"] for one in tiles["tiles"]] == list(map(str, answers))


def test_ones_own_photo_comes_first_among_the_photos() -> None:
    app = section(
        augmentation__survives="label_strength", augmentation__material="photos",
        augmentation__change="contrast", picture="chelsea", augmentation__below_photos="resnet20",
    )  # fmt: skip
    tiles = message_to(app, STRENGTH_TILES)["tiles"]
    assert len(tiles) == 4
    assert tiles[0]["says"][0] == {"text": "cat", "other": False}


def test_of_the_mirrors_the_shares_are_those_of_the_network() -> None:
    app = section(augmentation__survives="label_mirrored", augmentation__mirrored="digit-mlp")
    assert "b → d" in html_of(app)
    assert "ResNet-20" in html_of(app)
    digits = MATERIALS["digits"]
    assert digits.labels is not None
    kept = kept_by_class(
        DIGIT_JUDGES[0], FLIPS["vertical"], digits.pictures(), digits.labels()
    )  # fmt: skip
    assert 0 < kept[3].share <= 1
    assert kept[3].count == 100


@pytest.mark.parametrize("survives", ["label", "label_strength", "label_mirrored"])
def test_nonsense_in_a_link_ends_nothing(survives: str) -> None:
    section(
        augmentation__survives=survives, augmentation__answer="nan", augmentation__digit="x",
        augmentation__which="1e99", augmentation__turn__angle="-1e9", augmentation__judge="?",
        augmentation__change="magic", augmentation__strength__strength="inf",
        augmentation__material="cifar-10", augmentation__mirrored="-",
    )  # fmt: skip
    section(augmentation__survives="nowhere", augmentation__answer="soon")
