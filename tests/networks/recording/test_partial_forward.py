"""Running a network as far as one layer gives what the whole network gives there."""

from __future__ import annotations

import pytest
import torch

from explainer.networks.recording.graph import as_maps, layers
from explainer.networks.recording.partial_forward import run_to, way_to
from explainer.networks.recording.recording import record
from tests.networks.random_networks import SHIPPED_SLUGS, SMALL, any_network, pictures


@pytest.mark.parametrize("name", [*SHIPPED_SLUGS, *SMALL])
def test_every_layer_gives_what_a_recording_holds(name: str) -> None:
    network, inputs = any_network(name), pictures(32, count=2)
    found = layers(network, (3, 32, 32))
    recording = record(network, inputs)
    for layer in found[:: max(1, len(found) // 12)]:
        with torch.no_grad():
            given = run_to(network, found, inputs, layer.name)
        wanted = as_maps(recording.call(layer.name).output, layer.layout)
        torch.testing.assert_close(given, wanted, rtol=0, atol=0)


def test_the_way_to_a_block_of_googlenet_leaves_out_what_comes_after() -> None:
    found = layers(any_network("googlenet"), (3, 32, 32))
    way = way_to(found, found[6].name)
    assert way == found[:7]
    assert len(way_to(found, found[0].name)) == 1


def test_a_network_that_learns_is_refused() -> None:
    network = any_network("lenet")
    found = layers(network, (3, 32, 32))
    module = network.get_submodule("conv1")
    module.train()
    try:
        with pytest.raises(ValueError, match="'conv1' is in training mode"):
            run_to(network, found, pictures(32), "conv2")
    finally:
        module.eval()


def test_a_layer_that_overwrites_its_input_is_refused() -> None:
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.ReLU(inplace=True)).eval()
    found = layers(network, (3, 8, 8))
    with pytest.raises(ValueError, match="works in place"):
        run_to(network, found, pictures(8), "1")
