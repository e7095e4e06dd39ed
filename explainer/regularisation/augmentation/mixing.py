"""Transformations of two pictures and of their labels."""

from __future__ import annotations

from explainer.parameters import Parameter
from explainer.regularisation.augmentation.transformation import MIXING, Transformation
from explainer.words import N_, _

ALPHA = Parameter(
    "alpha", "α", 1, 0.1, 4, 0.1,
    help=N_("The share is drawn from Beta(α, α): small, mostly one of the two; 1, every share "
    "alike; large, near one half."),
)  # fmt: skip

TRANSFORMATIONS = (
    Transformation(
        "mixup",
        N_("Mixup"),
        MIXING,
        N_("The label is mixed as the pictures are: each class has its share."),
        lambda alpha: f"v2.MixUp(alpha={alpha:.1f})",
        lambda _draws: _("laid over each other"),
        (ALPHA,),
        mixes=True,
        source="Zhang et al. 2018",
    ),
    Transformation(
        "cutmix",
        N_("CutMix"),
        MIXING,
        N_("The label is shared by area, though the box may hold nothing but background."),
        lambda alpha: f"v2.CutMix(alpha={alpha:.1f})",
        lambda _draws: _("a box of the other pasted in"),
        (ALPHA,),
        mixes=True,
        source="Yun et al. 2019",
    ),
)
