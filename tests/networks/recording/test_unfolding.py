from __future__ import annotations

import threading

import pytest
import torch
from torch import Tensor, nn
from torchvision.models.feature_extraction import get_graph_node_names

from explainer.networks.architectures.feed_forward import lenet
from explainer.networks.architectures.residual import resnet20
from explainer.networks.recording.recording import record
from explainer.networks.recording.unfolding import unfolded
from tests.networks.random_networks import SMALL, pictures, torchvision_network

pytestmark = pytest.mark.usefixtures("one_thread")


class Odd(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, maps: Tensor) -> Tensor:
        result: Tensor = torch.fft.fft(self.conv(maps)).real
        return result


class Visited(nn.Module):
    """While it is traced, another thread runs a network of its own."""

    def __init__(self, other: nn.Module) -> None:
        super().__init__()
        self.conv, self.others = nn.Conv2d(3, 3, 1), [other]
        self.answers: list[Tensor] = []

    def forward(self, maps: Tensor) -> Tensor:
        thread = threading.Thread(target=self.visit)
        thread.start()
        thread.join()
        result: Tensor = self.conv(maps)
        return result

    def visit(self) -> None:
        self.answers.append(self.others[0](pictures(32)))


@pytest.mark.parametrize("name", SMALL)
def test_an_unfolded_network_gives_the_same_and_leaves_the_other_as_it_was(name: str) -> None:
    network = torchvision_network(name).train()
    steps = unfolded(network)
    assert all(module.training for module in network.modules())
    assert not any(module.training for module in steps.modules())
    with torch.no_grad():
        assert torch.equal(steps(pictures(64)), network.eval()(pictures(64)))


@pytest.mark.parametrize("name", SMALL)
def test_it_shares_every_weight_and_has_no_more(name: str) -> None:
    network = torchvision_network(name, hollow=True)
    shared = {id(parameter) for parameter in unfolded(network).parameters()}
    assert shared == {id(parameter) for parameter in network.parameters()}


@pytest.mark.parametrize("name", SMALL)
def test_nothing_in_it_works_in_place(name: str) -> None:
    recording = record(unfolded(torchvision_network(name)), pictures(64))
    kept = {name: output.clone() for name, output in recording.activations.items()}
    assert all(torch.equal(kept[call.name], call.output) for call in recording.calls)
    assert all(call.inputs for call in recording.calls)


# Of the others torchvision takes some modules as a whole, or looks into them, where we do not.
@pytest.mark.parametrize("name", ["googlenet", "resnet18", "resnet50"])
def test_its_steps_have_the_names_that_torchvision_gives_them(name: str) -> None:
    network = torchvision_network(name)
    expected = get_graph_node_names(network)[1]
    recording = record(unfolded(network), pictures(64))
    assert ["x", *recording.activations] == expected


def test_residual_networks_record_what_was_overwritten_and_what_was_no_module() -> None:
    recording = record(unfolded(torchvision_network("resnet18")), pictures(64))
    given = recording.activations
    assert given["layer1.0.bn1"].min() < 0
    assert torch.equal(given["layer1.0.bn1"].relu(), given["layer1.0.relu"])
    assert torch.equal(given["layer1.0.bn2"] + given["maxpool"], given["layer1.0.add"])
    assert torch.equal(given["layer1.0.add"].relu(), given["layer1.0.relu_1"])


def test_a_network_of_plain_modules_keeps_its_names() -> None:
    network = resnet20().eval()
    expected = record(network, pictures(32)).activations
    found = record(unfolded(network), pictures(32)).activations
    assert list(found) == list(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_function_without_a_module_is_named() -> None:
    with pytest.raises(ValueError, match=r"the step fft_fft .* has no module"):
        unfolded(Odd())


def test_other_threads_may_run_networks_meanwhile() -> None:
    other = lenet().eval()
    network = Visited(other)
    steps = unfolded(network)
    assert torch.equal(network.answers[0], other(pictures(32)))
    assert [name for name, _ in steps.named_children()] == ["conv"]
