"""Why a field of a recipe changes nothing in it: the reasons that the fields' records name.

Each takes a whole recipe and gives a sentence; nothing where the field has its effect.
"""

from __future__ import annotations

from typing import Any

from explainer.training.recipe.initialisation import SCHEMES
from explainer.training.recipe.kinds import KINDS
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.words import N_, _, ngettext

NO_DENSE_LAYER = N_("No effect: there is no hidden dense layer.")


def without_dense_layers(recipe: Any) -> str:
    """For what is done to hidden dense layers alone."""
    return "" if recipe.network.hidden_dense_layers else _(NO_DENSE_LAYER)


def without_common_width(recipe: Any) -> str:
    """For the units of those hidden dense layers that have no number of their own."""
    network = recipe.network
    if not _convolutions(recipe) and 0 < network.depth <= len(network.widths):
        return _("No effect: every hidden layer has its own number of units.")
    return without_dense_layers(recipe)


def without_hidden_layers(recipe: Any) -> str:
    """For what is done to every hidden layer, of which a network with blocks always has some."""
    return "" if _convolutions(recipe) else without_dense_layers(recipe)


def without_two_layers(recipe: Any) -> str:
    """For what is handed from one hidden dense layer to the next."""
    if recipe.network.hidden_dense_layers > 1:
        return ""
    return _("No effect: there are no two hidden layers.")


def without_sigma(recipe: Any) -> str:
    """For the σ that one initialisation asks for."""
    used = SCHEMES[recipe.network.initialisation]
    if used.uses_sigma:
        return ""
    return _("No effect: the initialisation {name} does not ask for it.", name=_(used.title))


def without_momentum(recipe: Any) -> str:
    """For the share of earlier steps that some optimisers keep."""
    used = OPTIMISERS[recipe.training.optimiser]
    if used.uses_momentum:
        return ""
    return _("No effect: {optimiser} has no such setting.", optimiser=_(used.title))


def counting_epochs(recipe: Any) -> str:
    """For the number of steps, which a recipe that counts epochs does not use."""
    return _("No effect: epochs are counted instead.") if recipe.training.epochs else ""


def past_the_end(recipe: Any) -> str:
    """For what waits longer than a run whose length is known."""
    training, patience = recipe.training, recipe.regularisation.patience
    outlasts = patience >= training.steps and not training.epochs
    if not outlasts:
        return ""
    return ngettext(
        "No effect: the run ends after {steps} step.",
        "No effect: the run ends after {steps} steps.",
        training.steps, steps=f"{training.steps:,}",
    )  # fmt: skip


def _convolutions(recipe: Any) -> bool:
    return KINDS[recipe.network.kind].convolutions
