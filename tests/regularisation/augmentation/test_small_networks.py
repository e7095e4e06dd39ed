"""Networks in one stack: PyTorch is the oracle of a step; nothing but the change differs."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, cross_entropy

from explainer.regularisation.augmentation.small_networks import (
    PICTURES,
    Stack,
    as_they_come,
    by_steps,
    divided,
    learned,
)
from explainer.training.augmentation.pipeline import step
from explainer.training.data.registry import load


def test_a_stacked_step_is_a_step_of_each_network_by_itself() -> None:
    stack = Stack((2, 8, 8), 3, (5, 6))
    start = [one.detach().clone() for one in stack.parameters]
    random = torch.Generator().manual_seed(0)
    inputs = torch.rand(2, 4, 2, 8, 8, generator=random)
    targets = torch.rand(2, 4, 3, generator=random).softmax(-1)
    stack.step(inputs, targets, 0.01)
    for place in range(2):
        network = nn.Sequential(
            nn.Conv2d(2, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(64, 3),
        )  # fmt: skip
        own = list(network.parameters())
        with torch.no_grad():
            for one, joined in zip(own[:4], start[:4], strict=True):
                one.copy_(joined.chunk(2)[place])
            own[4].copy_(start[4][place].T)
            own[5].copy_(start[5][place, 0])
        torch.testing.assert_close(stack_before(start, inputs)[place], network(inputs[place]))
        optimiser = torch.optim.Adam(own, 0.01)
        torch.autograd.backward(cross_entropy(network(inputs[place]), targets[place]))
        optimiser.step()
        for one, joined in zip(own[:4], stack.parameters[:4], strict=True):
            torch.testing.assert_close(one, joined.chunk(2)[place], atol=2e-4, rtol=0)
        torch.testing.assert_close(own[4].T, stack.parameters[4][place], atol=2e-4, rtol=0)


def stack_before(start: list[torch.Tensor], inputs: torch.Tensor) -> torch.Tensor:
    """The logits of a stack with those parameters."""
    stack = Stack((2, 8, 8), 3, (5, 6))
    with torch.no_grad():
        for one, value in zip(stack.parameters, start, strict=True):
            one.copy_(value)
        return stack.layers(inputs)[-1]


def test_a_network_is_the_same_in_every_company() -> None:
    data = divided("digits")
    alone = learned(data, 40, (7,), steps=3).logits(data.validation_inputs[:5])
    among = learned(data, 40, (3, 7), steps=3).logits(data.validation_inputs[:5])
    torch.testing.assert_close(alone[0], among[1], atol=1e-4, rtol=1e-3)


def test_a_change_that_does_nothing_changes_nothing() -> None:
    data = divided("digits")
    idle = by_steps((step("noise", sigma=0),))
    plain, same = (
        learned(data, 40, (1, 2), change, steps=4).logits(data.validation_inputs[:5])
        for change in (None, idle)
    )
    torch.testing.assert_close(plain, same)


@pytest.mark.parametrize("slug", ["digits", "textures"])
def test_what_validates_is_not_learned_from_and_is_no_test_picture(slug: str) -> None:
    data, examples = divided(slug), PICTURES[slug].load()
    count = examples.test_from or 0
    assert len(data.labels) + len(data.validation_labels) == count
    assert len(data.validation_labels) == PICTURES[slug].validated
    halved = {one.numpy().tobytes() for one in avg_pool2d(examples.inputs[:count], 2)}
    rows = [one.numpy().tobytes() for one in (*data.inputs, *data.validation_inputs)]
    assert set(rows) == halved


def test_of_a_few_pictures_each_class_has_its_share() -> None:
    inputs, labels = divided("digits").some(20, 3)
    assert torch.bincount(labels, minlength=10).tolist() == [2] * 10
    assert inputs.shape == (20, 1, 14, 14)
    other = divided("digits").some(20, 4)[0]
    assert not torch.equal(inputs, other)


def test_jobs_come_with_their_place_and_a_mistake_is_seen() -> None:
    shares: list[float] = []
    found = dict(as_they_come([lambda: "a", lambda: "b", lambda: "c"], shares.append))
    assert found == {0: "a", 1: "b", 2: "c"}
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])
    with pytest.raises(ZeroDivisionError):
        list(as_they_come([lambda: 1 // 0], lambda share: None))


def test_pictures_of_other_data_are_those_of_the_lab() -> None:
    first = load("textures").inputs
    assert divided("textures").inputs.shape[1:] == (3, *[side // 2 for side in first.shape[2:]])
