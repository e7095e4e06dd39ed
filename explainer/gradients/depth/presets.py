"""Comparisons that tell a story: settings, depth and width, and what a reader is to watch.

What is seen is told from the numbers of the pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explainer.gradients.depth import findings
from explainer.gradients.depth.settings import setting
from explainer.gradients.depth.untrained_pass import UntrainedPass
from explainer.registry import Registry
from explainer.story import Story
from explainer.training.recipe.recipe import Network
from explainer.words import N_


@dataclass(frozen=True, kw_only=True)
class DepthPreset(Story):
    """A story with its settings at one depth and width; `told` says what is seen of them."""

    depth: int
    width: int
    settings: tuple[Network, ...]
    told: Callable[[Sequence[UntrainedPass]], str]


DEPTH_PRESETS = Registry[DepthPreset](
    N_("story"),
    DepthPreset(
        slug="three",
        title=N_("Sigmoid, tanh, ReLU"),
        depth=20,
        width=100,
        settings=(
            setting("sigmoid", "xavier"),
            setting("tanh", "xavier"),
            setting("relu", "he"),
        ),
        watch=N_(
            "**Watch** the lines from right to left, as the gradient travels: from the loss back "
            "to the first layer."
        ),
        told=findings.three,
    ),
    DepthPreset(
        slug="ten-sigmoids",
        title=N_("Ten sigmoid layers"),
        depth=10,
        width=100,
        settings=(setting("sigmoid", "xavier"), setting("sigmoid", "he")),
        watch=N_(
            "**Watch** the difference of two pictures as well: it is lost on the way up, before "
            "any gradient is lost on the way down."
        ),
        told=findings.ten_sigmoids,
    ),
    DepthPreset(
        slug="relu-he",
        title=N_("ReLU with He"),
        depth=50,
        width=100,
        settings=(setting("relu", "he"), setting("leaky-relu", "he")),
        watch=N_("**Watch** the level of the gradient over fifty layers, and then the dead units."),
        told=findings.relu_he,
    ),
    DepthPreset(
        slug="xavier-or-he",
        title=N_("Xavier or He"),
        depth=30,
        width=256,
        settings=(
            setting("relu", "xavier"),
            setting("relu", "he"),
            setting("tanh", "xavier"),
            setting("tanh", "he"),
        ),
        watch=N_(
            "**Watch** which start suits which activation, and compare the size of the "
            "pre-activations with the gradient."
        ),
        told=findings.xavier_or_he,
    ),
    DepthPreset(
        slug="batch-norm",
        title=N_("Batch norm rescues sigmoid"),
        depth=20,
        width=100,
        settings=(
            setting("sigmoid", "xavier"),
            setting("sigmoid", "xavier", batch_norm=True),
            setting("relu", "he", batch_norm=True),
        ),
        watch=N_("**Watch** what batch norm does to the sigmoid, and then what it does to ReLU."),
        told=findings.batch_norm,
    ),
    DepthPreset(
        slug="skips",
        title=N_("Fifty layers, with and without skips"),
        depth=50,
        width=100,
        settings=(
            setting("sigmoid", "xavier"),
            setting("sigmoid", "xavier", residual=True),
            setting("relu", "he", residual=True),
            setting("relu", "he", residual=True, layer_norm=True),
        ),
        watch=N_(
            "**Watch** the gradient of the sigmoid with skips, and then the size of the "
            "pre-activations in the ReLU network that has skips and no norm."
        ),
        told=findings.skips,
    ),
    DepthPreset(
        slug="exploding",
        title=N_("Exploding"),
        depth=30,
        width=100,
        settings=(
            setting("relu", "normal", init_sigma=0.3),
            setting("tanh", "normal", init_sigma=1.0),
            setting("sigmoid", "normal", init_sigma=1.5),
        ),
        watch=N_(
            "**Watch** the sigmoid, whose slope is never above 0.25, and the saturated values of "
            "tanh."
        ),
        told=findings.exploding,
    ),
)
