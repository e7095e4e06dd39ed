"""The activations page: functions, facts, a formula, the photo, the output, the code."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explainer.activations.chosen import Own, Registered, curves_of, places
from explainer.live_pictures import LivePicture
from explainer.ui.common.prose import parts
from explainer.words import PSEUDO
from tests.app.reading import app_at, message_to, text_of, unpacked

CURVES = "activations.curves"
TABS = ("picture", "output", "often-said", "arithmetic", "code")


def html_of(app: AppTest) -> str:
    """All raw HTML of the page."""
    return "".join(element.proto.body for element in app.get("html")).replace("\u00a0", " ")


def functions(app: AppTest) -> Any:
    """The pills that choose functions."""
    return app.get("button_group")[0]


def titles(app: AppTest) -> list[str]:
    """The functions that are drawn."""
    return [one["title"] for one in message_to(app, CURVES)["curves"]]


def test_the_first_view_draws_three_functions_and_their_facts() -> None:
    app = app_at("activations")
    assert titles(app) == ["Sigmoid", "Tanh", "ReLU"]
    html = html_of(app)
    for fact in (
        "0.25, at 0",
        "x &lt; −4.585 and x &gt; 4.585",
        "at 0 (PyTorch: 0)",
        "zero-centred",
    ):
        assert fact in html
    assert "On the picture" in [tab.label for tab in app.tabs]


def test_every_number_that_is_sent_is_torchs() -> None:
    app = app_at("activations")
    data = next(e.proto.bytes for e in app.get("bidi_component") if e.key == CURVES)
    _, arrays = unpacked(data)
    x = torch.tensor(places(6.0))
    sigmoid, tanh, relu = (one.reshape(3, -1) for one in arrays)
    np.testing.assert_array_equal(sigmoid[0], torch.sigmoid(x).numpy())
    np.testing.assert_allclose(tanh[1], 1 - torch.tanh(x).numpy() ** 2, atol=1e-15)
    np.testing.assert_array_equal(relu[1], (x > 0).double().numpy())


def test_a_link_opens_functions_parameters_and_x() -> None:
    app = app_at(
        "activations",
        activations__functions="elu",
        activations__reach="±3",
        activations__x="-0.5",
        **{"activations__elu.alpha": "0.5"},
    )
    message = message_to(app, CURVES)
    assert [one["title"] for one in message["curves"]] == ["ELU, α = 0.5"]
    assert message["at"] == -0.5
    assert message["places"] == {"low": -3, "high": 3, "count": 1201}
    (jump,) = message["curves"][0]["jumps"][1]
    assert jump == pytest.approx({"place": 0, "left": 0.5, "right": 1, "taken": 0.5})


def test_a_link_that_has_titles_where_slugs_are_now_goes_on_working() -> None:
    app = app_at(
        "activations",
        activations__functions="Your own",
        activations__tab="On the picture",
        activations__upstream="A spot",
        activations__common="each function",
    )
    assert titles(app) == ["Your own"]
    assert app.selectbox(key="activations.upstream").value == "spot"
    assert app.slider(key="activations.spot_row").value == 0.5
    assert app.segmented_control(key="activations.common").value == "each"


def test_a_drag_is_answered_with_the_curves_of_the_moved_value() -> None:
    app = app_at("activations", activations__functions="silu")
    offered: LivePicture = app.session_state["activations.live"]
    header, (values,) = unpacked(offered.render({"silu.beta": 2.0}, 9))
    assert header["number"] == 9
    assert header["curves"][0]["title"] == "SiLU (Swish), β = 2"
    wanted = curves_of(Registered("silu", (2.0,)), 6.0).values
    np.testing.assert_array_equal(values.reshape(3, -1), wanted)


def test_all_functions_at_once_are_drawn_with_strokes_of_their_own() -> None:
    app = app_at("activations", activations__tab="code")
    pills = functions(app)
    pills.set_value([*pills.options]).run()
    assert not app.exception
    drawn = message_to(app, CURVES)["curves"]
    assert len(drawn) == 19
    assert len({(one["colour"], one["dash"]) for one in drawn}) == 19


def test_nothing_chosen_is_said() -> None:
    app = app_at("activations")
    functions(app).set_value([]).run()
    assert "Choose at least one function" in app.info[0].value


def test_a_wrong_formula_is_explained_and_what_was_there_stays() -> None:
    app = app_at("activations", activations__functions="own", activations__own="x*tanh(x)")
    assert titles(app) == ["Your own"]
    app.text_input(key="activations.own").set_value("x*tanh(").run()
    assert not app.exception
    assert "At place 8" in app.error[0].value
    assert any("still those of `x*tanh(x)`" in one.value for one in app.caption)
    data = next(e.proto.bytes for e in app.get("bidi_component") if e.key == CURVES)
    _, (values,) = unpacked(data)
    np.testing.assert_array_equal(values.reshape(3, -1), curves_of(Own("x*tanh(x)"), 6.0).values)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_for_every_kind_of_function(tab: str) -> None:
    app = app_at("activations", activations__tab=tab)
    picked = ["Step", "Softplus", "RReLU", "Your own"]
    functions(app).set_value(picked).run()
    assert not app.exception, app.exception
    assert titles(app) == ["Step", "RReLU", "Softplus", "Your own"]


def test_the_photo_says_its_filter_scale_and_shares() -> None:
    app = app_at("activations", activations__tab="picture", activations__scale="3")
    captions = "".join(caption.value for caption in app.caption)
    assert (
        "Sobel x on the grey picture, 320 × 213, times 3, plus 0: z from −4.47 to 3.68" in captions
    )
    html = html_of(app)
    assert "passing 50.1%" in html
    assert "cut off 49.9%" in html


def test_the_output_shows_both_heads_and_their_gradients() -> None:
    app = app_at("activations", activations__tab="output")
    sigmoid, soft = message_to(app, "activations.outputs")["cards"]
    assert soft["total"] == pytest.approx(1)
    assert sigmoid["total"] == pytest.approx(sum(1 / (1 + np.exp(-z)) for z in (2, 1, -1)))
    for card in (sigmoid, soft):
        for row in card["rows"]:
            assert row["gradient"] == pytest.approx(row["share"] - row["wanted"])
    offered: LivePicture = app.session_state["activations.logits.live"]
    length = int.from_bytes((data := offered.render({"dog": 8.0}, 3))[:4], "little")
    moved = json.loads(data[4 : 4 + length])["cards"][1]["rows"]
    assert moved[1]["share"] > 0.99
    mark = message_to(app, "activations.losses.curves")["marks"][0]
    assert mark["place"] == pytest.approx(-5.288, abs=1e-3)
    assert "squared error **−0.00995**" in text_of(app)


def test_what_is_drawn_is_named_in_the_language_of_the_visitor_and_the_script_is_not() -> None:
    app = app_at("activations", lang=PSEUDO, activations__tab="code")
    assert titles(app) == ["⟦Sigmoid⟧", "⟦Tanh⟧", "⟦ReLU⟧"]
    (code,) = app.code
    assert "'Sigmoid': nn.Sigmoid()," in code.value
    assert "⟦" not in code.value


def test_fewer_classes_than_the_true_one_begin_again() -> None:
    app = app_at(
        "activations",
        activations__tab="output",
        activations__classes="5",
        activations__true="bird",
    )
    assert message_to(app, "activations.outputs")["cards"][0]["rows"][4]["wanted"]
    groups: Any = app.get("button_group")
    next(one for one in groups if one.key == "activations.classes").set_value("3").run()
    assert not app.exception
    assert message_to(app, "activations.outputs")["cards"][0]["rows"][0]["wanted"]


def test_the_arithmetic_ends_in_autograds_numbers() -> None:
    app = app_at("activations", activations__tab="arithmetic", activations__functions="sigmoid")
    written = [one.value for one in app.latex if "mathbf" in one.value]
    assert [text.rsplit("{", 1)[1].rstrip("}$\n ") for text in written] == [
        "0.731059",
        "0.196612",
        "-0.0908577",
    ]


def test_every_saying_has_a_part_of_the_prose_and_a_measurement() -> None:
    app = app_at("activations", activations__tab="often-said")
    text = text_of(app)
    said = [name for name in parts("activations") if name.startswith("said_")]
    assert text.count("*Measured here:*") == len(said) == 6
    assert "|x| < 1.663" in text


ODD = (
    "3", "0", "-e", "abs(x)", "min(abs(x), 1)", "max(x, x)", "where(x > 0, sqrt(x), 0)", "sqrt(x)",
    "log(x)", "log(-1 - x^2)", "1/x", "x/0", "0/0", "9**9**9", "-9**9**9", "1e308*x", "1e-308*x",
    "exp(exp(exp(x)))", "x^x", "(-2)^x", "sign(sin(9*x))", "tanh(exp(x^3))", "1/(1 + exp(-x^3))",
    "where(x >= 0, where(x <= 0, 5, x), -x)", "x^999", "sqrt(-x) + sqrt(x)",
    "(" * 28 + "x" + ")" * 28, "+".join(["x"] * 100),
)  # fmt: skip


@pytest.mark.parametrize(
    "tab", ["picture", pytest.param("arithmetic", marks=pytest.mark.slow), "code"]
)
def test_every_tab_opens_for_every_odd_formula(tab: str) -> None:
    app = app_at("activations", activations__tab=tab, activations__functions="own")
    for place, formula in enumerate(ODD[:: 3 if tab == TABS[0] else 1]):
        app.text_input(key="activations.own").set_value(formula).run(timeout=60)
        assert not app.exception, formula
        assert not app.error, formula
        assert titles(app) == ["Your own"]
        if place % 9 == 0:
            app.number_input(key="activations.x").set_value(float(place % 4 - 1)).run(timeout=60)
            assert not app.exception, formula


@pytest.mark.parametrize("formula", ["abs(x)", "min(abs(x), 1)", "log(-1 - x^2)", "9**9**9"])
def test_a_link_with_an_odd_formula_opens(formula: str) -> None:
    app = app_at("activations", activations__functions="own", activations__own=formula)
    assert titles(app) == ["Your own"]


@pytest.mark.parametrize("formula", ["(" * 100 + "x", "x+" * 500 + "x", "2x", "import os", "1e999"])
def test_a_link_with_a_formula_that_cannot_be_read_says_so(formula: str) -> None:
    app = app_at("activations", activations__functions="sigmoid", activations__own=formula)
    functions(app).set_value(["Sigmoid", "Your own"]).run()
    assert not app.exception
    assert titles(app) == ["Sigmoid"]
    assert len(app.error) == 1


@pytest.mark.parametrize(
    ("formula", "left", "right"),
    [
        ("abs(x)", "−1", "1"),
        ("where(x > 0, sqrt(x), 0)", "0", "∞"),
        ("where(x > 0, -sqrt(x), 0)", "0", "−∞"),
    ],
)
def test_the_arithmetic_says_that_a_kink_has_no_slope(formula: str, left: str, right: str) -> None:
    app = app_at(
        "activations",
        activations__tab="arithmetic",
        activations__functions="own",
        activations__own=formula,
        activations__x="0",
    )
    told = "".join(caption.value for caption in app.caption)
    assert f"At x = 0 the slope jumps from {left} to {right}, so there is no slope" in told


def test_one_function_has_one_gradient_scale() -> None:
    for picked, alone in (("ReLU", True), ("ReLU,Tanh", False)):
        app = app_at("activations", activations__tab="picture")
        functions(app).set_value(picked.split(",")).run(timeout=60)
        assert app.segmented_control(key="activations.common").disabled == alone
