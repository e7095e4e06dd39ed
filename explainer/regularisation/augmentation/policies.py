"""Policies: which transformations, and how strong, is itself drawn, or was learnt once."""

from __future__ import annotations

from typing import Any

from torchvision.transforms import v2

from explainer.parameters import Parameter
from explainer.regularisation.augmentation.transformation import (
    POLICIES,
    SIDE,
    Draws,
    Transformation,
    signed,
)
from explainer.words import N_, _

OPERATIONS = {
    "Identity": N_("nothing"),
    "ShearX": N_("sheared by {size}"),
    "ShearY": N_("sheared by {size}"),
    "TranslateX": N_("moved across by {size} %"),
    "TranslateY": N_("moved down by {size} %"),
    "Rotate": N_("turned by {size}°"),
    "Brightness": N_("brightness × {factor}"),
    "Color": N_("saturation × {factor}"),
    "Contrast": N_("contrast × {factor}"),
    "Sharpness": N_("sharpness × {factor}"),
    "Posterize": N_("{bits} bits a channel"),
    "Solarize": N_("inverted from {threshold} up"),
    "AutoContrast": N_("darkest black, lightest white"),
    "Equalize": N_("all tones equally often"),
    "Invert": N_("inverted"),
}
"""What torchvision's policies do, by their names there."""


class _Told:
    """Keeps which operations a policy chose, in `operations`: name and magnitude."""

    operations: tuple[tuple[str, float], ...] = ()

    def _apply_image_or_video_transform(
        self, image: Any, transform_id: str, magnitude: float, **more: Any
    ) -> Any:
        self.operations = (*self.operations, (transform_id, magnitude))
        return super()._apply_image_or_video_transform(  # type: ignore[misc]
            image, transform_id, magnitude, **more
        )

    def forward(self, *inputs: Any) -> Any:
        """As ever; the operations are those of this picture."""
        self.operations = ()
        return super().forward(*inputs)  # type: ignore[misc]


class ToldAutoAugment(_Told, v2.AutoAugment):  # type: ignore[misc]
    """AutoAugment that says what it did."""


class ToldRandAugment(_Told, v2.RandAugment):  # type: ignore[misc]
    """RandAugment that says what it did."""


class ToldTrivialAugment(_Told, v2.TrivialAugmentWide):  # type: ignore[misc]
    """TrivialAugment that says what it did."""


class ToldAugMix(_Told, v2.AugMix):  # type: ignore[misc]
    """AugMix that says what it did."""


def operation(name: str, magnitude: float) -> str:
    """In words what a policy did."""
    moved = name.startswith("Translate")
    decimals = 2 if name.startswith("Shear") else 0
    return _(
        OPERATIONS[name],
        size=signed(100 * magnitude / SIDE if moved else magnitude, decimals),
        factor=f"{1 + magnitude:.2f}",
        bits=int(magnitude),
        threshold=round(255 * magnitude),
    )


def _all(draws: Draws) -> str:
    told = dict.fromkeys(operation(*one) for one in draws.get("operations", ()))
    return ", ".join(told) if told else _("nothing")


def _mixed(draws: Draws) -> str:
    count = len(draws["operations"])
    return _("{count} changes in three chains, mixed with the picture", count=count)


TRANSFORMATIONS = (
    Transformation(
        "autoaugment",
        "AutoAugment",
        POLICIES,
        N_("Learnt on ImageNet; on house numbers it learnt to shear and to invert instead."),
        lambda: "v2.AutoAugment()",
        _all,
        whole=True,
        quick=lambda: ToldAutoAugment(),
        source="Cubuk et al. 2019",
    ),
    Transformation(
        "randaugment",
        "RandAugment",
        POLICIES,
        N_("A few of fourteen, all equally strong; the label stays if none of them harms it."),
        lambda count, strength: f"v2.RandAugment({count:g}, {strength:g})",
        _all,
        (
            Parameter("count", N_("how many"), 2, 1, 5, 1, whole=True),
            Parameter("strength", N_("magnitude"), 9, 0, 30, 1, whole=True),
        ),
        whole=True,
        quick=lambda count, strength: ToldRandAugment(int(count), int(strength)),
        source="Cubuk et al. 2020",
    ),
    Transformation(
        "trivialaugment",
        "TrivialAugment",
        POLICIES,
        N_(
            "One of fourteen, as strong as it comes, nothing to set; some samples lose their label."
        ),
        lambda: "v2.TrivialAugmentWide()",
        _all,
        whole=True,
        quick=lambda: ToldTrivialAugment(),
        source="Müller and Hutter 2021",
    ),
    Transformation(
        "augmix",
        "AugMix",
        POLICIES,
        N_("Three chains of changes laid over the picture, which shows through: the label stays."),
        lambda severity: f"v2.AugMix({severity:g})",
        _mixed,
        (Parameter("severity", N_("severity"), 3, 1, 10, 1, whole=True),),
        whole=True,
        quick=lambda severity: ToldAugMix(int(severity)),
        source="Hendrycks et al. 2020",
    ),
)
