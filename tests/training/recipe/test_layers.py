from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from explainer.training.recipe.layers import (
    DropConnect,
    Dropout,
    MapDropout,
    Noisy,
    channels_last,
)


def seeded(layer: Noisy, seed: int = 0) -> Noisy:
    layer.generator = torch.Generator().manual_seed(seed)
    return layer


def test_inverted_dropout_gives_zero_or_the_value_over_the_kept_share() -> None:
    outputs = seeded(Dropout(0.75))(torch.full((50, 40), 3.0))
    assert set(outputs.unique().tolist()) == {0.0, 12.0}


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_dropout_keeps_the_expectation(p: float) -> None:
    outputs = seeded(Dropout(p))(torch.full((1000, 400), 2.0))
    assert outputs.mean().item() == pytest.approx(2.0, rel=0.02)
    assert (outputs == 0).float().mean().item() == pytest.approx(p, abs=0.01)


def test_dropout_leaves_evaluation_alone() -> None:
    inputs = torch.randn(3, 4)
    assert seeded(Dropout(0.5)).eval()(inputs) is inputs


def test_dropout_passes_the_gradient_through_what_it_kept() -> None:
    inputs = torch.ones(8, 8, requires_grad=True)
    outputs = seeded(Dropout(0.5))(inputs)
    (gradient,) = torch.autograd.grad(outputs.sum(), inputs)
    assert torch.equal(gradient, outputs.detach())


def test_map_dropout_drops_whole_maps() -> None:
    outputs = seeded(MapDropout(0.5))(torch.ones(20, 6, 3, 3))
    whole = outputs.flatten(2)
    assert torch.equal(whole.min(2).values, whole.max(2).values)
    assert set(outputs.unique().tolist()) == {0.0, 2.0}


def test_dropconnect_drops_weights_and_keeps_the_expectation() -> None:
    layer = DropConnect(5, 3, 0.4)
    seeded(layer)
    inputs = torch.randn(7, 5)
    with torch.no_grad():
        mean = torch.stack([layer(inputs) for _ in range(4000)]).mean(0)
    expected = F.linear(inputs, layer.weight, layer.bias)
    torch.testing.assert_close(mean, expected.detach(), atol=0.05, rtol=0.05)
    assert torch.equal(layer.eval()(inputs), expected)


def test_dropconnect_by_hand() -> None:
    layer = DropConnect(2, 1, 0.5)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, 10.0]]))
        layer.bias.fill_(0.5)
    seeded(layer)
    found = {layer(torch.ones(1, 2)).item() for _ in range(50)}
    assert found == {0.5, 2.5, 20.5, 22.5}


def test_two_layers_with_the_same_generator_seed_draw_the_same() -> None:
    first, second = (seeded(Dropout(0.5), 7)(torch.ones(4, 4)) for _ in range(2))
    assert torch.equal(first, second)


def test_a_layer_does_not_touch_the_global_generator() -> None:
    before = torch.random.get_rng_state()
    seeded(Dropout(0.5))(torch.ones(4, 4))
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("channels", [1, 3])
def test_channels_last_changes_the_layout_and_no_value(channels: int) -> None:
    pictures = torch.randn(2, channels, 4, 5)
    changed = channels_last(pictures)
    assert torch.equal(changed, pictures)
    assert changed.stride() == (20 * channels, 1, 5 * channels, channels)
    points = torch.randn(3, 2)
    assert channels_last(points) is points
