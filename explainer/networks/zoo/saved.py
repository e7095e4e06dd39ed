"""A network from a file of weights that the training lab wrote, rebuilt as it was.

What a visitor opens is hostile until checked: sizes are bounded and compared before memory is
taken, and whatever does not fit becomes one sentence. safetensors holds 8 bytes with the length of
a header, the header as JSON, and the numbers; nothing of it is executed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from torch import Tensor, nn

from explainer.networks.zoo.own import MOST_PICTURES, OwnNetwork, as_codes, own_network
from explainer.training.data.registry import DATA_SETS, load
from explainer.training.data.splits import Normaliser
from explainer.training.recipe.build_network import build
from explainer.training.recipe.recipe import Recipe, from_text
from explainer.words import later, nlater

LARGEST_MB, LARGEST_HEADER = 64, 1_000_000
LARGEST_SIDE, MOST_CLASSES, LONGEST_NAME = 256, 200, 80
NEEDED = ("recipe", "shape", "classes", "mean", "std")


def opened(content: bytes, name: str) -> OwnNetwork:
    """The network in the file called `name`. Raises `ValueError` with one sentence."""
    told = _metadata(content)
    missing = [one for one in NEEDED if one not in told]
    if missing:
        raise ValueError(
            later(
                "{name} does not say its {missing}: it is no file of weights from the training"
                " lab.",
                name=name,
                missing=missing[0],
            )
        )
    recipe, shape, classes = from_text(told["recipe"]), _shape(told), _classes(told)
    mean, deviation = (_numbers(told, key, shape[0]) for key in ("mean", "std"))
    if min(deviation) <= 0:
        raise ValueError(
            later("std is {value}, but it is more than 0.", value=f"{min(deviation):g}")
        )
    network = _filled(recipe, shape, len(classes), _tensors(content))
    pictures, labels = _pictures(told, shape, classes, Normaliser(*_columns(mean, deviation)))
    return own_network(
        network,
        shape,
        name=str(told.get("name") or name)[:LONGEST_NAME],
        classes=classes,
        mean=mean,
        deviation=deviation,
        pictures=pictures,
        labels=labels,
        seed=int(_number(told, "seed", 0)),
        step=int(_number(told, "step", 0)),
        accuracy=min(max(_number(told, "validation_accuracy", 0), 0.0), 1.0),
    )


def _metadata(content: bytes) -> dict[str, str]:
    """The texts that stand in the header of the file."""
    if len(content) > LARGEST_MB * 2**20:
        size = f"{len(content) / 2**20:.1f}"
        raise ValueError(
            later(
                "The file has {size} MB, but at most {most} are opened.", size=size, most=LARGEST_MB
            )
        )
    if content[:4] == b"PK\x03\x04":
        raise ValueError(later("This is a zip: unpack it and open one of its .safetensors files."))
    length, rest = int.from_bytes(content[:8], "little"), len(content) - 8
    if not 2 <= length <= rest:
        raise ValueError(
            later("This is no safetensors file: the length of its header does not fit it.")
        )
    if length > LARGEST_HEADER:
        raise ValueError(
            later(
                "The header of the file has {length} bytes, but at most {most} are read.",
                length=f"{length:,}",
                most=f"{LARGEST_HEADER:,}",
            )
        )
    try:
        found = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    except (ValueError, RecursionError, AttributeError):
        raise ValueError(later("This is no safetensors file: its header cannot be read.")) from None
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _read(told: Mapping[str, str], key: str) -> Any:
    try:
        return json.loads(told[key])
    except (ValueError, RecursionError):
        raise ValueError(
            later("{key} is {value}, which cannot be read.", key=key, value=repr(told[key][:40]))
        ) from None


def _shape(told: Mapping[str, str]) -> tuple[int, int, int]:
    found = _read(told, "shape")
    if not isinstance(found, list) or not all(type(one) is int for one in found):
        value = repr(told["shape"][:40])
        raise ValueError(later("shape is {value}, but it is a list of whole numbers.", value=value))
    if len(found) != 3:
        raise ValueError(
            later("This network takes points, not pictures, so it has no maps to look at.")
        )
    channels, height, width = found
    if channels not in (1, 3) or height != width or not 1 <= height <= LARGEST_SIDE:
        raise ValueError(
            later(
                "The network takes {shape} numbers, but it takes 1 or 3 colours and squares of 1 to"
                " {most} pixels.",
                shape=f"{channels} × {height} × {width}",
                most=LARGEST_SIDE,
            )
        )
    return channels, height, width


def _classes(told: Mapping[str, str]) -> tuple[str, ...]:
    found = _read(told, "classes")
    count = len(found) if isinstance(found, list) else 0
    if not 2 <= count <= MOST_CLASSES:
        raise ValueError(
            nlater(
                "The file names {count} class, but it names 2 to {most}.",
                "The file names {count} classes, but it names 2 to {most}.",
                count,
                most=MOST_CLASSES,
            )
        )
    return tuple(str(one)[:LONGEST_NAME] for one in found)


def _numbers(told: Mapping[str, str], key: str, count: int) -> tuple[float, ...]:
    found = _read(told, key)
    if (
        not isinstance(found, list)
        or len(found) != count
        or not all(type(one) in (int, float) and abs(one) < 1e9 for one in found)
    ):
        raise ValueError(
            later(
                "{key} is {value}, but it is a number for each of {count}.",
                key=key,
                value=repr(told[key][:40]),
                count=count,
            )
        )
    return tuple(float(one) for one in found)


def _number(told: Mapping[str, str], key: str, default: float) -> float:
    try:
        found = float(told.get(key, default))
    except ValueError:
        return default
    return found if math.isfinite(found) else default


def _tensors(content: bytes) -> dict[str, Tensor]:
    try:
        return load_tensors(content)
    except (SafetensorError, ValueError, KeyError, TypeError):
        raise ValueError(
            later("This is no safetensors file: its numbers cannot be read.")
        ) from None


def _filled(
    recipe: Recipe, shape: tuple[int, int, int], classes: int, tensors: Mapping[str, Tensor]
) -> nn.Module:
    """The network of a recipe with these weights, once they have its names and shapes."""
    with torch.device("meta"):
        plan = build(recipe.network, shape, classes, recipe.regularisation).state_dict()
    for name, wanted in plan.items():
        found = tensors.get(name)
        if found is None:
            raise ValueError(later("The file lacks {name}, which its recipe asks for.", name=name))
        if found.shape != wanted.shape or found.dtype != wanted.dtype:
            raise ValueError(
                later(
                    "{name} is {found}, but its recipe makes it {wanted}.",
                    name=name,
                    found=_size(found),
                    wanted=_size(wanted),
                )
            )
        if not found.isfinite().all():
            raise ValueError(
                later("{name} holds NaN or infinity: this network diverged.", name=name)
            )
    if extra := [name for name in tensors if name not in plan]:
        raise ValueError(
            later(
                "The file holds {name}, which its recipe does not have.", name=repr(extra[0][:40])
            )
        )
    network = build(recipe.network, shape, classes, recipe.regularisation)
    network.load_state_dict(dict(tensors))
    return network


def _size(tensor: Tensor) -> str:
    size = " × ".join(map(str, tensor.shape)) or "1"
    return later("{size} of {type}", size=size, type=str(tensor.dtype).removeprefix("torch."))


def _columns(*rows: tuple[float, ...]) -> list[Tensor]:
    return [torch.tensor(row, dtype=torch.float32) for row in rows]


def _pictures(
    told: Mapping[str, str],
    shape: tuple[int, ...],
    classes: tuple[str, ...],
    normaliser: Normaliser,
) -> tuple[NDArray[np.uint8], tuple[int, ...]]:
    """Pictures that it was validated on, where its data come with the app; else none."""
    try:
        data, places = json.loads(told["data"]), json.loads(told["validation"])[:MOST_PICTURES]
        if DATA_SETS[data["slug"]].needs_download:
            raise ValueError("its data would have to be fetched")
        examples = load(data["slug"], **data["settings"])
        inputs, labels = examples.inputs[places], examples.labels[places]
        if examples.shape != shape or examples.classes != classes or min(places) < 0:
            raise ValueError("its data are others of that name")
    except (KeyError, IndexError, TypeError, ValueError, RecursionError):
        return np.zeros((0, *shape[1:], 3), np.uint8), ()
    return as_codes(normaliser, normaliser.apply(inputs)), tuple(labels.tolist())
