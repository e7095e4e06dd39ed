"""Photos with true masks to paint on, and the masks that a painter may begin with.

What is true is made by a recipe that is said: nobody drew these masks by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.images.samples import sample
from explainer.images.thumbnails import fit
from explainer.likelihood.calibrated import test_digits
from explainer.metrics.masks import Codes, Mask, counts, dice_of
from explainer.networks.digits.field import PUBLISHED
from explainer.registry import Registry
from explainer.words import N_

LONGEST = 208
"""Pixels of the longer side: a mask then has at most 5,408 bytes, and travels with each stroke."""
DARK, BRIGHT = 30, 150
"""Grey levels that surely are background, and surely coins (scikit-image's own example)."""
SMALLEST = 200
COIN, DIGIT, ENLARGED = 7, 8, 6
"""Which coin and which test digit is asked for, and how many times the digit is enlarged."""


@dataclass(frozen=True, eq=False)
class View:
    """A photo as RGB codes `(H, W, 3)` and its true mask `(H, W)`; `dark`: the object is."""

    photo: Codes
    truth: Mask
    dark: bool = False


@dataclass(frozen=True)
class Scene:
    """A photo with a mask by a recipe, which `recipe` says in words; loaded once."""

    slug: str
    title: str
    recipe: str
    load: Callable[[], View]


def own(photo: Codes) -> View:
    """A visitor's picture at working size; until they paint the truth it is Otsu's mask."""
    small = fit(photo, LONGEST, LONGEST)
    return View(small, otsu(small))


def otsu(photo: Codes, *, dark: bool = False) -> Mask:
    """The pixels brighter than Otsu's threshold (1979), or the others where they are `dark`."""
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    level, __ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray((grey > level) != dark)


@cache
def coin_labels() -> NDArray[np.int64]:
    """Each coin of the photo by its number from 1, background 0, `(303, 384)`.

    Watershed on the gradient from pixels that surely are background or coin; holes filled, specks
    left out: the recipe of scikit-image's example on coins.
    """
    from scipy.ndimage import binary_fill_holes, label
    from skimage.filters import sobel
    from skimage.segmentation import watershed

    grey = sample("coins").codes[..., 0]
    markers = np.zeros(grey.shape, np.int32)
    markers[grey < DARK], markers[grey > BRIGHT] = 1, 2
    flooded = np.asarray(watershed(sobel(grey), markers))  # type: ignore[no-untyped-call]
    found = binary_fill_holes(flooded == 2)
    labels, count = label(found)
    large = [one for one in range(1, count + 1) if (labels == one).sum() >= SMALLEST]
    return np.asarray(sum((place + 1) * (labels == one) for place, one in enumerate(large)))


def _coins() -> View:
    return View(_small_coins(), shrunk(coin_labels() > 0))


def _coin() -> View:
    return View(_small_coins(), shrunk(coin_labels() == COIN))


def _small_coins() -> Codes:
    return fit(sample("coins").codes, LONGEST, LONGEST)


def _horse() -> View:
    import skimage.data

    ground = np.asarray(skimage.data.horse())  # type: ignore[no-untyped-call]
    truth = shrunk(ground == 0)
    return View(np.repeat(np.where(truth, 25, 235)[..., None], 3, axis=2).astype(np.uint8),
                truth, dark=True)  # fmt: skip


def _digit() -> View:
    picture = test_digits()[0][DIGIT].numpy().reshape(PUBLISHED, PUBLISHED)
    size = (ENLARGED * PUBLISHED,) * 2
    large = np.clip(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), 0, 1)
    codes = np.asarray((255 * large).round(), np.uint8)
    return View(np.repeat(codes[..., None], 3, axis=2), large >= 0.5)


def shrunk(mask: Mask, longest: int = LONGEST) -> Mask:
    """A mask at working size: a pixel is of the object where half of what it covers is."""
    codes = np.repeat(255 * mask.astype(np.uint8)[..., None], 3, axis=2)
    return np.asarray(fit(codes, longest, longest)[..., 0] >= 128)


SCENES = Registry[Scene](
    N_("picture"),
    Scene("coin", N_("one coin"), N_(
        "The object is one coin of 24: grown by watershed from its bright pixels to where the "
        "photo is steepest."), cache(_coin)),
    Scene("coins", N_("all coins"), N_(
        "The objects are the 24 coins: grown by watershed from their bright pixels to where the "
        "photo is steepest."), cache(_coins)),
    Scene("horse", N_("horse"), N_(
        "The object is the silhouette that scikit-image ships, which has two colours only."),
        cache(_horse)),
    Scene("digit", N_("digit"), N_(
        "The object is the ink of a test digit, enlarged smoothly: what is at least half white."),
        cache(_digit)),
)  # fmt: skip


@dataclass(frozen=True)
class Start:
    """A mask to begin with, made of a view and a number of pixels where it `moves`."""

    slug: str
    title: str
    make: Callable[[View, int], Mask]
    moves: bool = False


STARTS = Registry[Start](
    N_("start"),
    Start("shifted", N_("truth, shifted"), lambda view, by: shifted(view.truth, by), moves=True),
    Start("eroded", N_("truth, eroded"), lambda view, by: eroded(view.truth, by), moves=True),
    Start("otsu", N_("Otsu’s threshold"), lambda view, __: otsu(view.photo, dark=view.dark)),
    Start("empty", N_("nothing"), lambda view, __: np.zeros_like(view.truth)),
    Start("all", N_("everything"), lambda view, __: np.ones_like(view.truth)),
)


def shifted(mask: Mask, by: int) -> Mask:
    """The mask so many pixels to the right; what leaves the picture is gone."""
    found = np.zeros_like(mask)
    wide = mask.shape[1]
    if by < wide:
        found[:, by:] = mask[:, : wide - by]
    return found


def eroded(mask: Mask, by: int) -> Mask:
    """What lies further than `by` pixels from all that is not of the mask, 0 for the mask itself.

    Beyond the picture's edge the object goes on.
    """
    if not by or mask.all():
        return mask.copy()
    far = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(far > by)


LARGE_COIN, SMALL_COIN = 1, 6
MISPLACED = ((1, 27), (13, 13))
"""By how many pixels of the photo two answers miss a large and a small coin."""


@dataclass(frozen=True)
class Answered:
    """An answer to two coins, each shifted: the IoU of either, and both means."""

    shifts: tuple[int, int]
    ious: tuple[float, float]

    @property
    def iou(self) -> float:
        """The mean of the two IoUs."""
        return sum(self.ious) / 2

    @property
    def dice(self) -> float:
        """The mean of the two Dice coefficients."""
        return sum(map(dice_of, self.ious)) / 2


@cache
def answered_twice() -> tuple[Answered, Answered]:
    """One answer that is nearly right of one coin alone, and one that is half right of both."""
    coins = [coin_labels() == one for one in (LARGE_COIN, SMALL_COIN)]

    def answered(shifts: tuple[int, int]) -> Answered:
        large, small = (counts(coin, shifted(coin, by)).iou or 0.0
                        for coin, by in zip(coins, shifts, strict=True))  # fmt: skip
        return Answered(shifts, (large, small))

    return answered(MISPLACED[0]), answered(MISPLACED[1])
