"""Another set of weights for the very same function (Dinh et al. 2017).

ReLU and leaky ReLU satisfy f(αz) = α f(z) for α > 0. So what the first layer of a block gives may
be multiplied by α if the second layer's weights are divided by it: the function stays, its
derivatives with respect to the weights change. The network is changed in place.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor

from explainer.gradients.landscape.networks import Block, Network, Unit


@torch.no_grad()
def rescale(network: Network, factor: float) -> None:
    """In every block: the first layer's output times `factor`, the second's weights divided by it.

    A power of two leaves every answer as it is to the last bit, another factor up to rounding.
    """
    for block in network.blocks:
        pair = cast(Block, block)
        for one in output_scale(pair.first):
            one.mul_(factor)
        pair.second.weigh.weight.div_(factor)


def output_scale(unit: Unit) -> list[Tensor]:
    """The parameters that a layer's output is linear in: those of the norm where there is one."""
    module = unit.weigh if unit.norm is None else unit.norm
    return list(module.parameters(recurse=False))
