"""The page on why to convolve: counts, moves, permutations, and the order of shift and layer."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from explainer.charts.why_convolution.first_layers import in_bytes
from explainer.convolution.equivariance import Layer, compared
from explainer.convolution.kernels import weights
from explainer.images.gallery import gallery_picture
from explainer.images.picture import Picture
from explainer.networks.digits.networks import DIGIT_NETWORKS
from explainer.networks.digits.permuted_race import PermutedRace
from explainer.service import Ticket, stop_service
from explainer.ui.common.picture import Chosen
from explainer.ui.why_convolution.equivariance import grey_of
from tests.app.reading import app_at, message_to, text_of

KEY = "why_convolution"


@pytest.fixture(scope="module")
def cat() -> AppTest:
    """The page as it opens, with the cat."""
    return app_at(KEY, picture="chelsea")


def html_of(app: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in app.get("html"))


def packed(app: AppTest, key: str) -> tuple[bytes, ...]:
    """The blobs of the packed message to the component `key`."""
    data = next(e.proto.bytes for e in app.get("bidi_component") if e.key == key)
    begin = 4 + int.from_bytes(data[:4], "little")
    blobs = []
    for size in message_to(app, key)["sizes"]:
        blobs.append(data[begin : begin + size])
        begin += size
    return tuple(blobs)


def test_the_counts_on_the_page_are_those_of_pytorchs_layers(cat: AppTest) -> None:
    html = html_of(cat)
    inputs, outputs = 3 * 149 * 224, 64 * 149 * 224
    dense = nn.Linear(inputs, outputs, device="meta")
    assert f"<td>{dense.weight.numel():,}</td>" in html
    assert in_bytes(sum(one.nbytes for one in dense.parameters())) in html
    assert f"<td>{nn.Conv2d(3, 64, 3).weight.numel():,}</td>" in html


def test_the_dense_layer_is_told_for_the_photo_as_it_came(cat: AppTest) -> None:
    dense = nn.Linear(3 * 451 * 300, 64 * 451 * 300, device="meta")
    said = in_bytes(sum(one.nbytes for one in dense.parameters()))
    assert f"trillion weights, {said}" in text_of(cat)


def test_a_link_sets_the_layer() -> None:
    app = app_at(KEY, why_convolution__side="32", why_convolution__kernel="5",
                 why_convolution__maps="6")  # fmt: skip
    assert f"<td>{3 * 5 * 5 * 6:,}</td>" in html_of(app)
    assert "32 × 21 pixels" in "".join(caption.value for caption in app.caption)


def test_the_moving_digit_carries_the_answers_of_the_networks() -> None:
    app = app_at(KEY, why_convolution__digit="7", why_convolution__right="3")
    header = message_to(app, f"{KEY}.moving")
    assert (header["label"], header["right"], header["down"]) == (7, 3, 0)
    assert [one["title"] for one in header["networks"]] == [e.title for e in DIGIT_NETWORKS]
    picture, order, shares = packed(app, f"{KEY}.moving")
    assert len(picture) == 36 * 36
    assert np.frombuffer(order, "<u2").tolist() == list(range(36 * 36))
    found = np.frombuffer(shares, "<f4").reshape(3, 17, 17, 10)
    np.testing.assert_allclose(found.sum(-1), 1, rtol=1e-5)
    assert found[:, 8, 8].argmax(-1).tolist() == [7, 7, 7]


def test_permuted_pixels_are_sent_in_their_order_and_change_the_answers() -> None:
    app = app_at(KEY)
    before = packed(app, f"{KEY}.moving")
    app.toggle(key=f"{KEY}.scrambled").set_value(True).run()
    assert not app.exception
    after = packed(app, f"{KEY}.moving")
    assert after[0] == before[0]
    order = np.frombuffer(after[1], "<u2")
    assert sorted(order) == list(range(36 * 36))
    assert after[2] != before[2]
    assert "trained on another order" in text_of(app)


def test_the_curve_follows_what_was_drawn_also_where_pixels_are_permuted() -> None:
    app = app_at(KEY)
    app.session_state[f"{KEY}.strokes"] = [[[0.5, 0.1], [0.5, 0.5], [0.5, 0.9]]]
    app.toggle(key=f"{KEY}.scrambled").set_value(True).run()
    assert not app.exception, app.exception
    assert message_to(app, f"{KEY}.moving")["label"] == 1
    assert any("The curve follows 1" in caption.value for caption in app.caption)


@pytest.mark.parametrize("value", ["99", "-99", "left"])
def test_a_link_cannot_move_the_digit_out_of_reach(value: str) -> None:
    header = message_to(app_at(KEY, why_convolution__right=value), f"{KEY}.moving")
    assert abs(header["right"]) in (0, 8)


def test_the_table_of_accuracies_is_that_of_the_cards() -> None:
    app = app_at(KEY, why_convolution__tab="measured")
    html = html_of(app)
    assert "given nearly as many parameters on purpose**, 87,818 and 87,082" in text_of(app)
    for entry in DIGIT_NETWORKS:
        assert f"{100 * entry.card().accuracy:.1f} %" in html
        assert f"{100 * entry.moved().at(0, 4):.1f} %" in html


def test_the_largest_difference_is_told_and_vanishes_inside() -> None:
    text = text_of(app_at(KEY, picture="chelsea", why_convolution__tab="equivariance"))
    assert "Largest difference inside the frame: **0**" in text
    values, _ = grey_of(gallery_picture("chelsea"))
    found = compared(values, weights("sobel-x"), Layer(), 3)
    assert f"anywhere: **{found.largest:.3f}**" in text


def test_a_stride_that_does_not_divide_the_shift_differs_inside() -> None:
    app = app_at(
        KEY, picture="chelsea", why_convolution__stride="2", why_convolution__shift="3",
        why_convolution__tab="equivariance",
    )  # fmt: skip
    values, _ = grey_of(gallery_picture("chelsea"))
    found = compared(values, weights("sobel-x"), Layer(2), 3)
    assert f"inside the frame: **{found.largest_inside:.3f}**" in text_of(app)
    assert "3 is no multiple of 2" in text_of(app)


@pytest.mark.parametrize("shape", [(1, 1), (3, 700), (17, 16)])
def test_a_tiny_photo_is_counted_all_the_same(shape: tuple[int, int]) -> None:
    app = app_at(KEY, why_convolution__kernel="11")
    codes = np.full((*shape, 3), 128, np.uint8)
    app.session_state["picture"] = Chosen(Picture("x", "x", "x", codes, (shape[1], shape[0])))
    app.run()
    assert not app.exception, app.exception
    dense = nn.Linear(3 * shape[0] * shape[1], 64 * shape[0] * shape[1], device="meta")
    assert in_bytes(sum(one.nbytes for one in dense.parameters())) in text_of(app)
    app.query_params["why_convolution.tab"] = "equivariance"
    app.run()
    assert ("too small to move" in " ".join(one.value for one in app.info)) == (min(shape) < 16)


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((1600, 40), "This photo of 40 × 1,600 pixels becomes 6 × 256 here, which is too small to"),
        (
            (30, 12),
            "This photo of 12 × 30 pixels is too small to move: each side needs at least 16.",
        ),
    ],
)
def test_a_photo_that_cannot_be_moved_is_told_its_own_size(
    shape: tuple[int, int], sentence: str
) -> None:
    app = app_at(KEY, why_convolution__tab="equivariance")
    codes = np.full((*shape, 3), 128, np.uint8)
    app.session_state["picture"] = Chosen(Picture("x", "x", "x", codes, shape[::-1]))
    app.run()
    assert sentence in " ".join(one.value for one in app.info)


def test_the_trainings_start_stop_and_go_on() -> None:
    app = app_at(KEY, why_convolution__tab="permuted")
    assert any(one.value.startswith("An MLP and a CNN, each on") for one in app.caption)
    next(one for one in app.button if one.label.startswith("Train all four")).click().run()
    assert not app.exception, app.exception
    ticket: Ticket[PermutedRace] = app.session_state[f"{KEY}.ticket"]
    wait_until(lambda: ticket.race.snapshot.share > 0)
    next(one for one in app.button if one.label == "Stop").click().run()
    assert not app.exception
    wait_until(lambda: not ticket.race.has_work)
    stopped = ticket.race.snapshot.share
    assert 0 < stopped < 1
    app.run()
    assert ticket.race.snapshot.share == stopped
    next(one for one in app.button if one.label == "Go on").click().run()
    wait_until(lambda: ticket.race.snapshot.share > stopped)
    stop_service()
    app.run()
    assert not app.exception
    assert any("closed" in one.value or "stopp" in one.value for one in app.warning)


def wait_until(there: Callable[[], bool]) -> None:
    """Return as soon as `there` says so; it has half a minute."""
    ends = time.monotonic() + 300
    while not there():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_the_arithmetic_and_the_code_open() -> None:
    app = app_at(KEY, picture="chelsea", why_convolution__tab="arithmetic")
    formulas = " ".join(element.value for element in app.latex)
    assert r"213\,879\,816\,192" in formulas
    app = app_at(KEY, picture="chelsea", why_convolution__tab="Code")
    code = app.code[0].value
    assert "HEIGHT, WIDTH, MAPS, KERNEL = 149, 224, 64, 3" in code
    assert torch.__name__ in code


def test_a_photo_that_is_not_moved_is_said_to_show_nothing() -> None:
    said = text_of(app_at(KEY, why_convolution__shift="0", why_convolution__tab="equivariance"))
    assert "Nothing was moved, so nothing could differ." in said


@pytest.mark.parametrize(("padding", "kernel"), [("wrap", "laplacian"), ("Wrap", "Laplacian")])
def test_a_link_names_padding_and_kernel_by_slugs_or_by_titles_as_once(
    padding: str, kernel: str
) -> None:
    app = app_at(
        KEY, why_convolution__padding=padding, why_convolution__filter=kernel,
        why_convolution__tab="equivariance",
    )  # fmt: skip
    assert "The picture wraps around, so it has no border" in text_of(app)
    assert app.session_state[f"{KEY}.filter"] == "laplacian"
