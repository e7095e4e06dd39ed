"""Registries: the entries of one kind, in the order in which they are shown, by their slug."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from explainer.words import later


class Entry(Protocol):
    """What a registry holds: anything with a slug, which no other entry of its kind has."""

    @property
    def slug(self) -> str: ...


E = TypeVar("E", bound=Entry)


class Registry(Generic[E]):
    """Entries of one kind: `for entry in KERNELS`, `KERNELS["sobel"]`, `"sobel" in KERNELS`.

    `kind` is what a message calls one of them. Raises `ValueError` where two have the same slug.
    """

    def __init__(self, kind: str, *entries: E) -> None:
        self.kind, self.entries = kind, entries
        self._by_slug = {entry.slug: entry for entry in self.entries}
        if len(self._by_slug) < len(self.entries):
            raise ValueError(f"two entries of kind {kind!r} have the same slug")

    def __getitem__(self, slug: str) -> E:
        """The entry of that slug. Raises `ValueError` that names the slugs there are."""
        try:
            return self._by_slug[slug]
        except KeyError:
            raise ValueError(
                later(
                    "no {kind} {slug}; there are {slugs}",
                    kind=later(self.kind), slug=repr(slug), slugs=", ".join(self.slugs),
                )
            ) from None  # fmt: skip

    def get(self, slug: str) -> E | None:
        """The entry of that slug, if there is one."""
        return self._by_slug.get(slug)

    def __iter__(self) -> Iterator[E]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, slug: object) -> bool:
        return slug in self._by_slug

    @property
    def slugs(self) -> tuple[str, ...]:
        """The slugs of all entries, in their order."""
        return tuple(self._by_slug)
