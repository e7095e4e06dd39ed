"""Small networks at once: torch is the oracle of a step, by autograd and by its own Adam."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy, leaky_relu

from explainer.generalisation.small_stack import LEAK, LEARNING_RATE, SmallStack, digits
from explainer.regularisation.dropout.data_sizes import POOLED


@pytest.mark.parametrize("width", [0, 7])
def test_a_stacked_step_is_a_step_of_each_network_by_itself(width: int) -> None:
    stack = SmallStack(width, (1, 2), l2=0.05)
    start = [one.detach().clone() for one in stack.parameters]
    torch.manual_seed(0)
    inputs, labels = torch.rand(2, 5, POOLED**2), torch.randint(10, (2, 5))
    stack.step(inputs, labels)
    for place in range(2):
        own = [one[place].clone().requires_grad_() for one in start]
        hidden = inputs[place]
        if width:
            hidden = leaky_relu(hidden @ own[0] + own[1], LEAK)
        loss = cross_entropy(hidden @ own[-2] + own[-1], labels[place])
        loss = loss + 0.05 / 2 * sum((one.square().sum() for one in own[::2]), torch.zeros(()))
        torch.autograd.backward(loss)
        for mine, theirs in zip(stack.parameters, own, strict=True):
            assert mine.grad is not None
            torch.testing.assert_close(mine.grad[place], theirs.grad, atol=1e-6, rtol=1e-4)
            assert (mine[place] - theirs).abs().max() <= LEARNING_RATE * 1.001


def test_a_share_of_the_labels_is_wrong_and_no_more() -> None:
    right, wrong = digits(200, (3, 4)), digits(200, (3, 4), 0.2)
    assert torch.equal(right.inputs, wrong.inputs)
    assert ((right.labels != wrong.labels).sum(1) == 40).all()
    assert ((right.validation_labels != wrong.validation_labels).sum(1) == 200).all()
    assert not torch.equal(wrong.validation_labels[0], wrong.validation_labels[1])


def test_scores_are_the_mean_loss_and_the_share_that_is_wrong() -> None:
    stack, data = SmallStack(3, (5,)), digits(50, (5,))
    loss, error = stack.scores(data.inputs, data.labels)
    first, biases, last, others = (one[0].detach() for one in stack.parameters)
    logits = leaky_relu(data.inputs[0] @ first + biases, LEAK) @ last + others
    assert loss[0] == pytest.approx(cross_entropy(logits, data.labels[0]).item(), rel=1e-5)
    assert error[0] == np.mean((logits.argmax(1) != data.labels[0]).numpy())
