"""Cases: drawn evenly, the same for a number, and mended without another change."""

from collections import Counter
from dataclasses import fields

import numpy as np
import pytest
import torch

from explainer.clinic.case import (
    BATCH,
    CASES,
    DEVIATION,
    MEAN,
    SIGMOID,
    case_of,
    case_with,
    fault_of,
    mended,
)
from explainer.clinic.faults import FAULTS, GROUPS, HEALTHY
from explainer.clinic.instruments import INSTRUMENTS
from explainer.clinic.network import Network
from explainer.clinic.pictures import batch_rows, digits, pictures_of, shown


def test_each_fault_is_that_of_as_many_cases_and_of_no_order() -> None:
    found = [fault_of(seed) for seed in range(CASES)]
    assert case_of(17).fault == found[17]
    counts = Counter(found)
    assert set(counts) == set(FAULTS.slugs)
    assert max(counts.values()) - min(counts.values()) <= 1
    assert len({tuple(found[at : at + 4]) for at in range(0, CASES, 4)}) > 2400


@pytest.mark.parametrize("seed", [-1, CASES])
def test_a_case_of_another_number_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=str(seed)):
        case_of(seed)


def test_a_case_is_the_same_for_its_number_and_its_severity_another_for_another() -> None:
    assert case_with("noise", 7) == case_with("noise", 7)
    assert case_with("noise", 7).wrong != case_with("noise", 8).wrong


@pytest.mark.parametrize("fault", FAULTS.slugs)
@pytest.mark.parametrize("seed", [5, 2024])
def test_a_mended_case_differs_in_its_fault_alone(fault: str, seed: int) -> None:
    ill, well = case_with(fault, seed), mended(case_with(fault, seed))
    other = case_with(HEALTHY, seed)
    assert well.fault == HEALTHY
    for one in fields(ill):
        if one.name not in ("seed", "fault", "activation", "gain", "normed", "widths"):
            kept = getattr(well, one.name) in (getattr(ill, one.name), getattr(other, one.name))
            assert kept, one.name
    assert well.activation == ("relu" if ill.activation == SIGMOID else ill.activation)
    assert well.normed == ill.normed


@pytest.mark.parametrize("fault", sorted(set(FAULTS.slugs) - {"vanishing", "small", "saturated",
                                                               "dead", "equal"}))  # fmt: skip
def test_the_first_weights_are_those_of_the_mended_case(fault: str) -> None:
    case = case_with(fault, 11)
    for ill, well in zip(Network(case).weights, Network(mended(case)).weights, strict=True):
        assert torch.equal(ill, well)


def test_the_three_parts_share_no_picture_but_with_a_leak() -> None:
    for fault, shared in ((HEALTHY, 0.0), ("leak", case_with("leak", 3).leaked)):
        parts = pictures_of(case_with(fault, 3))
        training, validation, fresh = (
            {row.tobytes() for row in part.numpy()}
            for part in (parts.inputs, parts.validation_inputs, parts.fresh_inputs)
        )
        assert len(training & validation) == round(shared * 500)
        assert not training & fresh
        assert not validation & fresh


def test_wrong_labels_are_wrong_and_as_many_as_the_case_says() -> None:
    case = case_with("noise", 3)
    given, true = pictures_of(case).labels, pictures_of(mended(case)).labels
    wrong = (given != true).sum().item()
    assert wrong == round(case.wrong * case.training)


def test_shifted_labels_are_those_of_the_picture_before() -> None:
    case = case_with("shifted", 3)
    assert torch.equal(pictures_of(case).labels[1:], pictures_of(mended(case)).labels[:-1])


def test_an_epoch_gives_every_picture_once_and_the_next_in_another_order() -> None:
    case = case_with(HEALTHY, 3)
    steps = case.training // BATCH
    rows = torch.cat([batch_rows(case, step) for step in range(steps)])
    assert torch.equal(rows.sort().values, torch.arange(case.training))
    assert not torch.equal(batch_rows(case, 0), batch_rows(case, steps))


def test_sorted_batches_have_one_digit_or_two() -> None:
    case = case_with("sorted", 3)
    labels = pictures_of(case).labels
    for step in range(10):
        assert len(set(labels[batch_rows(case, step)].tolist())) <= 2


def test_inputs_have_mean_0_and_deviation_1_and_are_shown_as_the_pixels_they_are() -> None:
    inputs = pictures_of(case_with(HEALTHY, 3)).inputs
    assert abs(inputs.mean().item()) < 0.03
    assert abs(inputs.std().item() - 1) < 0.03
    pixels = digits()[0][:5]
    np.testing.assert_array_equal(
        shown((pixels - MEAN) / DEVIATION).reshape(5, -1), (pixels * 255).round().byte().numpy()
    )


def test_every_fault_has_its_words_its_group_and_an_instrument() -> None:
    for fault in FAULTS:
        assert all((fault.title, fault.wrong, fault.sign, fault.cure))
        assert fault.group in GROUPS
        assert fault.instrument in INSTRUMENTS
        assert set(fault.alike) <= set(FAULTS.slugs) - {fault.slug}
    assert sum(fault.plain for fault in FAULTS) == 6
