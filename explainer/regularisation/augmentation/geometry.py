"""Transformations that move pixels: flips, turns, shifts, crops, perspective, bending."""

from __future__ import annotations

from explainer.parameters import Parameter
from explainer.regularisation.augmentation.quick import (
    QuickAffine,
    QuickElastic,
    QuickPerspective,
    QuickRotation,
)
from explainer.regularisation.augmentation.transformation import (
    BILINEAR,
    GEOMETRY,
    SIDE,
    Draws,
    Transformation,
    signed,
)
from explainer.words import N_, _


def _shift(draws: Draws) -> str:
    across, down = (signed(100 * pixels / SIDE) for pixels in draws["translate"])
    return _("moved by {across} % across, {down} % down", across=across, down=down)


def _shear(draws: Draws) -> str:
    across, down = (signed(angle) for angle in draws["shear"])
    return _("sheared by {across}° and {down}°", across=across, down=down)


def _bent(draws: Draws) -> str:
    most = float(draws["displacement"].abs().max()) * SIDE / 2
    return _("bent by up to {pixels} pixels", pixels=f"{most:.1f}")


def _cropped(draws: Draws) -> str:
    share = draws["height"] * draws["width"] / SIDE**2
    return _("{share} % of the area, enlarged", share=f"{100 * share:.0f}")


TRANSFORMATIONS = (
    Transformation(
        "horizontal_flip",
        N_("Horizontal flip"),
        GEOMETRY,
        N_("A cat stays a cat; writing does not, and a “b” becomes a “d”."),
        lambda p: f"v2.RandomHorizontalFlip(p={p:g})",
        lambda _draws: _("left and right swapped"),
        own_p=True,
        usual=0.5,
    ),
    Transformation(
        "vertical_flip",
        N_("Vertical flip"),
        GEOMETRY,
        N_("A cell under the microscope has no top; a cat has, and a “b” becomes a “p”."),
        lambda p: f"v2.RandomVerticalFlip(p={p:g})",
        lambda _draws: _("top and bottom swapped"),
        own_p=True,
        usual=0.5,
    ),
    Transformation(
        "rotation",
        N_("Rotation"),
        GEOMETRY,
        N_("Small angles keep nearly every label; at 180° a 6 is a 9."),
        lambda degrees: f"v2.RandomRotation({degrees:g}, BILINEAR)",
        lambda draws: _("turned by {angle}°", angle=signed(draws["angle"])),
        (Parameter("degrees", N_("largest angle"), 30, 0, 180, 1, "°"),),
        quick=lambda degrees: QuickRotation(degrees, BILINEAR),
    ),
    Transformation(
        "shift",
        N_("Shift"),
        GEOMETRY,
        N_("The label stays as long as the object is still in the picture."),
        lambda share: (
            f"v2.RandomAffine(0, translate=({share:g}, {share:g}), interpolation=BILINEAR)"
        ),
        _shift,
        (Parameter("share", N_("largest shift, of the side"), 0.15, 0, 0.6, 0.01),),
        quick=lambda share: QuickAffine(0, translate=(share, share)),
    ),
    Transformation(
        "scale",
        N_("Scale"),
        GEOMETRY,
        N_("The label stays, unless size is what it says: a cat and a tiger differ by it."),
        lambda share: (
            f"v2.RandomAffine(0, scale=({1 - share:g}, {1 + share:g}), interpolation=BILINEAR)"
        ),
        lambda draws: _("size × {factor}", factor=f"{draws['scale']:.2f}"),
        (Parameter("share", N_("larger or smaller by up to"), 0.3, 0, 0.9, 0.01),),
        quick=lambda share: QuickAffine(0, scale=(1 - share, 1 + share)),
    ),
    Transformation(
        "shear",
        N_("Shear"),
        GEOMETRY,
        N_("As if written in italics: the label stays until a 7 lies down."),
        lambda degrees: (
            f"v2.RandomAffine(0, shear=({-degrees:g}, {degrees:g}, {-degrees:g}, "
            f"{degrees:g}), interpolation=BILINEAR)"
        ),
        _shear,
        (Parameter("degrees", N_("largest angle"), 15, 0, 60, 1, "°"),),
        quick=lambda degrees: QuickAffine(0, shear=(-degrees, degrees, -degrees, degrees)),
    ),
    Transformation(
        "resized_crop",
        N_("Resized crop"),
        GEOMETRY,
        N_("The label stays if the crop still holds the object: a small one may show grass alone."),
        lambda least: f"v2.RandomResizedCrop(SIDE, scale=({least:g}, 1))",
        _cropped,
        (
            Parameter(
                "least", N_("smallest area"), 0.4, 0.02, 1, 0.01, help=N_("Of the whole picture.")
            ),
        ),
    ),
    Transformation(
        "perspective",
        N_("Perspective"),
        GEOMETRY,
        N_("The same thing seen from another side: the label stays."),
        lambda share, p: f"v2.RandomPerspective({share:g}, p={p:g})",
        lambda _draws: _("seen from another side"),
        (Parameter("share", N_("distortion"), 0.4, 0, 1, 0.05),),
        own_p=True,
        quick=lambda share: QuickPerspective(share),
    ),
    Transformation(
        "elastic",
        N_("Elastic bending"),
        GEOMETRY,
        N_("As if another hand had written it: a digit stays itself; a face or a ruler may not."),
        lambda alpha, sigma: f"v2.ElasticTransform({alpha:g}.0, {sigma:g}.0)",
        _bent,
        (
            Parameter("alpha", N_("strength α"), 90, 0, 400, 5, whole=True),
            Parameter("sigma", N_("smoothness σ"), 5, 2, 10, 1, N_("px"), whole=True),
        ),
        quick=lambda alpha, sigma: QuickElastic(float(alpha), float(sigma)),
        source="Simard et al. 2003",
    ),
)
