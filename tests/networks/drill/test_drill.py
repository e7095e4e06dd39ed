from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explainer.networks.architectures.residual import Shortcut
from explainer.networks.drill.points import (
    ActivationDrill,
    BatchNormDrill,
    CopyDrill,
    LayerNormDrill,
)
from explainer.networks.drill.pooling import PoolingDrill
from explainer.networks.drill.sums import (
    AdditionDrill,
    ConvolutionDrill,
    Drill,
    LinearDrill,
    ProductDrill,
    softmax,
)
from explainer.networks.recording.arithmetic import drill
from explainer.networks.recording.graph import Layer, layers, maps
from explainer.networks.recording.recording import Recording, record
from explainer.networks.recording.replay import record_costly
from explainer.networks.recording.unfolding import Scale
from explainer.training.recipe.layers import DropConnect, Dropout, StochasticPool2d
from tests.networks.random_networks import SHIPPED_SLUGS, SMALL, any_network, pictures, randomised

PRECISION = 1e-5
pytestmark = pytest.mark.usefixtures("one_thread")


def drilled(network: nn.Module, inputs: Tensor, name: str, *at: int) -> Drill:
    """The drill of one value of a network that is recorded for it."""
    network.eval()
    found = layers(network, tuple(inputs.shape[1:]))  # type: ignore[arg-type]
    return drill(network, record(network, inputs), found, name, *at)


def some_places(layer: Layer, count: int) -> list[tuple[int, int, int]]:
    """Both corners, where padding is, and places between."""
    generator = np.random.default_rng(0)
    channels, height, width = layer.shape
    corners = [(0, 0, 0), (channels - 1, height - 1, width - 1)]
    between = generator.integers((0, 0, 0), layer.shape, (count, 3)).tolist()
    return corners + [(c, y, x) for c, y, x in between]


def worst(name: str, side: int, count: int) -> float:
    """The largest error of a network's drills, in units of the largest value of the map, or 1."""
    network = any_network(name)
    found, recording = layers(network, (3, side, side)), record(network, pictures(side))
    return max(
        abs(result.total - result.place.value) / max(1.0, float(given.abs().max()))
        for layer in found
        for given in [maps(recording, layer)]
        for result in everything(network, recording, found, layer, count)
    )


def everything(
    network: nn.Module,
    recording: Recording,
    found: tuple[Layer, ...],
    layer: Layer,
    count: int,
) -> list[Drill]:
    """Drills of some places of a layer, and of folded norms also the convolution."""
    results = [
        drill(network, recording, found, layer.name, *at) for at in some_places(layer, count)
    ]
    norms = [result for result in results if isinstance(result, BatchNormDrill)]
    return results + [norm.folded for norm in norms if norm.folded]


@pytest.mark.parametrize("name", SHIPPED_SLUGS)
def test_sums_equal_the_value_for_every_layer_of_every_shipped_network(name: str) -> None:
    assert worst(name, 32, 6) <= PRECISION


@pytest.mark.parametrize("name", SMALL)
def test_sums_equal_the_value_for_every_layer_of_torchvisions_networks(name: str) -> None:
    assert worst(name, 64, 1) <= PRECISION


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(6, 4, 3, groups=2),
        nn.Conv2d(6, 6, 5, groups=6, padding=2),
        nn.Conv2d(6, 12, 3, groups=6),
        nn.Conv2d(6, 2, 3, dilation=2, stride=3, padding=4, bias=False),
        nn.Conv2d(6, 2, (4, 2), padding="same", dilation=(1, 3)),
        nn.Conv2d(6, 2, 3, padding=(1, 2), padding_mode="reflect"),
        nn.Conv2d(6, 2, 3, padding=2, padding_mode="replicate"),
        nn.Conv2d(6, 2, 3, padding=1, padding_mode="circular"),
        nn.MaxPool2d(3, 2, padding=1),
        nn.MaxPool2d(2, dilation=2, ceil_mode=True),
        nn.AvgPool2d(3, 2, padding=1),
        nn.AvgPool2d(3, 2, padding=1, ceil_mode=True),
        nn.AvgPool2d(3, 2, padding=1, ceil_mode=True, count_include_pad=False),
        nn.AvgPool2d(2, divisor_override=3),
        nn.AdaptiveAvgPool2d((4, 3)),
        StochasticPool2d(),
        nn.PReLU(6),
        nn.LeakyReLU(),
        nn.BatchNorm2d(6, affine=False),
        Scale(nn.Parameter(torch.randn(6, 1, 1))),
        Shortcut(6, 10, 2),
    ],
    ids=repr,
)
def test_every_setting_of_a_layer_is_followed(layer: nn.Module) -> None:
    network = nn.Sequential(layer).eval()
    inputs = torch.randn(1, 6, 9, 10, generator=torch.Generator().manual_seed(0))
    found, recording = layers(network, (6, 9, 10)), record(network, inputs)
    for at in np.ndindex(found[0].shape):
        result = drill(network, recording, found, "0", *at)
        assert result.total == pytest.approx(result.place.value, abs=PRECISION), at


