"""The feed-forward architectures: LeNet-5 (LeCun et al. 1998) and a small VGG (2015).

Each is one flat `nn.Sequential` whose layers have telling names (`conv1`, `conv1_norm`,
`conv1_activation`, `pool1`, ..., `out`), so that a forward hook on every layer records every
step. No layer works in place: what a hook has seen stays as it was. The residual network is in
`residual.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import takewhile

from torch import nn

CLASSES = 10
COLOURS = 3
LENET_MAPS = (6, 16, 120)
LENET_DENSE = 84
LENET_KERNEL = 5
VGG_WIDTHS = (32, 64, 128)
VGG_CONVOLUTIONS = 2

Named = Iterator[tuple[str, nn.Module]]
Activation = Callable[[], nn.Module]


def lenet() -> nn.Sequential:
    """LeNet-5 for pictures `(N, 3, 32, 32)`, in colour, that gives logits `(N, 10)`.

    As published: 5 × 5 kernels without padding, 6, 16 and 120 maps, tanh, means over 2 × 2
    pixels, and a dense layer of 84. Simpler than published: `conv2` sees all maps of `conv1`, tanh
    is not scaled, the means have no coefficients, and the output is one dense layer. The size of
    the pictures is fixed by `dense1`; :func:`convolutional_part` takes any from 32 × 32.
    """
    return nn.Sequential(OrderedDict(_lenet_layers()))


def _lenet_layers() -> Named:
    inputs = COLOURS
    for number, outputs in enumerate(LENET_MAPS, start=1):
        yield f"conv{number}", nn.Conv2d(inputs, outputs, LENET_KERNEL)
        yield f"conv{number}_activation", nn.Tanh()
        if number < len(LENET_MAPS):
            yield f"pool{number}", nn.AvgPool2d(2)
        inputs = outputs
    yield "flatten", nn.Flatten()
    yield "dense1", nn.Linear(inputs, LENET_DENSE)
    yield "dense1_activation", nn.Tanh()
    yield "out", nn.Linear(LENET_DENSE, CLASSES)


def vgg(activation: Activation = nn.ReLU) -> nn.Sequential:
    """A small VGG with batch norm for pictures `(N, 3, H, W)` that gives logits `(N, 10)`.

    Simonyan and Zisserman's design: pairs of 3 × 3 convolutions, halving the picture after each
    pair and doubling the maps (32, 64, 128). Unlike theirs it has batch norm, and the mean of each
    map, not dense layers, before the output, so pictures may have any size from 4 × 4.
    """
    return nn.Sequential(OrderedDict(_vgg_layers(activation)))


def _vgg_layers(activation: Activation) -> Named:
    inputs = COLOURS
    for stage, outputs in enumerate(VGG_WIDTHS, start=1):
        for number in range(1, VGG_CONVOLUTIONS + 1):
            yield from normed_convolution(f"conv{stage}_{number}", inputs, outputs)
            yield f"conv{stage}_{number}_activation", activation()
            inputs = outputs
        if stage < len(VGG_WIDTHS):
            yield f"pool{stage}", nn.MaxPool2d(2)
    yield from mean_and_output(inputs)


def normed_convolution(name: str, inputs: int, outputs: int, stride: int = 1) -> Named:
    """A 3 × 3 convolution that keeps the size (`stride` divides it), then batch norm."""
    # The norm subtracts the mean, so a bias before it would do nothing.
    yield name, nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
    yield f"{name}_norm", nn.BatchNorm2d(outputs)


def mean_and_output(maps: int) -> Named:
    """The mean of each map, then a dense layer to the logits."""
    yield "mean", nn.AdaptiveAvgPool2d(1)
    yield "flatten", nn.Flatten()
    yield "out", nn.Linear(maps, CLASSES)


def convolutional_part(network: nn.Sequential) -> nn.Sequential:
    """The layers before `flatten`, shared with `network`: pictures in, maps out."""
    named = takewhile(lambda item: item[0] != "flatten", network.named_children())
    return nn.Sequential(OrderedDict(named))
