"""Networks to look at side by side: a setup as it is, or varied in one thing alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from explainer.gradients.landscape.setup import Setup
from explainer.registry import Registry

SMALL_BATCH, LARGE_BATCH = 16, 256
RESCALED = 8

Variants = tuple[tuple[str, Setup], ...]


@dataclass(frozen=True)
class Contrast:
    """A comparison by name: `of(setup)` gives each network with what to call it.

    It raises `ValueError` where `setup` has no such counterpart.
    """

    slug: str
    title: str
    of: Callable[[Setup], Variants]


def _alone(setup: Setup) -> Variants:
    return (("This network", setup),)


def _skips(setup: Setup) -> Variants:
    return (
        ("Without skips", replace(setup, skips=False)),
        ("With skips", replace(setup, skips=True)),
    )


def _norm(setup: Setup) -> Variants:
    return (
        ("Without batch norm", replace(setup, batch_norm=False)),
        ("With batch norm", replace(setup, batch_norm=True)),
    )


def _batches(setup: Setup) -> Variants:
    return tuple(
        (f"Batches of {size}", replace(setup, batch=size)) for size in (SMALL_BATCH, LARGE_BATCH)
    )


def _activations(setup: Setup) -> Variants:
    return (
        ("ReLU", replace(setup, activation="relu")),
        ("Tanh", replace(setup, activation="tanh")),
    )


def _widths(setup: Setup) -> Variants:
    return (
        ("Width 4", replace(setup, width=4)),
        ("Width 12", replace(setup, width=12)),
    )


def _rescaled(setup: Setup) -> Variants:
    factor = setup.rescale if setup.rescale != 1 else RESCALED
    return (
        ("As trained", replace(setup, rescale=1)),
        (f"Rescaled by {factor}", replace(setup, rescale=factor)),
    )


CONTRASTS = Registry[Contrast](
    "contrast",
    Contrast("none", "Nothing", _alone),
    Contrast("skips", "Skips", _skips),
    Contrast("norm", "Batch norm", _norm),
    Contrast("batch", "Batch size", _batches),
    Contrast("activation", "Activation", _activations),
    Contrast("width", "Width", _widths),
    Contrast("rescaled", "The same function, rescaled", _rescaled),
)
