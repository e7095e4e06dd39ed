"""The pictures on the home page: one invitation each, computed here by the code of its topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from explainer.charts.home.augmentation import many_of_one
from explainer.charts.home.clinic import three_runs
from explainer.charts.home.depth import lost_gradients
from explainer.charts.home.dropout import thinned
from explainer.charts.home.gradients import transposed
from explainer.charts.home.losses import noise_and_loss
from explainer.charts.home.metrics import two_clouds
from explainer.charts.home.optimisers import downhill
from explainer.charts.home.overfitting import cloud
from explainer.charts.home.penalties import diamond
from explainer.charts.home.pictures import (
    edges,
    faces,
    first_maps,
    moved_digits,
    occluded,
    slopes,
    two_weights,
)
from explainer.charts.home.splits import parted
from explainer.charts.theme import Theme
from explainer.words import N_

Codes = NDArray[np.uint8]


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


PREVIEWS: tuple[Preview, ...] = (
    Preview(
        topic="filters",
        question=N_("What can nine numbers see in a photo?"),
        alt=N_(
            "A portrait of an astronaut as a Sobel filter shows it: outlines in blue where it "
            "gets darker to the right, in red where it gets brighter."
        ),
        picture=edges,
        query={"filters.kernel": "sobel-x", "picture": "astronaut"},
    ),
    Preview(
        topic="why_convolution",
        question=N_("How far can a digit move before it is lost?"),
        alt=N_(
            "Twenty-five nines in a grid. The one in the middle is strong, those beside it are "
            "weak, and the outermost nearly gone: so seldom does a dense network read digits there."
        ),
        picture=moved_digits,
    ),
    Preview(
        topic="feature_maps",
        question=N_("What does a trained network see in a cat?"),
        alt=N_(
            "Nine small pictures of a cat's face, each as one kernel of a trained network's first "
            "layer answers it: edges of one direction, spots, patches of one colour."
        ),
        picture=first_maps,
        query={"picture": "chelsea"},
    ),
    Preview(
        topic="attribution",
        question=N_("Would it still be a cat without this?"),
        alt=N_("A cat's face with a grey square over one eye."),
        picture=occluded,
        query={"picture": "chelsea", "attribution.method": "patch"},
    ),
    Preview(
        topic="activations",
        question=N_("Which of these bends lets a gradient through?"),
        alt=N_(
            "The slopes of three functions: a low hill, the sigmoid's; a high one, tanh's; and "
            "ReLU's, which is nothing on the left and one on the right."
        ),
        picture=slopes,
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
        picture=two_weights,
    ),
    Preview(
        topic="training_lab",
        question=N_("What stops a network from learning these by heart?"),
        alt=N_(
            "Thirty-six tiny grey pictures from a set of two hundred: eighteen faces, and eighteen "
            "pieces of background."
        ),
        picture=faces,
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
        topic="clinic",
        question=N_("Which of these three runs is well?"),
        alt=N_(
            "Three curves of a loss, one below the other: the first falls, the second rises and "
            "falls like the teeth of a saw, the third jumps about."
        ),
        picture=three_runs,
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
        topic="metrics",
        question=N_("Where would you draw the line?"),
        alt=N_(
            "Orange dots above, blue dots below, each a score, and an upright line between them: "
            "two of the orange ones are left of it, two blue ones right of it."
        ),
        picture=two_clouds,
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
