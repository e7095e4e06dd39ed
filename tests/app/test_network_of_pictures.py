"""The network for pictures: the message holds what the instrument found, for every kind of run."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.charts.maps import Span, coded, span_of
from explainer.charts.theme import LIGHT
from explainer.live_pictures import LivePicture
from explainer.service import Ticket
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.forward_pass import forward_pass, strengths
from explainer.training.recipe.recipe import Network, Recipe, Regularisation
from explainer.ui.training_lab.control import is_active
from explainer.ui.training_lab.instruments.forward_pass_message import message_of, steps_in_words
from explainer.ui.training_lab.moment import moment_key
from tests.app.reading import app_at, message_to, text_of
from tests.app.test_training_lab_instruments import finished, html_of, look

pytestmark = pytest.mark.usefixtures("service_of_its_own")

KEY = "training_lab.forward_pass"
MIXED = (
    "name-Maps~net-cnn~ch-16~bn-1~do-0.5~steps-20!name-Dense~net-mlp~steps-20!"
    "name-Wild~net-cnn~blocks-1~opt-sgd~lr-100~steps-40"
)


def drawn(app: AppTest, recipe: int) -> dict[str, Any]:
    """The message to the component with that recipe picked."""
    app.session_state["training_lab.network"] = recipe
    look(app, "Network")
    return message_to(app, KEY)


def test_maps_cells_and_a_network_without_numbers_are_drawn() -> None:
    app = app_at("training_lab", training_lab__recipes=MIXED)
    finished(app)
    layers = drawn(app, 0)["layers"]
    assert [one["kind"] for one in layers] == ["map", "map", "class"]
    assert layers[1]["note"] == "16 of 32 maps\n2 × 2"
    assert layers[0]["steps"] == "3 × 3 convolution, 16 maps → Batch norm → ReLU → 2 × 2 maximum"
    assert not any("any probability" in one.value for one in app.warning)
    layers = drawn(app, 1)["layers"]
    assert [one["kind"] for one in layers] == ["cell", "cell", "class"]
    assert layers[0]["weights"] == {"height": 8, "width": 8, "channels": 1, "sources": 1}
    assert layers[0]["steps"].endswith("64 values → ReLU")
    wild = drawn(app, 2)
    assert [one["share"] for one in wild["classes"]] == [None] * 10
    assert "gives no number" in wild["summary"]
    assert any("any probability" in one.value for one in app.warning)


def test_a_seed_and_a_picture_are_chosen_and_a_mistake_is_gone_to() -> None:
    app = app_at(
        "training_lab", training_lab__recipes="net-mlp~width-2~depth-1~steps-2",
        training_lab__picture="99999",
    )  # fmt: skip
    finished(app)
    look(app, "Network")
    number = app.number_input(key="training_lab.picture")
    assert number.value == number.max  # what the link says is brought to what there is
    before = message_to(app, KEY)
    app.session_state["training_lab.network_seed"] = 1
    look(app, "Network")
    assert message_to(app, KEY) != before
    app.button(key="training_lab.next_mistake").click().run()
    message = message_to(app, KEY)
    assert "It is" in message["summary"]
    place = app.number_input(key="training_lab.picture").value
    app.button(key="training_lab.next_mistake").click().run()
    assert app.number_input(key="training_lab.picture").value != place


def test_while_the_race_moves_the_browser_is_told_of_later_steps_without_a_run_of_the_page() -> (
    None
):
    app = app_at("training_lab", training_lab__recipes="net-mlp~steps-1000000")
    app.button(key="training_lab.start").click().run()
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    look(app, "Network")
    shown = message_to(app, KEY)
    offered: LivePicture = app.session_state[f"{KEY}.live"]
    assert shown["address"] == offered.address
    ends, told = time.monotonic() + 60, dict[str, Any]()
    while "layers" not in told:
        assert time.monotonic() < ends
        told, _blobs = unpacked(offered.render({"known": shown["step"]}, 0))
        assert told["moving"]
    assert told["step"] > shown["step"]
    with pytest.raises(ValueError, match="known is 'new', but it is a number"):
        offered.render({"known": "new"}, 0)
    ticket.command(Race.pause)
    wait_until_it_rests(ticket)
    assert unpacked(offered.render({"known": told["step"]}, 0))[0]["moving"] is False
    app.run()
    now = message_to(app, KEY)
    assert (now["address"], now["step"]) == ("", ticket.race.snapshot.step)


def wait_until_it_rests(ticket: Ticket[Race]) -> None:
    """Return when the race does nothing any more."""
    ends = time.monotonic() + 60
    while is_active(ticket):
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_an_earlier_step_is_shown_as_it_was() -> None:
    app = app_at("training_lab", training_lab__recipes="net-mlp~steps-40", training_lab__seeds="1")
    ticket = finished(app)
    look(app, "Network")
    step = ticket.race.snapshot.kept[1].step
    app.session_state[moment_key(ticket)] = step
    look(app, "Network")
    assert message_to(app, KEY)["step"] == step


def test_the_words_say_what_is_drawn() -> None:
    app = app_at("training_lab", training_lab__recipes="net-mlp~steps-2")
    finished(app)
    look(app, "Network")
    assert "What becomes of a picture" in text_of(app)
    assert message_to(app, KEY)["when"] == "After step 2"
    assert not html_of(app).count("plane of the points")


NETWORKS = {
    "cnn": (Network(channels=16, dense_layers=1, width=20), Regularisation(dropout=0.5)),
    "means": (Network(blocks=1, layer_norm=True, mean_of_maps=True), Regularisation()),
    "mlp": (Network("mlp", depth=2, width=20, residual=True), Regularisation()),
    "linear": (Network("mlp", depth=0), Regularisation()),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("data", ["digits", "shapes"])
def test_the_message_holds_what_was_found_in_few_bytes(name: str, data: str) -> None:
    network, regularisation = NETWORKS[name]
    prepared = prepare(load(data), Split(train_size=40))
    recipe = Recipe(network, regularisation)
    found = forward_pass(Run(recipe, 0, prepared), 2)
    message = message_of(found, steps_in_words(found, recipe), LIGHT, {})
    assert len(message) < 100_000
    header, blobs = unpacked(message)
    picture = np.frombuffer(next(blobs), np.uint8)
    height, width, channels = found.picture.shape
    assert header["picture"] == {"height": height, "width": width, "channels": channels}
    np.testing.assert_allclose(picture / 255, found.picture.ravel(), atol=0.5 / 255 + 1e-6)
    for place, (layer, told) in enumerate(zip(found.layers, header["layers"], strict=True)):
        codes, ranges, depends, weights = (next(blobs) for _ in range(4))
        span = span_of(layer.values)
        back = span.low + np.frombuffer(codes, np.uint8) / 254 * (span.high - span.low)
        inside = np.clip(layer.values.ravel(), span.low, span.high)
        np.testing.assert_allclose(back, inside, atol=(span.high - span.low) / 254)
        least, most = np.frombuffer(ranges, np.float32).reshape(-1, 2).T
        np.testing.assert_array_equal(least, layer.values.min((1, 2)))
        np.testing.assert_array_equal(most, layer.values.max((1, 2)))
        wanted = strengths(layer, whole_picture=place == 0)
        np.testing.assert_array_equal(np.frombuffer(depends, np.float32), wanted.ravel())
        form, count = told["weights"], len(layer.places)
        size = form and count * form["sources"] * form["height"] * form["width"] * form["channels"]
        assert len(weights) == (size or 0)
    assert not list(blobs)


def unpacked(message: bytes) -> tuple[dict[str, Any], Iterator[bytes]]:
    """The header of a message, and its blobs one after another."""
    length = int.from_bytes(message[:4], "little")
    header: dict[str, Any] = json.loads(message[4 : 4 + length], parse_constant=pytest.fail)
    ends = 4 + length + np.cumsum([0, *header["sizes"]])
    assert ends[-1] == len(message)
    return header, iter([message[a:b] for a, b in pairwise(ends)])


def test_codes_keep_their_ends_and_what_is_no_number_has_its_own() -> None:
    values = np.array([[-2, -1, 0, 1, 3, np.nan, np.inf, -np.inf]], np.float32)
    codes = coded(values, Span(-1.0, 1.0, signed=True))
    assert codes.tolist() == [[0, 0, 127, 254, 254, 255, 254, 0]]
