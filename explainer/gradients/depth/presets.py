"""Comparisons that tell a story: settings, depth and width, and what a reader is to watch.

What each says was written after the pass and not before; a test runs every one.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainer.gradients.depth.settings import setting
from explainer.training.recipe import Network


@dataclass(frozen=True)
class DepthPreset:
    """A story: its settings at one depth and width, what to watch, and what is seen and why."""

    slug: str
    title: str
    depth: int
    width: int
    settings: tuple[Network, ...]
    watch: str
    seen: str


DEPTH_PRESETS: tuple[DepthPreset, ...] = (
    DepthPreset(
        slug="three",
        title="Sigmoid, tanh, ReLU",
        depth=20,
        width=100,
        settings=(
            setting("sigmoid", "xavier"),
            setting("tanh", "xavier"),
            setting("relu", "he"),
        ),
        watch="Read the lines from right to left, as the gradient travels: from the loss back to "
        "the first layer.",
        seen="The sigmoid shortens the gradient about fourfold at every layer, so that of what the "
        "last of twenty layers gets, less than a hundred-billionth reaches the first; with tanh it "
        "loses less than a tenth a layer, and with ReLU and He's weights it arrives as it set out.",
    ),
)
_BY_TITLE = {entry.title: entry for entry in DEPTH_PRESETS}


def depth_preset(title: str) -> DepthPreset | None:
    """The story of that title, if there is one."""
    return _BY_TITLE.get(title)
