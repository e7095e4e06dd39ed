"""Races that tell a story, those that teach most first: data, split, recipes, three sentences.

Every sentence was written after the race, not before: what the data did not bear out was changed.
One more story is one more entry; a test runs every one, shortened, and holds it to its sentences.
"""

from __future__ import annotations

from explainer.registry import Registry
from explainer.training.presets.by_heart import (
    AUGMENTATION,
    DROPOUT,
    L1_OR_L2,
    MOMENT_TO_STOP,
    REMEDIES,
    STRENGTH,
    TOO_BIG,
)
from explainer.training.presets.descent import BATCH_NORM, DEPTH, OPTIMISERS
from explainer.training.presets.elsewhere import OTHER_BACKGROUND
from explainer.training.presets.plane import FEATURES
from explainer.training.presets.preset import Judged, Preset
from explainer.words import N_

__all__ = ["PRESETS", "Judged", "Preset", "preset"]

PRESETS = Registry[Preset](
    N_("preset"),
    REMEDIES,
    AUGMENTATION,
    L1_OR_L2,
    DROPOUT,
    STRENGTH,
    MOMENT_TO_STOP,
    TOO_BIG,
    FEATURES,
    DEPTH,
    BATCH_NORM,
    OPTIMISERS,
    OTHER_BACKGROUND,
)
