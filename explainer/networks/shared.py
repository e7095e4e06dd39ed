"""One copy of each network for the whole process, frozen, whoever asks for it and however often.

A network is loaded by the first who asks; others who ask meanwhile wait for it. What could not be
loaded is tried again the next time.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import lru_cache

from torch import nn

from explainer.networks import shipped, torchvision_models
from explainer.networks.graph import Layer, layers
from explainer.networks.layer_kinds import Shape
from explainer.networks.shipped import SHIPPED, Shipped
from explainer.networks.torchvision_models import CLASSIFIERS, Classifier

Entry = Shipped | Classifier
ENTRIES: tuple[Entry, ...] = (*SHIPPED, *CLASSIFIERS)
# A strip of layers for a size is small; visitors choose among few sizes.
SIZES = 64


@dataclass
class _Copy:
    """The place for one network, and the lock of whoever fills it."""

    filling: threading.Lock = field(default_factory=threading.Lock)
    network: nn.Module | None = None


_COPIES = {entry.slug: _Copy() for entry in ENTRIES}


def entry(slug: str) -> Entry:
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


def shared_network(slug: str) -> nn.Module:
    """The one copy of that network: in evaluation mode, without gradients of its weights.

    Raises `ValueError` where the slug is unknown, or the weights are missing or do not fit.
    """
    found = entry(slug)
    copy = _COPIES[slug]
    with copy.filling:
        if copy.network is None:
            source = shipped if isinstance(found, Shipped) else torchvision_models
            copy.network = source.load(slug).eval().requires_grad_(False)
        return copy.network


@lru_cache(maxsize=SIZES)
def shared_layers(slug: str, input_shape: Shape) -> tuple[Layer, ...]:
    """The layers of the shared network for pictures `(C, H, W)`, worked out once for each size."""
    return layers(shared_network(slug), input_shape)


def forget(slug: str) -> None:
    """Let go of the copy, so that its memory is free once nobody uses it."""
    entry(slug)
    _COPIES[slug].network = None
