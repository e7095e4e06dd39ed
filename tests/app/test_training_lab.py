"""The training lab: a race is set up, started, changed and left, and bad links lose nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explainer.training.data.registry import load
from explainer.training.data.shifted import suitable
from explainer.training.instruments.shifted_score import shifted_scores
from explainer.training.presets import PRESETS, Preset
from explainer.training.recipe.recipe import to_text
from explainer.ui.training_lab.asking import answer_now
from explainer.ui.training_lab.plan import SEPARATOR
from tests.app.moving import tell, unfold
from tests.app.reading import app_at, message_to, text_of

pytestmark = pytest.mark.usefixtures("service_of_its_own")

TWO = "name-Plain~net-mlp~steps-150!name-Dropout~net-mlp~do-0.5~steps-150"


def table_of(app: AppTest) -> str:
    """The table of the race as HTML."""
    return "".join(element.proto.body for element in app.get("html"))


def run_until(app: AppTest, there: Callable[[], bool], seconds: float = 300) -> None:
    """Rerun the page until something shows."""
    deadline = time.monotonic() + seconds
    while not there() and time.monotonic() < deadline:
        time.sleep(0.2)
        app.run()
    assert there()


def labels(app: AppTest) -> list[str]:
    """The labels of all buttons."""
    return [button.label for button in app.button]


def test_a_race_is_started_and_runs_to_its_end() -> None:
    app = app_at("training_lab", training_lab__recipes=TWO)
    app.button(key="training_lab.start").click().run()
    assert not app.exception
    run_until(app, lambda: "finished" in message_to(app, "training_lab.curves")["status"])
    table = table_of(app)
    assert "Plain" in table
    assert "Dropout" in table
    assert table.count("<td>150</td>") >= 2
    app.run()  # the buttons stand above the curves: they may have been drawn before it ended
    assert app.button(key="training_lab.play").disabled


def test_a_run_that_only_guesses_is_named_with_the_share_of_its_dead_units() -> None:
    dead = "name-Dead~net-mlp~lr-9.9~steps-40!name-Sound~net-mlp~steps-40"
    app = app_at("training_lab", training_lab__recipes=dead, training_lab__seeds="1")
    app.button(key="training_lab.start").click().run()
    run_until(app, lambda: any("no better than guessing" in one.value for one in app.warning))
    (sentence,) = (one.value for one in app.warning if "guessing" in one.value)
    assert sentence.startswith("Dead is no better than guessing")
    assert "of the units of" in sentence


def test_one_step_leaves_the_race_paused_at_step_1() -> None:
    app = app_at("training_lab", training_lab__recipes=TWO)
    app.button(key="training_lab.first").click().run()
    run_until(app, lambda: "<td>1</td>" in table_of(app))
    app.run()  # the buttons stand above the table: they may have been drawn before it was paused
    assert "Play" in labels(app)


def test_a_changed_setting_keeps_the_race_and_offers_a_new_one() -> None:
    app = app_at("training_lab", training_lab__recipes=TWO)
    app.button(key="training_lab.first").click().run()
    unfold(app).slider(key="training_lab.seeds").set_value(2).run()
    assert "Start the new race" in labels(app)
    assert "Reset" in labels(app)


def test_a_shifted_test_is_on_the_races_own_data_whatever_the_page_has_chosen_since() -> None:
    app = app_at("training_lab", training_lab__recipes="net-mlp~steps-2", training_lab__seeds="1")
    app.button(key="training_lab.start").click().run()
    run_until(app, lambda: "finished" in message_to(app, "training_lab.curves")["status"])
    app.selectbox(key="training_lab.data").set_value("shapes").run()
    menu: Any = app.get_by_key("training_lab.shift")
    menu.click(menu.options[0]).run()
    assert not app.exception
    chosen = next(one for one in suitable(load("digits")) if menu.options[0].endswith(one.title))
    ticket = app.session_state["training_lab.ticket"]
    wanted = answer_now(ticket, lambda runs: shifted_scores(runs, load("digits"), chosen.slug))
    assert wanted[0] is not None
    assert app.session_state["training_lab.shifted"] == wanted


@pytest.mark.parametrize("official", [None, 1500])
def test_where_data_bring_their_own_test_part_the_share_says_that_it_does_nothing(
    official: int | None,
) -> None:
    def page(official: int | None) -> None:
        from dataclasses import replace

        from explainer.training.data.registry import load
        from explainer.ui.training_lab.data import split_choice
        from explainer.ui.training_lab.plan import DataChoice

        split_choice(DataChoice("digits", "Digits"), replace(load("digits"), test_from=official))

    app = AppTest.from_function(page, default_timeout=30, args=(official,)).run()
    assert not app.exception
    count = len(load("digits")) - 1500
    sentence = f"No effect: these data bring their own test part, of {count} examples."
    assert [one.value for one in app.caption] == ([sentence] if official else [])


def test_recipes_are_copied_and_removed_but_the_last_one_stays() -> None:
    app = app_at("training_lab", training_lab__recipes=TWO)
    told = (({"what": "copy", "index": 0}, 3), ({"what": "remove", "index": 2}, 2),
            ({"what": "remove", "index": 0}, 1), ({"what": "remove", "index": 0}, 1))  # fmt: skip
    for asked, expected in told:
        tell(app, "training_lab.table", "asked", asked)
        assert not app.exception
        assert len(message_to(app, "training_lab.table")["rows"]) == expected


def test_a_preset_sets_its_data_their_settings_the_split_and_the_recipes() -> None:
    app = app_at("training_lab")
    app.selectbox(key="training_lab.preset").set_value("Same object, other background").run()
    assert not app.exception
    assert app.selectbox(key="training_lab.data").value == "shapes"
    unfold(app)
    assert app.selectbox(key="training_lab.shapes.background").value == "class"
    assert app.slider(key="training_lab.shapes.jitter").value == 0.2
    assert app.slider(key="training_lab.shapes.train_size").value == 600
    assert len(message_to(app, "training_lab.table")["rows"]) == 4
    app.selectbox(key="training_lab.preset").set_value("20 images and augmentation").run()
    assert app.selectbox(key="training_lab.data").value == "mnist-sample"
    assert app.slider(key="training_lab.mnist-sample.train_size").value == 20
    assert app.slider(key="training_lab.seeds").value == 5
    assert len(message_to(app, "training_lab.table")["rows"]) == 5


@pytest.mark.parametrize("chosen", PRESETS, ids=lambda entry: entry.slug)
def test_a_link_to_a_preset_tells_what_to_watch_and_folds_the_outcome_away(chosen: Preset) -> None:
    app = app_at("training_lab", training_lab__preset=chosen.slug)
    assert app.selectbox(key="training_lab.preset").value == chosen.slug
    assert chosen.watch in text_of(app)
    (folded,) = (entry for entry in app.expander if "What is seen" in entry.label)
    assert not folded.proto.expanded
    told = "".join(element.value for element in folded.markdown)
    assert chosen.seen in told
    assert chosen.why in told


def test_a_story_whose_data_or_recipes_were_changed_is_told_no_more() -> None:
    app = app_at("training_lab")
    told = "**Watch** the dashed lines"
    assert told in text_of(app)
    unfold(app).slider(key="training_lab.mnist-sample.train_size").set_value(300).run()
    assert told not in text_of(app)
    assert any("need not hold" in one.value for one in app.caption)
    app.slider(key="training_lab.mnist-sample.train_size").set_value(200).run()
    assert told in text_of(app)
    app.selectbox(key="training_lab.preset").set_value("own").run()
    assert [one.name for one in app.session_state["training_lab.recipe_list"]] == [
        "Plain",
        "Plain copy",
    ]


def test_a_link_to_a_preset_that_is_not_there_begins_with_the_first_one() -> None:
    app = app_at("training_lab", training_lab__preset="Nonsense")
    assert app.selectbox(key="training_lab.preset").value == "four-remedies"


def test_a_link_from_before_with_titles_is_understood() -> None:
    link = {
        "preset": "Same object, other background",
        "data": "Shapes",
        "shapes__background": "Any texture",
        "shown": "Weights",
    }
    app = app_at("training_lab", **{f"training_lab__{key}": text for key, text in link.items()})
    assert not app.exception
    assert app.selectbox(key="training_lab.preset").value == "other-background"
    assert app.selectbox(key="training_lab.data").value == "shapes"
    assert unfold(app).selectbox(key="training_lab.shapes.background").value == "random"


def test_points_have_a_chart_and_pictures_a_montage() -> None:
    for data in ("moons", "shapes"):
        app = app_at("training_lab", training_lab__data=data)
        assert not app.exception
        assert "Start the race" in labels(app)


@pytest.mark.parametrize(
    "recipes", ["nonsense", "lr-fast", "lr--1", "do-0.99", "name-" + "x" * 50, "aug-flip"]
)
def test_a_recipe_that_cannot_be_read_is_said_and_the_page_opens(recipes: str) -> None:
    app = app_at("training_lab", training_lab__recipes=recipes)
    assert "Start the race" in labels(app)
    assert "cannot be read" in app.error[0].value
    app.switch_page("../pages/depth.py").run()
    app.switch_page("../pages/training_lab.py").run()
    assert not app.exception
    assert not app.error


def test_a_network_that_does_not_fit_is_refused_in_one_sentence() -> None:
    app = app_at(
        "training_lab", training_lab__recipes="net-cnn~blocks-4", training_lab__data="digits"
    )
    app.button(key="training_lab.start").click().run()
    assert not app.exception
    assert any("can be halved only 3 times" in one.value for one in app.warning)


@pytest.mark.parametrize("recipes", ["", "net-cnn!net-mlp~width-16"])
def test_points_are_given_to_mlps_whatever_the_recipes_were_and_that_is_said(recipes: str) -> None:
    linked = {"training_lab__recipes": recipes} if recipes else {}
    app = app_at("training_lab", training_lab__data="moons", **linked)
    assert any("A CNN needs pictures" in one.value for one in app.caption)
    first, *others = app.session_state["training_lab.recipe_list"]
    assert (first.network.kind, first.network.width) == ("mlp", 8)
    assert {one.network.width for one in others} == {16 if recipes else 8}
    app.button(key="training_lab.first").click().run()
    run_until(app, lambda: "<td>1</td>" in table_of(app))
    assert not app.warning
    for back in ("digits", "circles"):  # what was said once is not said of other recipes
        app.selectbox(key="training_lab.data").set_value(back).run()
        assert not any("A CNN needs pictures" in one.value for one in app.caption)


def test_data_that_are_not_there_are_offered_with_their_size() -> None:
    app = app_at("training_lab", training_lab__data="fashion-mnist")
    assert "Fetch Fashion-MNIST (31 MB)" in labels(app)


def test_a_server_that_fetches_nothing_offers_no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGLASS_FETCH", "0")
    app = app_at("training_lab", training_lab__data="fashion-mnist")
    assert not [label for label in labels(app) if label.startswith("Fetch")]
    assert "which fetches nothing (DEEPGLASS_FETCH is 0)" in app.info[0].value


@pytest.mark.parametrize("preset", list(PRESETS), ids=lambda preset: preset.slug)
def test_a_link_of_a_story_that_leaves_out_its_division_is_that_story(preset: Preset) -> None:
    text = SEPARATOR.join(map(to_text, preset.recipes))
    app = app_at("training_lab", training_lab__preset=preset.slug, training_lab__recipes=text)
    plan, _examples, _view = app.session_state["training_lab.curves.source"].asked
    assert plan.recipes == preset.recipes
    assert plan.split.label_noise == preset.split.label_noise
    assert preset.split.train_size in (None, plan.split.train_size)
    assert not any("Changed:" in one.value for one in app.caption)


def test_a_link_of_a_changed_story_keeps_what_stands_where_its_control_begins() -> None:
    story = PRESETS["strength"]
    noise = f"training_lab.{story.data}.wrong_labels"
    assert story.split.label_noise > 0
    app = app_at("training_lab", training_lab__preset=story.slug)
    assert "training_lab.changed" not in app.query_params
    unfold(app).slider(key=noise).set_value(0.0).run()
    link = {name.replace(".", "__"): value for name, value in app.query_params.items()}
    assert "training_lab__mnist-sample__wrong_labels" not in link  # as where its control begins
    opened = unfold(app_at("training_lab", **link))
    assert opened.slider(key=noise).value == 0
    assert any("Changed:" in one.value for one in opened.caption)
    opened.slider(key=noise).set_value(story.split.label_noise).run()
    assert "training_lab.changed" not in opened.query_params
