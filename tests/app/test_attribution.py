"""The attribution page: every method answers, one is judged, and a blank map is explained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explainer.gradients.attribution.methods import METHODS
from explainer.images.gallery import gallery_picture
from explainer.networks.zoo.preprocessing import as_input, for_answer
from explainer.networks.zoo.shared import shared_network
from explainer.networks.zoo.shipped import SHIPPED
from explainer.words import PSEUDO, spoken
from tests.app.reading import app_at, text_of


def html_of(app: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in app.get("html"))


@pytest.fixture(scope="module")
def cat() -> AppTest:
    """The page with the cat."""
    return app_at("attribution", picture="chelsea")


def test_every_method_has_a_map_of_the_cat(cat: AppTest) -> None:
    html = html_of(cat)
    for method in METHODS:
        assert f"{method.title}: map of the picture." in html
        assert str(method.year) in html
    assert cat.selectbox(key="attribution.question").value == "predicted"
    assert "Why cat? (predicted)" in html


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
    before = html_of(app)
    app.selectbox(key="attribution.question").set_value("Why dog?").run()
    assert not app.exception
    assert html_of(app) != before
    app.selectbox(key="attribution.question").set_value("Why cat and not dog?").run()
    assert app.query_params["attribution.question"] == "difference"
    assert not app.exception


def test_a_method_is_judged_by_deletion_insertion_and_shuffled_weights() -> None:
    app = app_at("attribution", lang=PSEUDO, picture="chelsea", attribution__method="grad-cam")
    with spoken(PSEUDO):  # the test formats options itself
        app.button(key="attribution.judge").click().run()
    assert not app.exception, app.exception
    text, html = text_of(app), html_of(app)
    assert "⟦Deletion: **" in text
    assert "⟦Insertion: **" in text
    assert "⟦all layers shuffled⟧: ρ = " in html
    assert "<b>⟦depend" in html or "<b>⟦does not depend" in html


def test_a_map_that_was_clipped_is_shown_before_its_relu() -> None:
    app = app_at("attribution", picture="chelsea", attribution__method="Grad-CAM")
    app.selectbox(key="attribution.question").set_value("Why ship?").run()
    assert not app.exception
    assert "is cut off" in html_of(app)
