"""Occlusion: cover one window of the photo after the other and see how far the score falls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import torch
from torch import Tensor

from explainer.gradients.attribution.baselines import baseline_picture
from explainer.gradients.attribution.gradient import baseline_choice
from explainer.gradients.attribution.method import Method, MethodResult, Question
from explainer.gradients.attribution.passes import scores
from explainer.gradients.attribution.progress import in_batches
from explainer.parameters import Parameter
from explainer.words import N_

Window = tuple[slice, slice]


def windows(height: int, width: int, window: int, stride: int) -> list[Window]:
    """Windows of `window` pixels a side, `stride` apart, that cover every pixel.

    The last of a row or column is smaller where they do not fit evenly. Raises `ValueError` where
    the stride is above the window, which would leave pixels out.
    """
    if stride > window:
        raise ValueError(f"stride {stride} is above the window of {window}: pixels would be missed")
    return list(product(_spans(height, window, stride), _spans(width, window, stride)))


def _spans(side: int, window: int, stride: int) -> Iterator[slice]:
    for start in range(0, max(side - window, 0) + stride, stride):
        if start == 0 or start - stride + window < side:
            yield slice(start, min(start + window, side))


def _occlusion(question: Question, *, window: float, stride: float, baseline: str) -> MethodResult:
    """The score of the photo less that of the photo with the window covered.

    A pixel gets the mean over the windows it lies in, so the map is in units of the score.
    """
    picture = question.picture
    height, width = picture.shape[-2:]
    places = windows(height, width, int(window), int(stride))
    falls = _falls(question, places, baseline)
    summed = torch.zeros(height, width)
    covered = torch.zeros_like(summed)
    for (rows, columns), fall in zip(places, falls, strict=True):
        summed[rows, columns] += fall
        covered[rows, columns] += 1
    return MethodResult(summed / covered)


def _falls(question: Question, places: list[Window], slug: str) -> Tensor:
    picture, network, score = question.picture, question.network, question.score
    cover = baseline_picture(slug, picture, question.black)[0]
    found = []
    for part in in_batches(len(places), picture, question.progress):
        batch = picture.repeat(part.stop - part.start, 1, 1, 1)
        for covered, (rows, columns) in zip(batch, places[part], strict=True):
            covered[:, rows, columns] = cover[:, rows, columns]
        found.append(scores(network, batch, score))
    return scores(network, picture, score) - torch.cat(found)


OCCLUSION = Method(
    slug="occlusion",
    title=N_("Occlusion"),
    meaning=N_("How far the score falls when a window around this pixel is covered."),
    authors="M. Zeiler and R. Fergus",
    year=2014,
    needs_layer=False,
    signed=True,
    settings=(
        Parameter("window", "Window", 8, 1, 128, 1, "px", "side of what is covered", whole=True),
        Parameter("stride", "Stride", 4, 1, 64, 1, "px", "from one to the next", whole=True),
        baseline_choice("mean"),
    ),
    compute=_occlusion,
    many_passes=True,
)