def test_a_convolution_is_as_worked_out_by_hand() -> None:
    network = nn.Sequential(nn.Conv2d(2, 1, 2, padding=1))
    with torch.no_grad():
        network[0].weight.copy_(torch.arange(8.0).view(1, 2, 2, 2))  # type: ignore[operator]
        network[0].bias.fill_(0.5)  # type: ignore[operator]
    inputs = torch.stack([torch.full((3, 3), 1.0), torch.full((3, 3), 10.0)])[None]
    found = drilled(network, inputs, "0", 0, 0, 1)
    assert isinstance(found, ConvolutionDrill)
    assert found.channels.tolist() == [0, 1]
    assert (found.rows.tolist(), found.columns.tolist()) == ([-1, 0], [0, 1])
    assert found.inside.tolist() == [[False, False], [True, True]]
    assert found.window[1].tolist() == [[0, 0], [10, 10]]
    assert found.weights[1].tolist() == [[4, 5], [6, 7]]
    assert found.products[1].tolist() == [[0, 0], [60, 70]]
    assert found.sums.tolist() == [2 + 3, 130]
    assert found.total == found.place.value == 135.5


def test_a_depthwise_convolution_sees_its_own_map_alone() -> None:
    network = nn.Sequential(nn.Conv2d(4, 8, 3, groups=4))
    found = drilled(network, pictures(8).repeat(1, 2, 1, 1)[:, :4], "0", 5, 2, 2)
    assert isinstance(found, ConvolutionDrill)
    assert found.channels.tolist() == [2]
    assert found.products.shape == (1, 3, 3)


def test_the_norm_folds_into_the_convolution_before_it() -> None:
    network = randomised(nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)))
    found = drilled(network, pictures(8), "1", 2, 3, 1)
    assert isinstance(found, BatchNormDrill)
    assert found.normalised * found.gamma + found.beta == pytest.approx(found.total)
    assert found.scale * found.input + found.shift == pytest.approx(found.total)
    assert found.folded is not None
    assert found.folded.total == pytest.approx(found.total, abs=PRECISION)
    assert found.folded.place == found.place
    with torch.no_grad():
        fused = torch.nn.utils.fuse_conv_bn_eval(network[0], network[1])  # type: ignore[index]
    np.testing.assert_allclose(found.folded.weights, fused.weight[2].detach(), atol=1e-6)
    assert found.folded.bias == pytest.approx(float(fused.bias[2].detach()), abs=1e-6)


def test_a_norm_without_a_convolution_before_it_is_not_folded() -> None:
    found = drilled(randomised(nn.Sequential(nn.BatchNorm2d(3))), pictures(4), "0", 0, 0, 0)
    assert isinstance(found, BatchNormDrill)
    assert found.folded is None


def test_a_maximum_names_its_pixel_and_leaves_the_padding_out() -> None:
    inputs = torch.tensor([[-4.0, -2.0], [-3.0, -1.0]])[None, None]
    found = drilled(nn.Sequential(nn.MaxPool2d(2, padding=1)), inputs, "0", 0, 0, 1)
    assert isinstance(found, PoolingDrill)
    assert (found.operation, found.total, found.chosen) == ("maximum", -2, (1, 0))
    assert found.inside.tolist() == [[False, False], [True, False]]
    assert found.weights.tolist() == [[0, 0], [1, 0]]


def test_a_mean_of_a_map_divides_by_its_pixels() -> None:
    found = drilled(nn.Sequential(nn.AdaptiveAvgPool2d(1)), pictures(6), "0", 1, 0, 0)
    assert isinstance(found, PoolingDrill)
    assert (found.operation, found.divisor, found.window.shape) == ("mean", 36, (6, 6))


def test_an_activation_tells_what_goes_in_and_out() -> None:
    found = drilled(nn.Sequential(nn.ReLU()), torch.full((1, 1, 2, 2), -3.0), "0", 0, 1, 1)
    assert isinstance(found, ActivationDrill)
    assert (found.function, found.input, found.total) == ("ReLU", -3, 0)


def test_the_terms_of_a_residual_addition_add_up() -> None:
    found = drilled(any_network("resnet20"), pictures(32), "stage2_block1.addition", 20, 3, 4)
    assert isinstance(found, AdditionDrill)
    assert found.sources == ("stage2_block1.residual.conv2_norm", "stage2_block1.shortcut")
    assert sum(found.terms) == pytest.approx(found.place.value, abs=PRECISION)


