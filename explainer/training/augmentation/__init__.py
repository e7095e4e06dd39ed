"""Changing training pictures a little, at random, each time they are seen.

Everything works on whole batches, with values of its own for every picture, on the device of the
batch, and draws from the generator that it is given. Pictures are float32 `(B, C, H, W)` in [0, 1],
*before* normalisation; what leaves an augmentation lies in [0, 1] again.
"""

from explainer.training.augmentation.augmentation import Augmentation, soft
from explainer.training.augmentation.pipeline import (
    AUGMENTATIONS,
    AugmentationStep,
    augment,
    augment_normalised,
    step,
)

__all__ = [
    "AUGMENTATIONS",
    "Augmentation",
    "AugmentationStep",
    "augment",
    "augment_normalised",
    "soft",
    "step",
]
