"""The kinds of network there are."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.registry import Registry


@dataclass(frozen=True)
class Kind:
    """A kind of network by name; `convolutions` says whether blocks of them come first."""

    slug: str
    title: str
    convolutions: bool


KINDS = Registry[Kind](
    "kind of network",
    Kind("mlp", "MLP", convolutions=False),
    Kind("cnn", "CNN", convolutions=True),
)
