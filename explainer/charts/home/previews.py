"""The pictures on the home page: one invitation each, computed here by the code of its topic."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from explainer.charts.bands import band_colours, band_picture
from explainer.charts.colour import SIGNED, colour_result, paint, rgb
from explainer.charts.home.augmentation import many_of_one
from explainer.charts.home.depth import lost_gradients
from explainer.charts.home.dropout import thinned
from explainer.charts.home.gradients import transposed
from explainer.charts.home.losses import noise_and_loss
from explainer.charts.home.optimisers import downhill
from explainer.charts.home.overfitting import cloud
from explainer.charts.home.penalties import diamond
from explainer.charts.home.splits import parted
from explainer.charts.theme import Theme
from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights
from explainer.convolution.view import statistics
from explainer.images.gallery import gallery_picture
from explainer.images.thumbnails import centred_square, fit
from explainer.words import N_

Codes = NDArray[np.uint8]
SIDE, MAP_SIDE = 420, 140
WEIGHTS = Path(__file__).parents[3] / "assets" / "weights"


@dataclass(frozen=True)
class Preview:
    """An invitation: a question, the picture that goes with it, and the page state it opens.

    `picture(theme)` gives RGB codes `(h, w, 3)`; `query` is what the link adds to the address.
    """

    topic: str
    question: str
    alt: str
    picture: Callable[[Theme], Codes]
    query: dict[str, str] = field(default_factory=dict)


def _edges(theme: Theme) -> Codes:
    """A portrait as a Sobel filter shows it, which is also where the filters page begins."""
    photo = _square(gallery_picture("astronaut").codes).astype(np.float32) / 255
    values = apply(photo, weights("sobel-x"), Application(channels="grey"))
    return colour_result(values, SIGNED.scale(values, statistics(values)), SIGNED.stops(theme))


def _square(codes: Codes) -> Codes:
    return fit(centred_square(codes), SIDE, SIDE)


def _faces(_theme: Theme) -> Codes:
    """Some of the small pictures the training lab can race on: faces above, no faces below."""
    import skimage.data

    patches: object = skimage.data.lfw_subset()  # type: ignore[no-untyped-call]
    examples = np.asarray(patches, np.float32) * 255
    chosen = [*range(0, 18), *range(100, 118)]
    tiles = [cv2.resize(examples[i], (70, 70), interpolation=cv2.INTER_NEAREST) for i in chosen]
    rows = [np.hstack(tiles[start : start + 6]) for start in range(0, len(tiles), 6)]
    grey = np.vstack(rows).clip(0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)


def _first_maps(theme: Theme) -> Codes:
    """Nine of the maps that the small VGG's first layer gives, by OpenCV: no PyTorch for a menu."""
    weights = load_file(WEIGHTS / "vgg.safetensors")["conv1_1.weight"].astype(np.float32)
    photo = _square(gallery_picture("chelsea").codes).astype(np.float32) / 255
    photo = cv2.resize(photo, (MAP_SIDE, MAP_SIDE), interpolation=cv2.INTER_AREA) - photo.mean()
    strongest = np.argsort(-np.abs(weights).sum(axis=(1, 2, 3)))[:9]
    answers = [
        sum(cv2.filter2D(photo[..., c], -1, weights[unit, c]) for c in range(3))
        for unit in strongest
    ]
    maps = [np.asarray(one, np.float32)[..., None] for one in answers]
    tiles = [
        colour_result(one, SIGNED.scale(one, statistics(one)), SIGNED.stops(theme)) for one in maps
    ]
    return np.vstack([np.hstack(tiles[start : start + 3]) for start in (0, 3, 6)])


def _moved_digits(theme: Theme) -> Codes:
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


