import gc
import weakref
from collections import Counter
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explainer.training.data.data_set import Examples
from explainer.training.data.registry import load
from explainer.training.data.splits import (
    Normaliser,
    Split,
    most_for_training,
    normaliser_of,
    prepare,
    prepare_once,
    split,
)
from explainer.training.data.stratify import shares, take

SIZES = st.lists(st.integers(1, 60), min_size=2, max_size=12).filter(lambda sizes: sum(sizes) > 2)
SHARES = st.floats(0, 0.4)


def examples_of(sizes: list[int], *, test_from: int | None = None) -> Examples:
    """Points whose first coordinate is their row; the classes of these sizes, shuffled."""
    labels = torch.cat([torch.full((size,), label) for label, size in enumerate(sizes)])
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(len(labels)))
    rows = torch.arange(len(labels)).float()
    inputs = torch.stack([rows, rows % 7], 1)
    names = tuple(f"class {label}" for label in range(len(sizes)))
    return Examples("made", "Made", inputs, labels[order], names, test_from, "")


def assert_balanced(rows: torch.Tensor, pool: torch.Tensor, labels: torch.Tensor) -> None:
    """Each class has its proportion of `pool`, within one example."""
    whole, part = Counter(labels[pool].tolist()), Counter(labels[rows].tolist())
    for label, size in whole.items():
        assert abs(part[label] - Fraction(len(rows) * size, len(pool))) < 1


@given(sizes=SIZES, validation=SHARES, test=SHARES, seed=st.integers(0, 9999))
def test_parts_are_disjoint_whole_and_balanced(
    sizes: list[int], validation: float, test: float, seed: int
) -> None:
    examples = examples_of(sizes)
    config = Split(validation_share=validation, test_share=test, seed=seed)
    if most_for_training(examples, config) < 1:
        return
    parts = split(examples, config)
    rows = torch.cat([parts.train, parts.validation, parts.test])
    assert sorted(rows.tolist()) == list(range(len(examples)))
    assert len(parts.test) == round(test * len(examples))
    assert len(parts.validation) == round(validation * len(examples))
    assert len(parts.train) == most_for_training(examples, config)
    rest = torch.cat([parts.train, parts.validation])
    assert_balanced(parts.test, torch.arange(len(examples)), examples.labels)
    assert_balanced(parts.validation, rest, examples.labels)


@given(sizes=SIZES, data=st.data(), seed=st.integers(0, 99))
def test_a_training_part_of_any_size_is_balanced(
    sizes: list[int], data: st.DataObject, seed: int
) -> None:
    examples = examples_of(sizes)
    everything = split(examples, Split(seed=seed)).train
    size = data.draw(st.integers(1, len(everything)))
    train = split(examples, Split(train_size=size, seed=seed)).train
    assert len(train) == size
    assert set(train.tolist()) <= set(everything.tolist())
    assert_balanced(train, everything, examples.labels)


@given(sizes=SIZES, share=st.floats(0, 0.5), seed=st.integers(0, 99))
def test_exactly_the_share_of_training_labels_is_wrong(
    sizes: list[int], share: float, seed: int
) -> None:
    examples = examples_of(sizes)
    parts = split(examples, Split(validation_share=0, test_share=0, label_noise=share, seed=seed))
    wrong = parts.noisy_labels != examples.labels[parts.train]
    assert int(wrong.sum()) == round(share * len(parts.train))
    assert parts.noisy_labels.min() >= 0
    assert parts.noisy_labels.max() < len(examples.classes)


@given(sizes=st.lists(st.integers(0, 10**6), min_size=1, max_size=20), data=st.data())
def test_shares_are_whole_sum_up_and_lie_within_one_of_the_proportion(
    sizes: list[int], data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, sum(sizes)))
    divided = shares(sizes, count)
    assert sum(divided) == count
    for size, share in zip(sizes, divided, strict=True):
        assert share <= size
        assert abs(share - Fraction(count * size, max(1, sum(sizes)))) < 1


def test_seven_among_classes_of_five_three_and_two_are_four_two_and_one() -> None:
    assert shares([5, 3, 2], 7) == [4, 2, 1]  # 3.5, 2.1, 1.4


def test_taking_keeps_the_order_and_the_first_of_each_class() -> None:
    labels = torch.tensor([0, 0, 1, 1, 0, 1])
    taken, rest = take(torch.tensor([5, 4, 3, 2, 1, 0]), labels, 4)
    assert taken.tolist() == [5, 4, 3, 1]
    assert rest.tolist() == [2, 0]


def test_twenty_digits_are_two_of_each() -> None:
    digits = load("digits")
    parts = split(digits, Split(train_size=20, seed=3))
    assert torch.bincount(digits.labels[parts.train]).tolist() == [2] * 10


def test_small_training_parts_are_judged_on_the_same_test_and_lie_within_larger_ones() -> None:
    digits = load("digits")
    small, large = (split(digits, Split(train_size=size)) for size in (100, 1000))
    assert torch.equal(small.test, large.test)
    assert torch.equal(small.validation, large.validation)
    assert set(small.train.tolist()) <= set(large.train.tolist())


