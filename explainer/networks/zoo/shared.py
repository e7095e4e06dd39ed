"""One copy of each network for the whole process, frozen, whoever asks for it and however often.

A network is loaded by the first who asks; others who ask meanwhile wait for it. What could not be
loaded is tried again the next time. The shipped ones are small and stay; of torchvision's, whose
weights take up to half a gigabyte, the few asked for last are kept, and another one goes as soon as
nobody uses it. One's own network belongs to its visitor, who brings it along.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import nn

from explainer.networks.recording.graph import Layer, layers
from explainer.networks.recording.layer_kinds import Shape
from explainer.networks.zoo import shipped, torchvision_models
from explainer.networks.zoo.entry import Entry
from explainer.networks.zoo.own import OwnNetwork
from explainer.networks.zoo.shipped import SHIPPED, Shipped
from explainer.networks.zoo.torchvision_models import CLASSIFIERS, Classifier
from explainer.words import language

Registered = Shipped | Classifier
ENTRIES: tuple[Registered, ...] = (*SHIPPED, *CLASSIFIERS)
# A strip of layers for a size is small; visitors choose among few sizes.
SIZES = 64
LARGE_VARIABLE, USUAL_LARGE = "DEEPGLASS_LARGE_NETWORKS", 2


@dataclass
class _Copy:
    """The place for one network: held, or known of as long as somebody else holds it."""

    filling: threading.Lock = field(default_factory=threading.Lock)
    network: nn.Module | None = None
    used: weakref.ref[nn.Module] | None = None

    def found(self) -> nn.Module | None:
        """The network, where it is in memory."""
        if self.network is None and self.used is not None:
            return self.used()
        return self.network


_COPIES = {entry.slug: _Copy() for entry in ENTRIES}
_LATELY: OrderedDict[str, None] = OrderedDict()
_CHOOSING = threading.Lock()


def entry(slug: str) -> Registered:
    """What is known of the network of that slug. Raises `ValueError` that names those there are."""
    for found in ENTRIES:
        if found.slug == slug:
            return found
    slugs = ", ".join(found.slug for found in ENTRIES)
    raise ValueError(f"no network {slug!r}; there are {slugs}")


def ready(slug: str) -> bool:
    """Whether the network can be had without a download."""
    found = entry(slug)
    return isinstance(found, Shipped) or torchvision_models.available(slug)


def most_large(environment: Mapping[str, str] = os.environ) -> int:
    """How many of torchvision's networks are held at once: `DEEPGLASS_LARGE_NETWORKS`, from 1 up.

    Raises `ValueError` that names the variable and its value.
    """
    text = environment.get(LARGE_VARIABLE) or str(USUAL_LARGE)
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{LARGE_VARIABLE} is {text!r}, but it is a whole number from 1 up")
    return int(text)


def shared_network(slug: str) -> nn.Module:
    """The one copy of that network: in evaluation mode, without gradients of its weights.

    Raises `ValueError` where the slug is unknown, or the weights are missing or do not fit.
    """
    found = entry(slug)
    copy = _COPIES[slug]
    with copy.filling:
        network = copy.found()
        if network is None:
            source = shipped if isinstance(found, Shipped) else torchvision_models
            with torch.inference_mode(mode=False):  # whoever asks first: others need gradients
                network = source.load(slug).eval().requires_grad_(False)
        copy.network, copy.used = network, weakref.ref(network)
    if isinstance(found, Classifier):
        _let_go_of_others(slug)
    return network


def _let_go_of_others(slug: str) -> None:
    """Hold the large networks that were asked for last, `slug` among them, and no more."""
    with _CHOOSING:
        _LATELY[slug] = None
        _LATELY.move_to_end(slug)
        while len(_LATELY) > most_large():
            oldest, _ = _LATELY.popitem(last=False)
            _COPIES[oldest].network = None


def shared_layers(slug: str, input_shape: Shape) -> tuple[Layer, ...]:
    """The layers of the shared network for pictures `(C, H, W)`, worked out once for each size."""
    return layers_in(language(), slug, input_shape)


@lru_cache(maxsize=SIZES)
def layers_in(_language: str, slug: str, input_shape: Shape) -> tuple[Layer, ...]:
    """The same for a language, since layers have titles."""
    return layers(shared_network(slug), input_shape)


def network_of(entry: Entry) -> nn.Module:
    """The network of an entry: a visitor's own as it is, any other the one copy there is.

    Ask again rather than keep it, so that a network nobody looks at can go.
    """
    return entry.network if isinstance(entry, OwnNetwork) else shared_network(entry.slug)


def layers_of(entry: Entry, input_shape: Shape) -> tuple[Layer, ...]:
    """Its layers for pictures `(C, H, W)`."""
    if isinstance(entry, OwnNetwork):
        return layers(entry.network, input_shape)
    return shared_layers(entry.slug, input_shape)


def forget(slug: str) -> None:
    """Let go of the copy, so that its memory is free once nobody uses it."""
    entry(slug)
    _COPIES[slug].network = _COPIES[slug].used = None
    with _CHOOSING:
        _LATELY.pop(slug, None)
