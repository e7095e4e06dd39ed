"""The table of recipes: one element of the page, described once, deaf to what makes no sense."""

from __future__ import annotations

import pytest
from streamlit.runtime.state import SessionState
from streamlit.testing.v1 import AppTest

from explainer.ui.training_lab import recipe_editor
from tests.app.moving import tell
from tests.app.reading import app_at, message_to

TABLE = "training_lab.table"


@pytest.mark.parametrize("what", ["edit", "copy", "remove", "", None, ["edit"]])
@pytest.mark.parametrize("index", [-1, 2, 0.5, "0", None, float("inf")])
def test_what_no_recipe_can_be_asked_for_changes_nothing(what: object, index: object) -> None:
    app = AppTest.from_function(recipes_of_two, default_timeout=60).run()
    tell(app, TABLE, "asked", {"what": what, "index": index})
    assert not app.exception
    assert len(message_to(app, TABLE)["rows"]) == 2
    assert not app.text_input


def recipes_of_two() -> None:
    """A page that has two recipes, for it has no link."""
    from explainer.training.recipe.recipe import Recipe
    from explainer.ui.training_lab.plan import recipes, set_recipes
    from explainer.ui.training_lab.recipe_editor import recipe_table

    if len(recipes()) == 1:
        set_recipes((Recipe(name="One"), Recipe(name="Two")))
    recipe_table(points=True, plane=True, numbers=False)


def test_a_rerun_describes_no_recipe_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    app = AppTest.from_function(recipes_of_two, default_timeout=60).run()
    described = []

    def counted(*given: object) -> str:
        described.append(given)
        return "changed"

    monkeypatch.setattr(recipe_editor, "value_of", counted)
    app.run()
    assert not described
    tell(app, TABLE, "asked", {"what": "copy", "index": 1})
    assert described


def test_the_recipes_are_one_element_however_many_there_are() -> None:
    few, many = (
        app_at("training_lab", training_lab__recipes="!".join([f"name-R{n}" for n in range(count)]))
        for count in (2, 8)
    )
    assert len([*few._tree]) == len([*many._tree])
    rows = message_to(many, TABLE)["rows"]
    assert [row["name"] for row in rows] == [f"R{n}" for n in range(8)]
    assert len({row["colour"] for row in rows}) == 8


def test_a_menu_looks_up_its_own_value_and_copies_no_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    copied = []
    whole = vars(SessionState)["filtered_state"]

    def counted(state: SessionState) -> dict[str, object]:
        copied.append(state)
        return dict(whole.fget(state))

    monkeypatch.setattr(SessionState, "filtered_state", property(counted))
    app = app_at("training_lab")
    assert len(app.selectbox) > 2
    assert not copied
