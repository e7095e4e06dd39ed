from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.parameters import Choice
from explainer.training.augmentation.pipeline import AUGMENTATIONS, step
from explainer.training.recipe.fields import Several, Switch, Wholes
from explainer.training.recipe.recipe import (
    FIELDS,
    Field,
    Network,
    Recipe,
    Training,
    elastic_net,
    from_dict,
    from_text,
    to_dict,
    to_text,
    value_of,
    with_value,
)


def values_of(field: Field) -> st.SearchStrategy[Any]:
    setting = field.setting
    if isinstance(setting, Switch):
        return st.booleans()
    if isinstance(setting, Choice):
        return st.sampled_from([option.value for option in setting.options])
    if isinstance(setting, Several):
        slugs = st.sampled_from([option.value for option in setting.options])
        return st.lists(slugs, min_size=1, unique=True)
    if isinstance(setting, Wholes):
        return st.lists(st.integers(setting.minimum, setting.maximum), max_size=3)
    low, high = setting.minimum, setting.maximum
    if field.kind is int:
        most = int((high - low) // setting.step)
        return st.integers(0, most).map(lambda n: int(low + n * setting.step))
    return st.floats(low, high, allow_nan=False)


TOGETHER = ("one norm at most", "these have other widths")  # what does not go together
# Latin letters and signs, and a few others: of all there are each version of Python knows its own.
LETTERS = st.characters(max_codepoint=0x2FF, exclude_categories=("C", "Z"))
NAMES = st.text(LETTERS | st.sampled_from(" αЯעع한語😀\u0301"), max_size=40)
STEPS = st.lists(st.sampled_from([step(entry.slug) for entry in AUGMENTATIONS]), max_size=3)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    recipe = Recipe(name=draw(NAMES), augmentation=tuple(draw(STEPS)))
    for field in draw(st.lists(st.sampled_from(FIELDS), max_size=8, unique=True)):
        value = draw(values_of(field))
        try:
            recipe = with_value(recipe, field.name, value)
        except ValueError as error:
            assert any(one in str(error) for one in TOGETHER)  # noqa: PT017
    return recipe


@given(recipes())
def test_a_text_brings_back_the_recipe_and_needs_no_escaping(recipe: Recipe) -> None:
    text = to_text(recipe)
    assert from_text(text) == recipe
    assert re.fullmatch(r"[A-Za-z0-9.\-_~]*", text)


@given(recipes())
def test_json_brings_back_the_recipe(recipe: Recipe) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(recipe)))) == recipe


def test_the_default_recipe_is_the_empty_text() -> None:
    assert to_text(Recipe()) == ""
    assert from_text("") == Recipe()


def test_a_text_names_what_differs_from_the_default_alone() -> None:
    recipe = Recipe(Network(kind="mlp"), training=Training(learning_rate=0.1), name="My net")
    assert to_text(recipe) == "name-My_net~net-mlp~lr-0.1"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("lr-5000", "learning_rate is 5000, but it goes from 10⁻⁶ to 100"),
        ("lr-fast", "learning_rate is 'fast', but it is a number"),
        ("lr-nan", "learning_rate is nan, but it goes from 10⁻⁶ to 100"),
        ("ks-4", "kernel_size is 4, but it goes from 1 to 7 in steps of 2"),
        ("net-rnn", "kind is 'rnn', but it is one of mlp, cnn"),
        ("bn-1~ln-1", "batch norm and layer norm are both on, but there is one norm at most"),
        ("bn-yes", "batch_norm is 'yes', but it is 0 or 1"),
        ("bs-1e400", "batch_size is inf, but it goes from 0 to 65536"),
        ("colour-red", "a recipe has no part 'colour-red'"),
        ("lr", "a recipe has no part 'lr'"),
        ("lr-0.1~lr-0.2", "the recipe names 'lr' twice"),
        ("aug-flip", "flip takes 1 values, but there are 0"),
        ("aug-flip_2", "p is 2, but it goes from 0 to 1"),
        ("aug-melt_1", "no augmentation 'melt'"),
        ("name-.110000.", "which is no character"),
        ("~" * 3000, "the recipe has 3000 characters, but at most 2000"),
    ],
)
def test_a_bad_text_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        from_text(text)


@given(st.text(max_size=60))
def test_any_text_is_a_recipe_or_a_value_error(text: str) -> None:
    try:
        recipe = from_text(text)
    except ValueError:
        return
    assert from_text(to_text(recipe)) == recipe


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_field_has_a_label_a_help_and_a_default_that_passes_its_own_check(field: Field) -> None:
    assert field.setting.label
    assert field.setting.help.endswith(".")
    assert field.check(field.default) == field.default
    assert type(value_of(Recipe(), field)) is field.kind


def test_features_are_in_the_text_and_a_text_without_them_means_x_and_y() -> None:
    chosen = with_value(Recipe(), "features", ["xy", "x"])
    assert chosen.network.features == ("x", "xy")
    assert to_text(chosen) == "feat-x_xy"
    assert from_text("net-mlp").network.features == ("x", "y")
    assert from_dict({"kind": "mlp"}).network.features == ("x", "y")


@pytest.mark.parametrize("wrong", [[], (), "", None, ["z"], "x_z", 3, [["x"]]])
def test_features_that_are_none_are_refused_by_name(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"^features is "):
        with_value(Recipe(), "features", wrong)


def test_widths_are_those_of_the_first_layers_and_may_be_typed_in_any_way() -> None:
    network = with_value(Recipe(), "widths", " 8,4 ;2").network
    assert network.widths == (8, 4, 2)
    assert [network.width_of(layer) for layer in (1, 2, 3, 4)] == [64, 64, 64, 64]  # a CNN's
    mlp = Network(kind="mlp", depth=4, widths=(8, 4))
    assert [mlp.width_of(layer) for layer in (1, 2, 3, 4)] == [8, 4, 64, 64]
    assert to_text(Recipe(mlp)) == "net-mlp~depth-4~units-8_4"
    assert with_value(Recipe(mlp), "widths", "").network.widths == ()


@pytest.mark.parametrize("wrong", [[0], [1.5], ["x"], "4,,x", 7, None, [True], [1] * 101, [1e400]])
def test_widths_that_are_none_are_refused_by_name(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"^widths (is|has) "):
        with_value(Recipe(), "widths", wrong)


def test_skips_need_layers_of_one_width() -> None:
    skips = Recipe(Network(kind="mlp", depth=2, residual=True))
    with pytest.raises(ValueError, match="these have other widths"):
        with_value(skips, "widths", (8, 4))
    assert with_value(skips, "widths", (8, 8, 3)).network.widths == (8, 8, 3)


def test_keys_and_names_are_unique() -> None:
    assert len({field.key for field in FIELDS}) == len(FIELDS)
    assert len({field.name for field in FIELDS}) == len(FIELDS)


def test_an_elastic_net_shares_its_strength_between_l1_and_l2() -> None:
    mixed = elastic_net(0.5, 0.25)
    assert (mixed.l1_proximal, mixed.l2) == (0.125, 0.375)
    assert elastic_net(0.5, 0.25, proximal=False).l1_subgradient == 0.125


def test_epochs_count_instead_of_steps() -> None:
    assert Training(steps=7).total_steps(100) == 7
    assert Training(epochs=3, batch_size=32).total_steps(100) == 10
    assert Training(epochs=3, batch_size=0).total_steps(100) == 3


def test_a_batch_is_never_larger_than_the_training_part() -> None:
    assert Training(batch_size=0).batch(50) == 50
    assert Training(batch_size=128).batch(50) == 50
    assert Training(batch_size=16).batch(50) == 16
