"""The page on dropout: all subnetworks as dots, the chosen one, the means, the link, the parts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.regularisation.dropout.small_network import PLACES, trained
from explainer.regularisation.dropout.subnetworks import ALL, Subnetworks, softmax
from explainer.ui.dropout.scene import deck, seen
from explainer.ui.dropout.sections import PARTS
from explainer.words import PSEUDO
from tests.app.reading import app_at, message_to, split, text_of

DOTS = "dropout.dots"
COUNT = 4096
QUICK = ("masks", "test_time", "doubt")


def whole_message(app: AppTest) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """Header, places `(4096, 2)` and bits `(4096,)` of the dots."""
    data = next(e.proto.bytes for e in app.get("bidi_component") if e.key == DOTS)
    header, blobs = split(data)
    return header, np.frombuffer(blobs[0], "<u2").reshape(-1, 2), np.frombuffer(blobs[1], "<u4")


def answer(app: AppTest, **moved: object) -> dict[str, Any]:
    """What the live route answers to a move."""
    offered: LivePicture = app.session_state["dropout.live"]
    return split(offered.render(dict(moved), 7))[0]


def networks(slug: str) -> Subnetworks:
    return Subnetworks(trained(PLACES[slug]), PLACES[slug])


def test_the_first_view_has_a_dot_for_every_network_and_the_ring_on_the_cross() -> None:
    header, places, bits = whole_message(app_at("dropout"))
    assert np.array_equal(bits, np.arange(COUNT))
    assert len(np.unique(places, axis=0)) > COUNT / 2
    ring, cross, triangle = header["marks"]
    assert (ring["x"], ring["y"]) == pytest.approx((cross["x"], cross["y"]))
    assert abs(triangle["x"] - ring["x"]) > 0.05
    inputs, labels = seen()
    right = (networks("last").scaled(inputs).argmax(1) == labels).mean()
    assert ring["y"] == pytest.approx(right)
    low, high = header["axes"][1]["low"], header["axes"][1]["high"]
    assert (low + places[:, 1] / 65535 * (high - low)).max() <= right + 0.02


def test_the_chosen_network_says_what_it_says_of_ten_digits() -> None:
    header = message_to(app_at("dropout", dropout__kept="1365", dropout__deck="3"), DOTS)
    logits = networks("last").logits(seen()[0], ALL[1365][None])[0]
    chosen = header["chosen"]
    assert chosen["bits"] == 1365
    assert chosen["said"] == [str(one) for one in logits[deck(3)].argmax(1)]
    assert chosen["bars"] == pytest.approx(softmax(logits)[deck(3)[3]].tolist(), abs=1e-5)
    assert chosen["title"].startswith("6 of 12")


def test_in_logits_the_middle_of_the_dots_is_the_ring() -> None:
    header, places, __ = whole_message(
        app_at("dropout", dropout__view="logits", dropout__digit="8")
    )
    ring, cross = header["marks"]
    middle = [
        axis["low"] + part * (axis["high"] - axis["low"])
        for axis, part in zip(header["axes"], places.mean(0) / 65535, strict=True)
    ]
    assert [ring["x"], ring["y"]] == pytest.approx(middle, abs=2e-3)
    assert [cross["x"], cross["y"]] == pytest.approx(middle, abs=2e-3)
    assert header["axes"][0]["label"] == "logit of 8"


def test_in_probabilities_the_middle_is_the_triangle() -> None:
    header, places, __ = whole_message(app_at("dropout", dropout__view="probabilities"))
    middle = [
        axis["low"] + part * (axis["high"] - axis["low"])
        for axis, part in zip(header["axes"], places.mean(0) / 65535, strict=True)
    ]
    triangle = header["marks"][2]
    assert [triangle["x"], triangle["y"]] == pytest.approx(middle, abs=2e-3)


@pytest.mark.parametrize("place", ["before", "both"])
def test_elsewhere_the_ring_is_not_the_cross(place: str) -> None:
    app = app_at("dropout", dropout__place=place, dropout__view="logits")
    header, __, bits = whole_message(app)
    ring, cross = header["marks"]
    assert abs(ring["x"] - cross["x"]) + abs(ring["y"] - cross["y"]) > 0.02
    assert len(header["layers"]) == (2 if place == "both" else 1)
    assert bits.max() < 2 ** (24 if place == "both" else 12)


def test_a_drag_is_answered_as_the_page_would_show_it() -> None:
    app = app_at("dropout")
    moved = answer(app, keep=0.8)
    linked = message_to(app_at("dropout", dropout__keep="0.8"), DOTS)
    for name in ("marks", "rows", "bars", "weights"):
        assert moved[name] == linked[name]
    pointed = answer(app, kept=7)
    assert pointed["chosen"]["bits"] == 7
    assert pointed["marks"] == message_to(app, DOTS)["marks"]
    everything = answer(app, kept=COUNT - 1)["chosen"]
    ring = answer(app, keep=1)["marks"][0]
    assert (ring["x"], ring["y"]) == pytest.approx((everything["x"], everything["y"]), abs=1e-5)


@pytest.mark.parametrize("kept", [-1, 4096, 1.5, "7", None, True, [], float("nan"), 2**60])
def test_a_mask_that_there_is_not_leaves_the_chosen_one(kept: object) -> None:
    app = app_at("dropout", dropout__kept="77")
    assert answer(app, kept=kept)["chosen"]["bits"] == 77


def test_nonsense_in_a_link_leaves_what_is_usual() -> None:
    usual = message_to(app_at("dropout"), DOTS)
    odd = app_at(
        "dropout", dropout__kept="99999999", dropout__digit="11", dropout__deck="-3",
        dropout__view="x", dropout__place="y", dropout__keep="inf", dropout__tab="zzz",
    )  # fmt: skip
    found = message_to(odd, DOTS)
    for name in ("chosen", "marks", "digit", "view"):
        assert found[name] == usual[name]


def test_a_link_for_two_layers_opens_and_another_place_has_its_own_mask() -> None:
    bits = 2**23 + 5
    app = app_at("dropout", dropout__place="both", dropout__kept=str(bits))
    assert message_to(app, DOTS)["chosen"]["bits"] == bits
    app.segmented_control(key="dropout.place").set_value("last").run()
    assert message_to(app, DOTS)["chosen"]["bits"] < COUNT
    app.segmented_control(key="dropout.place").set_value("both").run()
    assert message_to(app, DOTS)["chosen"]["bits"] == bits


def test_ten_other_digits_are_all_ten_and_come_round() -> None:
    app = app_at("dropout", dropout__deck="19")
    app.button(key="dropout.others").click().run()
    assert app.query_params.get("dropout.deck") in (None, [])
    labels = seen()[1]
    for number in range(20):
        assert labels[deck(number)].tolist() == list(range(10))


def test_the_arithmetic_adds_up_to_the_logits() -> None:
    app = app_at("dropout", dropout__kept="1365", dropout__digit="4")
    logits = networks("last").logits(seen()[0], ALL[1365][None])[0, deck(0)[4], 4]
    scaled = networks("last").scaled(seen()[0])[deck(0)[4], 4]
    html = "".join(element.proto.body for element in app.get("html"))
    total = html[html.index("<td>logit</td>") :][:200]
    for value in (logits, scaled):
        assert f"{value:.3g}".replace("-", "−") in total


def test_without_dropout_in_training_the_networks_are_worse() -> None:
    with_it, without = (
        message_to(app_at("dropout", dropout__trained=one), DOTS)["rows"][1]["values"][0]
        for one in ("true", "false")
    )
    assert float(with_it.split()[0]) > float(without.split()[0]) + 10


def test_the_parts_are_those_that_have_tests_of_their_own() -> None:
    assert [part.slug for part in PARTS] == [*QUICK, "features", "together"]


@pytest.mark.parametrize("tab", QUICK)
def test_each_part_opens_by_its_link(tab: str) -> None:
    app = app_at("dropout", dropout__tab=tab)
    assert not app.exception
    assert len(text_of(app)) > 200


def test_what_is_said_is_translated() -> None:
    header = message_to(app_at("dropout", lang=PSEUDO), DOTS)
    assert all(row["label"].startswith("⟦") for row in header["rows"])
    assert all(axis["label"].startswith("⟦") for axis in header["axes"])
