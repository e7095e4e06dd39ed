"""Many networks of one design answer at once: their layers as grouped convolutions.

K networks see the same pictures. Their maps lie side by side, `(N, K·C, H, W)` in channels-last
order, and a convolution with K groups lets each network see its own. A batch norm that uses running
statistics is a scale and a shift, and goes into the convolution before it. A dense layer is a 1 × 1
convolution on a picture of one pixel. For measuring alone: no gradients.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explainer.gradients.landscape.networks import Block, Network, Unit
from explainer.gradients.landscape.weights import Layout

PIECES = {"cpu": (4, 128)}
"""Networks at once and pictures at once: what the cache of a core holds."""
LARGE = (256, 512)  # a GPU computes hundreds of small networks in the time of one

Named = Mapping[str, Tensor]


class Stacked:
    """Losses of many weights of `network` on the same pictures.

    `recomputed` says that batch norm uses the mean and variance of these very pictures, for each
    network anew; otherwise the running statistics that `network` has now. Batch norm must not see
    the pictures in pieces then, so they go through at once. `device` computes; weights and losses
    come from and go to the CPU.
    """

    def __init__(
        self, network: Network, *, recomputed: bool = False, device: torch.device | None = None
    ) -> None:
        self._device = device or torch.device("cpu")
        self._network = copy.deepcopy(network).to(self._device)
        self._layout = Layout.of(network)
        self.largest, self._piece = PIECES.get(self._device.type, LARGE)
        self._recomputed = recomputed and any(
            isinstance(one, nn.BatchNorm1d | nn.BatchNorm2d) for one in network.modules()
        )

    @torch.inference_mode()
    def losses(self, vectors: Tensor, inputs: Tensor, labels: Tensor) -> Tensor:
        """The mean cross-entropy of each row of weights `(K, P)`, as `(K,)`.

        `inputs` `(N, 1, H, W)`, `labels` `(N,)`. What overflows is no number.
        """
        seen, wanted = inputs.to(self._device), labels.to(self._device)
        found = [
            self._losses(part.to(self._device), seen, wanted)
            for part in torch.split(vectors, min(self.largest, len(vectors)))
        ]
        return torch.cat(found).cpu()

    def _losses(self, vectors: Tensor, inputs: Tensor, labels: Tensor) -> Tensor:
        weights = self._layout.split(vectors)
        piece = len(labels) if self._recomputed else self._piece
        total = torch.zeros(len(vectors), device=self._device)
        parts = (torch.split(one, piece) for one in (inputs, labels))
        for pictures, wanted in zip(*parts, strict=True):
            logits = self.logits(weights, pictures)
            repeated = wanted.repeat(len(vectors))
            each = F.cross_entropy(logits.flatten(0, 1), repeated, reduction="none")
            total += each.view(len(vectors), -1).sum(1)
        return total / len(labels)

    @torch.inference_mode()
    def logits(self, weights: Named, pictures: Tensor) -> Tensor:
        """Logits `(K, N, classes)` of K networks, whose parameters `(K, ...)` are given by name."""
        network, count = self._network, len(weights["out.weight"])
        if not network.convolutional:
            pictures = pictures.flatten(1)[..., None, None]
        maps = pictures.contiguous(memory_format=torch.channels_last)
        maps = self._unit("stem", network.stem, weights, maps, groups=1)
        maps = network.activation(maps)
        for index, block in enumerate(network.blocks):
            maps = self._block(f"blocks.{index}", cast(Block, block), weights, maps, count)
        pooled = maps.mean((2, 3)).view(len(pictures), count, -1).transpose(0, 1)
        return torch.baddbmm(weights["out.bias"][:, None], pooled, weights["out.weight"].mT)

    def _block(self, name: str, block: Block, weights: Named, maps: Tensor, count: int) -> Tensor:
        changed = self._unit(f"{name}.first", block.first, weights, maps, groups=count)
        changed = block.activation(changed)
        changed = self._unit(f"{name}.second", block.second, weights, changed, groups=count)
        if block.skip:
            changed += _shortcut(maps, changed, count)
        answer: Tensor = block.activation(changed)
        return answer

    def _unit(self, name: str, unit: Unit, weights: Named, maps: Tensor, *, groups: int) -> Tensor:
        weight, bias = weights[f"{name}.weigh.weight"], weights.get(f"{name}.weigh.bias")
        if weight.dim() == 3:
            weight = weight[..., None, None]
        folded = unit.norm is not None and not self._recomputed
        if folded:
            weight, bias = _fold(unit, f"{name}.norm", weights, weight)
        layer = weight.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        stride = unit.weigh.stride[0] if isinstance(unit.weigh, nn.Conv2d) else 1
        shift = None if bias is None else bias.flatten()
        maps = F.conv2d(maps, layer, shift, stride, weight.shape[-1] // 2, groups=groups)
        if unit.norm is None or folded:
            return maps
        gain, offset = (weights[f"{name}.norm.{one}"].flatten() for one in ("weight", "bias"))
        return F.batch_norm(maps, None, None, gain, offset, training=True, eps=_eps(unit))


def _fold(unit: Unit, name: str, weights: Named, weight: Tensor) -> tuple[Tensor, Tensor]:
    r"""$W' = W g$ and $b' = \beta - m g$ with $g = \gamma / \sqrt{v + \epsilon}$."""
    norm = cast(nn.BatchNorm2d, unit.norm)
    mean, variance = cast(Tensor, norm.running_mean), cast(Tensor, norm.running_var)
    gain = weights[f"{name}.weight"] / torch.sqrt(variance + norm.eps)
    return weight * gain[..., None, None, None], weights[f"{name}.bias"] - mean * gain


def _eps(unit: Unit) -> float:
    return cast(nn.BatchNorm2d, unit.norm).eps


def _shortcut(maps: Tensor, changed: Tensor, count: int) -> Tensor:
    """The input of a block in the shape of its output, for each of the networks."""
    if maps.shape == changed.shape:
        return maps
    thinned = maps[..., ::2, ::2]
    thinned = thinned.reshape(len(maps), count, -1, *thinned.shape[2:])
    added = changed.shape[1] // count - thinned.shape[2]
    before = added // 2
    return F.pad(thinned, (0, 0, 0, 0, before, added - before)).flatten(1, 2)
