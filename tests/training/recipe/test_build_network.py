from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import nn

from explainer.activations.registry import ACTIVATIONS, TRAINED, Activation
from explainer.training.recipe.build_network import build, build_initialised
from explainer.training.recipe.initialisation import SCHEMES, initialise, orthonormal
from explainer.training.recipe.layers import StochasticPool2d
from explainer.training.recipe.poolings import POOLINGS, Pooling
from explainer.training.recipe.recipe import Network, Regularisation

PICTURE = (1, 12, 12)
NONE = Regularisation()


@pytest.mark.parametrize("entry", TRAINED, ids=lambda entry: entry.slug)
@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_every_activation_builds_a_network_that_gives_logits(entry: Activation, kind: str) -> None:
    network = Network(kind=kind, activation=entry.slug, batch_norm=True, dense_layers=1)
    model = build_initialised(network, PICTURE, 5, NONE, seed=0)
    logits = model(torch.rand(4, *PICTURE))
    assert logits.shape == (4, 5)
    assert logits.isfinite().all()


@pytest.mark.parametrize("pool", POOLINGS, ids=lambda entry: entry.slug)
def test_every_pooling_halves_and_leaves_out_an_odd_rest(pool: Pooling) -> None:
    assert pool.module()(torch.rand(2, 3, 7, 6)).shape == (2, 3, 3, 3)


def test_the_parameters_of_a_small_cnn_are_those_of_the_formula() -> None:
    model = build(Network(blocks=2, channels=8, kernel_size=5), (1, 24, 24), 10)
    conv1, conv2, out = 8 * 25 + 8, 16 * 8 * 25 + 16, 16 * 6 * 6 * 10 + 10
    assert sum(one.numel() for one in model.parameters()) == conv1 + conv2 + out


def test_the_mean_of_each_map_leaves_the_dense_layers_one_number_for_each_map() -> None:
    model = build(Network(blocks=2, channels=8, mean_of_maps=True), (1, 24, 24), 10)
    conv1, conv2, out = 8 * 9 + 8, 16 * 8 * 9 + 16, 16 * 10 + 10
    assert sum(one.numel() for one in model.parameters()) == conv1 + conv2 + out


def test_a_cnn_refuses_points_and_pictures_that_are_too_small() -> None:
    with pytest.raises(ValueError, match=r"a CNN needs pictures.*\(2,\)"):
        build(Network(kind="cnn"), (2,), 2)
    with pytest.raises(ValueError, match="blocks is 4, but 12 × 12 pixels can be halved only 3"):
        build(Network(kind="cnn", blocks=4), PICTURE, 2)


def test_within_a_seed_initial_weights_are_the_same_whatever_else_differs() -> None:
    plain = build_initialised(Network(), PICTURE, 5, NONE, seed=3)
    options = Regularisation(dropout=0.5, map_dropout=0.2, dropconnect=0.3)
    other = build_initialised(Network(batch_norm=True, pooling="average"), PICTURE, 5, options, 3)
    shared = dict(other.named_parameters())
    for name, parameter in plain.named_parameters():
        if parameter.dim() > 1:
            assert torch.equal(parameter, shared[name]), name


def test_seeds_differ_and_schemes_differ_in_scale_alone() -> None:
    def first(seed: int, initialisation: str) -> torch.Tensor:
        network = Network(initialisation=initialisation)
        return build_initialised(network, PICTURE, 5, NONE, seed).get_parameter("conv2.weight")

    assert not torch.equal(first(0, "he"), first(1, "he"))
    ratio = first(0, "he") / first(0, "lecun")
    torch.testing.assert_close(ratio, torch.full_like(ratio, math.sqrt(2)))
    assert torch.count_nonzero(first(0, "zero")) == 0


