"""The registry of activation functions: every one the app knows by name.

One more activation is one more entry in one of the tuples of `squashing.py` and `rectifiers.py`.
"""

from __future__ import annotations

from explainer.activations.activation import Activation
from explainer.activations.rectifiers import LEAKING, SMOOTH
from explainer.activations.squashing import SQUASHING
from explainer.registry import Registry
from explainer.words import N_

__all__ = ["ACTIVATIONS", "TRAINED", "Activation"]

ACTIVATIONS = Registry[Activation](N_("activation"), *SQUASHING, *LEAKING, *SMOOTH)
TRAINED: tuple[Activation, ...] = tuple(entry for entry in ACTIVATIONS if entry.trained)
"""Those the training engine offers."""
