from __future__ import annotations

import pytest
import torch
from torch import nn

from explainer.networks.architectures.feed_forward import lenet, vgg
from explainer.networks.architectures.residual import resnet20
from explainer.networks.drill.windows import Field
from explainer.networks.recording.graph import INPUT, Layer, layers, layers_of, maps
from explainer.networks.recording.layer_kinds import KINDS
from explainer.networks.recording.recording import record
from explainer.networks.recording.replay import completed, costly, record_costly
from explainer.networks.recording.unfolding import unfolded
from explainer.networks.zoo.shipped import count_parameters
from explainer.training.recipe.build_network import build
from explainer.training.recipe.network import Network
from explainer.training.recipe.sections import Regularisation
from tests.networks.random_networks import (
    SHIPPED_SLUGS,
    SMALL,
    TORCHVISION,
    pictures,
    seen,
    torchvision_network,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def by_name(network: nn.Module, side: int = 32) -> dict[str, Layer]:
    return {layer.name: layer for layer in layers(network, (3, side, side))}


@pytest.mark.parametrize("name", TORCHVISION)
def test_costs_are_those_that_torchvision_states(name: str) -> None:
    network = torchvision_network(name, hollow=True)
    found = layers(unfolded(network), (3, 224, 224))
    assert sum(layer.parameters for layer in found) == count_parameters(network)
    multiplications = sum(
        layer.multiplications for layer in found if layer.kind in ("convolution", "linear")
    )
    assert multiplications / 1e9 == pytest.approx(TORCHVISION[name][1], abs=6e-4)


each = pytest.mark.parametrize("name", [*SHIPPED_SLUGS, *SMALL])


@each
def test_shapes_and_names_are_those_of_a_recording(name: str) -> None:
    network, found, recording = seen(name)
    assert found == layers_of(network, recording)
    for layer in found:
        assert maps(recording, layer).shape == layer.shape
    assert set(recording.activations) >= {layer.name for layer in found}
    assert found[0].inputs == (INPUT,)


@each
def test_a_layer_takes_from_layers_before_it(name: str) -> None:
    known = {INPUT}
    for layer in seen(name)[1]:
        assert set(layer.inputs) <= known
        assert len(layer.inputs) == len(layer.windows) > 0
        known.add(layer.name)


@each
def test_layers_said_to_have_no_negative_values_have_none(name: str) -> None:
    _, found, recording = seen(name)
    for layer in found:
        assert layer.signed or maps(recording, layer).min() >= 0, layer.name


def test_a_residual_block_takes_its_input_twice() -> None:
    found = by_name(resnet20())
    addition = found["stage1_block2.addition"]
    assert addition.inputs == ("stage1_block2.residual.conv2_norm", "stage1_block2.shortcut")
    assert found["stage1_block2.shortcut"].inputs == ("stage1_block1.activation",)
    assert found["stage1_block2.residual.conv1"].inputs == ("stage1_block1.activation",)


def test_lenet_is_as_counted_by_hand() -> None:
    found = by_name(lenet())
    assert found["conv1"].title == "5 × 5 convolution, 6 maps"
    assert found["conv1"].parameters == 6 * (3 * 25 + 1)
    assert found["conv1"].multiplications == 28 * 28 * 6 * 3 * 25
    assert found["pool1"].title == "2 × 2 mean"
    assert found["flatten"].shape == (120, 1, 1)
    assert found["flatten"].layout == "flat"
    assert found["out"].multiplications == 84 * 10
    fields = {name: layer.field[0] for name, layer in found.items()}
    assert fields["conv1"] == Field(5, 1, 2)
    assert fields["pool1"] == Field(6, 2, 2.5)
    assert fields["conv2"] == Field(14, 2, 6.5)
    assert fields["pool2"] == Field(16, 4, 7.5)
    assert fields["conv3"] == Field(32, 4, 15.5)
    assert fields["out"].size == 32


def test_a_mean_of_each_map_sees_all_and_so_does_what_follows() -> None:
    found = by_name(vgg(), 64)
    assert found["mean"].kind == "global-pooling"
    assert found["mean"].field[0].jump == found["out"].field[0].jump == 0
    assert found["out"].field[0].size >= 64


def test_squeeze_and_excite_lets_every_pixel_see_the_whole_picture() -> None:
    found = by_name(unfolded(torchvision_network("mobilenet_v3_large", hollow=True)), 64)
    product = next(layer for layer in found.values() if layer.kind == "multiplication")
    assert found[product.inputs[0]].shape[1:] == (1, 1)
    assert product.field[0].jump == 0
    assert product.field[0].size >= 64


def test_dropout_is_no_layer_and_the_next_takes_from_the_one_before() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Dropout(), nn.ReLU(), nn.Dropout(), nn.Flatten())
    found = layers(network, (3, 4, 4))
    assert [layer.inputs for layer in found] == [(INPUT,), ("0",), ("2",)]


def test_a_network_of_the_training_lab_has_its_layers_too() -> None:
    recipe = Network(kind="cnn", batch_norm=True, pooling="stochastic")
    drops = Regularisation(dropout=0.5, dropconnect=0.3, map_dropout=0.1)
    found = layers(build(recipe, (1, 28, 28), 10, drops), (1, 28, 28))
    assert {"convolution", "batch-norm", "activation", "pooling", "flatten", "linear"} == {
        layer.kind for layer in found
    }


def test_a_step_that_is_no_layer_is_found_out() -> None:
    with pytest.raises(ValueError, match="'1' takes what no layer gave; unfold the network first"):
        layers(_Halving(nn.ReLU(), nn.ReLU()), (3, 4, 4))


def test_a_layer_of_no_known_kind_is_named() -> None:
    with pytest.raises(ValueError, match="type _FirstOf is of no kind"):
        layers(nn.Sequential(nn.Flatten(), _FirstOf()), (3, 4, 4))


class _Halving(nn.Sequential):
    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self[1](self[0](maps) / 2)
        return result


class _FirstOf(nn.LSTMCell):
    def __init__(self) -> None:
        super().__init__(48, 5)

    def forward(self, values: torch.Tensor) -> torch.Tensor:  # type: ignore[override]
        return values * 1


def test_every_kind_occurs_in_some_network() -> None:
    found = {layer.kind for name in (*SHIPPED_SLUGS, *SMALL) for layer in seen(name)[1]}
    assert found == {entry.slug for entry in KINDS}


@each
def test_what_cheap_layers_gave_follows_to_the_last_bit_from_the_costly_ones(name: str) -> None:
    network, found, full = seen(name)
    sparse = record_costly(network, pictures(32), found)
    assert set(sparse.activations) == costly(found)
    again = completed(network, sparse, found, [layer.name for layer in found])
    for layer in found:
        assert torch.equal(again.activations[layer.name], full.activations[layer.name])


def test_a_recording_that_has_the_layers_is_left_as_it_is() -> None:
    network = vgg().eval()
    found, recording = layers(network, (3, 16, 16)), record(network, pictures(16), ["pool1"])
    assert completed(network, recording, found, ["pool1"]) is recording
    with pytest.raises(ValueError, match="no layer 'pool9'"):
        completed(network, recording, found, ["pool9"])
