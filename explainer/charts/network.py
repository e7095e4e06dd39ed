"""A network at a glance: its layers as blocks with the links between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explainer.charts.theme import Theme
from explainer.networks.recording.graph import INPUT, Layer
from explainer.words import N_, _

MIXING = (
    "convolution",
    "linear",
    "pooling",
    "global-pooling",
    "addition",
    "concatenation",
    "multiplication",
)
# What the legend calls the kinds of layers that have a colour of their own, and all others.
KINDS = {
    "convolution": N_("convolution"),
    "batch-norm": N_("batch norm"),
    "activation": N_("activation"),
    "pooling": N_("pooling"),
    "addition": N_("addition"),
    "linear": N_("linear"),
    "flatten": N_("flatten"),
    "other": N_("other"),
}


def shown_layers(found: Sequence[Layer], chosen: str, *, every: bool) -> list[Layer]:
    """The layers that have a block: `every` one, or those that mix values, and the `chosen` one.

    In a deep network most layers look at one value at a time; without them there is room.
    """
    return [one for one in found if every or one.kind in MIXING or one.name == chosen]


def shape_text(layer: Layer) -> str:
    """`64 × 32 × 32`, maps first; of a flat layer the count alone."""
    return f"{layer.shape[0]}" if layer.layout == "flat" else " × ".join(map(str, layer.shape))


def blocks(shown: Sequence[Layer], theme: Theme) -> list[dict[str, Any]]:
    """The layers as a drawing needs them: what each is called, its kind, shape and colour."""
    colours = dict(zip(KINDS, theme.categorical, strict=False))
    return [
        {
            "name": one.name,
            "title": one.title,
            "kind": _(KINDS.get(one.kind, KINDS["other"])),
            "colour": colours.get(one.kind, colours["other"]),
            "maps": one.shape[0],
            "side": max(one.shape[1:]),
            "shape": shape_text(one),
        }
        for one in shown
    ]


def links(found: Sequence[Layer], shown: Sequence[Layer]) -> list[tuple[int, int]]:
    """Which block feeds which, by their places; −1 is the picture.

    What goes through layers that have no block is a link too, past them.
    """
    places = {INPUT: -1, **{one.name: place for place, one in enumerate(shown)}}
    feeds: dict[str, set[int]] = {}
    pairs = set[tuple[int, int]]()
    for layer in found:
        sources = {
            place
            for name in layer.inputs
            for place in ({places[name]} if name in places else feeds[name])
        }
        if layer.name in places:
            pairs |= {(source, places[layer.name]) for source in sources}
        else:
            feeds[layer.name] = sources
    return sorted(pairs)
