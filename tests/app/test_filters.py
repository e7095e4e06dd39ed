"""The Filters page: it renders, and what is chosen changes what is shown."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from explainer.convolution.grid import format as format_weights
from explainer.convolution.kernels import KERNELS, Kernel
from explainer.images.gallery import DEFAULT, gallery_picture
from explainer.ui.filters.stack import MOST_FILTERS
from tests.app.moving import unfold
from tests.app.reading import app_at, message_to, text_of


def test_it_opens_with_an_edge_filter_on_a_photo() -> None:
    app = app_at("filters")
    lens = message_to(app, "filters.lens")
    assert lens["weights"] == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert lens["channels"] == "grey"
    assert lens["digest"] == gallery_picture(DEFAULT).digest


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.slug)
def test_every_kernel_can_be_chosen(kernel: Kernel) -> None:
    app = app_at("filters")
    app.selectbox(key="filters.kernel").select(kernel.title).run()
    assert not app.exception
    expected = kernel.build(**kernel.defaults())
    np.testing.assert_array_equal(message_to(app, "filters.lens")["weights"], expected)


def test_convolution_turns_the_kernel_by_180_degrees() -> None:
    app = app_at("filters")
    before = np.array(message_to(app, "filters.lens")["weights"])
    unfold(app).segmented_control(key="filters.operation").set_value("Convolution").run()
    after = np.array(message_to(app, "filters.lens")["weights"])
    np.testing.assert_array_equal(after, before[::-1, ::-1])


def test_stride_shrinks_the_answer() -> None:
    app = app_at("filters")
    rows, columns, _ = message_to(app, "filters.lens")["shape"]
    unfold(app).slider(key="filters.stride").set_value(4).run()
    assert message_to(app, "filters.lens")["shape"][:2] == [-(-rows // 4), -(-columns // 4)]


def test_a_link_carries_kernel_parameter_picture_and_pixel() -> None:
    app = app_at(
        "filters",
        filters__kernel="Gaussian blur",
        filters__sigma="3",
        picture="coins",
        filters__pixel="12,34",
    )
    lens = message_to(app, "filters.lens")
    assert lens["digest"] == gallery_picture("coins").digest
    assert lens["pinned"] == [12, 34]
    gaussian = next(kernel for kernel in KERNELS if kernel.slug == "gaussian")
    np.testing.assert_allclose(lens["weights"], gaussian.build(sigma=3.0))


def test_a_link_carries_ones_own_weights() -> None:
    own = np.array([[0.5, -1.25], [3.0, 0.0]])
    app = app_at("filters", filters__kernel="Your own", filters__weights=format_weights(own))
    np.testing.assert_array_equal(message_to(app, "filters.lens")["weights"], own)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("picture", "no-such-picture"),
        ("filters__sigma", "a lot"),
        ("filters__sigma", "1e99"),
        ("filters__pixel", "99999,99999"),
        ("filters__pixel", "-1,x"),
        ("filters__kernel", "No such kernel"),
        ("filters__weights", "1,2_3"),
        ("filters__weights", "nan"),
        ("filters__stride", "900"),
    ],
)
def test_a_bad_link_opens_the_page_all_the_same(name: str, value: str) -> None:
    query = {"filters__kernel": "Your own"} if "weights" in name else {}
    app = app_at("filters", **{**query, name: value})
    assert message_to(app, "filters.lens")["shape"][0] > 1


def test_an_unknown_picture_in_a_link_is_named_in_one_sentence() -> None:
    app = app_at("filters", picture="no-such-picture")
    assert len({one.value for one in app.error}) == 1
    assert "no-such-picture" in app.error[0].value.replace("\\", "")


def test_a_window_too_large_for_the_picture_is_said_and_nothing_is_lost() -> None:
    app = app_at("filters", picture="impulse", filters__kernel="Gaussian blur")
    unfold(app).selectbox(key="filters.padding").select("None").run()
    app.slider(key="filters.dilation").set_value(8).run()
    assert not app.exception
    assert "The window is" in app.warning[0].value
    app.slider(key="filters.dilation").set_value(1).run()
    assert message_to(app, "filters.lens")["shape"][0] > 1


def test_an_upload_becomes_the_picture_and_a_bad_one_leaves_it() -> None:
    app = app_at("filters")
    codes = np.zeros((40, 60, 3), np.uint8)
    codes[10, 20] = (255, 128, 0)
    png = cv2.imencode(".png", codes[..., ::-1])[1].tobytes()
    app.file_uploader(key="picture.upload").upload("dot.png", png).run()
    uploaded = message_to(app, "filters.lens")
    assert (uploaded["height"], uploaded["width"]) == (40, 60)
    app.file_uploader(key="picture.upload").upload("dot.png", png[:60]).run()
    assert not app.exception
    assert {one.value for one in app.error} == {
        "dot.png\\: This PNG picture is damaged or cut short."
    }
    assert message_to(app, "filters.lens")["digest"] == uploaded["digest"]


def test_the_download_says_the_size_that_the_output_of_the_whole_file_has() -> None:
    app = app_at("filters", filters__padding="None", filters__stride="2")
    png = cv2.imencode(".png", np.full((2001, 3000, 3), 90, np.uint8))[1].tobytes()
    app.file_uploader(key="picture.upload").upload("large.png", png).run()
    (button,) = app.get("download_button")
    assert button.proto.label == "Download the output (1499 × 1000)"
    assert message_to(app, "filters.lens")["shape"][1] < 1499


@pytest.mark.parametrize(
    "tab",
    ["Frequencies", "Separable", "Feature map", "Two in a row", "Arithmetic", "Code"],
)
def test_every_tab_renders(tab: str) -> None:
    app = app_at("filters", filters__tab=tab)
    assert len(text_of(app)) > 200


def test_the_feature_map_has_one_slice_for_each_filter_chosen() -> None:
    app = app_at("filters", filters__tab="Feature map")
    app.multiselect(key="filters.stack").set_value(["Sobel x", "Sobel y", "Laplacian"]).run()
    assert "× 3**: 3 slices" in text_of(app)


@pytest.mark.parametrize(
    ("kernel", "operation", "said"),
    [
        ("Gaussian blur", "Convolution", True),
        ("Gaussian blur", "Cross-correlation", False),
        ("Sobel x", "Convolution", False),
    ],
)
def test_a_turn_that_changes_nothing_is_said_beside_the_controls(
    kernel: str, operation: str, said: bool
) -> None:
    app = app_at("filters", filters__kernel=kernel, filters__operation=operation)
    words = "the same after a turn by 180°: convolution changes nothing"
    assert any(words in caption.value for caption in app.caption) == said


def test_a_link_with_slugs_says_what_one_with_titles_says() -> None:
    by_slug = app_at("filters", filters__kernel="emboss", filters__padding="wrap")
    by_title = app_at("filters", filters__kernel="Emboss", filters__padding="Wrap")
    for app in (by_slug, by_title):
        lens = message_to(app, "filters.lens")
        assert lens["weights"] == KERNELS["emboss"].build().tolist()
        assert lens["padding"] == "wrap"


def test_a_drag_is_answered_in_the_language_of_the_visitor() -> None:
    app = app_at("filters", lang="xx", filters__kernel="gaussian")
    drawn = app.session_state["filters.live"].render({"sigma": 2.0}, 1)
    header = json.loads(drawn[4 : 4 + int.from_bytes(drawn[:4], "little")])
    assert header["captions"]["output"].startswith("⟦After ⟦Gaussian blur⟧, ")


def test_a_kernel_of_17_by_17_can_be_edited_and_linked() -> None:
    app = app_at("filters", filters__kernel="gabor")
    before = np.array(message_to(app, "filters.lens")["weights"])
    assert before.shape == (17, 17)
    next(one for one in app.button if one.label == "Edit these weights").click().run()
    assert not app.exception
    after = message_to(app, "filters.lens")
    np.testing.assert_allclose(after["weights"], before, atol=1e-6)
    assert after["channels"] == "grey"  # the weights still sum to zero
    link = app.query_params["filters.weights"]
    again = app_at("filters", filters__kernel="own", filters__weights="".join(link))
    assert message_to(again, "filters.lens")["weights"] == after["weights"]


def test_a_size_that_is_offered_keeps_the_middle_and_a_table_is_filled() -> None:
    app = app_at("filters", filters__kernel="own", filters__weights="1,2,3_4,5,6_7,8,9")
    app.button(key="filters.own_side_5").click().run()
    weights = np.array(message_to(app, "filters.lens")["weights"])
    np.testing.assert_array_equal(weights[1:4, 1:4], np.arange(1, 10).reshape(3, 3))
    assert weights.shape == (5, 5)
    app.menu_button(key="filters.own_operation").click("ones").run()
    assert message_to(app, "filters.lens")["weights"] == np.ones((5, 5)).tolist()


def test_the_arithmetic_is_of_the_pixel_in_the_microscope_whatever_filter_follows() -> None:
    app = app_at("filters", filters__tab="arithmetic")
    for kernel in ("sobel-x", "laplacian"):
        app.selectbox(key="filters.kernel").select(KERNELS[kernel].title).run()
        row, column = message_to(app, "filters.lens")["rests"]
        assert f"**Output pixel, row {row}, column {column}**, where the" in text_of(app)
    pinned = app_at("filters", filters__tab="arithmetic", filters__pixel="12,34")
    assert "**Output pixel, row 12, column 34**, as pinned" in text_of(pinned)


@pytest.mark.parametrize(
    ("channels", "said"),
    [("each", "3 · (25 + 1) = 78"), ("summed", "3 · 25 + 1 = 76"), ("grey", "")],
)
def test_one_table_of_25_weights_serves_three_colours(channels: str, said: str) -> None:
    app = app_at(
        "filters", filters__tab="arithmetic", filters__kernel="box", filters__channels=channels
    )
    assert app.metric[0].value == "25 + 1"
    captions = "".join(one.value for one in app.caption)
    assert said in captions
    assert ("share this one table" in captions) == bool(said)


def test_separable_and_how_it_is_made_show_the_same_factors() -> None:
    for kernel, column in (("sobel-x", r"1 \\ 2 \\ 1"), ("box", r"\tfrac{1}{25}")):
        made = app_at("filters", filters__kernel=kernel).latex[0].value
        separable = app_at("filters", filters__kernel=kernel, filters__tab="separable")
        assert column in made
        assert made in [one.value for one in separable.latex]


def test_the_zeros_of_a_box_are_said_as_periods() -> None:
    app = app_at("filters", filters__kernel="box", filters__tab="frequencies")
    said = text_of(app)
    periods = "stripes with a period of 5, 2.5 pixels are taken out (frequency 1/5, 2/5)"
    assert f"**Across and down:** {periods}" in said
    lines = "".join(element.proto.body for element in app.get("html"))
    assert lines.count("border-left-width") == lines.count("border-top-width") == 4


def test_an_operation_changes_the_whole_table() -> None:
    app = app_at("filters", filters__kernel="own", filters__weights="1,2_3,4")
    app.menu_button(key="filters.own_operation").click("transpose").run()
    assert message_to(app, "filters.lens")["weights"] == [[1, 3], [2, 4]]


def test_weights_that_normalising_would_make_too_large_stay_and_that_is_said() -> None:
    app = app_at("filters", filters__kernel="own", filters__weights="1000,-999.99")
    app.menu_button(key="filters.own_operation").click("normalise").run()
    assert not app.exception
    assert "is too large; they go from −1000 to 1000" in app.toast[0].value
    assert message_to(app, "filters.lens")["weights"] == [[1000, -999.99]]


def test_a_link_with_more_filters_than_a_layer_may_have_shows_as_many_as_it_may() -> None:
    app = app_at("filters", filters__tab="feature-map")
    app.query_params["filters.stack"] = [*(kernel.slug for kernel in KERNELS), "sobel-x"]
    app.run()
    assert not app.exception
    assert len(app.multiselect(key="filters.stack").value) == MOST_FILTERS


def test_that_no_filter_is_chosen_stands_in_the_link() -> None:
    app = app_at("filters", filters__tab="feature-map")
    app.multiselect(key="filters.stack").set_value([]).run()
    assert app.query_params["filters.stack"] in ([""], "")
    assert not app_at("filters", filters__tab="feature-map", filters__stack="").exception


def test_a_link_to_another_tab_opens_it_in_the_same_visit() -> None:
    app = app_at("filters", filters__tab="code")
    assert app.session_state["filters.tab"] == "Code"
    app.query_params["filters.tab"] = "arithmetic"
    app.run()
    assert not app.exception
    assert app.session_state["filters.tab"] == "Arithmetic"
