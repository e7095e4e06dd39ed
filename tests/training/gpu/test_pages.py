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
from explainer.networks.recording.graph import layers
from explainer.networks.recording.receptive_field import effective
from explainer.networks.recording.recording import record
from explainer.networks.recording.replay import costly, record_costly
from explainer.networks.visualisation.albums import Album
from explainer.networks.visualisation.top_activations import Search
from explainer.networks.zoo.preprocessing import answer, as_input, see, usual_reach
from explainer.networks.zoo.shipped import SHIPPED, load
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


@pytest.mark.parametrize("slug", ["vgg", "resnet20"])
def test_feature_maps_answers_and_fields_are_those_of_the_cpu(slug: str) -> None:
    entry, network = SHIPPED[slug], load(slug)
    codes = np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)
    inputs = as_input(codes, entry)
    found = layers(network, (entry.channels, *codes.shape[:2]))
    fast = record_costly(network, inputs, found)
    with torch.inference_mode():
        plain = record(network, inputs, costly(found))
    for call in fast.calls:
        assert call.output.device.type == "cpu"
        torch.testing.assert_close(call.output, plain.call(call.name).output, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(fast.output, plain.output, rtol=1e-3, atol=1e-3)
    last = see(network, inputs, found, found[-1].name)
    assert np.isfinite(last.values).all()
    assert usual_reach(network, inputs) > 0
    assert np.isclose(sum(answer(network, codes, entry).probabilities), 1, atol=1e-5)
    _, rows, columns = found[0].shape
    field = effective(network, inputs, found[0], rows // 2, columns // 2)
    assert (field > 0).any()
    pictures = np.stack([codes, codes[::-1], codes[:, ::-1]])
    album = Album("made-up", "Made up", pictures, ("noise",), np.zeros(3, np.uint8))
    search = Search(entry, found, found[0].name, album)
    search.advance(network, 0)
    assert search.seen


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
