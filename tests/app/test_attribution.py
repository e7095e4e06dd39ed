"""The attribution page: every method answers, one is judged, and a blank map is explained."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explainer.gradients.attribution.methods import METHODS
from explainer.gradients.attribution.patch import covered
from explainer.images.gallery import gallery_picture
from explainer.live_pictures import LivePicture
from explainer.networks.zoo.preprocessing import as_input, for_answer
from explainer.networks.zoo.shared import shared_network
from explainer.networks.zoo.shipped import SHIPPED
from explainer.powers import percent
from explainer.words import PSEUDO, spoken
from tests.app.reading import app_at, message_to, text_of


def html_of(app: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in app.get("html"))


MAPS = "attribution.maps"


@pytest.fixture(scope="module")
def cat() -> AppTest:
    """The page with the cat."""
    return app_at("attribution", picture="chelsea")


def test_every_method_has_a_map_of_the_cat(cat: AppTest) -> None:
    header = message_to(cat, MAPS)
    tiles = {one["slug"]: one["alt"] for one in header["tiles"]}
    for method in METHODS:
        assert tiles[method.slug] == f"{method.title}: map of the picture."
    assert header["selected"] == "grad-cam"
    assert cat.selectbox(key="attribution.question").value == "predicted"


def test_the_gradient_on_the_page_is_autograds(cat: AppTest) -> None:
    kept: dict[Any, Any] = cat.session_state["attribution.kept"]
    found = next(one for place, one in kept.items() if place[-1] == "gradient")
    entry, network = SHIPPED["vgg"], shared_network("vgg")
    inputs = as_input(for_answer(gallery_picture("chelsea").codes, entry), entry)
    inputs.requires_grad_()
    logits = network(inputs)
    (wanted,) = torch.autograd.grad(logits[0].max(), inputs)
    np.testing.assert_allclose(found.values, wanted[0].sum(0).numpy(), rtol=1e-3, atol=1e-4)


def test_another_question_gives_another_map() -> None:
    app = app_at("attribution", picture="chelsea")
    before = message_to(app, MAPS)["digest"]
    app.selectbox(key="attribution.question").set_value("Why dog?").run()
    assert not app.exception
    assert message_to(app, MAPS)["digest"] != before
    app.selectbox(key="attribution.question").set_value("Why cat and not dog?").run()
    assert app.query_params["attribution.question"] == "difference"
    assert not app.exception


def test_a_method_is_judged_by_deletion_insertion_and_shuffled_weights() -> None:
    app = app_at("attribution", lang=PSEUDO, picture="chelsea", attribution__method="grad-cam")
    with spoken(PSEUDO):  # the test formats options itself
        app.button(key="attribution.judge").click().run()
    assert not app.exception, app.exception
    text, html = text_of(app), html_of(app)
    assert "⟦**⟦Grad-CAM⟧ here passes" in text
    assert "⟦moved maps: " in html
    assert "⟦all layers shuffled⟧: ρ = " in html
    assert "<b>⟦depend" in html or "<b>⟦does not depend" in html


def test_a_map_that_was_clipped_is_shown_before_its_relu() -> None:
    app = app_at("attribution", picture="chelsea", attribution__method="Grad-CAM")
    app.selectbox(key="attribution.question").set_value("Why ship?").run()
    assert not app.exception
    assert "is cut off" in html_of(app)


def test_a_patch_is_where_the_link_has_it_and_answers_a_drag() -> None:
    link = {"attribution__method": "patch", "attribution__patch": "3-20"}
    app = app_at("attribution", picture="chelsea", **link)
    patch = message_to(app, MAPS)["patch"]
    assert (patch["row"], patch["column"], patch["size"]) == (3, 20, 8)
    entry, network = SHIPPED["vgg"], shared_network("vgg")
    inputs = as_input(for_answer(gallery_picture("chelsea").codes, entry), entry)
    offered: LivePicture = app.session_state["attribution.patch.live"]
    for (row, column), said in (
        ((3, 20), patch["said"]),
        ((0, 9), read(offered.render({"row": 0, "column": 9}, 1))["said"]),
    ):
        with torch.no_grad():
            wanted = network(covered(inputs, row, column, 8)).softmax(1)[0]
        now = {one["name"]: one["now"] for one in said}
        assert now[entry.classes[int(wanted.argmax())]] == percent(float(wanted.max()))


def test_a_link_that_says_nonsense_of_the_patch_has_it_inside() -> None:
    link = {"attribution__method": "patch", "attribution__patch": "99-4"}
    patch = message_to(app_at("attribution", picture="chelsea", **link), MAPS)["patch"]
    assert (patch["row"], patch["column"]) == (24, 4)


def read(message: bytes) -> dict[str, Any]:
    """The header of a message to a component."""
    found: dict[str, Any] = json.loads(message[4 : 4 + int.from_bytes(message[:4], "little")])
    return found
