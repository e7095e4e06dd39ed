"""The first three minutes: stops on four pages, each with one thing to notice."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.words import N_


@dataclass(frozen=True)
class Stop:
    """A state of a page, by what the link to it says, and what there is to notice."""

    topic: str
    notice: str
    query: dict[str, str]


STOPS = (
    Stop(
        "filters",
        N_(
            "Point at the edge of the helmet: nine products and their sum. Red is where it gets "
            "brighter to the right, blue where darker."
        ),
        {"picture": "astronaut"},
    ),
    Stop(
        "feature_maps",
        N_(
            "Nobody wrote these kernels: a network learned them. Find the maps that answer edges "
            "of one direction."
        ),
        {"picture": "chelsea"},
    ),
    Stop(
        "depth",
        N_(
            "Twenty layers, three activation functions. Follow the sigmoid's line from right to "
            "left, and mind the axis: it is in powers of ten."
        ),
        {"depth.preset": "three"},
    ),
    Stop(
        "training_lab",
        N_(
            "Start the race and look away from the accuracy: when does the solid line leave the "
            "dashed one?"
        ),
        {"training_lab.data": "faces"},
    ),
)
