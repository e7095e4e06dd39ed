"""Which way of computing a cross-correlation is quickest for a kernel, and why, in a sentence.

Each method is a record: what it costs for a kernel, how many multiplications it takes, and how it
is run. The one with the least estimated cost is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explainer.convolution import ways
from explainer.convolution.kernel import Image
from explainer.convolution.ways import Job


@dataclass(frozen=True)
class Method:
    """A way to compute: `cost` is None where it cannot; `why` is one sentence for the page."""

    slug: str
    title: str
    cost: Callable[[Job], float | None]
    multiplications: Callable[[Job], int]
    why: Callable[[Job], str]
    run: Callable[[Image, Job], Image]


def fastest(job: Job) -> Method:
    """The method with the least estimated cost."""
    costs = [(method.cost(job), method) for method in METHODS]
    return min((pair for pair in costs if pair[0] is not None), key=lambda pair: pair[0] or 0)[1]


def _size(job: Job) -> str:
    height, width = job.weights.shape
    return f"{height}×{width}"


METHODS: tuple[Method, ...] = (
    Method(
        slug="scale",
        title="One factor",
        cost=ways.scale_cost,
        multiplications=lambda job: 1,
        why=lambda job: "No weight but the middle one differs from zero, so each pixel is scaled.",
        run=ways.scale,
    ),
    Method(
        slug="direct",
        title="Tap by tap",
        cost=ways.direct_cost,
        multiplications=lambda job: job.taps,
        why=lambda job: (
            f"With {job.taps} weights that are not zero, nothing is quicker than "
            "multiplying each with its pixel."
        ),
        run=ways.direct,
    ),
    Method(
        slug="box",
        title="Running sums",
        cost=ways.box_cost,
        multiplications=lambda job: 1,
        why=lambda job: (
            "All weights are equal, so the sum of the window moves along with it: "
            "add what enters, take away what leaves, scale once."
        ),
        run=ways.box,
    ),
    Method(
        slug="two-passes",
        title="Two passes",
        cost=ways.two_passes_cost,
        multiplications=lambda job: sum(job.weights.shape),
        why=lambda job: (
            f"The kernel is a column times a row, so {job.weights.shape[0]} + "
            f"{job.weights.shape[1]} multiplications do the work of {job.weights.size}."
        ),
        run=ways.passes,
    ),
    Method(
        slug="several-passes",
        title="A sum of two-pass filters",
        cost=ways.several_passes_cost,
        multiplications=lambda job: len(job.terms or ()) * sum(job.weights.shape),
        why=lambda job: (
            f"The kernel is a sum of {len(job.terms or ())} columns times rows, each "
            f"done in two passes instead of {job.weights.size} taps."
        ),
        run=ways.passes,
    ),
    Method(
        slug="tiles",
        title="Tap by tap, in parts",
        cost=ways.tiles_cost,
        multiplications=lambda job: job.taps,
        why=lambda job: (
            f"The {_size(job)} kernel is cut into parts ({len(job.tiles)}) small "
            "enough to be quicker tap by tap than by Fourier transform; the results are added."
        ),
        run=ways.tiled,
    ),
    Method(
        slug="fourier",
        title="Fourier transform",
        cost=ways.fourier_cost,
        multiplications=ways.fourier_multiplications,
        why=lambda job: (
            f"A dense {_size(job)} kernel without structure is quickest as a product "
            "of Fourier transforms, block by block."
        ),
        run=ways.fourier,
    ),
)
