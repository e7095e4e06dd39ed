"""What the pages compute beside races, on a GPU: attribution, favourite pictures, landscapes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explainer.accelerator import replica
from explainer.gradients.attribution.passes import logits, maps, private_copy
from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.plane import plane
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.stacked import Stacked
from explainer.gradients.landscape.training import train
from explainer.networks.zoo.shipped import load
from explainer.training.engine.devices import Device


@pytest.mark.parametrize("slug", ["vgg", "resnet20"])
def test_a_private_copy_gives_the_cpu_its_numbers_and_its_gradients(slug: str) -> None:
    network = load(slug)
    pictures = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    copy = private_copy(network)
    torch.testing.assert_close(logits(copy, pictures), logits(network, pictures), rtol=1e-3,
                               atol=1e-3)  # fmt: skip
    found = []
    for one in (copy, network):
        leaf = pictures.clone().requires_grad_()
        found.append(torch.autograd.grad(one(leaf).square().sum(), leaf)[0])
    assert found[0].device.type == "cpu"
    torch.testing.assert_close(found[0], found[1], rtol=1e-2, atol=1e-2)
    first = next(name for name, one in network.named_modules() if isinstance(one, torch.nn.Conv2d))
    torch.testing.assert_close(
        maps(copy, pictures[:1], first), maps(private_copy(network), pictures[:1], first)
    )


def test_a_replica_is_made_once_and_lives_as_long_as_its_network() -> None:
    network = load("lenet")
    assert replica(network) is replica(network)


@pytest.mark.parametrize("recomputed", [False, True])
def test_a_plane_has_the_losses_of_the_cpu(recomputed: bool, gpu: Device) -> None:
    setup = Setup(layers=4, steps=50, batch_norm=True)
    found = plane(train(setup), SurveyPlan(setup, recomputed=recomputed), 0)
    places = np.random.default_rng(0).uniform(-1, 1, (20, 2))
    there, here = (
        found.losses(places, Stacked(found.trained.network, recomputed=recomputed, device=one))
        for one in (gpu.torch, torch.device("cpu"))
    )
    np.testing.assert_allclose(there, here, rtol=5e-3)
