"""From the layers of several networks to the layers of their stack, in the order that is fastest.

Taking the maximum of four values commutes with whatever never falls: with adding a bias, and with
most activations. In a stack the maximum comes first, and a quarter of the work is left for the
rest; the numbers stay the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from explainer.training.engine.flat_parameters import FlatParameters
from explainer.training.engine.stacked_dense import Layer
from explainer.training.engine.stacked_layers import OPTIONAL, RISING, STACKED, pooled_conv

Row = tuple[str, Sequence[nn.Module | None]]
"""A name, and the module of that name of each network; None where a network has none."""


def stacked_rows(models: Sequence[nn.Sequential]) -> list[Row]:
    """The modules of all models by name; a model may lack a dropout that others have."""
    tables = [dict(model.named_children()) for model in models]
    names = merged([list(table) for table in tables])
    return pools_first([(name, [table.get(name) for table in tables]) for name in names])


def stacked_layers(flat: FlatParameters, rows: list[Row]) -> list[Layer]:
    """The layers of all models together.

    Raises `ValueError` where the models differ in more than dropout.
    """
    layers, position = list[Layer](), 0
    while position < len(rows):
        layer, used = _layer(flat, rows[position:])
        layers.append(layer)
        position += used
    return layers


def merged(lists: Sequence[list[str]]) -> list[str]:
    """All names of lists that agree in their order, each once and in that order."""
    together: list[str] = []
    for names in lists:
        place = 0
        for name in names:
            if name not in together:
                together.insert(place, name)
            place = together.index(name) + 1
    return together


def pools_first(rows: list[Row]) -> list[Row]:
    """The rows with each maximum before the activation that it follows, where that never falls."""
    ordered = list(rows)
    for place in range(1, len(ordered)):
        before, here = (kind(row) for row in ordered[place - 1 : place + 1])
        if issubclass(here, nn.MaxPool2d) and issubclass(before, RISING):
            ordered[place - 1], ordered[place] = ordered[place], ordered[place - 1]
    return ordered


def kind(row: Row) -> type[nn.Module]:
    """The type of the modules of a row."""
    return next(type(module) for module in row[1] if module is not None)


def _layer(flat: FlatParameters, rows: list[Row]) -> tuple[Layer, int]:
    """The layer that `rows` begin with, and how many of them it is made of."""
    name, modules = rows[0]
    if None in modules and not issubclass(kind(rows[0]), OPTIONAL):
        raise ValueError(f"some of the networks have no {name}, so they are no stack")
    pool = rows[1][1][0] if len(rows) > 1 else None
    if kind(rows[0]) is nn.Conv2d and isinstance(pool, nn.MaxPool2d):
        convs = [module for module in modules if isinstance(module, nn.Conv2d)]
        return pooled_conv(flat, name, convs, pool), 2
    return STACKED[kind(rows[0])](flat, name, modules), 1
