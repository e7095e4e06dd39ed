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
from explainer.words import N_, _, ngettext


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
        title=N_("One factor"),
        cost=ways.scale_cost,
        multiplications=lambda job: 1,
        why=lambda job: _(
            "No weight but the middle one differs from zero, so each pixel is scaled."
        ),
        run=ways.scale,
    ),
    Method(
        slug="direct",
        title=N_("Weight by weight"),
        cost=ways.direct_cost,
        multiplications=lambda job: job.taps,
        why=lambda job: ngettext(
            "With one weight that is not zero, nothing is quicker than multiplying it with its"
            " pixel.",
            "With {count} weights that are not zero, nothing is quicker than multiplying each with"
            " its pixel.",
            job.taps,
        ),
        run=ways.direct,
    ),
    Method(
        slug="box",
        title=N_("Running sums"),
        cost=ways.box_cost,
        multiplications=lambda job: 1,
        why=lambda job: _(
            "All weights are equal, so the sum of the window moves along with it: "
            "add what enters, take away what leaves, scale once."
        ),
        run=ways.box,
    ),
    Method(
        slug="two-passes",
        title=N_("Two passes"),
        cost=ways.two_passes_cost,
        multiplications=lambda job: sum(job.weights.shape),
        why=lambda job: _(
            "The kernel is a column times a row, so {rows} + {columns} multiplications do the work"
            " of {all}.",
            rows=job.weights.shape[0],
            columns=job.weights.shape[1],
            all=job.weights.size,
        ),
        run=ways.passes,
    ),
    Method(
        slug="several-passes",
        title=N_("A sum of two-pass filters"),
        cost=ways.several_passes_cost,
        multiplications=lambda job: len(job.terms or ()) * sum(job.weights.shape),
        why=lambda job: _(
            "The kernel is a sum of {terms} columns times rows, each done in two passes, which"
            " takes less than {all} multiplications.",
            terms=len(job.terms or ()),
            all=job.weights.size,
        ),
        run=ways.passes,
    ),
    Method(
        slug="tiles",
        title=N_("Weight by weight, in parts"),
        cost=ways.tiles_cost,
        multiplications=lambda job: job.taps,
        why=lambda job: _(
            "The {size} kernel is cut into parts ({parts}) small enough to be quicker weight by"
            " weight than by Fourier transform; the results are added.",
            size=_size(job),
            parts=len(job.tiles),
        ),
        run=ways.tiled,
    ),
    Method(
        slug="fourier",
        title=N_("Fourier transform"),
        cost=ways.fourier_cost,
        multiplications=ways.fourier_multiplications,
        why=lambda job: _(
            "A dense {size} kernel without structure is quickest as a product of Fourier"
            " transforms, block by block.",
            size=_size(job),
        ),
        run=ways.fourier,
    ),
)
