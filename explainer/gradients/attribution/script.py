"""The code of one map: a short PyTorch script that gives the numbers of the page.

It reads the square that the network is shown, and the weights, from files beside it.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass

from torch import nn

from explainer.gradients.attribution.progress import BATCH_PIXELS, LARGEST_BATCH
from explainer.gradients.attribution.target import Score
from explainer.networks.architectures import residual
from explainer.networks.architectures.feed_forward import normed_convolution
from explainer.networks.zoo.shipped import Shipped
from explainer.parameters import Value

INPUT = "input.png"
IMPORTS = (
    ("OrderedDict", "from collections import OrderedDict"),
    (r"Iterator\[", "from collections.abc import Iterator"),
    (r"cast\(", "from typing import cast"),
    ("", ""),
    (r"cv2\.", "import cv2"),
    (r"torch\.", "import torch"),
    (r"F\.", "import torch.nn.functional as F"),
    (r"load_file\(", "from safetensors.torch import load_file"),
    (r"Tensor\b", "from torch import Tensor, nn"),
)
READ = """network = nn.Sequential(OrderedDict({layers}))
network.load_state_dict(load_file("{weights}"))
network.eval().requires_grad_(False)

codes = cv2.cvtColor(cv2.imread("{picture}"), cv2.COLOR_BGR2RGB)
picture = torch.from_numpy(codes).permute(2, 0, 1)[None].float() / 255
mean, deviation = (torch.tensor(one)[:, None, None] for one in ({mean}, {deviation}))
x = (picture - mean) / deviation


def score(logits: Tensor) -> Tensor:
    return {score}


def gradients(pictures: Tensor) -> Tensor:
    leaves = pictures.clone().requires_grad_()
    return torch.autograd.grad(score(network(leaves)).sum(), leaves)[0]
"""
PATCHED = """mean_colour = x.mean(dim=(2, 3), keepdim=True)
x[..., {row} : {row} + {size}, {column} : {column} + {size}] = mean_colour
values = network(x).softmax(1)[0]
print(values)"""
RULE = """class OtherReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, before):
        ctx.save_for_backward(before)
        return before.clamp(min=0)

    @staticmethod
    def backward(ctx, returned):
        (before,) = ctx.saved_tensors
        return {rule}


for layer in network.modules():
    if isinstance(layer, nn.ReLU):
        layer.forward = OtherReLU.apply
values = gradients(x)[0].sum(0)"""
MAPS = """kept = []


def keep(layer, given, maps):
    kept.append(maps.detach().clone().requires_grad_())
    return kept[-1].clone()


handle = dict(network.named_modules())["{layer}"].register_forward_hook(keep)
total = score(network(x)).sum()
maps = kept[-1].detach()[0]
"""
DRAWN = """
coarse = torch.einsum("c,chw->hw", weights, maps).clamp(min=0)
values = F.interpolate(coarse[None, None], x.shape[-2:], mode="bilinear")[0, 0]"""
GRADIENT_OF_MAPS = """gradient = torch.autograd.grad(total, kept[-1])[0][0]
"""
METHODS = {
    "gradient": "values = gradients(x)[0].sum(0)",
    "gradient-times-input": "values = (x * gradients(x))[0].sum(0)",
    "smoothgrad": """generator = torch.Generator().manual_seed({seed})
deviation = {noise} * (x.max() - x.min())
summed = torch.zeros_like(x[0])
for start in range(0, {samples}, {batch}):
    count = min({batch}, {samples} - start)
    noise = torch.randn(count, *x.shape[1:], generator=generator)
    summed += gradients(x + deviation * noise).sum(0)
values = summed.sum(0) / {samples}""",
    "integrated-gradients": """black = ((0 - mean) / deviation)[None].expand_as(x)
places = (torch.arange({steps}) + 0.5) / {steps}
summed = torch.zeros_like(x[0])
for place in places:
    summed += gradients(black + place * (x - black))[0]
values = ((x - black)[0] * summed / {steps}).sum(0)
print("sum", values.sum(), "score of the picture less that of black", score(network(x)) - \\
      score(network(black)))""",
    "guided-backpropagation": RULE.format(rule="returned.clamp(min=0) * (before > 0)"),
    "deconvnet": RULE.format(rule="returned.clamp(min=0)"),
    "occlusion": """summed, covered = torch.zeros_like(x[0, 0]), torch.zeros_like(x[0, 0])
