from __future__ import annotations

import copy
from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn.utils import prune as oracle

from explainer.training.data.splits import Prepared
from explainer.training.engine.run import Run
from explainer.training.instruments.copies import validation
from explainer.training.instruments.pruning import SHARES, prune, pruned
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training
from explainer.training.task import evaluate

CNN = Recipe(Network(dense_layers=1, width=24))


def weights(model: nn.Module) -> torch.Tensor:
    return torch.cat([one.detach().flatten() for one in model.parameters() if one.dim() >= 2])


def test_shares_go_from_all_weights_to_none() -> None:
    assert (SHARES[0], SHARES[-1]) == (0, 1)
    assert list(SHARES) == sorted(set(SHARES))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.98, 1.0])
def test_pruning_is_that_of_pytorch(
    share: float, digits: Prepared, trained: Callable[..., Run]
) -> None:
    run = trained(CNN, digits, 30)
    expected = copy.deepcopy(run.model)
    modules = [one for one in expected if isinstance(one, nn.Conv2d | nn.Linear)]
    amount = round(share * len(weights(run.model)))
    oracle.global_unstructured(
        [(one, "weight") for one in modules], oracle.L1Unstructured, amount=amount
    )
    for one in modules:
        oracle.remove(one, "weight")  # type: ignore[no-untyped-call]
    ((_, found),) = pruned(run, [share])
    for name, tensor in expected.state_dict().items():
        assert torch.equal(found.state_dict()[name], tensor)
    score = evaluate(expected, *validation(run))
    (measured,) = prune(run, [share])
    assert (measured.measure, measured.loss) == pytest.approx((score.measure, score.loss))


def test_exactly_so_many_weights_are_zero(digits: Prepared, trained: Callable[..., Run]) -> None:
    run = trained(CNN, digits)
    count = len(weights(run.model))
    zeros = [int((weights(model) == 0).sum()) for _, model in pruned(run, SHARES)]
    assert zeros == [round(share * count) for share in SHARES]


def test_weights_that_are_zero_already_go_first(
    few_digits: Prepared, trained: Callable[..., Run]
) -> None:
    held = Recipe(Network("mlp", 1, 32), Regularisation(l1_proximal=5e-3), Training("sgd", 0.1))
    run = trained(held, few_digits, 150)
    before = weights(run.model)
    already = float((before == 0).float().mean())
    assert already > 0.1
    ((_, model),) = pruned(run, [already / 2])
    assert torch.equal(weights(model), before)


def test_without_pruning_the_score_is_that_of_the_curves(
    digits: Prepared, trained: Callable[..., Run]
) -> None:
    recipe = Recipe(CNN.network, training=Training(steps=60))
    run = trained(recipe, digits, 60)
    last = run.record.last
    assert last is not None
    nothing, everything = prune(run, [0, 1])
    assert nothing.share == 0
    assert nothing.measure == last.validation_measure
    assert nothing.loss == pytest.approx(last.validation_loss)
    assert nothing.measure > 0.5
    # Without weights only biases speak, and every picture gets the same answer.
    labels = run.data.validation_labels
    counts = torch.bincount(labels).tolist()
    assert round(everything.measure * len(labels)) in counts


def test_a_share_out_of_its_range_is_one_sentence(digits: Prepared) -> None:
    with pytest.raises(ValueError, match=r"a share is 1\.5, but it lies in"):
        prune(Run(CNN, 0, digits), [0.5, 1.5])
