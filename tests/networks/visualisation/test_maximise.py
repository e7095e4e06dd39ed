"""Activation maximisation: known answers, rising values, seeds, and a network left as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explainer.networks.recording.graph import Layer, layers
from explainer.networks.visualisation.image_parameterisation import (
    BOUNDS,
    COLOURS,
    HOLDINGS,
    PIXELS,
    SPECTRUM,
    WITHIN_LENGTH,
)
from explainer.networks.visualisation.maximise import (
    Painted,
    Painting,
    middle_unit,
    paint_for,
    roughness_gradient,
)
from explainer.networks.visualisation.slices import Work
from explainer.networks.zoo.shared import shared_layers, shared_network
from explainer.networks.zoo.shipped import SHIPPED

VGG = SHIPPED["vgg"]
# Colours from 0 to 1 go from -10 to 10.
WIDE = replace(VGG, mean=(0.5,) * 3, deviation=(0.05,) * 3)
BARE = Painting(
    steps=150, jitter=0, smoothness=0, decay=0, holding=PIXELS, bound=WITHIN_LENGTH, seeds=(1, 2)
)


def last(
    network: nn.Module, found: tuple[Layer, ...], layer: str, index: int, settings: Painting,
    side: int = 32,
) -> Painted:  # fmt: skip
    """The painting at its end."""
    unit = middle_unit(network, found, layer, index, side)
    return list(paint_for(lambda: network, VGG, found, unit, settings))[-1]


def kernel_of(network: nn.Module, layer: str, index: int) -> Tensor:
    """A learned kernel `(C, k, k)`."""
    weight = network.get_submodule(layer).weight
    assert isinstance(weight, Tensor)
    return weight[index]


def inputs_of(codes: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Tensor:
    """Codes `(S, H, W, 3)` as the network takes them."""
    return VGG.normalise(torch.from_numpy(codes).permute(0, 3, 1, 2).float() / 255)


@pytest.mark.parametrize("index", [0, 9, 14])
def test_a_first_layer_unit_at_fixed_contrast_wants_its_own_kernel(index: int) -> None:
    network, found = shared_network("vgg"), shared_layers("vgg", (3, 32, 32))
    unit = middle_unit(network, found, "conv1_1", index, 32)
    steps = list(paint_for(lambda: network, VGG, found, unit, BARE))
    kernel = kernel_of(network, "conv1_1", index)
    # Of all inputs of length √27 the kernel's own direction gives the most: √27 ‖w‖.
    largest = 27**0.5 * float(kernel.norm())
    assert steps[-1].values == pytest.approx([largest, largest], rel=2e-3)
    field = unit.field
    seen = inputs_of(steps[-1].pictures[:, field.top : field.bottom, field.left : field.right])
    for picture in seen:
        # Codes cut colours off, so what is shown is a little less like the kernel.
        assert float(torch.corrcoef(torch.stack([picture.ravel(), kernel.ravel()]))[0, 1]) > 0.9


def test_the_inputs_themselves_correlate_with_the_kernel() -> None:
    torch.manual_seed(4)
    network = nn.Sequential(nn.Conv2d(3, 2, 5, padding=2)).eval().requires_grad_(False)
    # Weak contrast, so that no colour is cut off: with an entry that spreads them widely.
    found = layers(network, (3, 9, 9))
    unit = middle_unit(network, found, "0", 1, 9)
    painted = list(paint_for(lambda: network, WIDE, found, unit, BARE))[-1]
    kernel = kernel_of(network, "0", 1)
    field = unit.field
    for codes in painted.pictures[:, field.top : field.bottom, field.left : field.right]:
        seen = torch.from_numpy(codes).permute(2, 0, 1).float()
        correlation = torch.corrcoef(torch.stack([seen.ravel(), kernel.ravel()]))[0, 1]
        assert float(correlation) > 0.99


@pytest.mark.parametrize("holding", HOLDINGS, ids=lambda one: one.slug)
@pytest.mark.parametrize("bound", BOUNDS, ids=lambda one: one.slug)
def test_the_value_rises(holding: object, bound: object) -> None:
    network, found = shared_network("vgg"), shared_layers("vgg", (3, 32, 32))
    settings = Painting(steps=12, seeds=(1, 2), holding=holding, bound=bound)  # type: ignore[arg-type]
    painted = last(network, found, "conv3_1_activation", 5, settings)
    assert (painted.values > painted.history[0][1] + 0.5).all()
    assert [step for step, _ in painted.history] == list(range(13))


def test_the_value_is_that_of_the_picture_shown() -> None:
    network, found = shared_network("vgg"), shared_layers("vgg", (3, 32, 32))
    painted = last(network, found, "conv2_2", 7, Painting(steps=20))
    with torch.no_grad():
        maps = network[:11](inputs_of(painted.pictures))  # type: ignore[index]
    # Codes have 8 bits, so the value differs a little.
    np.testing.assert_allclose(maps[:, 7, 8, 8].numpy(), painted.values, atol=0.05)


def test_a_seed_paints_the_same_again_and_alone() -> None:
    network, found = shared_network("vgg"), shared_layers("vgg", (3, 32, 32))
    settings = Painting(steps=6, seeds=(5, 6))
    first, again = (last(network, found, "conv2_1", 3, settings) for _ in range(2))
    np.testing.assert_array_equal(first.pictures, again.pictures)
    alone = last(network, found, "conv2_1", 3, replace(settings, seeds=(6,)))
    np.testing.assert_allclose(alone.values[0], first.values[1], rtol=1e-3)
    assert np.abs(first.pictures[0].astype(int) - first.pictures[1]).mean() > 3


def test_a_unit_behind_relu_is_driven_through_what_goes_into_it() -> None:
    network, found = shared_network("vgg"), shared_layers("vgg", (3, 32, 32))
    unit = middle_unit(network, found, "conv3_1_activation", 5, 32)
    assert unit.through
    assert unit.driven.name == "conv3_1_norm"
    assert not middle_unit(network, found, "conv3_1", 5, 32).through
    steps = list(paint_for(lambda: network, VGG, found, unit, Painting(steps=60)))
    assert not steps[0].values.all()
    assert (steps[-1].values > 1).all()


def test_a_unit_that_never_wakes_begins_anew_and_says_so() -> None:
    network = nn.Sequential(nn.Conv2d(3, 1, 3), nn.ReLU(), nn.AvgPool2d(2)).eval()
    network.requires_grad_(False)
    network.get_submodule("0").bias.fill_(-1e6)  # type: ignore[operator]
    painted = last(network, layers(network, (3, 16, 16)), "2", 0, Painting(steps=8), side=16)
    assert painted.still == (True, True, True)
    assert painted.restarts == 15
    assert np.isfinite(painted.values).all()


def test_a_unit_asleep_at_the_first_noise_is_woken_by_another() -> None:
    network = nn.Sequential(nn.Conv2d(3, 1, 3), nn.ReLU(), nn.AvgPool2d(2)).eval()
    network.requires_grad_(False)
    network.get_submodule("0").weight.fill_(0.1)  # type: ignore[operator]
    network.get_submodule("0").bias.fill_(-1.0)  # type: ignore[operator]
    settings = Painting(steps=40, seeds=(1, 2, 3))
    painted = last(network, layers(network, (3, 16, 16)), "2", 0, settings, side=16)
    assert painted.restarts > 0
    assert (painted.values > 0).any()


def state(network: nn.Module) -> dict[str, Tensor]:
    """A copy of all that training would change."""
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def left_as_it_was(network: nn.Module, before: dict[str, Tensor]) -> None:
    """Weights, hooks, mode and gradients."""
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(tensor, before[name], rtol=0, atol=0)
    for module in network.modules():
        hooks = (module._forward_hooks, module._backward_hooks, module._forward_pre_hooks)
        assert not any(hooks)
        assert not module.training
    for parameter in network.parameters():
        assert parameter.grad is None
        assert not parameter.requires_grad


def finish(work: Work[Painted]) -> None:
    """To the end."""
    work.advance(600)


def stop_midway(work: Work[Painted]) -> None:
    """Three steps, then stop, twice."""
    for _ in range(3):
        work.advance(0)
    work.stop()
    work.stop()


@pytest.mark.parametrize("drive", [finish, stop_midway])
def test_the_network_is_left_as_it_was(drive: Callable[[Work[Painted]], None]) -> None:
    network, found = shared_network("resnet20"), shared_layers("resnet20", (3, 32, 32))
    before = state(network)
    unit = middle_unit(network, found, found[20].name, 3, 32)
    work = Work(paint_for(lambda: network, VGG, found, unit, Painting(steps=4)))
    drive(work)
    assert work.ended
    assert work.latest is not None
    left_as_it_was(network, before)


def test_the_network_is_left_as_it_was_by_an_exception_too() -> None:
    network, found = shared_network("vgg"), shared_layers("vgg", (3, 32, 32))
    before = state(network)
    unit = middle_unit(network, found, "conv2_1", 3, 32)
    work = Work(paint_for(lambda: network, VGG, found, unit, Painting(steps=4)))
    work.advance(0)
    wrong = replace(unit, index=10_000)
    broken = Work(paint_for(lambda: network, VGG, found, wrong, Painting(steps=4)))
    with pytest.raises(IndexError):
        broken.advance(0)
    assert broken.ended
    left_as_it_was(network, before)


def test_the_parameters_of_a_network_that_learns_get_no_gradient() -> None:
    network = nn.Sequential(nn.Conv2d(3, 2, 3)).eval()
    last(network, layers(network, (3, 8, 8)), "0", 0, Painting(steps=3), side=8)
    assert all(parameter.grad is None for parameter in network.parameters())
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_nothing_random_is_left_over() -> None:
    torch.manual_seed(9)
    before = torch.get_rng_state()
    network, found = shared_network("vgg"), shared_layers("vgg", (3, 32, 32))
    last(network, found, "conv1_1", 0, Painting(steps=2))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"steps": 0}, "steps is 0"), ({"smoothness": -1.0}, "smoothness is -1"),
     ({"jitter": 33}, "jitter is 33"), ({"seeds": ()}, "there are 0 seeds"),
     ({"learning_rate": 2.0}, "learning_rate is 2")],
)  # fmt: skip
def test_settings_out_of_bounds_are_named(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Painting(**settings)  # type: ignore[arg-type]


def test_a_map_that_is_not_there_is_named() -> None:
    found = shared_layers("vgg", (3, 32, 32))
    with pytest.raises(ValueError, match="32 maps: no map 32"):
        middle_unit(shared_network("vgg"), found, "conv1_1", 32, 32)


def test_the_gradient_of_roughness_is_autograds() -> None:
    generator = torch.Generator().manual_seed(0)
    pictures = torch.randn(2, 3, 5, 7, generator=generator).requires_grad_(True)
    rough = sum(pictures.diff(dim=axis).square().sum() / 2 for axis in (2, 3))
    assert isinstance(rough, Tensor)
    (wanted,) = torch.autograd.grad(rough, pictures)
    torch.testing.assert_close(roughness_gradient(pictures.detach()), wanted)


def test_where_the_unit_sees_little_it_is_painted_without_shifts_and_hardly_smoothed() -> None:
    small, whole = Painting().for_field(3), Painting().for_field(32)
    assert (small.jitter, whole.jitter) == (0, 2)
    assert small.smoothness == pytest.approx(0.03)
    assert whole == Painting()


def test_a_spectrum_holds_a_picture_of_the_size_asked_for_and_broad_shapes() -> None:
    values = torch.randn(2, *SPECTRUM.shape((3, 9, 8)), generator=torch.Generator().manual_seed(0))
    assert SPECTRUM.read(values, (9, 8)).shape == (2, 3, 9, 8)
    one = torch.zeros(SPECTRUM.shape((1, 16, 16)))
    one[0, 0, 1, 0] = 1
    wave = SPECTRUM.read(one, (16, 16))[0].numpy()
    cosine = np.cos(2 * np.pi * np.arange(16) / 16)
    np.testing.assert_allclose(wave / wave.max(), np.tile(cosine, (16, 1)), atol=1e-6)


def test_the_colours_own_axes_are_perpendicular_and_the_first_is_nearly_grey() -> None:
    root = np.array(COLOURS)
    overlaps = root.T @ root
    assert overlaps[0, 0] == pytest.approx(1, abs=1e-3)
    assert np.abs(overlaps - np.diag(np.diag(overlaps))).max() < 2e-3
    assert root[:, 0].min() > 0.5
