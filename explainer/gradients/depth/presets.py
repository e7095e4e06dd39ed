"""Comparisons that tell a story: settings, depth and width, and what a reader is to watch.

What each says was written after the pass and not before; a test runs every one.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainer.gradients.depth.settings import setting
from explainer.registry import Registry
from explainer.story import Story
from explainer.training.recipe.recipe import Network
from explainer.words import N_


@dataclass(frozen=True, kw_only=True)
class DepthPreset(Story):
    """A story with its settings at one depth and width."""

    depth: int
    width: int
    settings: tuple[Network, ...]


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
        seen=N_(
            "The sigmoid shortens the gradient about fourfold at every layer, so that of what the "
            "last of twenty layers gets, less than a hundred-billionth reaches the first; with "
            "tanh it loses less than a tenth a layer, and with ReLU and He's weights it arrives as "
            "it set out."
        ),
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
        seen=N_(
            "Whichever of the two usual starts it has, less than a hundred-thousandth of the "
            "gradient at the tenth layer reaches the first. And the tenth layer hardly knows one "
            "digit from another: 1 less the cosine of two of them has fallen under a billionth, "
            "since every sigmoid layer hands on values about 0.5, which outweigh all differences."
        ),
    ),
    DepthPreset(
        slug="relu-he",
        title=N_("ReLU with He"),
        depth=50,
        width=100,
        settings=(setting("relu", "he"), setting("leaky-relu", "he")),
        watch=N_("**Watch** the level of the gradient over fifty layers, and then the dead units."),
        seen=N_(
            "He's weights have the variance 2/n because ReLU lets half of a normal through: 2 "
            "times a half is 1, and over fifty layers the gradient stays within a factor of ten of "
            "where it began, scattering as narrow layers do. But pictures come to look alike, so "
            "that a unit is off for all of them or for none: in the last layers more than a "
            "quarter of the ReLU units are dead. The leaky ReLU has a slope everywhere and loses "
            "none."
        ),
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
            "**Watch** which start suits which activation, and compare the size of the sums with "
            "the gradient."
        ),
        seen=N_(
            "Xavier's weights have the variance 1/n, which suits a slope of 1, such as tanh has "
            "about 0; ReLU halves the square at every layer, so that with Xavier's weights the "
            "gradient falls to 0.7 a layer and the sums fall with it on their way up. He's weights "
            "make up for it (the page multiplies those of tanh by 5/3, the usual gain): there ReLU "
            "keeps its level, and tanh makes the gradient longer on its way back, by less than a "
            "tenth a layer."
        ),
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
        seen=N_(
            "With batch norm the sigmoid's sums are spread over its steep part at every layer, and "
            "the gradient arrives no shorter than it set out: a little longer, about a twentieth a "
            "layer. With ReLU it grows by a fifth a layer, near the 1.21 that theory gives for "
            "wide layers (Yang et al. 2019): batch norm keeps the values in place, not the "
            "gradient."
        ),
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
            "**Watch** the gradient of the sigmoid with skips, and then the size of the sums in "
            "the ReLU network that has skips and no norm."
        ),
        seen=N_(
            "A skip hands the gradient on as it is, so that at the first of fifty sigmoid layers "
            "there is more of it than at the last, and without skips 30 powers of ten less. But "
            "every layer also adds to what it was given: with ReLU and He's weights the sums grow "
            "to a hundred billion, and the gradient with them. Layer norm puts both back, to "
            "within a factor of three. Without it the dots leave the dashed line: a ReLU is on "
            "where its weights point along what it is given, so that slopes and weights, which "
            "theory takes for independent, go together."
        ),
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
        seen=N_(
            "Large weights make up for any slope. The ReLU network's gradient doubles at every "
            "layer and so do its sums. Seven in ten values of tanh are saturated, which is said to "
            "make gradients vanish, and yet the few that are not let it grow a billionfold. Even "
            "the sigmoid's gradient, with a slope of at most 0.25, gets longer by a fifth at every "
            "layer: what counts is the slope times the weights."
        ),
    ),
)
