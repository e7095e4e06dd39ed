from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainer.training.data.data_set import Examples
from explainer.training.data.gaps import gaps
from explainer.training.data.splits import Split, most_for_training, split


def points(*sizes: int) -> Examples:
    """Points of classes of these sizes."""
    labels = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    names = tuple(f"class {label}" for label in range(len(sizes)))
    return Examples("made", "Made", torch.rand(len(labels), 2), labels, names, None, "")


def said(examples: Examples, config: Split) -> tuple[str, ...]:
    return gaps(examples, split(examples, config))


def test_a_division_in_which_every_part_has_every_class_lacks_nothing() -> None:
    assert said(points(10, 10), Split()) == ()


def test_an_empty_part_is_named_with_the_number_of_examples() -> None:
    assert said(points(2, 2), Split(validation_share=0.1, test_share=0)) == (
        "The validation part is empty: of 4 examples its share is none.",
        "The test part is empty: of 4 examples its share is none.",
    )


def test_classes_that_are_missing_are_named_up_to_three_of_them() -> None:
    one, *_ = said(points(50, 50, 2), Split(train_size=10))
    assert one == (
        "The training part has no example of “class 2”; what is missing cannot be learned."
    )
    many, *_ = said(points(200, *[4] * 6), Split(train_size=10, test_share=0.2))
    assert many.startswith("The training part has no example of “class 1”, “class 2”, “class 3” ")
    assert many.endswith(" and 2 more classes; what is missing cannot be learned.")


def test_a_class_without_any_example_is_missed_nowhere() -> None:
    assert said(points(10, 0, 10), Split()) == ()


def test_nothing_left_to_learn_from_is_refused_with_all_three_numbers() -> None:
    with pytest.raises(ValueError, match="of 4 examples 2 are for validation and 2 for the test"):
        split(points(2, 2), Split(validation_share=0.4, test_share=0.4))


@given(
    sizes=st.lists(st.integers(1, 6), min_size=2, max_size=5),
    validation=st.floats(0, 0.99),
    test=st.floats(0, 0.99),
    seed=st.integers(0, 99),
)
def test_any_division_is_made_or_refused_and_what_it_lacks_is_the_same_for_all_seeds(
    sizes: list[int], validation: float, test: float, seed: int
) -> None:
    examples = points(*sizes)
    config = Split(validation_share=validation, test_share=test, seed=seed)
    if not most_for_training(examples, config):
        with pytest.raises(ValueError, match="No example is left"):
            split(examples, config)
        return
    parts = split(examples, config)
    found = gaps(examples, parts)
    assert found == gaps(examples, split(examples, replace(config, seed=seed + 1)))
    for part, name in ((parts.train, "training"), (parts.validation, "validation")):
        missing = set(range(len(sizes))) - set(examples.labels[part].tolist())
        assert any(one.startswith(f"The {name} part") for one in found) == bool(missing)
