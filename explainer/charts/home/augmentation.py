"""The home page's picture of augmentation: one photo, nine times another."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.charts.theme import Theme
from explainer.images.gallery import gallery_picture
from explainer.images.thumbnails import centred_square, fit

SIDE, ACROSS, SEED = 140, 3, 4
TURN, BRIGHT = 24.0, 0.35  # at most, in degrees either way and as a share


def many_of_one(_theme: Theme) -> NDArray[np.uint8]:
    """The cat as it is in the middle; around it flipped, turned, enlarged, brighter or darker."""
    photo = fit(centred_square(gallery_picture("chelsea").codes), SIDE, SIDE)
    chance = np.random.default_rng(SEED)
    tiles = [_changed(photo, chance) for __ in range(ACROSS**2)]
    tiles[ACROSS**2 // 2] = photo
    rows = [np.hstack(tiles[start : start + ACROSS]) for start in range(0, len(tiles), ACROSS)]
    return np.vstack(rows)


def _changed(photo: NDArray[np.uint8], chance: np.random.Generator) -> NDArray[np.uint8]:
    flipped = photo[:, ::-1] if chance.random() < 0.5 else photo
    turn = cv2.getRotationMatrix2D(
        (SIDE / 2, SIDE / 2), chance.uniform(-TURN, TURN), chance.uniform(1.0, 1.5)
    )
    turned = cv2.warpAffine(
        np.ascontiguousarray(flipped), turn, (SIDE, SIDE), borderMode=cv2.BORDER_REFLECT
    )
    brighter = turned * chance.uniform(1 - BRIGHT, 1 + BRIGHT)
    return np.asarray(brighter.clip(0, 255).astype(np.uint8))
