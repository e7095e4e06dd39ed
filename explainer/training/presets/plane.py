"""A story about points in the plane: what is given to a network, and what it finds by itself."""

from __future__ import annotations

from explainer.training.data.splits import Split
from explainer.training.presets.preset import Preset, entrant
from explainer.training.recipe.recipe import Network, Training
from explainer.words import N_

ADAM = Training(optimiser="adam", learning_rate=0.03, steps=400)
ONE_EDGE = Network("mlp", depth=0)
SQUARES = Network("mlp", depth=0, features=("x2", "y2"))
FOUR_UNITS = Network("mlp", depth=1, width=4, activation="tanh")

FEATURES = Preset(
    slug="features-or-layers",
    title=N_("Features or layers"),
    watch=N_(
        "**Watch** where each of the three draws its boundary, beside the curves: all of them "
        "learn the same points, a circle in a ring."
    ),
    seen=N_(
        "Without a hidden layer the boundary is one straight line, and of x and y alone it gets "
        "no more points right than guessing does. Given x² and y² instead, the same network "
        "draws the ring; so does one of x and y with four hidden units, which bend four lines into "
        "it. Both get nearly all points right."
    ),
    why=N_(
        "A circle is a straight line in x² and y², but only who knows the answer gives a network "
        "those. A hidden layer learns features of its own (Rumelhart, Hinton and Williams 1986): "
        "its four units are four straight edges, and the output encloses what lies between them."
    ),
    data="circles",
    recipes=(
        entrant("x and y", ONE_EDGE, ADAM),
        entrant("x² and y²", SQUARES, ADAM),
        entrant("x and y, four units", FOUR_UNITS, ADAM),
    ),
    split=Split(),
    seeds=5,
)
