"""The kinds of network there are."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.registry import Registry
from explainer.words import N_


@dataclass(frozen=True)
class Kind:
    """A kind of network by name; `convolutions` says whether blocks of them come first."""

    slug: str
    title: str
    convolutions: bool


KINDS = Registry[Kind](
    N_("kind of network"),
    Kind("mlp", N_("MLP"), convolutions=False),
    Kind("cnn", N_("CNN"), convolutions=True),
)
