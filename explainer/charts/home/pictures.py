"""The home page's pictures of the first ten topics, each computed by the code of its topic."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from explainer.charts.bands import band_colours, band_picture
from explainer.charts.colour import SIGNED, colour_result, paint, rgb
from explainer.charts.theme import Theme
from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights
from explainer.convolution.view import statistics
from explainer.images.gallery import gallery_picture
from explainer.images.thumbnails import centred_square, fit

Codes = NDArray[np.uint8]
SIDE, MAP_SIDE = 420, 140
WEIGHTS = Path(__file__).parents[3] / "assets" / "weights"


def edges(theme: Theme) -> Codes:
    """A portrait as a Sobel filter shows it, which is also where the filters page begins."""
    photo = _square(gallery_picture("astronaut").codes).astype(np.float32) / 255
    values = apply(photo, weights("sobel-x"), Application(channels="grey"))
    return colour_result(values, SIGNED.scale(values, statistics(values)), SIGNED.stops(theme))


def _square(codes: Codes) -> Codes:
    return fit(centred_square(codes), SIDE, SIDE)


def faces(_theme: Theme) -> Codes:
    """Some of the small pictures the training lab can race on: faces above, no faces below."""
    import skimage.data

    patches: object = skimage.data.lfw_subset()  # type: ignore[no-untyped-call]
    examples = np.asarray(patches, np.float32) * 255
    chosen = [*range(0, 18), *range(100, 118)]
    tiles = [cv2.resize(examples[i], (70, 70), interpolation=cv2.INTER_NEAREST) for i in chosen]
    rows = [np.hstack(tiles[start : start + 6]) for start in range(0, len(tiles), 6)]
    grey = np.vstack(rows).clip(0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def first_maps(theme: Theme) -> Codes:
    """Nine of the maps that the small VGG's first layer gives, by OpenCV: no PyTorch for a menu."""
    kernels = load_file(WEIGHTS / "vgg.safetensors")["conv1_1.weight"].astype(np.float32)
    photo = _square(gallery_picture("chelsea").codes).astype(np.float32) / 255
    photo = cv2.resize(photo, (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_AREA) - photo.mean()
    strongest = np.argsort(-np.abs(kernels).sum(axis=(1, 2, 3)))[:9]
    answers = [
        sum(cv2.filter2D(photo[..., c], -1, kernels[unit, c]) for c in range(3))
        for unit in strongest
    ]
    maps = [np.asarray(one, np.float32)[..., None] for one in answers]
    tiles = [
        colour_result(one, SIGNED.scale(one, statistics(one)), SIGNED.stops(theme)) for one in maps
    ]
    return np.vstack([np.hstack(tiles[start : start + 3]) for start in (0, 3, 6)])


def moved_digits(theme: Theme) -> Codes:
    """A nine at 25 places, each as strong as an MLP's accuracy on digits that were moved there."""
    found = json.loads((WEIGHTS / "digit-mlp-moved.json").read_text(encoding="utf-8"))
    shares = np.array(found["accuracies"], np.float32)[::4, ::4]
    colours = paint(shares, 0.0, 1.0, (theme.background, *theme.sequential[2:]))
    codes = np.full((SIDE, SIDE, 3), rgb(theme.background), np.uint8)
    step = SIDE // len(shares)
    for row, column in np.ndindex(*shares.shape):
        place = (column * step + step // 4, row * step + 3 * step // 4)
        colour = [int(value) for value in colours[row, column]]
        cv2.putText(codes, "9", place, cv2.FONT_HERSHEY_SIMPLEX, 2, colour, 5, cv2.LINE_AA)
    return codes


def occluded(_theme: Theme) -> Codes:
    """A photo with a grey square on it: the plainest way to ask which pixels count."""
    codes = _square(gallery_picture("chelsea").codes).copy()
    side = codes.shape[0]
    codes[side // 3 : side // 2, side // 4 : side // 2] = 128
    return codes


def slopes(theme: Theme) -> Codes:
    """The slopes of sigmoid, tanh and ReLU, drawn as they are: no PyTorch for a menu."""
    x = np.linspace(-5, 5, SIDE)
    sigmoid = 1 / (1 + np.exp(-x))
    each = (sigmoid * (1 - sigmoid), 1 - np.tanh(x) ** 2, (x > 0).astype(float))
    canvas = np.full((SIDE, SIDE, 3), rgb(theme.background), np.uint8)
    down = [np.round(SIDE * (0.88 - 0.74 * slope)) for slope in each]
    for line, colour in zip(down, theme.categorical, strict=False):
        points = np.stack([np.arange(SIDE), line], axis=1).astype(np.int32)
        cv2.polylines(canvas, [points[:, None]], False, rgb(colour), 5, cv2.LINE_AA)
    return canvas


def two_weights(theme: Theme) -> Codes:
    """The loss of a network of two weights, v·tanh(w·x), that is to learn tanh(2x): all of it."""
    inputs = np.linspace(-2, 2, 41)
    first = np.linspace(-4, 4, SIDE)[None, :, None]
    second = np.linspace(2.2, -2.2, SIDE)[:, None, None]
    errors = second * np.tanh(first * inputs) - np.tanh(2 * inputs)
    losses = np.asarray((errors**2).mean(-1), np.float32)
    bounds = np.arange(-2.5, 0.9, 0.25)
    heights = np.log10(np.maximum(losses, 1e-3))
    return band_picture(heights, bounds.tolist(), band_colours(theme, len(bounds) + 1), theme)
