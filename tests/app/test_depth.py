"""The page on depth: its stories, its settings, and the numbers that it shows."""

from __future__ import annotations

import re
import zlib
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.gradients.depth.batch import digit_batch, patch_batch
from explainer.gradients.depth.presets import DEPTH_PRESETS
from explainer.gradients.depth.settings import setting
from explainer.gradients.depth.untrained_pass import at_depth, pass_through
from explainer.images.gallery import gallery_picture
from explainer.powers import ten_to
from explainer.ui.depth.one_pass import EXAMPLES, PASSES
from tests.app.moving import unfold
from tests.app.reading import app_at, text_of


def html_of(app: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in app.get("html"))


def codes_of(app: AppTest) -> str:
    """All code of the page."""
    return "\n".join(element.value for element in app.code)


@pytest.fixture(scope="module")
def opened() -> AppTest:
    """The page as it opens, with its code."""
    return app_at("depth", depth__code="true")


def test_the_page_opens_with_three_settings_and_their_factors(opened: AppTest) -> None:
    for title in ("Sigmoid, Xavier", "Tanh, Xavier", "ReLU, He"):
        assert title in html_of(opened)
    first = DEPTH_PRESETS["three"]
    passage = pass_through(
        at_depth(first.settings[0], first.depth, first.width), digit_batch(EXAMPLES, 0), 0
    )
    assert opened.slider(key="depth.layers").value == first.depth
    exponent = int(np.floor(np.log10(passage.gradient[0] / passage.gradient[-1])))
    assert ten_to(exponent) in html_of(opened)


def test_the_code_is_that_of_the_first_setting() -> None:
    codes = codes_of(app_at("depth", depth__look="code"))
    assert "dense20=nn.Linear(100, 100)" in codes
    assert "nn.Sigmoid()" in codes


def test_what_is_seen_follows_the_numbers_on_screen() -> None:
    app = app_at("depth", depth__preset="skips")
    assert "At the first of 50 sigmoid layers" in text_of(app)
    app.slider(key="depth.layers").set_value(9).run()
    assert not app.exception
    assert "At the first of 9 sigmoid layers" in text_of(app)


def test_one_layer_is_that_of_the_settings_beside_it() -> None:
    app = app_at("depth")
    (menu,) = [one for one in app.selectbox if one.label == "Setting"]
    menu.set_value(2).run()
    app.selectbox(key="depth.preset").set_value("relu-he").run()
    assert not app.exception
    (menu,) = [one for one in app.selectbox if one.label == "Setting"]
    assert (menu.options, menu.value) == (["ReLU, He", "Leaky ReLU, He"], 0)


def test_a_setting_is_changed_where_it_stands() -> None:
    app = app_at("depth")
    version = app.session_state["depth.version"]
    unfold(app).selectbox(key=f"depth.v{version}.s0.activation").set_value("relu").run()
    assert not app.exception
    assert "ReLU, Xavier" in html_of(app)
    assert app.selectbox(key="depth.preset").value == "own"
    assert "net-mlp~init-xavier!" in str(app.query_params["depth.settings"])


def test_two_norms_at_once_are_refused_and_nothing_is_lost() -> None:
    app = app_at("depth", depth__settings="net-mlp~bn-1", depth__preset="own")
    unfold(app).toggle(key="depth.v0.s0.layer_norm").set_value(True).run()
    assert not app.exception
    assert "one norm at most" in app.error[0].value
    assert app.toggle(key="depth.v1.s0.layer_norm").value is False
    assert "ReLU, He, batch norm" in html_of(app)


def test_settings_are_copied_and_removed_but_the_last_one_stays() -> None:
    app = app_at("depth", depth__settings="net-mlp!net-mlp~act-tanh", depth__preset="own")
    for expected, label in ((3, "Copy"), (2, "Remove"), (1, "Remove")):
        menu: Any = app.get_by_key("depth.more0")
        menu.click(label).run()
        assert not app.exception
        assert len(app.session_state["depth.setting_list"]) == expected
    assert "Tanh, He" in html_of(app)


def test_a_link_brings_its_settings_layers_and_width() -> None:
    app = app_at(
        "depth",
        depth__settings="net-mlp~act-tanh~init-lecun!net-mlp~bn-1",
        depth__layers="7",
        depth__width="32",
        depth__preset="own",
    )
    html = html_of(app)
    assert "Tanh, LeCun" in html
    assert "ReLU, He, batch norm" in html
    assert "No dashed line for batch norm" in "".join(one.value for one in app.caption)
    assert app.slider(key="depth.layers").value == 7