@pytest.mark.parametrize(
    ("slug", "oracle"),
    [
        ("he", lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu")),
        ("xavier", nn.init.xavier_normal_),
        ("lecun", lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="linear")),
    ],
)
def test_schemes_have_the_spread_of_torch_init(slug: str, oracle: object) -> None:
    layer = nn.Conv2d(32, 64, 5)
    initialise(nn.Sequential(layer), SCHEMES[slug], ACTIVATIONS["relu"].gain, seed=0)
    mine = layer.weight.std().item()
    torch.manual_seed(0)
    assert callable(oracle)
    theirs = oracle(torch.empty(64, 32, 5, 5)).std().item()
    assert mine == pytest.approx(theirs, rel=0.02)


@pytest.mark.parametrize("shape", [(20, 20), (12, 30), (30, 12), (8, 4, 3, 3)])
def test_orthogonal_weights_are_orthogonal_times_the_gain(shape: tuple[int, ...]) -> None:
    layer = nn.Linear(shape[1], shape[0]) if len(shape) == 2 else nn.Conv2d(shape[1], shape[0], 3)
    gain = ACTIVATIONS["tanh"].gain
    initialise(nn.Sequential(layer), SCHEMES["orthogonal"], gain, seed=4)
    flat = layer.weight.detach().flatten(1) / gain
    product = flat @ flat.T if flat.shape[0] <= flat.shape[1] else flat.T @ flat
    torch.testing.assert_close(product, torch.eye(len(product)), atol=1e-5, rtol=0)
    # The same as PyTorch's own, of the same normal numbers.
    torch.manual_seed(0)
    numbers = torch.randn(shape)
    torch.manual_seed(0)
    wanted = nn.init.orthogonal_(torch.empty(shape))
    torch.testing.assert_close(orthonormal(numbers), wanted, atol=1e-5, rtol=0)


@pytest.mark.parametrize("shape", [(12, 30), (30, 12)])
def test_of_orthogonal_weights_the_fewer_of_rows_and_columns_are_orthonormal(
    shape: tuple[int, int],
) -> None:
    layer = nn.Linear(shape[1], shape[0])
    initialise(nn.Sequential(layer), SCHEMES["orthonormal"], ACTIVATIONS["tanh"].gain, seed=9)
    weight = layer.weight.detach()
    rows, columns = weight @ weight.T, weight.T @ weight
    fewer, more = (rows, columns) if shape[0] < shape[1] else (columns, rows)
    torch.testing.assert_close(fewer, torch.eye(12), atol=1e-5, rtol=0)
    assert torch.linalg.matrix_rank(more) == 12  # of 30: it cannot be the identity


def test_a_normal_start_has_the_sigma_asked_for() -> None:
    network = Network("mlp", 1, 512, initialisation="normal", init_sigma=0.7)
    weight = build_initialised(network, (64,), 5, NONE, seed=0).get_parameter("dense1.weight")
    assert weight.std().item() == pytest.approx(0.7, rel=0.02)


def test_a_skip_adds_the_input_of_a_hidden_layer_to_its_output() -> None:
    network = Network("mlp", 3, 16, activation="tanh", residual=True)
    model = build_initialised(network, (10,), 4, NONE, seed=0)
    inputs = torch.randn(6, 10)
    weights = {name: one.detach() for name, one in model.named_parameters()}
    values = torch.tanh(inputs @ weights["dense1.weight"].T)
    for name in ("dense2", "dense3"):
        values = values + torch.tanh(values @ weights[f"{name}.weight"].T)
    torch.testing.assert_close(model(inputs), values @ weights["out.weight"].T)


def test_layer_norm_normalises_each_example_by_itself() -> None:
    for network, inputs in (
        (Network("mlp", 1, 16, layer_norm=True), torch.randn(5, 1, 12, 12)),
        (Network(layer_norm=True), torch.randn(5, 1, 12, 12)),
    ):
        model = build_initialised(network, PICTURE, 4, NONE, seed=0)
        place = [name.endswith("_norm") for name, _ in model.named_children()].index(True)
        seen = model[: place + 1](inputs).flatten(1)
        torch.testing.assert_close(seen.mean(1), torch.zeros(5), atol=1e-5, rtol=0)
        torch.testing.assert_close(seen.std(1, correction=0), torch.ones(5), atol=1e-2, rtol=0)