def _occluded(_theme: Theme) -> Codes:
    """A photo with a grey square on it: the plainest way to ask which pixels count."""
    codes = _square(gallery_picture("chelsea").codes).copy()
    side = codes.shape[0]
    codes[side // 3 : side // 2, side // 4 : side // 2] = 128
    return codes


def _slopes(theme: Theme) -> Codes:
    """The slopes of sigmoid, tanh and ReLU, drawn as they are: no PyTorch for a menu."""
    x = np.linspace(-5, 5, SIDE)
    sigmoid = 1 / (1 + np.exp(-x))
    slopes = (sigmoid * (1 - sigmoid), 1 - np.tanh(x) ** 2, (x > 0).astype(float))
    canvas = np.full((SIDE, SIDE, 3), rgb(theme.background), np.uint8)
    down = [np.round(SIDE * (0.88 - 0.74 * slope)) for slope in slopes]
    for line, colour in zip(down, theme.categorical, strict=False):
        points = np.stack([np.arange(SIDE), line], axis=1).astype(np.int32)
        cv2.polylines(canvas, [points[:, None]], False, rgb(colour), 5, cv2.LINE_AA)
    return canvas


def _two_weights(theme: Theme) -> Codes:
    """The loss of a network of two weights, v·tanh(w·x), that is to learn tanh(2x): all of it."""
    inputs = np.linspace(-2, 2, 41)
    first = np.linspace(-4, 4, SIDE)[None, :, None]
    second = np.linspace(2.2, -2.2, SIDE)[:, None, None]
    errors = second * np.tanh(first * inputs) - np.tanh(2 * inputs)
    losses = np.asarray((errors**2).mean(-1), np.float32)
    edges = np.arange(-2.5, 0.9, 0.25)
    heights = np.log10(np.maximum(losses, 1e-3))
    return band_picture(heights, edges.tolist(), band_colours(theme, len(edges) + 1), theme)


PREVIEWS: tuple[Preview, ...] = (
    Preview(
        topic="filters",
        question=N_("What can nine numbers see in a photo?"),
        alt=N_(
            "A portrait of an astronaut as a Sobel filter shows it: outlines in blue where it "
            "gets darker to the right, in red where it gets brighter."
        ),
        picture=_edges,
        query={"filters.kernel": "sobel-x", "picture": "astronaut"},
    ),
    Preview(
        topic="why_convolution",
        question=N_("How far can a digit move before it is lost?"),
        alt=N_(
            "Twenty-five nines in a grid. The one in the middle is strong, those beside it are "
            "weak, and the outermost nearly gone: so seldom does a dense network read digits there."
        ),
        picture=_moved_digits,
    ),
    Preview(
        topic="feature_maps",
        question=N_("What does a trained network see in a cat?"),
        alt=N_(
            "Nine small pictures of a cat's face, each as one kernel of a trained network's first "
            "layer answers it: edges of one direction, spots, patches of one colour."
        ),
        picture=_first_maps,
        query={"picture": "chelsea"},
    ),
    Preview(
        topic="attribution",
        question=N_("Would it still be a cat without this?"),
        alt=N_("A cat's face with a grey square over one eye."),
        picture=_occluded,
        query={"picture": "chelsea", "attribution.method": "patch"},
    ),
    Preview(
        topic="activations",
        question=N_("Which of these bends lets a gradient through?"),
        alt=N_(
            "The slopes of three functions: a low hill, the sigmoid's; a high one, tanh's; and "
            "ReLU's, which is nothing on the left and one on the right."
        ),
        picture=_slopes,
    ),
    Preview(
        topic="depth",
        question=N_("Where does the gradient go?"),
        alt=N_(
            "Three rows of twenty bars, a bar for each layer and its height the logarithm of the "
            "gradient there: with sigmoid they shrink to nothing towards the first layer, with "
            "tanh and ReLU they do not."
        ),
        picture=lost_gradients,
    ),
    Preview(
        topic="gradient_check",
        question=N_("Which of these hundred gradients are right?"),
        alt=N_(
            "A square of ten by ten cells. All are strong in colour, which means wrong, but for a "
            "pale diagonal from the upper left to the lower right."
        ),
        picture=transposed,
        query={"gradient_check.fault": "transposed"},
    ),
    Preview(
        topic="landscape",
        question=N_("What does the loss look like around a minimum?"),
        alt=N_(
            "Contours of a loss over two weights: two valleys, one the mirror of the other, and a "
            "saddle between them."
        ),
        picture=_two_weights,
    ),
    Preview(
        topic="training_lab",
        question=N_("What stops a network from learning these by heart?"),
        alt=N_(
            "Thirty-six tiny grey pictures from a set of two hundred: eighteen faces, and eighteen "
            "pieces of background."
        ),
        picture=_faces,
        query={"training_lab.data": "faces"},
    ),
    Preview(
        topic="optimisers",
        question=N_("Which way down is the fastest?"),
        alt=N_(
            "A curved valley from above; from one place on its side three paths lead down, each in "
            "its own way."
        ),
        picture=downhill,
        query={"optimisers.landscape": "ravine"},
    ),
    Preview(
        topic="losses",
        question=N_("Which noise does squared error believe in?"),
        alt=N_(
            "Two bell-shaped curves, one round and one pointed, and below them a parabola and a V "
            "in the same colours."
        ),
        picture=noise_and_loss,
    ),
    Preview(
        topic="overfitting",
        question=N_("Which of these curves is right?"),
        alt=N_(
            "A wave, noisy points around it, and two dozen curves that were each fitted to other "
            "such points: together near the wave, and far apart at the ends."
        ),
        picture=cloud,
    ),
    Preview(
        topic="splits",
        question=N_("Which of these may it never see?"),
        alt=N_(
            "Handwritten digits in three colours: most to learn from, some to choose a model by, "
            "some to judge it with."
        ),
        picture=parted,
    ),
    Preview(
        topic="penalties",
        question=N_("Why does a diamond make zeros?"),
        alt=N_(
            "Ellipses around the least loss; the one in the middle touches a diamond at its corner."
        ),
        picture=diamond,
        query={"penalties.penalty": "l1"},
    ),
    Preview(
        topic="dropout",
        question=N_("What is left when half of the units are gone?"),
        alt=N_(
            "A network of four layers. Half of the units in the middle two are empty rings; lines "
            "join all the others."
        ),
        picture=thinned,
    ),
    Preview(
        topic="augmentation",
        question=N_("Which of these is still a cat?"),
        alt=N_(
            "A photo of a cat nine times: as it is in the middle, and around it flipped, turned, "
            "enlarged, brighter and darker."
        ),
        picture=many_of_one,
    ),
)