def test_a_link_that_cannot_be_read_is_said_and_the_page_stands() -> None:
    app = app_at("depth", depth__settings="net-mlp~act-nonsense")
    assert "nonsense" in app.error[0].value
    assert "Sigmoid, Xavier" in html_of(app)
    app.switch_page("../pages/filters.py").run()
    app.switch_page("../pages/depth.py").run()
    assert not app.exception
    assert not app.error


def test_patches_of_the_photo_take_the_place_of_digits() -> None:
    app = app_at("depth", depth__data="patches", picture="coffee", depth__look="code")
    codes = gallery_picture("coffee").codes
    batch = patch_batch(codes, EXAMPLES, 0)
    network = at_depth(setting("tanh", "xavier"), 20, 100)
    kept = PASSES.get((network, (0, zlib.crc32(codes.tobytes()), batch.features)))
    assert kept is not None
    wanted = pass_through(network, batch, 0)
    np.testing.assert_array_equal(kept[0].gradient, wanted.gradient)
    assert "photo.png" in codes_of(app)


@pytest.mark.slow
def test_an_old_link_with_titles_asks_for_the_same() -> None:
    link = {"tab": "Batch norm, closely", "norm.look": "Why it helps", "norm.activation": "ReLU"}
    app = app_at("depth", **{f"depth__{name}": text for name, text in link.items()})
    assert "(medians)" in text_of(app)
    assert app.segmented_control(key="depth.norm.activation").value == "relu"
    link = {"depth__data": "Patches of your photo", "depth__look": "code"}
    app = app_at("depth", depth__preset="Exploding", **link)
    assert app.selectbox(key="depth.preset").value == "exploding"
    assert app.slider(key="depth.layers").value == DEPTH_PRESETS["exploding"].depth
    assert "photo.png" in codes_of(app)


def test_a_link_to_the_first_story_is_still_the_first_story() -> None:
    app = app_at("depth")
    link = {name: "".join(text) for name, text in app.query_params.items()}
    assert "depth.preset" not in link
    again = app_at("depth", **{name.replace(".", "__"): text for name, text in link.items()})
    assert again.selectbox(key="depth.preset").value == "three"


def test_too_many_weights_are_said_and_bounded() -> None:
    app = app_at(
        "depth",
        depth__settings="net-mlp",
        depth__preset="own",
        depth__layers="80",
        depth__width="512",
    )
    assert "21 million weights" in app.info[0].value
    assert "256 units" in app.info[0].value


@pytest.mark.parametrize(
    ("settings", "layers"),
    [
        ("net-mlp~init-zero", "20"),
        ("net-mlp~init-normal~sigma-10.0", "100"),
        ("net-mlp~init-normal~sigma-10.0~skip-1", "60"),
        ("net-mlp~act-sigmoid~init-zero~bn-1", "5"),
    ],
)
def test_what_vanishes_altogether_or_leaves_all_bounds_is_shown_too(
    settings: str, layers: str
) -> None:
    link = {"depth__settings": settings, "depth__preset": "own", "depth__layers": layers}
    assert not app_at("depth", **link, depth__width="64").exception


@pytest.mark.slow
def test_a_batch_norm_study_that_diverges_is_shown_too() -> None:
    app = app_at(
        "depth",
        depth__tab="batch-norm",
        depth__norm__look="why",
        depth__norm__activation="relu",
        depth__norm__rate="5.0",
        depth__norm__layers="8",
    )
    assert not app.exception
    assert "(medians)" in text_of(app)


def test_batch_norm_is_trained_and_looked_at() -> None:
    app = app_at("depth", depth__tab="batch-norm", depth__norm__look="why")
    sentence = next(line for line in text_of(app).splitlines() if "(medians)" in line)
    without, normed = map(float, re.findall(r"\*\*([\d.]+)\*\*", sentence))
    assert normed < without


def test_a_batch_of_one_picture_is_refused_by_pytorch_and_explained() -> None:
    app = app_at("depth", depth__tab="batch-norm", depth__norm__size="1")
    assert "Expected more than 1 value per channel" in app.error[0].value.replace("\\", "")
    assert "its own mean" in text_of(app)


def test_every_story_is_one_that_can_be_chosen(opened: AppTest) -> None:
    options = opened.selectbox(key="depth.preset").options
    assert options == [*(one.title for one in DEPTH_PRESETS), "Your own"]
    assert setting("sigmoid", "xavier") in DEPTH_PRESETS["three"].settings
