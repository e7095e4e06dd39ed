"""What the very next step of a run will use: its batch as augmented, and the masks it will draw.

The generators are copied as they stand, so this is no sample of what may come but what will,
whether the run trains alone or in a stack. Of a run that has ended it is what one step more would
use. Targets are shown with their label noise, without label smoothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.training.augmentation.augmentation import soft
from explainer.training.data.splits import Prepared
from explainer.training.engine.run import Run
from explainer.training.instruments.copies import check_from_one, numbers, shown, twin
from explainer.training.recipe.layers import DropConnect, Dropout, MapDropout


@dataclass(frozen=True, eq=False)
class NextBatch:
    """The first examples of the next batch, before and after augmentation, with what is asked.

    Pictures are `(n, H, W, C)` in [0, 1], clipped, and points `(n, F)`. A label of mixed examples
    names each class with its share, the larger first: `cat 70 % + dog 30 %`; or it is a number.
    """

    originals: NDArray[np.float32]
    augmented: NDArray[np.float32]
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Dropped:
    """What one layer keeps in the next step, `(rows, units)`, and the values before its mask.

    `kind` "units": a row for each of the first examples, a column for each unit. "maps": a column
    for each feature map, whose value is its mean. "weights" (DropConnect): a row for each of the
    first outputs, a column for each input; one mask for the whole batch.
    """

    layer: str
    kind: str
    kept: NDArray[np.bool_]
    values: NDArray[np.float32]


@torch.no_grad()
def next_batch(run: Run, most: int = 12) -> NextBatch:
    """The first `most` examples of the next batch."""
    check_from_one(most=most)
    data, other = run.data, twin(run)
    rows = other.batches.at(other.step)[:most]
    inputs, targets = other.batch(other.step)
    return NextBatch(
        originals=shown(data, data.train_inputs[rows]),
        augmented=shown(data, inputs[:most]),
        labels=_labels(data, targets[:most]),
    )


def _labels(data: Prepared, targets: Tensor) -> tuple[str, ...]:
    if not data.classes:
        return tuple(data.task.measure.text(one) for one in targets[:, 0].tolist())
    return tuple(label(one, data.classes) for one in soft(targets, len(data.classes)).tolist())


def label(shares: list[float], classes: tuple[str, ...]) -> str:
    """The class, or several with their shares in whole per cent; those below one are left out."""
    percents = [(round(100 * share), name) for share, name in zip(shares, classes, strict=True)]
    found = sorted((one for one in percents if one[0]), key=lambda one: -one[0])
    if len(found) == 1:
        return found[0][1]
    return " + ".join(f"{name} {percent} %" for percent, name in found)


@torch.no_grad()
def next_drops(run: Run, most_rows: int = 12) -> tuple[Dropped, ...]:
    """The masks of the next step, layer by layer; empty where the recipe drops nothing."""
    check_from_one(most_rows=most_rows)
    other, found = twin(run), list[Dropped]()
    dropping = [
        module.register_forward_pre_hook(_noting(name, found, most_rows))
        for name, module in other.model.named_modules()
        if isinstance(module, Dropout | DropConnect)
    ]
    if dropping:
        inputs, _ = other.batch(other.step)
        other.model.train()(inputs)
    return tuple(found)


def _noting(
    layer: str, found: list[Dropped], rows: int
) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
    """A hook that draws the mask which the layer is about to draw, and winds the generator back."""

    def note(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(module, Dropout | DropConnect)
        assert module.generator is not None
        before = module.generator.get_state()
        kind, mask, values = _drawn(module, inputs[0])
        module.generator.set_state(before)
        kept = (mask[:rows] > 0).cpu().numpy()
        found.append(Dropped(layer, kind, kept, numbers(values[:rows])))

    return note


def _drawn(module: Dropout | DropConnect, inputs: Tensor) -> tuple[str, Tensor, Tensor]:
    """Kind, mask and values, `(rows, units)`."""
    if isinstance(module, DropConnect):
        return "weights", module.draw(), module.weight
    mask = module.draw(inputs)
    if isinstance(module, MapDropout):
        return "maps", mask.flatten(1), inputs.mean((2, 3))
    return "units", mask, inputs
