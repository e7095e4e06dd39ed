"""The editor of a recipe: what is shown, kept, carried by the link and trained is the same."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, Selectbox, Widget

from explainer.training.augmentation import AUGMENTATIONS, step
from explainer.training.recipe.recipe import (
    FIELDS,
    AugmentationStep,
    Network,
    Recipe,
    Regularisation,
    Training,
    from_dict,
    from_text,
    idle,
    to_dict,
    to_text,
    value_of,
)
from explainer.training.recipe.schedules import SCHEDULES, Schedule
from tests.app.moving import anything, controls
from tests.app.reading import message_to
from tests.training.engine.test_extremes import any_recipe

LIST = "training_lab.recipe_list"


def editor(recipe: Recipe) -> AppTest:
    """The controls of one recipe, as the dialog shows them."""

    def page() -> None:
        from explainer.ui.training_lab.recipe_dialog import recipe_controls

        recipe_controls(0)

    app = AppTest.from_function(page, default_timeout=30)
    app.session_state[LIST] = (recipe,)
    app.run()
    assert not app.exception
    return app


def kept(app: AppTest) -> Recipe:
    """The recipe that is kept, and so raced."""
    assert not app.exception
    recipe: Recipe = app.session_state[LIST][0]
    return recipe


def control(app: AppTest, name: str) -> Any:
    """The control of that field."""
    return next(one for key, one in controls(app).items() if key.endswith(f".{name}"))


def shown(app: AppTest) -> dict[str, Any]:
    """The values that the controls of the fields show, by the names of the fields."""
    names = {field.name for field in FIELDS}
    found = {"name": app.text_input[0].value}
    for key, one in controls(app).items():
        if key.rpartition(".")[2] in names and not re.search(r"\.step\d", key):
            found[key.rpartition(".")[2]] = one.value
    found |= {one.key.rpartition(".")[2]: one.value for one in app.text_input if one.key}
    return found


def shown_steps(app: AppTest) -> list[AugmentationStep]:
    """The augmentations that the editor shows, in their order, with the values it shows."""
    by_title = {entry.title: entry.slug for entry in AUGMENTATIONS}
    titles = [one.value.strip("*").partition(". ") for one in app.markdown if "**" in one.value]
    values: list[dict[str, float]] = [{} for _ in titles]
    for key, one in controls(app).items():
        place, _, name = re.sub(r".*\.step(?=\d)|.*", "", key, count=1).partition(".")
        if place and not isinstance(one, Button):
            values[int(place)][name] = one.value
    return [step(by_title[title], **values[n]) for n, (_, _, title) in enumerate(titles)]


def assert_the_same_everywhere(app: AppTest) -> None:
    """Screen, session, link and JSON name one recipe."""
    recipe = kept(app)
    visible = shown(app)
    assert visible.pop("name") == recipe.name
    expected = {
        field.name: value_of(recipe, field)
        for field in FIELDS
        if field.only in ("", recipe.network.kind) and not field.plane
    }
    if "widths" in expected:
        expected["widths"] = ", ".join(map(str, expected["widths"]))
    assert visible == expected
    assert shown_steps(app) == list(recipe.augmentation)
    assert from_text(to_text(recipe)) == recipe
    assert from_dict(json.loads(json.dumps(to_dict(recipe)))) == recipe


def moved(app: AppTest, draw: random.Random) -> Widget:
    """Move one control of the editor to any value that it allows."""
    one = draw.choice(list(controls(app).values()))
    one.set_value(anything(one, draw)).run()
    return one


@pytest.mark.parametrize("seed", range(8))
def test_an_editor_shows_what_is_kept_and_a_move_changes_that_alone(seed: int) -> None:
    draw = random.Random(seed)
    recipe = any_recipe(draw)
    app = editor(recipe)
    assert kept(app) == recipe  # looking changes nothing
    assert_the_same_everywhere(app)
    for _ in range(4):
        moved(app, draw)
        assert_the_same_everywhere(app)


def test_augmentations_keep_their_order_and_what_stands_there_twice() -> None:
    steps = (step("noise", sigma=0.1), step("flip"), step("noise", sigma=0.2), step("rotation"))
    app = editor(Recipe(augmentation=steps))
    assert kept(app).augmentation == steps
    assert shown_steps(app) == list(steps)
    control(app, "step3.earlier").click().run()
    assert_the_same_everywhere(app)
    assert [one.slug for one in kept(app).augmentation] == ["noise", "flip", "rotation", "noise"]
    control(app, "step0.remove").click().run()
    assert [one.slug for one in kept(app).augmentation] == ["flip", "rotation", "noise"]
    control(app, "step2.sigma").set_value(0.3).run()
    control(app, "augmentations").click("noise").run()
    assert kept(app).augmentation[2:] == (step("noise", sigma=0.3), step("noise"))
    assert_the_same_everywhere(app)


def test_no_more_steps_are_offered_than_a_recipe_takes() -> None:
    app = editor(Recipe(augmentation=(step("flip"),) * 12))
    assert not any(key.endswith(".augmentations") for key in controls(app))
    assert_the_same_everywhere(app)


def test_a_second_norm_is_refused_in_words_and_its_switch_is_off_again() -> None:
    app = editor(Recipe(Network(batch_norm=True)))
    control(app, "layer_norm").set_value(True).run()
    assert "there is one norm at most" in app.error[0].value
    assert control(app, "batch_norm").value
    assert not control(app, "layer_norm").value
    assert_the_same_everywhere(app)


def test_adamw_brings_its_weight_decay_in_sight_and_0_stays_0() -> None:
    app = editor(Recipe())
    control(app, "optimiser").set_value("adamw").run()
    assert control(app, "weight_decay").value == 0.01
    assert_the_same_everywhere(app)
    control(app, "weight_decay").set_value(0.0).run()
    assert kept(app).regularisation.weight_decay == 0
    assert_the_same_everywhere(app)


def test_a_weight_decay_that_was_chosen_stays_when_adamw_is() -> None:
    app = editor(Recipe(regularisation=Regularisation(weight_decay=0.3)))
    control(app, "optimiser").set_value("adamw").run()
    assert control(app, "weight_decay").value == 0.3


@pytest.mark.parametrize(("typed", "name"), [("  Mine ", "Mine"), ("a\u202eb", ""), ("$x$", "$x$")])
def test_a_name_is_shown_as_it_is_kept(typed: str, name: str) -> None:
    app = editor(Recipe())
    app.text_input[0].set_value(typed).run()
    assert kept(app).name == name
    assert_the_same_everywhere(app)


@pytest.mark.parametrize(
    ("recipe", "reason"),
    [
        (Recipe(Network(kind="mlp", depth=0)), "No effect: there is no hidden dense layer."),
        (Recipe(training=Training(optimiser="adam")), "No effect: Adam has no such setting."),
        (Recipe(training=Training(epochs=2)), "No effect: epochs are counted instead."),
        (Recipe(Network(kind="mlp", depth=1)), "No effect: there are no two hidden layers."),
        (Recipe(), "No effect: the initialisation He does not ask for it."),
        (
            Recipe(augmentation=(step("flip", p=0),)),
            "No effect: with these values every example stays as it is.",
        ),
    ],
)
def test_a_control_that_changes_nothing_says_so_beside_it(recipe: Recipe, reason: str) -> None:
    said = [one.value for one in editor(recipe).caption]
    assert reason in said
    fields = [one for one in FIELDS if one.only in ("", recipe.network.kind) and not one.plane]
    expected = sum(bool(idle(recipe, one)) for one in fields)
    expected += sum(one.idle for one in recipe.augmentation)
    assert sum(words.startswith("No effect") for words in said) == expected


def test_features_are_offered_for_points_alone_and_none_is_refused() -> None:
    recipe = Recipe(Network(kind="mlp", depth=1, width=4, features=("x", "xy")))
    assert not any(key.endswith(".features") for key in controls(editor(recipe)))

    def page() -> None:
        from explainer.ui.training_lab.recipe_dialog import recipe_controls

        recipe_controls(0, points=True, plane=True)

    app = AppTest.from_function(page, default_timeout=30)
    app.session_state[LIST] = (recipe,)
    app.run()
    assert control(app, "features").value == ["x", "xy"]
    control(app, "features").set_value(["y", "siny", "x"]).run()
    assert kept(app).network.features == ("x", "y", "siny")
    control(app, "features").set_value([]).run()
    assert "features is empty" in app.error[0].value
    assert kept(app).network.features == ("x", "y", "siny")
    assert control(app, "features").value == ["x", "y", "siny"]


def test_a_menu_of_the_editor_lists_every_option_of_its_field() -> None:
    app = editor(Recipe())
    menus = [one for one in controls(app).values() if isinstance(one, Selectbox)]
    assert len(menus) >= 5
    assert all(len(menu.options) > 1 for menu in menus)


@pytest.mark.parametrize("entry", SCHEDULES, ids=lambda entry: entry.slug)
def test_a_schedule_says_what_it_does_where_it_is_chosen(entry: Schedule) -> None:
    app = editor(Recipe(training=Training(schedule=entry.slug)))
    assert entry.meaning in [one.value for one in app.caption]


def test_the_table_says_which_recipe_is_another_again_and_what_points_do_not_feel() -> None:
    turned = Recipe(name="Turned", augmentation=(step("rotation"), step("noise", sigma=0.1)))
    entries = (Recipe(name="<Plain>"), turned, replace(turned, name="Turned copy"))

    def page(points: bool) -> None:
        from explainer.ui.training_lab.recipe_editor import recipe_table

        recipe_table(points=points, plane=points, numbers=False)

    for points in (True, False):
        app = AppTest.from_function(page, default_timeout=30, args=(points,))
        app.session_state[LIST] = entries
        app.run()
        table = message_to(app, "training_lab.table")
        rows = [row["difference"] for row in table["rows"]]
        assert ("Rotation (no effect)" in rows[1]) == points
        assert "Noise (no effect)" not in rows[1]
        assert "the same as Turned so far" in rows[2]
        assert not any("the same as" in row for row in rows[:2])
        assert "A copy of the last one, Turned copy" in table["help"]


def test_a_step_for_pictures_says_that_it_leaves_points_alone() -> None:
    recipe = Recipe(augmentation=(step("rotation"), step("noise")))

    def page(points: bool) -> None:
        from explainer.ui.training_lab.recipe_dialog import recipe_controls

        recipe_controls(0, points=points)

    for points in (True, False):
        app = AppTest.from_function(page, default_timeout=30, args=(points,))
        app.session_state[LIST] = (recipe,)
        app.run()
        said = [one.value for one in app.caption if "these data are points" in one.value]
        assert len(said) == int(points)  # of the noise nothing: it changes points too
