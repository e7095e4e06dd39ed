"""One validation picture on its way through a network: what each layer makes of it, and from what.

The network is in evaluation mode: batch norm by its running statistics, nothing dropped. The
picture is the one that the curves are measured on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.training.engine.run import Run
from explainer.training.instruments.copies import (
    check_from_one,
    indices,
    numbers,
    shown,
    twin,
    validation,
)
from explainer.training.instruments.mistakes import probabilities
from explainer.training.task import evaluating

Numbers = NDArray[np.float32]
Indices = NDArray[np.int64]

BEGINS = (nn.Conv2d, nn.Linear, nn.AdaptiveAvgPool2d)
FLATTEN = "flatten"


@dataclass(frozen=True, eq=False)
class LayerPass:
    """What some units of a layer make of the picture, and the weights through which they see it.

    `steps` names the modules that the layer consists of, up to its output: `("conv1",
    "conv1_activation", "conv1_pool")`. `places` `(n,)` are the units that are here, of `units` in
    all. `values` are theirs, maps `(n, H, W)`, of a dense layer `(n, 1, 1)`. `weights`
    `(n, m, h, w)` lead there from the m units that are here of the layer before, or from the m
    channels of the picture: kernels; of a dense layer the weights of all pixels of a map. The means
    of maps have none. `biases` are `(n,)`, or None. Where `carried`, what the same unit gave in the
    layer before is added.
    """

    steps: tuple[str, ...]
    places: Indices
    units: int
    values: Numbers
    weights: Numbers | None
    biases: Numbers | None
    carried: bool

    @property
    def name(self) -> str:
        """The name of the module that begins the layer, such as `conv1`, `dense1` or `out`."""
        return self.steps[0]


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A picture `(H, W, C)` in [0, 1], all layers, and the probabilities `(K,)` of all classes.

    The last layer is that of the logits. `truth` is the class that the picture has.
    """

    picture: Numbers
    truth: int
    classes: tuple[str, ...]
    probabilities: Numbers
    layers: tuple[LayerPass, ...]


def forward_pass(run: Run, place: int, most: int = 16) -> ForwardPass:
    """The validation picture at `place` through `run` as it is now.

    Of each layer the first `most` units are kept; of more classes than that, the true one and those
    with the largest probabilities. Raises `ValueError` for points, and for a place where there is
    no picture.
    """
    check_from_one(most=most)
    inputs, labels = validation(run)
    if inputs.dim() != 4:
        raise ValueError(f"a picture (C, H, W) is needed, but one input is {run.data.shape}")
    if not 0 <= place < len(inputs):
        raise ValueError(f"place is {place}, but it lies in 0..{len(inputs) - 1}")
    model, picture = run.model, inputs[place : place + 1]
    outputs = _outputs(model, picture)
    shares = numbers(next(reversed(outputs.values())).softmax(1))[0]
    truth = int(labels[place])
    return ForwardPass(
        picture=shown(run.data, picture)[0],
        truth=truth,
        classes=run.data.classes,
        probabilities=shares,
        layers=_layers(model, outputs, run.data.shape, most, _foremost(shares, truth, most)),
    )


def strengths(layer: LayerPass, *, whole_picture: bool = False) -> Numbers:
    """How strongly each unit depends on each before it, `(n, m)`: the L2 norm of the weights.

    It has the sign of their sum. The mean of a map depends on that map alone, with 1. With
    `whole_picture` the channels count as one, `(n, 1)`.
    """
    if layer.weights is None:
        return np.eye(len(layer.values), dtype=np.float32)
    count, before = layer.weights.shape[:2]
    flat = layer.weights.reshape(count, 1 if whole_picture else before, -1)
    norms = np.sqrt(np.square(flat, dtype=np.float64).sum(2))
    return np.asarray(np.copysign(norms, flat.sum(2)), np.float32)


def next_mistake(run: Run, place: int) -> int | None:
    """The place of the next picture after `place`, going round, that `run` gets wrong; or None.

    Pictures for which it gives no number have no answer, so they are none of them.
    """
    inputs, labels = validation(run)
    shares = probabilities(twin(run).model, inputs)
    wrong = np.isfinite(shares).all(1) & (shares.argmax(1) != indices(labels))
    found = np.flatnonzero(np.roll(wrong, -(place + 1)))
    return int(found[0] + place + 1) % len(wrong) if len(found) else None


def _outputs(model: nn.Sequential, picture: Tensor) -> dict[str, Tensor]:
    """What every module gives, by its name, the logits last.

    A copy of the network would cost several times as much as its pass, four times a second.
    """
    found: dict[str, Tensor] = {}

    def keep(name: str, _module: nn.Module, _inputs: Any, output: Tensor) -> None:
        found[name] = output

    hooks = [
        module.register_forward_hook(partial(keep, name)) for name, module in model.named_children()
    ]
    try:
        with evaluating(model), torch.no_grad():
            model(picture)
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _foremost(shares: Numbers, truth: int, most: int) -> Indices:
    """The classes that are kept, in their order."""
    by_share = np.argsort(-shares, kind="stable")  # what is no number comes last
    others = by_share[by_share != truth]
    return np.sort(np.append(others[: most - 1], truth))


def _layers(
    model: nn.Sequential,
    outputs: dict[str, Tensor],
    shape: tuple[int, ...],
    most: int,
    classes: Indices,
) -> tuple[LayerPass, ...]:
    found: list[LayerPass] = []
    before, kept = shape, np.arange(shape[0])
    grouped = _steps(model)
    for place, steps in enumerate(grouped):
        output = outputs[steps[-1]][0]
        output = output.reshape(len(output), *(output.shape[1:] or (1, 1)))
        last = place == len(grouped) - 1
        places = classes if last else np.arange(min(most, len(output)))
        skips = any(step.endswith("_skip") for step in steps)
        found.append(
            LayerPass(
                steps=steps,
                places=places,
                units=len(output),
                values=numbers(output[places]),
                weights=_weights(model.get_submodule(steps[0]), before, places, kept),
                biases=_biases(model.get_submodule(steps[0]), places),
                carried=skips and place > 0,
            )
        )
        before, kept = tuple(output.shape), places
    return tuple(found)


def _steps(model: nn.Sequential) -> list[tuple[str, ...]]:
    """The names of the modules, layer by layer; that maps are put in a row is no step of any."""
    found: list[tuple[str, ...]] = []
    for name, module in model.named_children():
        if isinstance(module, BEGINS):
            found.append((name,))
        elif found and not name.startswith(FLATTEN):
            found[-1] += (name,)
    return found


def _weights(
    module: nn.Module, before: Sequence[int], places: Indices, kept: Indices
) -> Numbers | None:
    """The weights from the units `kept` of a layer that gives `before` `(C, H, W)`."""
    if isinstance(module, nn.Conv2d):
        weights = module.weight
    elif isinstance(module, nn.Linear):
        weights = module.weight.reshape(len(module.weight), *before)
    else:
        return None
    return numbers(weights[places][:, kept])


def _biases(module: nn.Module, places: Indices) -> Numbers | None:
    bias = getattr(module, "bias", None)
    return numbers(bias[places]) if isinstance(bias, Tensor) else None
