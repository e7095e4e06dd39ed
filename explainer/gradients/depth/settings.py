"""One setting of the comparison: what a stack of layers is made of, apart from depth and width."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from explainer.activations.registry import ACTIVATIONS
from explainer.powers import short
from explainer.training.recipe.fields import Field
from explainer.training.recipe.initialisation import SCHEMES
from explainer.training.recipe.recipe import FIELDS, Network, Recipe, to_text
from explainer.training.recipe.recipe import from_text as recipe_from_text
from explainer.words import N_, _, later

MOST_SETTINGS = 6
NAMES = (
    "activation",
    "initialisation",
    "init_sigma",
    "bias",
    "batch_norm",
    "layer_norm",
    "residual",
)
SWITCHES = {"batch_norm": N_("batch norm"), "layer_norm": N_("layer norm"), "residual": N_("skips")}
_BY_NAME = {entry.name: entry for entry in FIELDS}
MOST_LAYERS = int(_BY_NAME["depth"].setting.maximum)  # type: ignore[union-attr]
SETTING_FIELDS: tuple[Field, ...] = tuple(_BY_NAME[name] for name in NAMES)


def setting(activation_slug: str, initialisation: str, **more: Any) -> Network:
    """A stack of dense layers with this activation and initialisation."""
    return Network(kind="mlp", activation=activation_slug, initialisation=initialisation, **more)


def title(network: Network) -> str:
    """The setting in a few words: `Sigmoid, Xavier, batch norm`."""
    start = _(SCHEMES[network.initialisation].title)
    if network.initialisation == "normal":
        start = f"σ = {short(network.init_sigma)}"
    extras = [_(words) for name, words in SWITCHES.items() if getattr(network, name)]
    extras += [] if network.bias else [_("no bias")]
    return ", ".join([_(ACTIVATIONS[network.activation].title), start, *extras])


def text_of(network: Network) -> str:
    """The setting as a short text for a URL."""
    return to_text(Recipe(network=network))


def from_text(text: str) -> Network:
    """The setting that :func:`text_of` wrote. Raises `ValueError` with one sentence."""
    network = recipe_from_text(text).network
    if network.kind != "mlp":
        raise ValueError(later("the network is a CNN, but here it is a stack of dense layers"))
    return replace(network, widths=())
