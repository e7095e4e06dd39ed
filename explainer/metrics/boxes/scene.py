"""What a detector said of a picture and what is there: boxes and scores, and a few of both.

A box is x0, y0, x1, y1 in pixels of the photo, x to the right and y down, float64; its area is
(x1 − x0)(y1 − y0). All boxes of a scene are of one class.
One detector is here too, with no training: it looks for what is round (Lindeberg 1998).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.images.samples import sample
from explainer.registry import Registry
from explainer.words import N_

Array = NDArray[np.float64]

NEAR = 9  # pixels of the square in which a response has to be the largest


def _boxes() -> Array:
    return np.zeros((0, 4))


@dataclass(frozen=True, eq=False)
class Scene:
    """Boxes of truths (T, 4) and detections (D, 4) with scores (D,), any of them none; read only.

    Raises `ValueError` where a shape is another, or a number is not finite.
    """

    truths: Array = field(default_factory=_boxes)
    detections: Array = field(default_factory=_boxes)
    scores: Array = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        for name, shape in (("truths", (-1, 4)), ("detections", (-1, 4)), ("scores", (-1,))):
            values = np.array(getattr(self, name), dtype=np.float64).reshape(shape)
            if not np.isfinite(values).all():
                raise ValueError(f"{name}: not every number is finite")
            values.flags.writeable = False
            object.__setattr__(self, name, values)
        if len(self.scores) != len(self.detections):
            raise ValueError(f"{len(self.detections)} detections, {len(self.scores)} scores")


@dataclass(frozen=True)
class Example:
    """One scene to begin with, on the sample photo of that slug; `make` gives it."""

    slug: str
    title: str
    photo: str
    about: str
    make: Callable[[], Scene] = field(repr=False)

    @property
    def scene(self) -> Scene:
        """The scene, made once."""
        return _made(self.slug)


@cache
def _made(slug: str) -> Scene:
    return SCENES[slug].make()


def blobs(
    grey: NDArray[np.uint8], radii: tuple[float, ...], *, bright: bool = True, least: float = 0.03
) -> tuple[Array, Array]:
    """Square boxes (D, 4) and scores (D,), the best first, of the blobs in a grey picture (H, W).

    The score is the scale-normalised Laplacian σ²∇²G, σ = r/√2, which a disc of radius r answers
    most; a blob is where it is largest within `NEAR` pixels, at its own radius and the two beside
    it, and at least `least`. Boxes are cut at the edges of the picture.
    """
    height, width = grey.shape
    picture = np.asarray(grey / 255, dtype=np.float32)
    sign = -1.0 if bright else 1.0
    answers = np.stack([sign * _laplacian(picture, radius / np.sqrt(2)) for radius in radii])
    square = np.ones((NEAR, NEAR), np.uint8)
    around = np.stack([cv2.dilate(answer, square) for answer in answers])
    beside = np.pad(around, ((1, 1), (0, 0), (0, 0)), constant_values=-np.inf)
    largest = np.maximum.reduce([beside[:-2], around, beside[2:]])
    which, y, x = np.nonzero((answers >= largest) & (answers >= least))
    scores = answers[which, y, x].astype(np.float64)
    radius = np.asarray(radii)[which]
    boxes = np.stack([x - radius, y - radius, x + radius, y + radius], axis=1) + 0.5
    order = np.argsort(-scores, kind="stable")
    return np.clip(boxes, 0, [width, height, width, height])[order], scores[order]


def _laplacian(picture: NDArray[np.float32], sigma: float) -> NDArray[Any]:
    smooth = cv2.GaussianBlur(picture, (0, 0), sigma)
    return np.asarray(sigma**2 * cv2.Laplacian(smooth, cv2.CV_32F, ksize=1))


def _grey(slug: str) -> NDArray[np.uint8]:
    """(H, W), the mean of the channels of a sample photo."""
    return np.asarray(sample(slug).codes.mean(axis=2).round(), dtype=np.uint8)


COINS: Array = np.array([
    [22, 34, 67, 73], [81, 38, 120, 73], [132, 28, 179, 73],
    [192, 29, 240, 72], [255, 33, 297, 72], [305, 15, 364, 71],
    [25, 103, 67, 144], [84, 106, 122, 144], [134, 109, 173, 144],
    [186, 104, 226, 143], [246, 94, 296, 143], [317, 104, 356, 144],
    [25, 177, 62, 216], [80, 174, 124, 216], [135, 178, 174, 216],
    [189, 169, 237, 215], [251, 172, 297, 216], [315, 155, 379, 217],
    [19, 232, 74, 287], [93, 244, 136, 287], [144, 235, 201, 287],
    [220, 240, 269, 287], [276, 238, 326, 288], [336, 247, 381, 288],
], dtype=np.float64)  # fmt: skip
"""The 24 coins of the photo, row by row, drawn by hand."""

LARGE = 50.0  # pixels of width from which a coin is a large one


def _detected(truths: Array, found: tuple[Array, Array]) -> Scene:
    """Boxes on whole pixels and scores of four decimals, which a link can hold."""
    return Scene(truths, found[0].round(), found[1].round(4))


def _coins() -> Scene:
    return _detected(COINS, blobs(_grey("coins"), (12, 14.5, 17.5, 21, 25, 30)))


def _shifted(box: Array, right: float, down: float) -> Array:
    return np.asarray(np.add(box, [right, down, right, down]))


def large_coins() -> Scene:
    """Ten detections of the six large coins, by hand: H F H H F F H F F H, and one is missed."""
    large = COINS[COINS[:, 2] - COINS[:, 0] >= LARGE]
    first, second, third, fourth, fifth, _ = large
    said: list[ArrayLike] = [
        _shifted(third, 3, 2), [130, 26, 181, 75], _shifted(first, -4, 3), _shifted(fifth, 5, 1),
        [190, 27, 242, 74], _shifted(third, -12, 14), _shifted(second, 4, -5), [218, 238, 271, 289],
        [284, 8, 340, 62], _shifted(fourth, 7, -4),
    ]  # fmt: skip
    scores = [0.97, 0.93, 0.90, 0.86, 0.81, 0.74, 0.66, 0.55, 0.42, 0.31]
    return Scene(large, np.array(said, dtype=np.float64), np.array(scores))


EYES: Array = np.array([[138, 85, 207, 147], [295, 109, 346, 163]], dtype=np.float64)


def _eyes() -> Scene:
    return _detected(EYES, blobs(_grey("chelsea"), (14, 20, 28, 34, 40), bright=False, least=0.12))


def _coffee() -> Scene:
    """Cup, spoon and saucer; the second box is nearest to the cup and lies on the saucer too."""
    truths = [[172, 17, 409, 308], [324, 66, 424, 325], [76, 66, 480, 388]]
    said = [
        [168, 20, 412, 300], [130, 20, 440, 320], [322, 226, 408, 328], [90, 60, 470, 392],
        [6, 190, 90, 330],
    ]  # fmt: skip
    return Scene(np.array(truths), np.array(said), np.array([0.95, 0.84, 0.71, 0.52, 0.23]))


SCENES: Registry[Example] = Registry(
    N_("scene"),
    Example(
        "coins", N_("Coins, a real detector"), "coins",
        N_("24 coins drawn by hand; a blob detector (Lindeberg 1998) looks for them now."),
        _coins,
    ),
    Example(
        "large", N_("Large coins, ten detections"), "coins",
        N_("The six coins of 50 pixels or more; ten detections with scores, set by hand."),
        large_coins,
    ),
    Example(
        "eyes", N_("A cat’s eyes"), "chelsea",
        N_("Two eyes drawn by hand; a blob detector looks for what is dark and round."),
        _eyes,
    ),
    Example(
        "coffee", N_("Coffee"), "coffee",
        N_("Cup, spoon and saucer as one class; five detections with scores, set by hand."),
        _coffee,
    ),
)  # fmt: skip

EMPTY_PICTURE = (
    Scene(np.array([[10, 10, 50, 50]]), np.array([[11, 10, 50, 52]]), np.array([0.6])),
    Scene(detections=np.array([[20, 20, 60, 60]]), scores=np.array([0.9])),
)
"""Two pictures, one with a truth that is found, the other with a false alarm and no truth."""
