"""The networks that were trained last: a class that opens one link trains one network."""

from __future__ import annotations

from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.training import Trained
from explainer.kept import MEGABYTE, Kept

MOST_BYTES = 128 * MEGABYTE

TRAINED: Kept[Setup, Trained] = Kept(MOST_BYTES, lambda one: one.nbytes)
