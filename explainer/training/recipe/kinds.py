"""The kinds of network there are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of network by name; `convolutions` says whether blocks of them come first."""

    slug: str
    title: str
    convolutions: bool


KINDS: tuple[Kind, ...] = (
    Kind("mlp", "MLP", convolutions=False),
    Kind("cnn", "CNN", convolutions=True),
)
_BY_SLUG = {entry.slug: entry for entry in KINDS}


def kind(slug: str) -> Kind:
    """The kind of that slug. Raises `ValueError` that names the slugs there are."""
    try:
        return _BY_SLUG[slug]
    except KeyError:
        raise ValueError(f"no kind of network {slug!r}; there are {', '.join(_BY_SLUG)}") from None
