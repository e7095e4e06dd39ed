"""The gradient check page: the walk through a graph, and what a check says of each fault."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.gradients.backprop.autograd import autograd
from explainer.gradients.backprop.expression import read
from explainer.gradients.backprop.presets import PRESETS
from explainer.gradients.backprop.steps import figure
from explainer.gradients.check.checking import Setting, check
from explainer.gradients.check.differences import CENTRAL
from explainer.gradients.check.faults import FAULTS, HIDEABLE, hidden
from explainer.gradients.check.network import RELU, TENSORS
from explainer.gradients.check.script import script
from explainer.gradients.check.verdict import verdict
from explainer.live_pictures import LivePicture
from explainer.powers import power_of_ten
from tests.app.moving import unfold
from tests.app.reading import app_at, message_to, text_of

GRAPH = "gradient_check.graph"


def verdict_box(app: AppTest) -> str:
    """The coloured box with the verdict; the only one of the page."""
    boxes = [str(box.value) for box in (*app.success, *app.warning, *app.error)]
    assert len(boxes) == 1
    return boxes[0]


def final_gradients(message: dict[str, Any]) -> dict[str, str]:
    """The gradient of each input after the last step, as the browser would show it."""
    names = {node["index"]: node["name"] for node in message["nodes"] if node["kind"] == "input"}
    found = {}
    for step in message["steps"]:
        if step["gradient"] is not None and step["node"] in names:
            found[names[step["node"]]] = step["gradient"]
    return found


def test_the_first_visit_walks_a_product_and_finds_the_gradient_right() -> None:
    app = app_at("gradient_check")
    message = message_to(app, GRAPH)
    assert [node["name"] for node in message["nodes"]] == ["x", "y", "q", "z", "L"]
    assert final_gradients(message) == {"x": "4", "y": "4", "z": "−2"}
    assert message["step"] == 0
    assert verdict_box(app).startswith("**Good.**")
    assert "PyTorch’s autograd says the same" in text_of(app)


@pytest.mark.parametrize("preset", PRESETS, ids=PRESETS.slugs)
def test_every_graph_ends_with_autograds_totals(preset: Any) -> None:
    app = app_at("gradient_check", gradient_check__graph_of=preset.slug)
    wanted = {k: figure(v) for k, v in autograd(read(preset.text), preset.start).items()}
    assert final_gradients(message_to(app, GRAPH)) == wanted


def test_a_drag_is_answered_with_the_steps_of_the_new_inputs() -> None:
    app = app_at("gradient_check")
    offered: LivePicture = app.session_state["gradient_check.at.live"]
    data = offered.render({"x": 1.0, "y": 1.0, "z": -3.0}, 9)
    message = json.loads(data[4 : 4 + int.from_bytes(data[:4], "little")])
    assert message["number"] == 9
    assert final_gradients(message) == {"x": "−3", "y": "−3", "z": "2"}


def test_a_drag_is_answered_in_the_language_of_the_visitor() -> None:
    app = app_at("gradient_check", lang="xx")
    offered: LivePicture = app.session_state["gradient_check.at.live"]
    assert "⟦Forward: q⟧" in offered.render({}, 9).decode("utf-8", "replace")


def test_an_old_link_with_titles_asks_for_the_same() -> None:
    link = {"graph_of": "One neuron", "fault": "Transposed", "activation": "ReLU"}
    app = app_at("gradient_check", **{f"gradient_check__{name}": one for name, one in link.items()})
    assert app.selectbox(key="gradient_check.graph_of").value == "neuron"
    found = check(Setting(RELU, fault=FAULTS["transposed"]))
    assert power_of_ten(found.error) in verdict_box(app)


def test_a_link_carries_formula_inputs_and_step() -> None:
    app = app_at(
        "gradient_check",
        gradient_check__graph_of="own",
        gradient_check__formula="r = a * b; L = r^2",
        gradient_check__at__a="3",
        gradient_check__step="4",
    )
    message = message_to(app, GRAPH)
    assert message["step"] == 4
    assert message["inputs"] == {"0": "3", "1": "−0.4"}
    assert final_gradients(message) == {"a": "0.96", "b": "−7.2"}


def test_a_formula_that_cannot_be_read_is_said_and_the_last_one_stays() -> None:
    app = app_at("gradient_check", gradient_check__graph_of="own")
    app.text_input(key="gradient_check.formula").set_value("a * (b").run()
    assert not app.exception
    assert "place 7" in app.error[0].value
    assert len(message_to(app, GRAPH)["nodes"]) == 7


def test_a_formula_without_a_value_here_walks_as_far_as_it_goes() -> None:
    app = app_at(
        "gradient_check",
        gradient_check__graph_of="own",
        gradient_check__formula="log(u)",
        gradient_check__at__u="-1",
    )
    assert message_to(app, GRAPH)["steps"][-1]["kind"] == "stuck"
    assert "says the same" not in text_of(app)


@pytest.mark.parametrize("one", FAULTS.entries[1:], ids=FAULTS.slugs[1:])
def test_a_fault_is_read_as_a_bug_and_its_tensors_are_named(one: Any) -> None:
    app = app_at("gradient_check", gradient_check__fault=one.slug)
    found = check(Setting(fault=one))
    assert verdict_box(app).startswith("**A bug.**")
    assert power_of_ten(found.error) in verdict_box(app)
    assert ("check that is deceived" in verdict_box(app)) == one.deceives
    (shown,) = (
        e.proto.body for e in app.get("html") if "check" in e.proto.body and "<td>" in e.proto.body
    )
    for tensor in TENSORS:
        error = found.error_of(tensor)
        assert f"<td>{power_of_ten(error)}</td><td>{verdict(error).title}</td>" in shown


def test_the_code_of_the_page_is_the_script_of_its_setting() -> None:
    app = app_at(
        "gradient_check", gradient_check__fault="transposed", gradient_check__epsilon="1e-6",
        gradient_check__look="code",
    )  # fmt: skip
    wanted = script(Setting(fault=FAULTS["transposed"]), 1e-6, CENTRAL)
    assert wanted.strip() in [block.value.strip() for block in app.code]


def test_controls_follow_one_another_through_the_page() -> None:
    app = app_at("gradient_check", gradient_check__penalty="0.0", gradient_check__seed="3")
    found = check(Setting(penalty=0.0, seed=3))
    assert power_of_ten(found.error) in verdict_box(app)
    assert f"{found.both_zero.sum()} of 760 gradients are exactly zero" in "".join(
        caption.value for caption in app.caption
    )
    unfold(app).segmented_control(key="gradient_check.numbers").set_value("float32").run()
    assert "float32 cannot tell" in verdict_box(app)
    found = check(Setting(penalty=0.0, seed=3, dtype=np.float32))
    assert power_of_ten(found.error) in verdict_box(app)


def test_what_one_tenth_lets_through_is_computed() -> None:
    said = text_of(app_at("gradient_check", gradient_check__look="tenth"))
    error = power_of_ten(check(Setting(fault=FAULTS["penalty"])).error)
    assert f"all the same:** *Penalty forgotten* ({error})." in said
    assert "× −1 gives 1, × 2 gives 0.33, × 1.2 gives 0.091" in said


def test_a_forgotten_penalty_of_nothing_is_said_to_be_no_mistake() -> None:
    words = "With λ = 0 there is no penalty to forget"
    link = {"gradient_check__fault": "penalty"}
    assert words in verdict_box(app_at("gradient_check", gradient_check__penalty="0.0", **link))
    assert words not in verdict_box(app_at("gradient_check", **link))


def test_a_fault_that_needs_relu_says_why_the_activation_cannot_be_chosen() -> None:
    app = unfold(app_at("gradient_check", gradient_check__fault="kink"))
    assert app.segmented_control(key="gradient_check.activation").disabled
    assert any("the kink of ReLU" in caption.value for caption in app.caption)


def test_a_hidden_fault_is_found_from_the_picture() -> None:
    app = app_at(
        "gradient_check", gradient_check__fault="hidden", gradient_check__riddle="3",
        gradient_check__look="code",
    )  # fmt: skip
    fault = hidden(3)
    assert power_of_ten(check(Setting(fault=fault)).error) in verdict_box(app)
    assert f"**{fault.title}.**" not in text_of(app)
    assert not any(fault.wrong in block.value for block in app.code)
    wrong = next(one for one in HIDEABLE if one != fault)
    app.selectbox(key="gradient_check.guess.3").set_value(wrong.slug).run()
    assert "It is another one" in "".join(str(box.value) for box in app.warning)
    app.selectbox(key="gradient_check.guess.3").set_value(fault.slug).run()
    assert any(fault.wrong in block.value for block in app.code)
    app.button(key="gradient_check.another").click().run()
    assert app.query_params["gradient_check.riddle"] == "4"
    assert not any(hidden(4).wrong in block.value for block in app.code)
    app.button(key="gradient_check.show").click().run()
    assert any(hidden(4).wrong in block.value for block in app.code)
    assert not app.exception


def test_every_fault_to_be_found_is_hidden_once_in_a_row() -> None:
    assert {hidden(number) for number in range(len(HIDEABLE))} == set(HIDEABLE)
