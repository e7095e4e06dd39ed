"""What the component `forward_pass` is told of a picture on its way through a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import nn

from explainer.charts.colour import usual_reach
from explainer.charts.maps import Codes, Span, coded, span_of
from explainer.charts.montage import example_picture
from explainer.charts.theme import Theme, centred
from explainer.networks.recording.layer_kinds import kind
from explainer.powers import percent
from explainer.training.instruments.forward_pass import (
    ForwardPass,
    LayerPass,
    strengths,
)
from explainer.training.recipe.build_network import build
from explainer.training.recipe.recipe import Recipe
from explainer.ui.common.components import pack
from explainer.words import _, ngettext

GREY, COLOURS = 1, 3


def steps_in_words(found: ForwardPass, recipe: Recipe) -> list[str]:
    """For each layer, what its values went through."""
    height, width, channels = found.picture.shape
    modules = _modules(recipe, (channels, height, width), len(found.probabilities))
    return [" → ".join(_steps(layer, modules)) for layer in found.layers]


def _steps(layer: LayerPass, modules: dict[str, nn.Module]) -> list[str]:
    shape, said = (layer.units, *layer.values.shape[1:]), []
    for step in layer.steps:
        if step.endswith("_skip") and not layer.carried:
            continue  # the first of them has nothing to add yet
        entry = kind(modules[step])
        said.append(entry.title(modules[step], shape) if entry else _("dropout, at rest here"))
    return said


@lru_cache(maxsize=64)
def _modules(recipe: Recipe, shape: tuple[int, ...], outputs: int) -> dict[str, nn.Module]:
    """The modules of a network without numbers, by their names."""
    with torch.device("meta"):
        return dict(build(recipe.network, shape, outputs, recipe.regularisation).named_children())


def message_of(
    found: ForwardPass, steps: Sequence[str], look: Theme, settings: Mapping[str, Any]
) -> bytes:
    """Names, sizes and probabilities, then the codes of the picture and, layer by layer, the rest.

    Of each layer: the codes of the values, the least and the largest of each unit, how strongly
    each depends on those before it, and the codes of its weights.
    """
    height, width, channels = found.picture.shape
    picture = example_picture(found.picture)[..., : GREY if channels == GREY else COLOURS]
    header: dict[str, Any] = {
        **settings,
        "picture": {"height": height, "width": width, "channels": picture.shape[2]},
        "classes": _classes(found),
        "scale": centred(look),
        "alt": _("A validation picture on its way through the network; it shows: {truth}.",
                 truth=found.classes[found.truth]),
        "summary": _summary(found),
    }  # fmt: skip
    layers, blobs = [], [np.ascontiguousarray(picture).tobytes()]
    for place, (layer, said) in enumerate(zip(found.layers, steps, strict=True)):
        entry, own = _layer(layer, look, first=place == 0, last=place == len(steps) - 1)
        layers.append({**entry, "steps": said})
        blobs += own
    return pack({**header, "layers": layers}, *blobs)


def _layer(
    layer: LayerPass, look: Theme, *, first: bool, last: bool
) -> tuple[dict[str, Any], list[bytes]]:
    count, height, width = layer.values.shape
    span = span_of(layer.values)
    weights, codes = _weights(layer, first=first)
    flat = layer.values.reshape(count, -1)
    ranges = np.stack([flat.min(1), flat.max(1)], 1)
    depends = strengths(layer, whole_picture=first)
    header = {
        "kind": "class" if last else "map" if height * width > 1 else "cell",
        "name": _("Classes") if last else layer.name,
        "note": _count(layer, last=last),
        "places": layer.places.tolist(),
        "tile": {"height": height, "width": width, "channels": 1},
        "stops": span.stops(look),
        "signed": span.signed,
        "reach": span.high,
        "weights": weights,
        "biases": None if layer.biases is None else layer.biases.tolist(),
        "carried": layer.carried,
    }
    parts = (coded(layer.values, span), ranges, depends, codes)
    return header, [np.ascontiguousarray(one).tobytes() for one in parts]


def _weights(layer: LayerPass, *, first: bool) -> tuple[dict[str, int] | None, Codes]:
    """The form of the pictures of the weights and their codes; none of single numbers.

    Those that see a coloured picture are in its colours, where grey is zero.
    """
    nothing = np.zeros(0, np.uint8)
    if layer.weights is None:
        return None, nothing
    _count, sources, height, width = layer.weights.shape
    if not first and height * width == 1:
        return None, nothing
    reach = usual_reach(layer.weights)
    codes = coded(layer.weights, Span(-reach, reach, signed=True))
    form = {"height": height, "width": width, "channels": GREY, "sources": sources}
    if first and sources == COLOURS:
        return {**form, "channels": COLOURS, "sources": 1}, codes.transpose(0, 2, 3, 1)
    return form, codes


def _count(layer: LayerPass, *, last: bool) -> str:
    """How many units a layer has, and how many of them are here."""
    shown, count = len(layer.places), layer.units
    height, width = layer.values.shape[1:]
    if height * width > 1:
        maps = (
            ngettext("{count} map", "{count} maps", count) if shown == count
            else _("{shown} of {count} maps", shown=shown, count=count)
        )  # fmt: skip
        return f"{maps}\n{height} × {width}"
    if last:
        return "" if shown == count else _("{shown} of {count}", shown=shown, count=count)
    if shown == count:
        return ngettext("{count} unit", "{count} units", count)
    return _("{shown} of {count} units", shown=shown, count=count)


def _classes(found: ForwardPass) -> list[dict[str, Any]]:
    return [
        {
            "label": found.classes[place],
            "share": float(found.probabilities[place]),
            "truth": place == found.truth,
        }
        for place in found.layers[-1].places.tolist()
    ]


def _summary(found: ForwardPass) -> str:
    truth = found.classes[found.truth]
    if not np.isfinite(found.probabilities).all():
        return _("It is {truth}; the network gives no number.", truth=truth)
    guess = int(found.probabilities.argmax())
    share = percent(float(found.probabilities[guess]))
    if guess == found.truth:
        return _("Correctly classified as {truth}: {share}.", truth=truth, share=share)
    return _(
        "Taken for {guess}: {share}. It is {truth}: {right}.",
        guess=found.classes[guess], share=share, truth=truth,
        right=percent(float(found.probabilities[found.truth])),
    )  # fmt: skip
