"""What is asked on the attribution page, and the answers so far, each worked out once.

A network of torchvision's takes a hundred times as long as a shipped one. So what takes many passes
waits until it is asked for there, follows with a bar, and can be stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.gradients.attribution.layers import map_layers, suggested_layer
from explainer.gradients.attribution.method import Attribution, Method
from explainer.gradients.attribution.methods import attribute
from explainer.gradients.attribution.progress import Progress
from explainer.gradients.attribution.target import (
    PREDICTED,
    RUNNER_UP,
    ClassLogit,
    Difference,
    Target,
)
from explainer.networks.drill.sums import SoftmaxDrill
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.preprocessing import as_input, for_answer
from explainer.networks.zoo.shared import network_of
from explainer.parameters import Value
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import Chosen
from explainer.words import _

KEY = "attribution"
MOST_KEPT = 60
LARGE_SIDE = 96
Settings = Mapping[str, Mapping[str, Value]]
# Enough to look at, and what a map is judged by; of large pictures as many windows and maps as a
# person waits for.
SMALL_SETTINGS: Settings = {"integrated-gradients": {"steps": 64}}
LARGE_SETTINGS: Settings = {
    "integrated-gradients": {"steps": 32},
    "smoothgrad": {"samples": 12},
    "score-cam": {"channels": 64},
}


@dataclass(frozen=True, eq=False)
class Asked:
    """A network, the square it is shown, the question, and the layer for activation maps.

    `words` is the question in the visitor's language, with names of classes as the network has
    them. `layer` is None for a network without maps of more than one pixel.
    """

    entry: Entry
    square: NDArray[np.uint8]
    inputs: Tensor
    black: Tensor
    target: Target
    words: str
    layer: str | None

    @property
    def network(self) -> nn.Module:
        """The network, in evaluation mode, shared by all visitors."""
        return network_of(self.entry)

    @property
    def large(self) -> bool:
        """Whether it takes so long that methods of many passes wait until they are asked for."""
        return self.entry.input_size > LARGE_SIDE

    @property
    def place(self) -> tuple[object, ...]:
        """What an answer depends on, apart from the method."""
        return (self.entry.slug, hash(self.square.tobytes()), self.target, self.layer)


def question(chosen: Chosen, entry: Entry, said: SoftmaxDrill) -> Asked:
    """What is asked of what the network `said`: why its class, the runner-up's, or any other."""
    square = for_answer(chosen.picture.codes, entry)
    inputs = as_input(square, entry)
    first, second = (entry.classes[place] for place in said.probabilities.argsort()[:-3:-1])
    why: dict[str, tuple[str, Target]] = {
        "predicted": (_("Why {name}? (predicted)", name=first), PREDICTED),
        "runner-up": (_("Why {name}? (the runner-up)", name=second), RUNNER_UP),
        "difference": (
            _("Why {first} and not {second}?", first=first, second=second),
            Difference(PREDICTED, RUNNER_UP),
        ),
        **{
            f"class-{place}": (_("Why {name}?", name=name), ClassLogit(place))
            for place, name in enumerate(entry.classes)
        },
    }
    entries = [Named(slug, words) for slug, (words, _target) in why.items()]
    words, target = why[choice(_("Question"), entries, key=f"{KEY}.question")]
    layer = _layer(entry, inputs)
    black = entry.normalise(torch.zeros(entry.channels, 1, 1))[None]
    return Asked(entry, square, inputs, black, target, words, layer)


def _layer(entry: Entry, inputs: Tensor) -> str | None:
    names, suggested = _layers(entry, inputs)
    if suggested is None:
        st.caption(_("A network without feature maps has no class activation maps."))
        return None
    return choice(
        _("Layer, for the class activation maps"), [Named(name, name) for name in names],
        key=f"{KEY}.layer.{entry.slug}", default=suggested,
    )  # fmt: skip


def _layers(entry: Entry, inputs: Tensor) -> tuple[list[str], str | None]:
    """The layers with maps and the one that is suggested; kept until the network changes."""
    return remembered(f"{KEY}.layers", entry.slug, lambda: _layers_now(entry, inputs))


def _layers_now(entry: Entry, inputs: Tensor) -> tuple[list[str], str | None]:
    network = network_of(entry)
    found = map_layers(network, inputs)
    placed = any(one.height * one.width > 1 for one in found)
    suggested = suggested_layer(network, inputs) if placed else None
    return [one.name for one in found], suggested


def known(asked: Asked, method: Method) -> Attribution | None:
    """The answer of a method, where it has been worked out."""
    found: Attribution | None = _kept().get(place_of(asked, method))
    return found


def found(asked: Asked, method: Method, progress: Progress | None = None) -> Attribution:
    """The answer of a method, worked out where it is not known yet."""
    kept, place = _kept(), place_of(asked, method)
    if place not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[place] = attribute(
            *request(asked, method), **options(asked, method), progress=progress
        )
    answer: Attribution = kept[place]
    return answer


def _kept() -> dict[tuple[object, ...], Attribution]:
    kept: dict[tuple[object, ...], Attribution]
    kept = st.session_state.setdefault(f"{KEY}.kept", {})
    return kept


def place_of(asked: Asked, method: Method) -> tuple[object, ...]:
    """What the answer of a method depends on."""
    return (*asked.place, method.slug)


def request(asked: Asked, method: Method) -> tuple[nn.Module, Tensor, Target, str]:
    """What :func:`attribute` is given by place."""
    return asked.network, asked.inputs, asked.target, method.slug


def options(asked: Asked, method: Method) -> dict[str, Any]:
    """What :func:`attribute` is given by name."""
    settings = dict(LARGE_SETTINGS if asked.large else SMALL_SETTINGS)
    settings["occlusion"] = _windows(asked.entry.input_size, asked.large)
    layer = asked.layer if method.needs_layer else None
    return {"layer": layer, "settings": settings.get(method.slug), "black": asked.black}


def _windows(side: int, large: bool) -> dict[str, Value]:
    """Windows for occlusion: a quarter of the side, of a large picture a seventh; half overlap."""
    window = max(1, side // (7 if large else 4))
    return {"window": window, "stride": max(1, window // 2)}
