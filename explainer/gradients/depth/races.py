"""Races that show the gradient at every layer while networks learn: recipes, and what to watch.

What each says was written after the race and not before; a test runs every one. The data are
scikit-learn's digits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from explainer.registry import Registry
from explainer.story import Story
from explainer.training.data.splits import Split
from explainer.training.engine.run import Evaluation
from explainer.training.recipe.recipe import Network, Recipe, Training
from explainer.words import N_

# Measured ten times as often as a race of the training lab: the strip is a picture over the steps.
OFTEN = Evaluation(train_examples=256, validation_examples=256, share=0.3)
SPLIT = Split(train_size=800)


@dataclass(frozen=True, kw_only=True)
class DepthRace(Story):
    """A story with the recipes that are raced."""

    recipes: tuple[Recipe, ...]


def deep(
    name: str,
    depth: int,
    activation: str = "relu",
    initialisation: str = "he",
    *,
    learning_rate: float = 0.02,
    steps: int = 600,
    clip_norm: float = 0.0,
    clip_value: float = 0.0,
    **network: float | bool,
) -> Recipe:
    """A multilayer perceptron of `depth` layers of 64 units, trained by plain gradient descent."""
    shape = Network(
        kind="mlp", depth=depth, width=64, activation=activation, initialisation=initialisation
    )
    training = Training(
        "sgd", learning_rate, steps=steps, clip_norm=clip_norm, clip_value=clip_value
    )
    return Recipe(replace(shape, **network), training=training, name=name)  # type: ignore[arg-type]


def _wild(name: str, *, clip_norm: float = 0.0, clip_value: float = 0.0) -> Recipe:
    """Twenty ReLU layers whose first weights are a quarter too large: 0.22 / √(2/64) = 1.245."""
    return deep(
        name, 20, "relu", "normal", init_sigma=0.22, learning_rate=0.01, steps=300,
        clip_norm=clip_norm, clip_value=clip_value,
    )  # fmt: skip


RACES = Registry[DepthRace](
    N_("story"),
    DepthRace(
        slug="ten-sigmoids",
        title=N_("Ten sigmoid layers"),
        recipes=(
            deep("2 sigmoid layers", 2, "sigmoid", "xavier", learning_rate=0.3),
            deep("4 sigmoid layers", 4, "sigmoid", "xavier", learning_rate=0.3),
            deep("10 sigmoid layers", 10, "sigmoid", "xavier", learning_rate=0.3),
        ),
        watch=N_(
            "Read each strip from the top down: how much of the colour is left at the bottom?"
        ),
        why=N_(
            "Every sigmoid layer shortens the gradient about fourfold, so that with four layers "
            "the first learns slowly and with ten not at all. Waiting does not help: the upper "
            "layers have nothing to work with, as the lower ones hand on nearly the same for every "
            "digit."
        ),
    ),
    DepthRace(
        slug="relu",
        title=N_("ReLU"),
        recipes=(
            deep("Sigmoid", 10, "sigmoid", "xavier"),
            deep("Tanh", 10, "tanh", "xavier"),
            deep("ReLU", 10),
        ),
        watch=N_("Compare the lowest rows at the very beginning, before anything is learned."),
        why=N_(
            "What arrives decides who learns. ReLU owes it to its slope of 1 where it is open and "
            "to weights drawn to match, tanh to its slope of 1 at 0; the sigmoid's slope is 0.25 "
            "at most."
        ),
    ),
    DepthRace(
        slug="xavier-or-he",
        title=N_("Xavier or He"),
        recipes=(deep("ReLU, Xavier", 30, "relu", "xavier"), deep("ReLU, He", 30)),
        watch=N_(
            "Thirty layers, the same activation; only the spread of the first weights differs."
        ),
        why=N_(
            "Xavier's weights suit a slope of 1; ReLU closes half of its units, so every layer "
            "halves the square of what passes, and after thirty layers too little arrives to learn "
            "from. He's weights have twice the variance to make up for it (He et al. 2015), and "
            "the network learns, though not fast at this depth."
        ),
    ),
    DepthRace(
        slug="batch-norm",
        title=N_("Batch norm rescues sigmoid"),
        recipes=(
            deep("Sigmoid", 10, "sigmoid", "xavier"),
            deep("Sigmoid, batch norm", 10, "sigmoid", "xavier", batch_norm=True),
        ),
        watch=N_(
            "The same ten sigmoid layers from the same weights; one network normalises the "
            "pre-activations."
        ),
        why=N_(
            "Batch norm spreads the pre-activations of every unit over the steep part of the "
            "sigmoid, so the digits stay apart on their way up and the gradient arrives."
        ),
    ),
    DepthRace(
        slug="skips",
        title=N_("Fifty layers, with and without skips"),
        recipes=(
            deep("50 tanh layers", 50, "tanh", "lecun", steps=200),
            deep("50 tanh layers, skips", 50, "tanh", "lecun", steps=200, residual=True),
            deep("50 tanh layers, orthogonal", 50, "tanh", "orthonormal", steps=200),
        ),
        watch=N_("Compare the three strips from top to bottom first, and only then the losses."),
        why=N_(
            "No gradient vanishes, and yet the plain network learns less in the same steps. Length "
            "is not all: fifty random matrices in a row stretch some directions hundreds of times "
            "as much as others, so that a step which suits the one does next to nothing for the "
            "rest (Saxe et al. 2014, Pennington et al. 2017). The third network is the plain one "
            "with orthogonal matrices, which stretch all directions nearly alike, and it learns. "
            "In the one with skips a way on which nothing is changed leads past every layer (He et "
            "al. 2016); directions there are some twentyfold apart. What deep ReLU networks have "
            "besides, gradients that differ from one input to its neighbour (Balduzzi et al. "
            "2017), is not the trouble here: the plain network's are all but the same, and skips "
            "make them differ more."
        ),
    ),
    DepthRace(
        slug="exploding",
        title=N_("Exploding"),
        recipes=(
            _wild("σ = 0.22"),
            _wild("σ = 0.22, length at most 1", clip_norm=1.0),
            _wild("σ = 0.22, values at most 0.01", clip_value=0.01),
            deep("He", 20, learning_rate=0.01, steps=300),
        ),
        watch=N_(
            "The edge for 64 ReLU units is σ = √(2/64) ≈ 0.18; these weights lie a quarter above "
            "it. Watch the first steps."
        ),
        why=N_(
            "A quarter too much at each of twenty layers, 1.245²⁰ = 79, makes the first loss about "
            "a hundred times what guessing gives, and a gradient as large: the first step throws "
            "the weights so far that the second finds no numbers any more. Clipping (Pascanu et "
            "al. 2013) shortens the gradient, its whole length or each of its values, and the "
            "network survives and learns something. It does not mend the start: He's weights learn "
            "far more in the same steps."
        ),
    ),
    DepthRace(
        slug="relu-or-tanh",
        title=N_("ReLU or tanh: who is sooner?"),
        recipes=(deep("ReLU", 4, steps=250), deep("Tanh", 4, "tanh", "xavier", steps=250)),
        watch=N_(
            "How many steps does each need to the training error in the table below, seed by seed?"
        ),
        why=N_(
            "How many times faster one is depends on the network, the data, the start and the "
            "learning rate, here the same for both. The factor of six is of another network and of "
            "other data."
        ),
    ),
)