mean_colour = x.mean(dim=(2, 3), keepdim=True)
starts = [one for one in range(0, {side}, {stride}) if one < max({side} - {window} + {stride}, 1)]
for row in starts:
    for column in starts:
        window = (slice(row, row + {window}), slice(column, column + {window}))
        hidden = x.clone()
        hidden[(..., *window)] = mean_colour
        summed[window] += (score(network(x)) - score(network(hidden))).item()
        covered[window] += 1
values = summed / covered""",
    "grad-cam": MAPS + GRADIENT_OF_MAPS + "weights = gradient.mean(dim=(1, 2))" + DRAWN,
    "grad-cam-plus-plus": MAPS
    + GRADIENT_OF_MAPS
    + """below = 2 + gradient * maps.sum(dim=(1, 2), keepdim=True)
usable = (gradient != 0) & (below.abs() > 1e-6)
share = torch.where(usable, 1 / torch.where(usable, below, 1), 0)
weights = (share * gradient.clamp(min=0)).sum(dim=(1, 2))"""
    + DRAWN,
    "score-cam": MAPS
    + """handle.remove()
spread = maps.flatten(1).double().std(dim=1, correction=0)
tried = spread.argsort(descending=True, stable=True)[:{channels}]
found = []
for one in maps[tried]:
    mask = F.interpolate(one[None, None], x.shape[-2:], mode="bilinear")[0, 0]
    extent = mask.max() - mask.min()
    mask = (mask - mask.min()) / extent if extent > 0 else torch.zeros_like(mask)
    found.append(score(network(x * mask)))
weights = torch.zeros(len(maps))
weights[tried] = torch.cat(found).softmax(0)"""
    + DRAWN,
}


@dataclass(frozen=True)
class Patch:
    """A square of the input, in its pixels."""

    row: int
    column: int
    size: int


def script(
    entry: Shipped,
    network: nn.Module,
    what: str | Patch,
    score: Score,
    *,
    layer: str | None,
    settings: Mapping[str, Value],
) -> str:
    """Python source of the map of a method, by its slug, or of the output behind a patch.

    `settings` are all that the method has. It leaves the map `(H, W)`, or the probabilities
    `(classes,)`, in `values`.
    """
    own = f"logits[:, {score.index}]"
    body = READ.format(
        layers=_layers(network), weights=entry.weights().name, picture=INPUT, mean=entry.mean,
        deviation=entry.deviation,
        score=own if score.against is None else f"{own} - logits[:, {score.against}]",
    )  # fmt: skip
    if isinstance(what, Patch):
        task = PATCHED.format(row=what.row, column=what.column, size=what.size)
    else:
        batch = min(max(BATCH_PIXELS // entry.input_size**2, 1), LARGEST_BATCH)
        numbers = {
            name: one if isinstance(one, str) else f"{one:g}" for name, one in settings.items()
        }
        values = {"layer": layer, "side": entry.input_size, "batch": batch, **numbers}
        task = METHODS[what].format_map(values) + "\nprint(values)"
    source = "\n\n".join([*_classes(network), f"{body}\n\n{task}\n"])
    head = f'"""{what if isinstance(what, str) else "patch"} of {entry.slug}."""'
    kept = [line for wanted, line in IMPORTS if re.search(wanted, source)]
    return "\n".join([head, "", *kept, "", source])


def _classes(network: nn.Module) -> list[str]:
    """What the network has that PyTorch has not, as it stands in this project."""
    if not any(isinstance(one, residual.Block) for one in network.modules()):
        return []
    parts = (normed_convolution, residual.Addition, residual.Shortcut, residual.Block)
    named = "Named = Iterator[tuple[str, nn.Module]]"
    return ["", named, *(f"\n{inspect.getsource(one).rstrip()}" for one in parts), ""]


def _layers(network: nn.Module) -> str:
    """The layers of a network, by name, as code."""
    lines = (f"    {name}={_built(layer)}," for name, layer in network.named_children())
    return "\n".join(["", *lines, ""])


def _built(layer: nn.Module) -> str:
    if isinstance(layer, residual.Block):
        first = layer.residual.get_submodule("conv1")
        assert isinstance(first, nn.Conv2d)
        return f"Block({first.in_channels}, {first.out_channels}, {first.stride[0]})"
    return f"nn.{layer!r}"
