from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from torch import Tensor, nn

from explainer.gradients.attribution.deletion_insertion import deletion_insertion
from explainer.gradients.attribution.layers import map_layers
from explainer.gradients.attribution.method import Method
from explainer.gradients.attribution.methods import METHODS, attribute
from explainer.gradients.attribution.passes import private_copy
from explainer.gradients.attribution.progress import CancelledError
from explainer.gradients.attribution.randomisation import randomised_method, shuffled
from explainer.gradients.attribution.target import PREDICTED
from tests.gradients.attribution.conftest import Awake

LAYER = "stage3_block3.addition"
SHORT = {"smoothgrad": {"samples": 3}, "integrated-gradients": {"steps": 3}}
each_method = pytest.mark.parametrize("entry", METHODS, ids=lambda entry: entry.slug)


def state(network: nn.Module) -> dict[str, Any]:
    """All that could have been changed: hooks, modes, in place, gradients, values, versions."""
    found: dict[str, Any] = {}
    for name, module in network.named_modules():
        hooks = {key: list(value) for key, value in vars(module).items() if "_hooks" in key}
        found[name] = (hooks, module.training, getattr(module, "inplace", None), id(module))
    for name, parameter in network.named_parameters():
        values = parameter.detach().numpy().tobytes()
        found[name] = (parameter.requires_grad, parameter.grad, parameter._version, values)
    for name, buffer in network.named_buffers():
        found[f"{name} buffer"] = (buffer._version, buffer.numpy().tobytes())
    return found


@each_method
def test_a_method_leaves_no_trace(awake: Awake, picture: Tensor, entry: Method) -> None:
    network = awake("resnet20").train()
    network.get_submodule("conv1").weight.requires_grad_(False)
    network.get_submodule("out").register_forward_hook(lambda *given: None)
    before, wanted = state(network), picture.clone()
    attribute(network, picture, PREDICTED, entry.slug, layer=LAYER)
    assert state(network) == before
    assert torch.equal(picture, wanted)
    assert not picture.requires_grad
    assert torch.is_grad_enabled()


@each_method
def test_a_method_leaves_no_trace_where_it_fails_on_the_way(
    awake: Awake, picture: Tensor, entry: Method
) -> None:
    class Fails(nn.Module):
        calls = 0

        def forward(self, given: Tensor) -> Tensor:
            # The first call is the plain pass that finds the class.
            Fails.calls += 1
            if Fails.calls > 1:
                raise OSError("no luck")
            return given

    network = nn.Sequential(awake("resnet20"), Fails())
    before = state(network)
    with pytest.raises(OSError, match="no luck"):
        attribute(network, picture, PREDICTED, entry.slug, layer=f"0.{LAYER}")
    assert state(network) == before
    assert torch.is_grad_enabled()
    assert (torch.relu(torch.tensor([-1.0], requires_grad=True)).grad_fn) is not None


@each_method
def test_a_method_works_where_the_caller_has_gradients_switched_off(
    awake: Awake, picture: Tensor, entry: Method
) -> None:
    network, settings = awake("lenet"), SHORT.get(entry.slug)

    def values() -> np.ndarray:
        found = attribute(network, picture, PREDICTED, entry.slug, layer="pool2", settings=settings)
        return found.values

    expected = values()
    with torch.no_grad():
        np.testing.assert_array_equal(values(), expected)
        assert not torch.is_grad_enabled()


def test_the_checks_leave_no_trace_either(awake: Awake, picture: Tensor) -> None:
    network = awake("resnet20")
    before = state(network)
    values = attribute(network, picture, PREDICTED, "gradient").values
    deletion_insertion(network, picture, PREDICTED, values, steps=4, orders=1)
    randomised_method(network, picture, PREDICTED, "gradient", shuffles=1)
    map_layers(network, picture)
    assert state(network) == before


def test_cancelling_leaves_no_trace(awake: Awake, picture: Tensor) -> None:
    network = awake("resnet20")
    before = state(network)
    for slug in ("score-cam", "occlusion"):
        with pytest.raises(CancelledError):
            attribute(network, picture, PREDICTED, slug, layer=LAYER, progress=lambda share: False)
    assert state(network) == before


def test_a_private_copy_shares_tensors_and_modules_used_twice() -> None:
    relu = nn.ReLU(inplace=True)
    network = nn.Sequential(nn.Linear(2, 2), relu, nn.BatchNorm1d(2), relu)
    copy = private_copy(network)
    assert isinstance(copy, nn.Sequential)
    assert copy[1] is copy[3]
    assert copy[1] is not relu
    assert not copy[1].inplace
    assert relu.inplace
    assert not any(module.training for module in copy.modules())
    shared = {name: tensor.data_ptr() for name, tensor in network.state_dict().items()}
    assert {name: tensor.data_ptr() for name, tensor in copy.state_dict().items()} == shared
    shuffled_state = shuffled(network, ("0",), seed=0).state_dict()
    moved = {name for name, tensor in shuffled_state.items() if tensor.data_ptr() != shared[name]}
    assert moved == {"0.weight", "0.bias"}


def test_threads_on_one_network_do_not_mix(awake: Awake, picture: Tensor) -> None:
    network = awake("resnet20")
    slugs = ["gradient", "guided-backpropagation", "deconvnet", "grad-cam", "score-cam"]

    def values(slug: str) -> np.ndarray:
        return attribute(network, picture, PREDICTED, slug, layer=LAYER).values

    alone = {slug: values(slug) for slug in slugs}
    start, wrong = Barrier(len(slugs)), list[str]()

    def again(slug: str) -> None:
        start.wait()
        for _ in range(4):
            if not np.array_equal(values(slug), alone[slug]):
                wrong.append(slug)

    threads = [Thread(target=again, args=(slug,)) for slug in slugs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


TORCHVISION: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "resnet18": (lambda: torchvision.models.resnet18(num_classes=7), "layer4.1.bn2"),
    "mobilenet_v3_small": (lambda: torchvision.models.mobilenet_v3_small(), "features.4"),
    "googlenet": (
        lambda: torchvision.models.googlenet(num_classes=7, init_weights=False),
        "inception4a",
    ),
}


@pytest.mark.parametrize("name", TORCHVISION)
def test_networks_that_work_in_place_and_call_functions_can_be_asked(name: str) -> None:
    build, layer = TORCHVISION[name]
    network = build().eval()
    before, picture = state(network), torch.randn(1, 3, 64, 64)
    for slug in ("gradient", "guided-backpropagation", "deconvnet", "grad-cam"):
        found = attribute(network, picture, PREDICTED, slug, layer=layer)
        assert np.isfinite(found.values).all()
        assert found.values.shape == (64, 64)
        partly = name.startswith("mobilenet_v3") and slug in ("guided-backpropagation", "deconvnet")
        assert bool(found.note) == partly  # a rule for ReLU, and many of its units are Hardswish
    assert state(network) == before