def test_a_seed_gives_the_same_parts_again_and_another_seed_others() -> None:
    digits = load("digits")
    config = Split(train_size=50, label_noise=0.3, seed=5)
    first, again = split(digits, config), split(digits, config)
    other = split(digits, Split(train_size=50, label_noise=0.3, seed=6))
    for name in ("train", "validation", "test", "noisy_labels"):
        assert torch.equal(getattr(first, name), getattr(again, name))
        assert not torch.equal(getattr(first, name), getattr(other, name))


def test_label_noise_moves_nothing_else_and_grows_from_what_was_wrong_before() -> None:
    digits = load("digits")
    clean, some, much = (
        split(digits, Split(train_size=200, label_noise=noise)) for noise in (0, 0.1, 0.4)
    )
    assert torch.equal(clean.train, much.train)
    assert torch.equal(clean.noisy_labels, digits.labels[clean.train])
    wrong = some.noisy_labels != clean.noisy_labels
    assert int(wrong.sum()) == 20
    assert torch.equal(some.noisy_labels[wrong], much.noisy_labels[wrong])


def test_wrong_labels_of_two_classes_are_the_other_class() -> None:
    moons = load("moons")
    parts = split(moons, Split(label_noise=0.5))
    wrong = parts.noisy_labels != moons.labels[parts.train]
    assert torch.equal(parts.noisy_labels[wrong], 1 - moons.labels[parts.train][wrong])


def test_an_official_test_split_is_the_test_part_and_validation_comes_from_the_rest() -> None:
    examples = examples_of([40, 60], test_from=80)
    config = Split(train_size=30, validation_share=0.25, test_share=0.9)
    parts = split(examples, config)
    assert sorted(parts.test.tolist()) == list(range(80, 100))
    assert len(parts.validation) == 20
    assert max(parts.train.max(), parts.validation.max()) < 80
    assert most_for_training(examples, config) == 60


def test_more_training_examples_than_there_are_is_refused_with_both_numbers() -> None:
    with pytest.raises(ValueError, match="train_size is 61, but only 60 of 100 examples remain"):
        split(examples_of([50, 50]), Split(train_size=61))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("train_size", 0),
        ("validation_share", 1),
        ("validation_share", -0.1),
        ("test_share", float("nan")),
        ("label_noise", 0.51),
    ],
)
def test_values_out_of_range_are_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} is {value}, but it"):
        Split(**{field: value})  # type: ignore[arg-type]


def test_normalised_training_inputs_have_mean_0_and_deviation_1_in_each_channel() -> None:
    prepared = prepare(load("shapes", count=300), Split())
    torch.testing.assert_close(
        prepared.train_inputs.mean((0, 2, 3)), torch.zeros(3), atol=1e-4, rtol=0
    )
    std = prepared.train_inputs.std((0, 2, 3), correction=0)
    torch.testing.assert_close(std, torch.ones(3), atol=1e-4, rtol=0)


def test_normalisation_of_a_hand_worked_batch() -> None:
    normaliser = normaliser_of(torch.tensor([[1.0, 5.0], [3.0, 5.0]]))
    assert normaliser.mean.tolist() == [2, 5]
    assert normaliser.std.tolist() == [1, 1]  # a coordinate that never changes keeps its scale
    assert normaliser.apply(torch.tensor([[4.0, 6.0]])).tolist() == [[2, 1]]


def test_inverting_a_normaliser_gives_the_inputs_back() -> None:
    inputs = torch.rand(4, 3, 5, 5, generator=torch.Generator().manual_seed(0))
    normaliser = Normaliser(torch.tensor([0.1, 0.5, 0.9]), torch.tensor([0.2, 0.3, 0.4]))
    torch.testing.assert_close(normaliser.invert(normaliser.apply(inputs)), inputs)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_changing_a_picture_outside_the_training_part_changes_nothing_there(part: str) -> None:
    digits = load("digits")
    before = prepare(digits, Split(train_size=100))
    digits.inputs[getattr(before.parts, part)] = 1.0
    after = prepare(digits, Split(train_size=100))
    assert torch.equal(before.normaliser.mean, after.normaliser.mean)
    assert torch.equal(before.normaliser.std, after.normaliser.std)
    assert torch.equal(before.train_inputs, after.train_inputs)
    assert not torch.equal(getattr(before, f"{part}_inputs"), getattr(after, f"{part}_inputs"))


def test_prepared_parts_are_the_rows_of_the_data_set() -> None:
    digits = load("digits")
    prepared = prepare(digits, Split(train_size=100, label_noise=0.2)).to("cpu")
    assert (prepared.shape, prepared.classes) == ((1, 8, 8), digits.classes)
    rows = prepared.parts.test
    torch.testing.assert_close(
        prepared.normaliser.invert(prepared.test_inputs), digits.inputs[rows]
    )
    assert torch.equal(prepared.test_labels, digits.labels[rows])
    assert torch.equal(prepared.clean_train_labels, digits.labels[prepared.parts.train])
    assert int((prepared.train_labels != prepared.clean_train_labels).sum()) == 20


def test_races_on_the_same_parts_share_them_as_long_as_one_of_them_lives() -> None:
    examples = load("digits")
    first = prepare_once(examples, Split(seed=7))
    assert prepare_once(examples, Split(seed=7)) is first
    assert prepare_once(examples, Split(seed=8)) is not first
    before = first.train_inputs.clone()
    held = weakref.ref(first)
    del first
    gc.collect()
    assert held() is None
    assert torch.equal(prepare_once(examples, Split(seed=7)).train_inputs, before)
