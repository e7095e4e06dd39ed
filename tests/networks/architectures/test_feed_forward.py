from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from explainer.networks.architectures.feed_forward import convolutional_part, lenet, vgg
from explainer.networks.architectures.residual import Addition, Block, Shortcut, resnet20
from explainer.networks.zoo.shipped import SHIPPED, Shipped, count_parameters

Outputs = dict[str, tuple[nn.Module, tuple[Tensor, ...], Tensor]]
ANY_SIZE = [entry for entry in SHIPPED if entry.any_size]
each = pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.slug)
each_of_any_size = pytest.mark.parametrize("entry", ANY_SIZE, ids=lambda entry: entry.slug)


def pictures(height: int, width: int, count: int = 1) -> Tensor:
    return torch.randn(count, 3, height, width, generator=torch.Generator().manual_seed(0))


def recorded(network: nn.Module, batch: Tensor) -> Outputs:
    """What each layer without layers of its own took and gave, by name."""
    outputs: Outputs = {}

    def keep(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(module: nn.Module, taken: tuple[Tensor, ...], given: Tensor) -> None:
            outputs[name] = (module, tuple(tensor.clone() for tensor in taken), given)

        return hook

    layers = [item for item in network.named_modules() if not list(item[1].children())]
    handles = [module.register_forward_hook(keep(name)) for name, module in layers]
    with torch.inference_mode():
        network(batch)
    for handle in handles:
        handle.remove()
    return outputs


def shapes(network: nn.Module, side: int = 32) -> dict[str, tuple[int, ...]]:
    outputs = recorded(network.eval(), pictures(side, side))
    return {name: tuple(given.shape[1:]) for name, (_, _, given) in outputs.items()}


@each
def test_a_network_gives_one_logit_for_each_class(entry: Shipped) -> None:
    logits = entry.build().eval()(pictures(entry.input_size, entry.input_size, count=3))
    assert logits.shape == (3, len(entry.classes))


@each_of_any_size
@pytest.mark.parametrize(("height", "width"), [(20, 20), (47, 64), (128, 96)])
def test_it_takes_other_sizes_where_it_says_so(entry: Shipped, height: int, width: int) -> None:
    network = entry.build().eval()
    assert network(pictures(height, width)).shape == (1, len(entry.classes))


def test_lenet_takes_no_other_size_but_its_convolutions_do() -> None:
    network = lenet()
    with pytest.raises(RuntimeError):
        network(pictures(64, 48))
    assert convolutional_part(network)(pictures(64, 48)).shape == (1, 120, 9, 5)


@each
def test_the_convolutional_part_shares_its_layers(entry: Shipped) -> None:
    network = entry.build()
    part = convolutional_part(network)
    assert all(network.get_submodule(name) is module for name, module in part.named_children())
    assert "flatten" not in dict(part.named_children())


def test_lenet_has_the_sizes_of_the_paper() -> None:
    assert shapes(lenet()) == {
        "conv1": (6, 28, 28),
        "conv1_activation": (6, 28, 28),
        "pool1": (6, 14, 14),
        "conv2": (16, 10, 10),
        "conv2_activation": (16, 10, 10),
        "pool2": (16, 5, 5),
        "conv3": (120, 1, 1),
        "conv3_activation": (120, 1, 1),
        "flatten": (120,),
        "dense1": (84,),
        "dense1_activation": (84,),
        "out": (10,),
    }


def test_vgg_halves_the_picture_and_doubles_the_maps() -> None:
    found = shapes(vgg())
    assert [found[f"conv{stage}_2_activation"] for stage in (1, 2, 3)] == [
        (32, 32, 32), (64, 16, 16), (128, 8, 8)
    ]  # fmt: skip
    assert found["mean"] == (128, 1, 1)


def test_resnet_halves_the_picture_at_the_second_and_third_stage() -> None:
    found = shapes(resnet20())
    assert [found[f"stage{stage}_block3.activation"] for stage in (1, 2, 3)] == [
        (16, 32, 32), (32, 16, 16), (64, 8, 8)
    ]  # fmt: skip


def test_the_parameters_are_as_many_as_counted_by_hand() -> None:
    assert count_parameters(lenet()) == 456 + 2416 + 48_120 + 10_164 + 850
    kernels = 9 * (3 * 32 + 32 * 32 + 32 * 64 + 64 * 64 + 64 * 128 + 128 * 128)
    norms, out = 2 * 2 * (32 + 64 + 128), 128 * 10 + 10
    assert count_parameters(vgg()) == kernels + norms + out == 288_746


def test_resnet_20_has_020_layers_and_the_parameters_of_the_paper() -> None:
    network = resnet20()
    layers = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert len(layers) == 20
    assert count_parameters(network) == 269_722  # He et al. 2016, table 6: 0.27 million


def test_the_sigmoid_vgg_differs_in_its_activations_alone() -> None:
    plain, sigmoid = vgg(), vgg(nn.Sigmoid)
    differing = {
        name: type(module)
        for (name, module), other in zip(plain.named_children(), sigmoid.children(), strict=True)
        if type(module) is not type(other)
    }
    assert set(differing.values()) == {nn.ReLU}
    assert all(name.endswith("_activation") for name in differing)


@each
def test_no_layer_changes_what_another_has_given(entry: Shipped) -> None:
    network = entry.build().eval()
    names: list[str] = []
    kept: list[tuple[Tensor, Tensor]] = []

    def keep(module: nn.Module, taken: tuple[Tensor, ...], given: Tensor) -> None:
        names.append(type(module).__name__)
        kept.append((given, given.clone()))

    for module in network.modules():
        module.register_forward_hook(keep)
    with torch.inference_mode():
        network(pictures(entry.input_size, entry.input_size))
    changed = {n for n, (now, then) in zip(names, kept, strict=True) if not torch.equal(now, then)}
    assert not changed


def test_hooks_see_every_addition_with_both_its_terms() -> None:
    outputs = recorded(resnet20().eval(), pictures(32, 32))
    additions = [item for item in outputs.values() if isinstance(item[0], Addition)]
    assert len(additions) == 9
    assert all(torch.equal(taken[0] + taken[1], given) for _, taken, given in additions)


def test_a_shortcut_keeps_what_it_can() -> None:
    maps = pictures(6, 6)
    assert torch.equal(Shortcut(3, 3, 1)(maps), maps)


def test_a_shortcut_takes_every_second_pixel_and_adds_maps_of_zeros() -> None:
    maps = torch.arange(16.0).view(1, 1, 4, 4)
    expected = torch.zeros(1, 3, 2, 2)
    expected[0, 1] = torch.tensor([[0.0, 2.0], [8.0, 10.0]])
    assert torch.equal(Shortcut(1, 3, 2)(maps), expected)


def test_a_block_whose_residual_is_zero_passes_its_input() -> None:
    block = Block(3, 3, 1).eval()
    nn.init.zeros_(block.residual.get_submodule("conv2_norm").weight)  # type: ignore[arg-type]
    maps = pictures(8, 8).abs()
    assert torch.equal(block(maps), maps)


@each_of_any_size
def test_a_shift_of_the_picture_shifts_the_maps(entry: Shipped) -> None:
    layers = dict(convolutional_part(entry.build()).eval().named_children())
    part = nn.Sequential(*(layer for name, layer in layers.items() if name != "mean"))
    picture = torch.zeros(1, 3, 96, 96)
    picture[..., 40:52, 40:52] = pictures(12, 12)
    with torch.inference_mode():
        maps, shifted = part(picture), part(picture.roll((8, 4), (2, 3)))
    # Zeros around the patch are like padding; near the border some of its influence is cut off.
    inside = slice(6, -6)
    torch.testing.assert_close(
        shifted[..., inside, inside], maps.roll((2, 1), (2, 3))[..., inside, inside]
    )


def test_the_nine_blocks_of_resnet_20_hold_two_convolutions_each() -> None:
    network = resnet20()
    blocks = [one for one in network.modules() if isinstance(one, Block)]
    counts = [sum(isinstance(one, nn.Conv2d) for one in block.modules()) for block in blocks]
    assert counts == [2] * 9
    weighted = [one for one in network.modules() if isinstance(one, nn.Conv2d | nn.Linear)]
    assert len(weighted) == 1 + sum(counts) + 1 == 20
