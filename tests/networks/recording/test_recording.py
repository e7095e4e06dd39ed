from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explainer.networks.architectures.feed_forward import lenet, vgg
from explainer.networks.architectures.residual import resnet20
from explainer.networks.recording.recording import Recording, record, recorded
from tests.networks.random_networks import SHIPPED_SLUGS, any_network, pictures

pytestmark = pytest.mark.usefixtures("one_thread")


class Failing(nn.Module):
    def forward(self, maps: Tensor) -> Tensor:
        raise RuntimeError("on purpose")


class Twice(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu = nn.Conv2d(3, 3, 1), nn.ReLU()

    def forward(self, maps: Tensor) -> Tensor:
        result: Tensor = self.relu(self.conv(self.relu(maps)))
        return result


class Overwriting(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, maps: Tensor) -> Tensor:
        return F.relu(self.conv(maps), inplace=True)


def traces(network: nn.Module) -> list[object]:
    """All of a network that a recording might leave changed."""
    modules = [
        (len(module._forward_hooks), module.training, getattr(module, "inplace", None))
        for module in network.modules()
    ]
    return [*modules, *(parameter.requires_grad for parameter in network.parameters())]


def network_in_use() -> nn.Sequential:
    """In training, but for one norm; its weights learn, but for one convolution; it overwrites."""
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Conv2d(4, 2, 1)
    )
    network[1].eval()
    network[3].requires_grad_(False)
    return network


@pytest.mark.parametrize("gradients", [False, True])
def test_a_recording_leaves_no_trace(gradients: bool) -> None:
    network = network_in_use()
    before = traces(network)
    statistics = network[1].running_mean.clone()  # type: ignore[operator]
    record(network, pictures(8), gradients=gradients)
    assert traces(network) == before
    assert torch.equal(network[1].running_mean, statistics)  # type: ignore[arg-type]


def test_a_recording_leaves_no_trace_after_an_exception() -> None:
    network = network_in_use().append(Failing())
    before = traces(network)
    with pytest.raises(RuntimeError, match="on purpose"):
        record(network, pictures(8))
    assert traces(network) == before


@pytest.mark.parametrize("slug", SHIPPED_SLUGS)
def test_it_holds_what_a_pass_layer_by_layer_gives(slug: str) -> None:
    network = any_network(slug)
    recording = record(network, pictures(32))
    for call in recording.calls:
        with torch.no_grad():
            assert torch.equal(network.get_submodule(call.module)(*call.inputs), call.output)
    last = recording.calls[-1]
    assert recording.output is last.output
    assert recording.calls[0].inputs[0] is recording.inputs


def test_a_plain_chain_gives_the_same_by_hand() -> None:
    network, maps = lenet().eval(), pictures(32)
    recording = record(network, maps)
    assert list(recording.activations) == [name for name, _ in network.named_children()]
    with torch.no_grad():
        for name, layer in network.named_children():
            maps = layer(maps)
            assert torch.equal(recording.activations[name], maps)


def test_layers_that_overwrite_their_input_do_not_while_they_are_recorded() -> None:
    network = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU(inplace=True))
    recording = record(network, pictures(8))
    assert recording.activations["0"].min() < 0
    assert torch.equal(recording.activations["0"].relu(), recording.activations["1"])


def test_overwriting_between_the_layers_is_refused() -> None:
    with pytest.raises(ValueError, match="'conv' gave was overwritten; record the unfolded"):
        record(Overwriting(), pictures(8))


def test_a_layer_that_is_used_again_is_numbered() -> None:
    network = Twice()
    recording = record(network, pictures(8))
    assert list(recording.activations) == ["relu", "conv", "relu_1"]
    assert recording.call("relu_1").module == "relu"
    assert [call.name for call in record(network, pictures(8), ["relu_1"]).calls] == ["relu_1"]


def test_only_the_layers_asked_for_are_recorded() -> None:
    recording = record(vgg().eval(), pictures(16), ["pool1", "out"], keep_inputs=False)
    assert list(recording.activations) == ["pool1", "out"]
    assert recording.call("pool1").inputs == ()


def test_a_layer_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="no layer pool9"):
        record(vgg(), pictures(16), ["pool9"])
    with pytest.raises(ValueError, match="no layer 'pool1' in the recording; it has out"):
        record(vgg(), pictures(16), ["out"]).call("pool1")


def test_gradients_flow_only_where_they_are_asked_for() -> None:
    network, picture = lenet(), pictures(32).requires_grad_()
    assert not record(network, picture).output.requires_grad
    recording = record(network, picture, ["conv1"], gradients=True)
    (gradient,) = torch.autograd.grad(recording.output[0, 0], recording.activations["conv1"])
    assert gradient.abs().sum() > 0
    assert all(parameter.grad is None for parameter in network.parameters())


def test_a_recording_does_not_see_what_another_thread_runs() -> None:
    network = lenet().eval()
    with torch.no_grad(), recorded(network, ["out"]) as calls:
        in_thread(lambda: network(pictures(32, seed=1)))
        mine = network(pictures(32, seed=2))
    assert [call.output for call in calls] == [mine]


def test_two_threads_that_record_one_network_get_each_their_own() -> None:
    network = resnet20().eval()
    network.train()  # what one of them restores must not reach into the other's recording
    before = traces(network)
    expected = {seed: record(network, pictures(16, seed=seed)).activations for seed in (1, 2)}
    found: dict[int, list[Recording]] = {1: [], 2: []}
    begin = threading.Barrier(2)

    def visit(seed: int) -> None:
        begin.wait()
        found[seed] = [record(network, pictures(16, seed=seed)) for _ in range(10)]

    threads = [threading.Thread(target=visit, args=(seed,)) for seed in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for seed, recordings in found.items():
        assert len(recordings) == 10
        for recording in recordings:
            assert recording.activations.keys() == expected[seed].keys()
            for name, activation in recording.activations.items():
                torch.testing.assert_close(activation, expected[seed][name])
    assert traces(network) == before


def in_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_network_that_need_not_run_to_its_end_stops_behind_the_last_layer() -> None:
    network, inputs = any_network("resnet20"), pictures(32)
    names = ("stage1_block1.addition", "stage1_block2.residual.conv1")
    short, whole = record(network, inputs, names, whole=False), record(network, inputs, names)
    assert set(short.activations) == set(names)
    for name in names:
        assert torch.equal(short.activations[name], whole.activations[name])
    assert short.output is short.call(names[1]).output
    assert not any(module._forward_hooks for module in network.modules())
    ran = list[str]()
    handle = network.get_submodule("out").register_forward_hook(lambda *_: ran.append("out"))
    record(network, inputs, names, whole=False)
    assert ran == []
    record(network, inputs, ("out",), whole=False)
    assert ran == ["out"]
    handle.remove()


def test_a_layer_used_again_is_waited_for_and_one_that_is_not_there_is_named() -> None:
    activation = nn.ReLU()
    network = nn.Sequential(nn.Linear(2, 2), activation, nn.Linear(2, 2), activation).eval()
    found = record(network, torch.ones(1, 2), ("1_1",), whole=False)
    with torch.no_grad():
        assert torch.equal(found.call("1_1").output, network(torch.ones(1, 2)))
    with pytest.raises(ValueError, match="no layer 7"):
        record(network, torch.ones(1, 2), ("0", "7"), whole=False)
