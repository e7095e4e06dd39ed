"""Networks to look at side by side: a setup as it is, or varied in one thing alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from explainer.gradients.landscape.setup import Setup
from explainer.registry import Registry
from explainer.words import N_

SMALL_BATCH, LARGE_BATCH = 16, 256
RESCALED = 8

Variants = tuple[tuple[str, Setup], ...]


@dataclass(frozen=True)
class Contrast:
    """A comparison by name: `of(setup)` gives each network with what to call it.

    What to call it is a message with places for what the network's setup has; see `VariantView`.
    `of` raises `ValueError` where `setup` has no such counterpart.
    """

    slug: str
    title: str
    of: Callable[[Setup], Variants]


def _alone(setup: Setup) -> Variants:
    return ((N_("This network"), setup),)


def _skips(setup: Setup) -> Variants:
    return (
        (N_("Without skips"), replace(setup, skips=False)),
        (N_("With skips"), replace(setup, skips=True)),
    )


def _norm(setup: Setup) -> Variants:
    return (
        (N_("Without batch norm"), replace(setup, batch_norm=False)),
        (N_("With batch norm"), replace(setup, batch_norm=True)),
    )


def _batches(setup: Setup) -> Variants:
    label = N_("Batches of {batch}")
    return tuple((label, replace(setup, batch=size)) for size in (SMALL_BATCH, LARGE_BATCH))


def _activations(setup: Setup) -> Variants:
    return (
        (N_("ReLU"), replace(setup, activation="relu")),
        (N_("Tanh"), replace(setup, activation="tanh")),
    )


def _widths(setup: Setup) -> Variants:
    return tuple((N_("Width {width}"), replace(setup, width=width)) for width in (4, 12))


def _rescaled(setup: Setup) -> Variants:
    factor = setup.rescale if setup.rescale != 1 else RESCALED
    return (
        (N_("As trained"), replace(setup, rescale=1)),
        (N_("Rescaled by {rescale}"), replace(setup, rescale=factor)),
    )


CONTRASTS = Registry[Contrast](
    N_("contrast"),
    Contrast("none", N_("Nothing"), _alone),
    Contrast("skips", N_("Skips"), _skips),
    Contrast("norm", N_("Batch norm"), _norm),
    Contrast("batch", N_("Batch size"), _batches),
    Contrast("activation", N_("Activation"), _activations),
    Contrast("width", N_("Width"), _widths),
    Contrast("rescaled", N_("The same function, rescaled"), _rescaled),
)