def test_a_shortcut_tells_where_its_value_comes_from_or_that_it_adds_a_map() -> None:
    network = any_network("resnet20")
    name, before = "stage2_block1.shortcut", "stage1_block3.activation"
    found = drilled(network, pictures(32), name, 20, 3, 4)
    assert isinstance(found, CopyDrill)
    assert (found.source, found.channel, found.y, found.x) == (before, 12, 6, 8)
    added = drilled(network, pictures(32), name, 0, 3, 4)
    assert isinstance(added, CopyDrill)
    assert (added.source, added.total) == (None, 0)


def test_the_largest_contributions_of_a_dense_layer_come_first() -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 1, bias=False))
    with torch.no_grad():
        network[1].weight.copy_(torch.tensor([[1.0, -9.0, 0.0, 4.0]]))  # type: ignore[operator]
    found = drilled(network, torch.ones(1, 1, 2, 2), "1", 0)
    assert isinstance(found, LinearDrill)
    assert found.largest(2).tolist() == [1, 3]
    assert found.products.sum() == found.total == -4


def test_flattening_tells_the_pixel() -> None:
    found = drilled(nn.Sequential(nn.Flatten()), pictures(5), "0", 25 + 2 * 5 + 3)
    assert isinstance(found, CopyDrill)
    assert (found.source, found.channel, found.y, found.x) == ("input", 1, 2, 3)


def test_convnext_is_drilled_with_its_channels_last() -> None:
    network, block = any_network("convnext_tiny"), "features.1.0"
    norm = drilled(network, pictures(32), f"{block}.block.2", 7, 2, 3)
    assert isinstance(norm, LayerNormDrill)
    assert norm.inputs.shape == (96,)
    dense = drilled(network, pictures(32), f"{block}.block.3", 7, 2, 3)
    assert isinstance(dense, LinearDrill)
    assert dense.inputs.shape == (96,)
    scaled = drilled(network, pictures(32), f"{block}.mul", 7, 2, 3)
    assert isinstance(scaled, ProductDrill)
    assert scaled.sources == (f"{block}.block.6", "weight")
    assert scaled.factors[1] == pytest.approx(1e-6)


def test_layers_without_noise_are_drilled_as_they_evaluate() -> None:
    network = nn.Sequential(nn.Flatten(), Dropout(0.5), DropConnect(12, 3, 0.5))
    found = drilled(network, pictures(2), "2", 1)
    assert isinstance(found, LinearDrill)
    assert found.total == pytest.approx(found.place.value, abs=PRECISION)


def test_a_sparse_recording_drills_to_the_same() -> None:
    network = any_network("resnet20")
    found = layers(network, (3, 16, 16))
    full, sparse = record(network, pictures(16)), record_costly(network, pictures(16), found)
    for layer in found:
        at = some_places(layer, 0)[1]
        one = drill(network, full, found, layer.name, *at)
        other = drill(network, sparse, found, layer.name, *at)
        assert (one.total, one.place) == (other.total, other.place)


def test_another_picture_of_the_batch_can_be_drilled() -> None:
    network, inputs = any_network("vgg"), pictures(16, count=2)
    found, recording = layers(network, (3, 16, 16)), record(network, inputs)
    result = drill(network, recording, found, "conv1_1", 3, 4, 5, picture=1)
    assert result.place.value == float(recording.activations["conv1_1"][1, 3, 4, 5])
    assert result.total == pytest.approx(result.place.value, abs=PRECISION)


@pytest.mark.parametrize("at", [(32, 0, 0), (0, -1, 0), (0, 0, 16)])
def test_a_place_outside_the_maps_is_refused(at: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"layer 'conv1_1' has the shape \(32, 16, 16\): no value"):
        drilled(any_network("vgg"), pictures(16), "conv1_1", *at)


def test_softmax_shows_every_step() -> None:
    found = softmax([1.0, 2.0, 1000.0])
    np.testing.assert_array_equal(found.exponentials, np.exp([-999.0, -998.0, 0.0]))
    logits = torch.randn(10, generator=torch.Generator().manual_seed(0))
    steps = softmax(logits.numpy())
    np.testing.assert_allclose(steps.probabilities, logits.softmax(0).numpy(), rtol=1e-6)
    np.testing.assert_allclose(steps.exponentials / steps.sum, steps.probabilities)
    with pytest.raises(ValueError, match=r"logits have shape \(K,\), these have \(1, 2\)"):
        softmax([[1.0, 2.0]])
