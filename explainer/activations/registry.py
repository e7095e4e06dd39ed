"""The registry of activation functions: every one the app knows by name.

One more activation is one more entry in one of the tuples of `squashing.py` and `rectifiers.py`.
"""

from __future__ import annotations

from explainer.activations.activation import Activation
from explainer.activations.rectifiers import LEAKING, SMOOTH
from explainer.activations.squashing import SQUASHING

__all__ = ["ACTIVATIONS", "TRAINED", "Activation", "activation"]

ACTIVATIONS: tuple[Activation, ...] = (*SQUASHING, *LEAKING, *SMOOTH)
TRAINED: tuple[Activation, ...] = tuple(entry for entry in ACTIVATIONS if entry.trained)
"""Those the training engine offers."""

_BY_SLUG = {entry.slug: entry for entry in ACTIVATIONS}


def activation(slug: str) -> Activation:
    """The activation of that slug. Raises `ValueError` that names the slugs there are."""
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise ValueError(f"no activation {slug!r}; there are {', '.join(_BY_SLUG)}") from None
