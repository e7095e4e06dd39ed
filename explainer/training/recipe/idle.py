"""Why a field of a recipe changes nothing in it: the reasons that the fields' records name.

Each takes a whole recipe and gives the end of a sentence; nothing where the field has its effect.
"""

from __future__ import annotations

from typing import Any

from explainer.training.recipe.initialisation import SCHEMES
from explainer.training.recipe.kinds import KINDS
from explainer.training.recipe.optimisers import OPTIMISERS


def without_dense_layers(recipe: Any) -> str:
    """For what is done to hidden dense layers alone."""
    return "" if recipe.network.hidden_dense_layers else "there is no hidden dense layer"


def without_hidden_layers(recipe: Any) -> str:
    """For what is done to every hidden layer, of which a network with blocks always has some."""
    return "" if _convolutions(recipe) else without_dense_layers(recipe)


def without_two_layers(recipe: Any) -> str:
    """For what is handed from one hidden dense layer to the next."""
    return "" if recipe.network.hidden_dense_layers > 1 else "there are no two hidden layers"


def without_sigma(recipe: Any) -> str:
    """For the σ that one initialisation asks for."""
    used = SCHEMES[recipe.network.initialisation]
    return "" if used.uses_sigma else f"the initialisation {used.title} does not ask for it"


def without_momentum(recipe: Any) -> str:
    """For the share of earlier steps that some optimisers keep."""
    used = OPTIMISERS[recipe.training.optimiser]
    return "" if used.uses_momentum else f"{used.title} has no such setting"


def counting_epochs(recipe: Any) -> str:
    """For the number of steps."""
    return "epochs are counted instead" if recipe.training.epochs else ""


def past_the_end(recipe: Any) -> str:
    """For what waits longer than a run whose length is known."""
    training, patience = recipe.training, recipe.regularisation.patience
    outlasts = patience >= training.steps and not training.epochs
    return f"the run ends after {training.steps:,} steps" if outlasts else ""


def _convolutions(recipe: Any) -> bool:
    return KINDS[recipe.network.kind].convolutions
