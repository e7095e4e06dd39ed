"""Changing values where they are: colours, noise, and a rectangle taken away."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from explainer.parameters import Parameter
from explainer.training.augmentation.augmentation import (
    Augmentation,
    each,
    pixelwise,
    uniform,
)
from explainer.words import N_

LUMA = (0.2989, 0.587, 0.114)  # of red, green and blue, as in ITU-R BT.601 and torchvision


def grey(pictures: Tensor) -> Tensor:
    """Brightness `(B, 1, H, W)` of pictures with one channel or three."""
    if pictures.shape[1] != len(LUMA):
        return pictures.mean(1, keepdim=True)
    red, green, blue = (pictures[:, channel, None] for channel in range(3))
    return (red * LUMA[0]).add_(green, alpha=LUMA[1]).add_(blue, alpha=LUMA[2])


def brightened(pictures: Tensor, factors: Tensor) -> Tensor:
    """`factor` times each picture, held in [0, 1]."""
    return (pictures * each(factors, pictures)).clamp_(0, 1)


def contrasted(pictures: Tensor, factors: Tensor) -> Tensor:
    """Each picture's distance from its own mean brightness times `factor`, held in [0, 1]."""
    means = grey(pictures).mean((1, 2, 3))
    return blended(each(means, pictures), pictures, factors)


def saturated(pictures: Tensor, factors: Tensor) -> Tensor:
    """Each pixel's distance from its own grey times `factor`, held in [0, 1]."""
    return blended(grey(pictures), pictures, factors)


def blended(base: Tensor, pictures: Tensor, factors: Tensor) -> Tensor:
    """`base + factor * (pictures - base)`, held in [0, 1]."""
    return torch.lerp(base.expand_as(pictures), pictures, each(factors, pictures)).clamp_(0, 1)


def jittered(
    pictures: Tensor,
    generator: torch.Generator,
    *,
    brightness: float,
    contrast: float,
    saturation: float,
) -> Tensor:
    """Brightness, contrast and saturation, in this order, by factors in [1 - v, 1 + v]."""
    colour = saturation if pictures.shape[1] == len(LUMA) else 0.0
    changes = ((brightened, brightness), (contrasted, contrast), (saturated, colour))
    for change, strength in changes:
        factors = uniform(len(pictures), 1 - strength, 1 + strength, generator)
        pictures = change(pictures, factors) if strength else pictures
    return pictures


def noised(inputs: Tensor, generator: torch.Generator, *, sigma: float) -> Tensor:
    """Gaussian noise of standard deviation `sigma` on every value; pictures stay in [0, 1]."""
    noise = torch.randn(inputs.shape, generator=generator, device=generator.device)
    noisy = noise.to(inputs.device).mul_(sigma).add_(inputs)
    return noisy.clamp_(0, 1) if inputs.dim() == 4 else noisy


def boxes(corners: Sequence[Tensor], sides: Sequence[Tensor], like: Tensor) -> Tensor:
    """Which pixels lie in a box: bool `(B, 1, H, W)`.

    `corners` (top, left) and `sides` (height, width), each two of `(B,)`, in pixels; what reaches
    over the border is cut.
    """
    inside = []
    for axis in (0, 1):
        line = torch.arange(like.shape[2 + axis], device=like.device)
        low, side = (value[axis][:, None].to(like.device) for value in (corners, sides))
        inside.append((line >= low) & (line < low + side))
    return (inside[0][:, :, None] & inside[1][:, None, :])[:, None]


def erased(pictures: Tensor, generator: torch.Generator, *, p: float, share: float) -> Tensor:
    """With probability `p`, a black square of up to `share` of the area, fully inside."""
    count, size = len(pictures), pictures.shape[2:]
    chosen = uniform(count, 0, 1, generator) < p
    scale = uniform(count, 0, share, generator).sqrt() * chosen
    sides = [torch.round(scale * side) for side in size]
    places = [uniform(count, 0, 1, generator) for _ in size]
    corners = [
        torch.floor(place * (whole - side + 1))
        for place, whole, side in zip(places, size, sides, strict=True)
    ]
    return pictures.masked_fill(boxes(corners, sides, pictures), 0.0)


