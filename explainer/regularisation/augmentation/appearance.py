"""Transformations that leave pixels where they are: colours, blur, noise, a box erased.

JPEG is left out: what `v2.JPEG` encodes with is deprecated since torchvision 0.29.
"""

from __future__ import annotations

import math

from explainer.parameters import Parameter
from explainer.regularisation.augmentation.quick import QuickBlur, QuickHue
from explainer.regularisation.augmentation.transformation import (
    COLOUR,
    PIXELS,
    SIDE,
    Draws,
    Transformation,
    signed,
)
from explainer.words import N_, _


def _wide(sigma: float) -> int:
    """The side of a kernel that has three standard deviations on each side."""
    return 2 * math.ceil(3 * sigma) + 1


def _drawn(draws: Draws, name: str) -> str:
    factor = draws[name]
    return f"{1 if factor is None else factor:.2f}"


def _hue(draws: Draws) -> str:
    return _("hue turned by {angle}°", angle=signed(360 * (draws["hue_factor"] or 0)))


def _erased(draws: Draws) -> str:
    if draws["v"] is None:
        return ""
    return _("{share} % erased", share=f"{100 * draws['h'] * draws['w'] / SIDE**2:.0f}")


FACTOR = Parameter(
    "v", N_("more or less by up to"), 0.4, 0, 2, 0.05,
    help=N_("The factor is drawn from 1 − v to 1 + v, not below 0."),
)  # fmt: skip


TRANSFORMATIONS = (
    Transformation(
        "brightness",
        N_("Brightness"),
        COLOUR,
        N_("Another hour of the day: the label stays, while there is light left."),
        lambda v: f"v2.ColorJitter(brightness={v:g})",
        lambda draws: _("brightness × {factor}", factor=_drawn(draws, "brightness_factor")),
        (FACTOR,),
    ),
    Transformation(
        "contrast",
        N_("Contrast"),
        COLOUR,
        N_("Fog, or a hard light: the label stays, while something stands out."),
        lambda v: f"v2.ColorJitter(contrast={v:g})",
        lambda draws: _("contrast × {factor}", factor=_drawn(draws, "contrast_factor")),
        (FACTOR,),
    ),
    Transformation(
        "saturation",
        N_("Saturation"),
        COLOUR,
        N_("Paler or more colourful: the label stays, unless colour is what it names."),
        lambda v: f"v2.ColorJitter(saturation={v:g})",
        lambda draws: _("saturation × {factor}", factor=_drawn(draws, "saturation_factor")),
        (FACTOR,),
    ),
    Transformation(
        "hue",
        N_("Hue"),
        COLOUR,
        N_("A lemon becomes a lime: it harms where colour tells the classes apart."),
        lambda turn: f"v2.ColorJitter(hue={turn:g})",
        _hue,
        (Parameter("turn", N_("by up to"), 0.1, 0, 0.5, 0.01, help=N_("Of the circle of hues.")),),
        quick=lambda turn: QuickHue(hue=turn),
    ),
    Transformation(
        "greyscale",
        N_("Greyscale"),
        COLOUR,
        N_("The label stays where shape decides, and not colour."),
        lambda p: f"v2.RandomGrayscale(p={p:g})",
        lambda _draws: _("without colour"),
        own_p=True,
        usual=0.5,
    ),
    Transformation(
        "posterise",
        N_("Posterise"),
        COLOUR,
        N_("Few tones are enough for most labels; smooth skin or sky gets edges."),
        lambda bits, p: f"v2.RandomPosterize({bits:g}, p={p:g})",
        lambda draws: _("{count} tones a channel", count=2 ** draws["bits"]),
        (Parameter("bits", N_("bits a channel"), 3, 1, 8, 1, whole=True),),
        own_p=True,
    ),
    Transformation(
        "solarise",
        N_("Solarise"),
        COLOUR,
        N_("Light parts are inverted: the shape is there still, the colours are false."),
        lambda threshold, p: f"v2.RandomSolarize({threshold:g}, p={p:g})",
        lambda draws: _("inverted from {threshold} up", threshold=f"{draws['threshold']:g}"),
        (Parameter("threshold", N_("from the code"), 128, 0, 255, 1, whole=True),),
        own_p=True,
    ),
    Transformation(
        "equalise",
        N_("Equalise"),
        COLOUR,
        N_("Every tone as often as the others: the label stays, where brightness is not its sign."),
        lambda p: f"v2.RandomEqualize(p={p:g})",
        lambda _draws: _("all tones equally often"),
        own_p=True,
    ),
    Transformation(
        "invert",
        N_("Invert"),
        COLOUR,
        N_("A negative: a digit stays a digit; what is told by its colour is lost."),
        lambda p: f"v2.RandomInvert(p={p:g})",
        lambda _draws: _("inverted"),
        own_p=True,
        usual=0.5,
    ),
    Transformation(
        "blur",
        N_("Gaussian blur"),
        PIXELS,
        N_("Out of focus: the label stays, unless fine texture is what decides."),
        lambda sigma: f"v2.GaussianBlur({_wide(sigma)}, sigma=(0.1, {sigma:g}))",
        lambda draws: _("blurred, σ = {sigma} pixels", sigma=f"{draws['sigma'][0]:.1f}"),
        (Parameter("sigma", N_("largest σ"), 2, 0.1, 6, 0.1, N_("px")),),
        quick=lambda sigma: QuickBlur(_wide(sigma), sigma=(0.1, sigma)),
    ),
    Transformation(
        "noise",
        N_("Gaussian noise"),
        PIXELS,
        N_("A poor camera: the label stays, while the eye still finds it."),
        lambda sigma: f"v2.GaussianNoise(sigma={sigma:g})",
        lambda draws: _("noise of σ = {sigma}", sigma=f"{draws['sigma']:g}"),
        (Parameter("sigma", N_("σ, white being 1"), 0.1, 0, 0.6, 0.01),),
        whole=True,
    ),
    Transformation(
        "erasing",
        N_("Random erasing"),
        PIXELS,
        N_("Something stands before it: the label stays, unless it was all that told it."),
        lambda share, p: f"v2.RandomErasing(p={p:g}, scale=(0.02, {share:g}))",
        _erased,
        (Parameter("share", N_("largest area"), 0.3, 0.02, 1, 0.01),),
        own_p=True,
        usual=0.5,
        source="Zhong et al. 2020; as Cutout, DeVries and Taylor 2017",
    ),
)
