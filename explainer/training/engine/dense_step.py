r"""Forward and backward pass of a stack of dense networks by hand, without autograd.

Small networks spend most of a step between operators: in Python, in autograd, and, where several
threads train, in waiting for the interpreter's lock, which every operator gives up and takes again.
Here a step is a short line of operators that write gradients straight into their windows (see
`flat_parameters.py`). Covered are dense layers with an activation of `BY_HAND` and perhaps dropout,
and features before them; :func:`dense_step` says None to everything else.

Logits lie as `(K, classes, N)`, so that a softmax runs along memory. With the wanted distribution
$y$ of an example and the softmax $p$ of its logits, a run's loss is $-\frac1N \sum y \ln p$, and
the gradient of the logits is $(p - y) / N$.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from explainer.training.augmentation.augmentation import soft
from explainer.training.engine.flat_parameters import FlatParameters
from explainer.training.engine.stacked_assembly import Row, kind
from explainer.training.engine.stacked_dense import bias_of, for_each
from explainer.training.recipe.features import Features
from explainer.training.recipe.layers import Dropout

aten = torch.ops.aten

Masks = list[tuple[int, Tensor]]
"""The dropout masks of one batch, each with the row of its network."""


@dataclass(frozen=True)
class ByHand:
    """An activation in place, and its way back from no more than what it gave.

    `pull(gradient, outputs)` makes of the gradient after the activation that before it, in place.
    `signs` says that only the signs of the outputs matter there.
    """

    apply: Callable[[Tensor], Tensor]
    pull: Callable[[Tensor, Tensor], object]
    signs: bool = False


BY_HAND: dict[type[nn.Module], ByHand] = {
    nn.ReLU: ByHand(
        torch.relu_,
        lambda g, y: aten.threshold_backward.grad_input(g, y, 0, grad_input=g),
        signs=True,
    ),
    nn.Tanh: ByHand(torch.tanh_, lambda g, y: aten.tanh_backward.grad_input(g, y, grad_input=g)),
    nn.Sigmoid: ByHand(
        torch.sigmoid_, lambda g, y: aten.sigmoid_backward.grad_input(g, y, grad_input=g)
    ),
}


@dataclass(frozen=True, eq=False)
class Product:
    """The parameters of a dense layer of K networks and their gradients, as views made once.

    `weight` and `weight_window` are `(K, O, I)`, `transposed` `(K, I, O)`, `bias` `(K, 1, O)` and
    `bias_window` `(K, O)`.
    """

    weight: Tensor
    transposed: Tensor
    bias: Tensor
    weight_window: Tensor
    bias_window: Tensor

    @classmethod
    def of(cls, flat: FlatParameters, name: str) -> Product:
        """The layer of that name."""
        weight, (bias, bias_window) = flat.blocks[f"{name}.weight"].detach(), bias_of(flat, name)
        window = flat.gradient_blocks[f"{name}.weight"]
        return cls(weight, weight.transpose(1, 2), bias.detach()[:, None], window, bias_window)


@dataclass(frozen=True, eq=False)
class Hidden:
    """A dense layer with its activation, and the dropouts of the networks that have one, by row."""

    product: Product
    activation: ByHand
    dropouts: tuple[tuple[int, Dropout], ...]

    def forward(self, inputs: Tensor) -> tuple[Tensor, Masks]:
        """`(K, N, I)` in, `(K, N, O)` out, and the masks that were drawn for it."""
        outputs = torch.baddbmm(self.product.bias, inputs, self.product.transposed)
        self.activation.apply(outputs)
        masks: Masks = []
        for row, dropout in self.dropouts:
            own = outputs[row]
            masks.append((row, dropout.draw(own)))
            own.mul_(masks[-1][1])
        return outputs, masks

    def backward(self, gradient: Tensor, inputs: Tensor, outputs: Tensor, masks: Masks) -> None:
        """From the gradient of the outputs to those of the parameters.

        `gradient` becomes that before the activation; `outputs` serve no more.
        """
        for row, mask in masks:
            gradient[row].mul_(mask)
        if not self.activation.signs:
            for row, dropout in self.dropouts:
                outputs[row].mul_(1 - dropout.p)  # as they were; the others' gradient is 0
        self.activation.pull(gradient, outputs)
        torch.bmm(gradient.transpose(1, 2), inputs, out=self.product.weight_window)
        torch.sum(gradient, 1, out=self.product.bias_window)


class DenseStep:
    """The same as `Stack.by_autograd` for batches of `examples`.

    `given` makes of inputs what the first layer sees; `smoothings` are the label smoothing of each
    run.
    """

    def __init__(
        self,
        given: nn.Module,
        hidden: Sequence[Hidden],
        last: Product,
        smoothings: list[float],
        examples: int,
    ) -> None:
        self._given, self._hidden, self._last, self._examples = given, hidden, last, examples
        self._bias = last.bias.transpose(1, 2)
        self._count, self._classes, _ = self._bias.shape
        eye, amounts = torch.eye(self._classes), torch.tensor(smoothings)[:, None, None]
        self._negative = (eye + amounts * (1 / self._classes - eye)) / -examples

    def __call__(self, inputs: list[Tensor], targets: list[Tensor]) -> Tensor:
        """Inputs and targets in, data losses `(K,)` out, gradients in their windows."""
        given = self._given(inputs[0] if len(inputs) == 1 else torch.stack(inputs))
        values = for_each(given, self._count)
        trail = []
        for layer in self._hidden:
            outputs, masks = layer.forward(values)
            trail.append((layer, values, outputs, masks))
            values = outputs
        losses, gradient = self._loss(values, self._negative_wanted(targets))
        gradient, product = self._last_backward(gradient, values), self._last
        for layer, before, outputs, masks in reversed(trail):
            gradient = torch.bmm(gradient, product.weight)
            layer.backward(gradient, before, outputs, masks)
            product = layer.product
        return losses

    def _negative_wanted(self, targets: list[Tensor]) -> Tensor:
        """The wanted distributions `(K, classes, N)`, smoothed, divided by -N."""
        if len(targets) == 1 and not targets[0].is_floating_point():
            return self._negative.index_select(2, targets[0])
        wanted = torch.stack([soft(target, self._classes) for target in targets])
        return self._negative @ wanted.transpose(1, 2)

    def _loss(self, values: Tensor, negative_wanted: Tensor) -> tuple[Tensor, Tensor]:
        """The losses `(K,)`, and the gradient of the logits, in place of the other argument."""
        logits = torch.baddbmm(self._bias, self._last.weight, values.transpose(1, 2))
        logarithms = logits.log_softmax(1)
        losses = (negative_wanted * logarithms).sum((1, 2))
        return losses, negative_wanted.add_(logarithms.exp_(), alpha=1 / self._examples)

    def _last_backward(self, gradient: Tensor, values: Tensor) -> Tensor:
        """From the gradient of the logits to those of the last parameters; turned `(K, N, O)`."""
        torch.bmm(gradient, values, out=self._last.weight_window)
        torch.sum(gradient, 2, out=self._last.bias_window)
        return gradient.transpose(1, 2)


def dense_step(
    flat: FlatParameters, rows: Sequence[Row], smoothings: list[float], examples: int
) -> DenseStep | None:
    """The step of networks with these `rows` of layers; None where one of them is not covered."""
    first, *rest = rows
    if kind(first) is not nn.Flatten:
        return None
    given: nn.Module = nn.Identity()
    if kind(rest[0]) is Features:
        (_, (module, *_)), *rest = rest
        given = module or given
    hidden = list[Hidden]()
    while len(rest) > 1:
        (name, products), activations, *rest = rest
        activation = BY_HAND.get(kind(activations))
        if activation is None or not _all_linear(products):
            return None
        drops = list[tuple[int, Any]]()
        if kind(rest[0]) is Dropout:
            (_, dropouts), *rest = rest
            drops = [(row, one) for row, one in enumerate(dropouts) if one is not None]
        hidden.append(Hidden(Product.of(flat, name), activation, tuple(drops)))
    name, products = rest[0]
    if not _all_linear(products):
        return None
    return DenseStep(given, hidden, Product.of(flat, name), smoothings, examples)


def _all_linear(modules: Sequence[nn.Module | None]) -> bool:
    return all(type(module) is nn.Linear for module in modules)