def _strength(name: str, label: str, text: str) -> Parameter:
    return Parameter(name, label, 0.3, 0, 1, 0.05, help=text)


PIXELS: tuple[Augmentation, ...] = (
    Augmentation(
        slug="colour",
        title=N_("Colour jitter"),
        meaning=N_(
            "Each picture becomes a little brighter or darker, flatter or stronger, paler or more "
            "colourful."
        ),
        parameters=(
            _strength("brightness", N_("Brightness"), N_("Factors from 1 - v to 1 + v.")),
            _strength("contrast", N_("Contrast"), N_("The distance from the picture's mean.")),
            _strength(
                "saturation", N_("Saturation"), N_("The distance from grey; colour pictures only.")
            ),
        ),
        apply=pixelwise(jittered),
        source=f'''def colour(x, brightness, contrast, saturation):
    """Brighter or darker, stronger or flatter, more colourful or paler, in this order."""

    def grey(x):
        return (x * torch.tensor({LUMA}).view(3, 1, 1)).sum(1, keepdim=True)

    def factors(strength):
        return uniform(len(x), 1 - strength, 1 + strength)[:, None, None, None]

    x = (x * factors(brightness)).clamp(0, 1)
    middle = grey(x).mean((1, 2, 3), keepdim=True)
    x = torch.lerp(middle.expand_as(x), x, factors(contrast)).clamp(0, 1)
    return torch.lerp(grey(x).expand_as(x), x, factors(saturation)).clamp(0, 1)''',
        grey_source='''def colour(x, brightness, contrast, saturation):
    """Brighter or darker, stronger or flatter."""

    def factors(strength):
        return uniform(len(x), 1 - strength, 1 + strength)[:, None, None, None]

    x = (x * factors(brightness)).clamp(0, 1)
    middle = x.mean((1, 2, 3), keepdim=True)
    x = torch.lerp(middle.expand_as(x), x, factors(contrast)).clamp(0, 1)
    factors(saturation)  # drawn in vain, for these pictures have no colours
    return x''',
        idle=lambda brightness, contrast, saturation: not (brightness or contrast or saturation),
    ),
    Augmentation(
        slug="erasing",
        title=N_("Erasing"),
        meaning=N_(
            "A black box hides a part of the picture, so that no single part decides alone."
        ),
        parameters=(
            Parameter(
                "p", N_("Probability"), 0.5, 0, 1, 0.05, help=N_("The share that loses a part.")
            ),
            Parameter(
                "share", N_("Largest area"), 0.25, 0, 0.6, 0.05, help=N_("Of the whole picture.")
            ),
        ),
        apply=pixelwise(erased),
        source='''def erasing(x, p, share):
    """With probability p a black square of up to a share of the area, fully inside."""
    size = torch.tensor(x.shape[2:])[:, None]
    chosen = uniform(len(x), 0, 1) < p
    sides = torch.round(uniform(len(x), 0, share).sqrt() * chosen * size)
    places = torch.stack([uniform(len(x), 0, 1), uniform(len(x), 0, 1)])
    corners = torch.floor(places * (size - sides + 1))
    return x.masked_fill(inside(x, corners, sides), 0.0)''',
        idle=lambda p, share: not (p and share),
    ),
    Augmentation(
        slug="noise",
        title=N_("Noise"),
        meaning=N_("Every value moves by its own random amount, drawn anew each time."),
        parameters=(
            Parameter("sigma", "σ", 0.05, 0, 0.5, 0.01, help=N_("White is 1, black is 0.")),
        ),
        apply=pixelwise(noised),
        source='''def noise(x, sigma):
    """Gaussian noise on every pixel."""
    return (x + sigma * torch.randn(x.shape, generator=augmenting)).clamp(0, 1)''',
        points_source='''def noise(x, sigma):
    """Gaussian noise on every number."""
    return x + sigma * torch.randn(x.shape, generator=augmenting)''',
        idle=lambda sigma: sigma == 0,
        pictures_only=False,
    ),
)
