from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from explainer.training.data.splits import Prepared
from explainer.training.engine.flat_parameters import Clip, FlatParameters, clip_norms, update
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.measurement.run_record import Status
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.recipe import Network, Recipe, Training

CLIPS = [Clip(), Clip(0.5), Clip(0.0, 0.05), Clip(0.5, 0.05), Clip(1e6, 1e6)]


def with_gradients(seed: int) -> nn.Sequential:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(6, 8), nn.Tanh(), nn.Linear(8, 3))
    for parameter in model.parameters():
        parameter.grad = torch.randn_like(parameter)
    return model


def test_each_row_is_clipped_as_torch_clips_its_model() -> None:
    oracles = [with_gradients(seed) for seed in range(len(CLIPS))]
    models = copy.deepcopy(oracles)
    flat = FlatParameters(models, [{} for _ in models], ())
    for model, oracle, clip in zip(models, oracles, CLIPS, strict=True):
        for mine, theirs in zip(model.parameters(), oracle.parameters(), strict=True):
            assert mine.grad is not None
            assert theirs.grad is not None
            mine.grad.copy_(theirs.grad)
        if clip.norm:
            nn.utils.clip_grad_norm_(oracle.parameters(), clip.norm)
        if clip.value:
            nn.utils.clip_grad_value_(oracle.parameters(), clip.value)
        torch.optim.SGD(oracle.parameters(), lr=0.1).step()
    none = dict.fromkeys(("l1_subgradient", "l1_proximal", "l2", "weight_decay"), 0.0)
    count = len(models)
    update(
        flat, OPTIMISERS["sgd"], step=1, rates=[0.1] * count, momentum=0.0,
        strengths=[none] * count, max_norms=[0.0] * count, clips=CLIPS,
    )  # fmt: skip
    for model, oracle in zip(models, oracles, strict=True):
        for mine, theirs in zip(model.parameters(), oracle.parameters(), strict=True):
            torch.testing.assert_close(mine, theirs)


def test_clipping_saves_a_network_whose_gradient_explodes(digits: Prepared) -> None:
    network = Network("mlp", 20, 64, activation="relu", initialisation="normal", init_sigma=0.5)

    def run(clip_norm: float = 0.0) -> Run:
        training = Training("sgd", 0.01, steps=60, clip_norm=clip_norm)
        found = Run(Recipe(network, training=training), 0, digits)
        for _ in train(found):
            pass
        return found

    assert run().record.status is Status.DIVERGED
    saved = run(clip_norm=1.0)
    assert saved.record.status is Status.FINISHED
    assert saved.record.last is not None
    assert saved.record.last.gradient_norm == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("unit", [1e-30, 1e-25, 1.0, 1e25, 1e30])
def test_gradients_keep_their_direction_and_are_as_long_as_allowed_at_any_size(unit: float) -> None:
    gradients = torch.tensor([[3.0, -4.0], [0.0, 0.0]]) * unit
    clip_norms(gradients, 1.0)
    length = min(1.0, 5 * unit)
    torch.testing.assert_close(gradients[0], torch.tensor([0.6, -0.8]) * length, atol=0, rtol=2e-6)
    assert not gradients[1].any()


@pytest.mark.parametrize("unit", [1e-30, 1e30])
def test_the_gradients_length_is_told_at_any_size(unit: float) -> None:
    flat = FlatParameters([with_gradients(1)], [{}], ())
    flat.gradients.copy_(torch.linspace(-unit, unit, flat.gradients.shape[1]))
    wanted = float(flat.gradients.double().norm())
    assert float(flat.gradient_norms()[0]) == pytest.approx(wanted, rel=1e-5)
