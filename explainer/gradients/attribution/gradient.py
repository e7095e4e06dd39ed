"""Attribution from the gradient of the score: alone, times the input, with noise, along a path.

In all of them the channels are summed with their signs, where the authors of some take the largest
absolute value: the sign says whether a pixel speaks for the class or against it.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explainer.gradients.attribution.baselines import BASELINES, baseline_picture
from explainer.gradients.attribution.method import Method, MethodResult, Question
from explainer.gradients.attribution.passes import gradients, scores
from explainer.gradients.attribution.progress import in_batches
from explainer.parameters import Choice, Option, Parameter
from explainer.words import N_


def _gradient(question: Question) -> MethodResult:
    """∂score/∂x, summed over the channels."""
    return MethodResult(_plain(question).sum(dim=0))


def _gradient_times_input(question: Question) -> MethodResult:
    """x · ∂score/∂x, summed over the channels; x is normalised, so 0 is the mean colour."""
    return MethodResult((question.picture[0] * _plain(question)).sum(dim=0))


def _plain(question: Question) -> Tensor:
    return gradients(question.network, question.picture, question.score)[0]


def _smoothgrad(question: Question, *, samples: float, noise: float, seed: float) -> MethodResult:
    """The mean gradient of `samples` pictures x + N(0, (noise · (max x − min x))²)."""
    picture, generator = question.picture, torch.Generator().manual_seed(int(seed))
    deviation = noise * float(picture.max() - picture.min())
    summed = torch.zeros_like(picture[0])
    for part in in_batches(int(samples), picture, question.progress):
        shape = (part.stop - part.start, *picture.shape[1:])
        noisy = picture + deviation * torch.randn(shape, generator=generator)
        summed += gradients(question.network, noisy, question.score).sum(dim=0)
    return MethodResult(summed.sum(dim=0) / int(samples))


def _integrated_gradients(question: Question, *, steps: float, baseline: str) -> MethodResult:
    r"""(x − x′) · ∫₀¹ ∂score(x′ + a (x − x′))/∂x da, by the midpoint rule.

    Completeness: the map adds up to score(x) − score(x′), but for the error of the rule.
    """
    start = baseline_picture(baseline, question.picture, question.black)
    way = question.picture - start
    places = (torch.arange(int(steps)) + 0.5) / int(steps)
    summed = torch.zeros_like(way[0])
    for part in in_batches(int(steps), way, question.progress):
        pictures = start + places[part, None, None, None] * way
        summed += gradients(question.network, pictures, question.score).sum(dim=0)
    ends = scores(question.network, torch.cat([start, question.picture]), question.score)
    return MethodResult((way[0] * summed / int(steps)).sum(dim=0), total=float(ends[1] - ends[0]))


def baseline_choice(default: str) -> Choice:
    """The setting `baseline`: towards what the picture is taken away."""
    options = tuple(Option(entry.slug, entry.title) for entry in BASELINES)
    return Choice("baseline", "Baseline", default, options, help="what stands for no picture")


GRADIENTS: tuple[Method, ...] = (
    Method(
        slug="gradient",
        title=N_("Gradient"),
        meaning=N_("How much the score would rise if this pixel became a little brighter."),
        authors="K. Simonyan, A. Vedaldi and A. Zisserman",
        year=2014,
        needs_layer=False,
        signed=True,
        settings=(),
        compute=_gradient,
    ),
    Method(
        slug="gradient-times-input",
        title=N_("Gradient × input"),
        meaning=N_(
            "The gradient times the pixel's distance from the mean colour: what the pixel adds to "
            "the score, if the network were linear."
        ),
        authors="A. Shrikumar, P. Greenside, A. Shcherbina and A. Kundaje",
        year=2016,
        needs_layer=False,
        signed=True,
        settings=(),
        compute=_gradient_times_input,
    ),
    Method(
        slug="smoothgrad",
        title=N_("SmoothGrad"),
        meaning=N_(
            "The mean gradient of many copies of the photo, each with its own noise, so that what "
            "flickers from one to the next averages out."
        ),
        authors="D. Smilkov, N. Thorat, B. Kim, F. Viégas and M. Wattenberg",
        year=2017,
        needs_layer=False,
        signed=True,
        settings=(
            Parameter("samples", "Samples", 24, 1, 200, 1, help="noisy copies", whole=True),
            Parameter(
                "noise",
                "Noise",
                0.15,
                0,
                0.5,
                0.01,
                help="standard deviation, as a share of the photo's range",
            ),
            Parameter("seed", "Seed", 0, 0, 9999, 1, help="which noise", whole=True),
        ),
        compute=_smoothgrad,
        many_passes=True,
    ),
    Method(
        slug="integrated-gradients",
        title=N_("Integrated gradients"),
        meaning=N_(
            "The gradient summed up on the way from a baseline to the photo: the map adds up to "
            "all that the score gained on the way."
        ),
        authors="M. Sundararajan, A. Taly and Q. Yan",
        year=2017,
        needs_layer=False,
        signed=True,
        settings=(
            # On six photos, each with six targets and baselines, two networks kept completeness
            # within 1 % with 256 steps; with 128, one in six did not.
            Parameter("steps", "Steps", 256, 1, 1024, 1, help="gradients on the way", whole=True),
            baseline_choice("black"),
        ),
        compute=_integrated_gradients,
        many_passes=True,
    ),
)