def test_there_is_no_bias_before_batch_norm_and_nowhere_without_biases() -> None:
    def biased(network: Network) -> list[str]:
        model = build(network, PICTURE, 4)
        layers = (nn.Linear, nn.Conv2d)
        found = [(n, m) for n, m in model.named_children() if isinstance(m, layers)]
        return [name for name, layer in found if layer.bias is not None]

    assert biased(Network(dense_layers=1)) == ["conv1", "conv2", "dense1", "out"]
    assert biased(Network(dense_layers=1, batch_norm=True)) == ["out"]
    assert biased(Network(dense_layers=1, bias=False)) == []


def test_two_norms_at_once_are_refused() -> None:
    with pytest.raises(ValueError, match="there is one norm at most"):
        Network(batch_norm=True, layer_norm=True)


def test_gains_are_those_of_torch_where_it_has_them() -> None:
    for slug in ("sigmoid", "tanh", "relu", "selu"):
        wanted = nn.init.calculate_gain(slug)
        assert ACTIVATIONS[slug].gain == pytest.approx(wanted)
    leaky = nn.init.calculate_gain("leaky_relu", 0.01)
    assert ACTIVATIONS["leaky-relu"].gain == pytest.approx(leaky)


def test_every_registry_names_what_it_has_when_asked_for_something_else() -> None:
    with pytest.raises(ValueError, match="no activation 'sine'; there are step, linear"):
        ACTIVATIONS["sine"]
    with pytest.raises(ValueError, match="no initialisation 'ones'; there are he, xavier"):
        SCHEMES["ones"]
    assert len({entry.slug for entry in SCHEMES}) == len(SCHEMES)


def test_batch_norm_normalises_a_batch_and_later_uses_its_running_mean() -> None:
    model = build_initialised(Network(kind="mlp", depth=1, batch_norm=True), (3,), 2, NONE, seed=0)
    norm = model.get_submodule("dense1_norm")
    assert isinstance(norm, nn.BatchNorm1d)
    inputs = torch.randn(64, 64) * 3 + 5
    seen = norm(inputs)
    torch.testing.assert_close(seen.mean(0), torch.zeros(64), atol=1e-5, rtol=0)
    assert norm.running_mean is not None
    torch.testing.assert_close(norm.running_mean, 0.1 * inputs.mean(0))
    norm.eval()
    torch.testing.assert_close(norm(norm.running_mean[None]), torch.zeros(1, 64))


def test_stochastic_pooling_picks_in_proportion_and_averages_in_evaluation() -> None:
    pool = StochasticPool2d()
    pool.generator = torch.Generator().manual_seed(0)
    window = torch.tensor([[1.0, 3.0], [0.0, -2.0]])
    drawn = pool(window.expand(20_000, 1, 2, 2))
    assert set(drawn.unique().tolist()) == {1.0, 3.0}
    assert (drawn == 3).float().mean().item() == pytest.approx(0.75, abs=0.01)
    assert pool.eval()(window.view(1, 1, 2, 2)).item() == pytest.approx((1 + 9) / 4)


def test_stochastic_pooling_without_anything_positive_picks_any() -> None:
    pool = StochasticPool2d()
    pool.generator = torch.Generator().manual_seed(0)
    drawn = pool(torch.tensor([[-1.0, -2.0], [-3.0, 0.0]]).expand(4000, 1, 2, 2))
    counts = [(drawn == value).float().mean().item() for value in (-1, -2, -3, 0)]
    assert counts == pytest.approx([0.25] * 4, abs=0.03)


def test_names_of_modules_do_not_depend_on_options() -> None:
    for norm, dropout in itertools.product((False, True), (0.0, 0.5)):
        network = Network(batch_norm=norm, dense_layers=1)
        model = build(network, PICTURE, 5, Regularisation(dropout=dropout))
        names = {name for name, _ in model.named_children()}
        assert {"conv1", "conv2", "flatten", "dense1", "out"} <= names
