"""The registry of the kinds of layers: for each its title, its costs, its window and its drill.

A kind is chosen by the type of a module. Layers that do nothing in evaluation (dropout) are no kind
but :data:`TRANSPARENT`; a module of any other type is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from torch import nn
from torchvision.ops import StochasticDepth
from torchvision.ops.misc import Permute

from explainer.networks.architectures.residual import Addition, Shortcut
from explainer.networks.drill import points, pooling, sums
from explainer.networks.drill.kernel_taps import kernel_taps, share
from explainer.networks.drill.site import Site
from explainer.networks.drill.sums import Drill
from explainer.networks.drill.windows import Window
from explainer.networks.recording.unfolding import Concatenation, Multiplication, Scale
from explainer.training.recipe.layers import Noisy, Skip, StochasticPool2d
from explainer.words import N_, _, later, ngettext

Shape = tuple[int, int, int]
Windows = tuple[Window, Window]

TRANSPARENT = (nn.Identity, nn.Dropout, nn.Dropout2d, nn.AlphaDropout, StochasticDepth, Noisy)
NOT_NEGATIVE = (nn.ReLU, nn.ReLU6, nn.Sigmoid, nn.Hardsigmoid, nn.Softplus)
ACTIVATIONS = (
    *NOT_NEGATIVE, nn.LeakyReLU, nn.PReLU, nn.ELU, nn.CELU, nn.SELU, nn.GELU, nn.SiLU, nn.Mish,
    nn.Tanh, nn.Hardtanh, nn.Hardswish, nn.Softsign, nn.LogSigmoid,
)  # fmt: skip
ACTIVATION_TITLES = {
    "Tanh": N_("tanh"),
    "Sigmoid": N_("sigmoid"),
    "Hardswish": N_("hard swish"),
    "Hardsigmoid": N_("hard sigmoid"),
    "SiLU": N_("swish"),
    "LeakyReLU": N_("leaky ReLU"),
}


def _same(_module: Any, inputs: Shape, outputs: Shape) -> Windows:
    """Each value from the same place; of a map of one pixel, from that."""
    rows, columns = (
        Window(stride=Fraction(1 if size > 1 or of == 1 else 0))
        for size, of in zip(inputs[1:], outputs[1:], strict=True)
    )
    return rows, columns


def _whole(_module: Any, inputs: Shape, _outputs: Shape) -> Windows:
    return Window(Fraction(inputs[1]), Fraction(0)), Window(Fraction(inputs[2]), Fraction(0))


def _taps(module: Any, _inputs: Shape, _outputs: Shape) -> Windows:
    rows, columns = kernel_taps(module)
    return rows.window, columns.window


def _shares(_module: Any, inputs: Shape, outputs: Shape) -> Windows:
    return share(outputs[1], inputs[1]), share(outputs[2], inputs[2])


def _thinned(module: Any, _inputs: Shape, _outputs: Shape) -> Windows:
    window = Window(stride=Fraction(module.stride))
    return window, window


def _none(_module: Any, _outputs: Shape) -> int:
    return 0


def _one_each(_module: Any, outputs: Shape) -> int:
    return outputs[0] * outputs[1] * outputs[2]


def _three_each(_module: Any, outputs: Shape) -> int:
    return 3 * _one_each(_module, outputs)


def _weights_each_place(module: Any, outputs: Shape) -> int:
    return int(module.weight.numel()) * outputs[1] * outputs[2]


def _size(sizes: Any) -> str:
    return f"{sizes[0]} × {sizes[1]}"


def _convolution_title(module: Any, outputs: Shape) -> str:
    facts = [
        _("{size} convolution", size=_size(module.kernel_size)),
        ngettext("{count} map", "{count} maps", outputs[0]),
    ]
    if (stride := max(module.stride)) > 1:
        facts.append(_("stride {stride}", stride=stride))
    if module.groups == module.in_channels > 1:
        facts.append(_("each map by itself"))
    elif module.groups > 1:
        facts.append(_("{count} groups", count=module.groups))
    return ", ".join(facts)


def _pooling_title(message: str) -> Callable[[Any, Shape], str]:
    """`message` has a place for the size of the window."""

    def title(module: Any, _outputs: Shape) -> str:
        rows, columns = kernel_taps(module)
        facts = [_(message, size=_size((rows.count, columns.count)))]
        if rows.stride != rows.count:
            facts.append(_("stride {stride}", stride=rows.stride))
        return ", ".join(facts)

    return title


def _activation_title(module: Any, _outputs: Shape) -> str:
    name = type(module).__name__
    return _(ACTIVATION_TITLES.get(name, name))


def _group_title(module: Any, _outputs: Shape) -> str:
    groups = module.num_groups
    return ngettext("Layer norm over all maps", "Norm over {count} groups of maps", groups)


def _means_title(_module: Any, outputs: Shape) -> str:
    return _("Means, {size}", size=_size(outputs[1:]))


def _linear_title(_module: Any, outputs: Shape) -> str:
    return ngettext("Dense layer, {count} value", "Dense layer, {count} values", outputs[0])


def _always(title: str) -> Callable[[Any, Shape], str]:
    return lambda _module, _outputs: _(title)


def _to_one_pixel(module: Any) -> bool:
    return module.output_size in (1, (1, 1))


def _over_channels(module: Any) -> bool:
    return len(module.normalized_shape) == 1


def _any(_module: Any) -> bool:
    return True


@dataclass(frozen=True)
class Kind:
    """A kind of layer: which modules are of it, and what there is to say about them.

    `windows(module, inputs, outputs)` says what an output sees of an input of that shape,
    `multiplications(module, outputs)` counts those of one pass as a person would. Where
    `keeps_sign` is set, inputs that are not negative give outputs that are not negative.
    """

    slug: str
    types: tuple[type[nn.Module], ...]
    title: Callable[[Any, Shape], str]
    drill: Callable[[Site], Drill]
    windows: Callable[[Any, Shape, Shape], Windows] = _same
    multiplications: Callable[[Any, Shape], int] = _none
    keeps_sign: bool = False
    applies: Callable[[Any], bool] = _any


# The first that fits counts.
KINDS: tuple[Kind, ...] = (
    Kind("convolution", (nn.Conv2d,), _convolution_title, sums.convolution, _taps,
         _weights_each_place),
    Kind("batch-norm", (nn.BatchNorm2d, nn.BatchNorm1d), _always(N_("Batch norm")),
         points.batch_norm, multiplications=_one_each),
    Kind("layer-norm", (nn.LayerNorm,), _always(N_("Layer norm")), points.layer_norm,
         multiplications=_three_each, applies=_over_channels),
    Kind("layer-norm", (nn.GroupNorm,), _group_title, points.group_norm, _whole,
         _three_each),
    Kind("activation", ACTIVATIONS, _activation_title, points.activation),
    Kind("pooling", (nn.MaxPool2d,), _pooling_title(N_("{size} maximum")), pooling.maximum, _taps,
         keeps_sign=True),
    Kind("pooling", (nn.AvgPool2d,), _pooling_title(N_("{size} mean")), pooling.mean, _taps,
         _one_each, keeps_sign=True),
    Kind("pooling", (StochasticPool2d,), _pooling_title(N_("{size} stochastic pooling")),
         pooling.stochastic, _taps, _one_each, keeps_sign=True),
    Kind("global-pooling", (nn.AdaptiveAvgPool2d,), _always(N_("Global average pooling")),
         pooling.adaptive_mean, _whole, _one_each, keeps_sign=True, applies=_to_one_pixel),
    Kind("pooling", (nn.AdaptiveAvgPool2d,), _means_title,
         pooling.adaptive_mean, _shares, _one_each, keeps_sign=True),
    Kind("addition", (Addition, Skip), _always(N_("Sum")), sums.addition, keeps_sign=True),
    Kind("multiplication", (Multiplication,), _always(N_("Product")), sums.multiplication,
         multiplications=_one_each, keeps_sign=True),
    Kind("scale", (Scale,), _always(N_("A factor for each map")), sums.scale,
         multiplications=_one_each),
    Kind("concatenation", (Concatenation,), _always(N_("Maps put together")),
         points.concatenation, keeps_sign=True),
    Kind("shortcut", (Shortcut,), _always(N_("Shortcut")), points.shortcut, _thinned,
         keeps_sign=True),
    Kind("permutation", (Permute,), _always(N_("Axes exchanged")), points.permutation,
         keeps_sign=True),
    Kind("flatten", (nn.Flatten,), _always(N_("All maps in one row")), points.flatten, _whole,
         keeps_sign=True),
    Kind("linear", (nn.Linear,), _linear_title,
         sums.linear, multiplications=_weights_each_place),
)  # fmt: skip


def kind(module: nn.Module) -> Kind | None:
    """The kind of a layer, None of a transparent one. Raises `ValueError` that names its type."""
    for entry in KINDS:
        if isinstance(module, entry.types) and entry.applies(module):
            return entry
    if isinstance(module, TRANSPARENT):
        return None
    name = type(module).__name__
    raise ValueError(later("a layer of type {name} is of no kind that is known here", name=name))
