"""Names of files in one's own data: which are sane, which are ignored, which class they are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from explainer.training.data.own_limits import OWN_LIMITS
from explainer.training.data.record import DataError

IGNORED = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz")
LAYOUT = "each picture belongs into a folder named after its class"

Parts = tuple[str, ...]


def checked(name: str) -> Parts:
    """The parts of a path that stays where it is unpacked. Raises :class:`DataError` naming it."""
    shown, parts = printable(name), tuple(name.removesuffix("/").split("/"))
    odd = any(part in ("", ".", "..") or not part.isprintable() for part in parts)
    if odd or "\\" in name or name[1:2] == ":":
        raise DataError(f"“{shown}” is not a plain path of folders and a file name.")
    for part in parts:
        if len(part) > OWN_LIMITS.name_length:
            raise DataError(
                f"“{shown}” has a name of {len(part)} characters;"
                f" the limit is {OWN_LIMITS.name_length}."
            )
    return parts


def ignored(parts: Parts) -> bool:
    """Whether a file is what an operating system leaves among pictures."""
    return not IGNORED.isdisjoint(parts) or parts[-1].startswith("._")


def printable(name: str) -> str:
    """`name` without control characters, at most 80 characters long."""
    return "".join(letter for letter in name if letter.isprintable())[:80]


def classes_of(paths: Sequence[Parts]) -> list[str]:
    """The class of each file: its folder, below at most one folder that all have in common.

    Raises :class:`DataError` where a file lies elsewhere or the classes are too few or too many.
    """
    tops = {path[0] for path in paths}
    inner = 1 if len(tops) == 1 and any(len(path) > 2 for path in paths) else 0
    for path in paths:
        if len(path) != inner + 2:
            raise DataError(
                f"“{printable('/'.join(path))}” is in no place for a picture: {LAYOUT}."
            )
        if path[-1].lower().endswith(ARCHIVES):
            raise DataError(nested("/".join(path)))
    names = [path[inner] for path in paths]
    _count(names)
    return names


def nested(name: str) -> str:
    """The sentence for an archive among the pictures."""
    return f"“{printable(name)}” is an archive; only pictures may lie in the folders."


def _count(names: list[str]) -> None:
    counts, bounds = Counter(names), OWN_LIMITS
    if not bounds.fewest_classes <= len(counts) <= bounds.most_classes:
        raise DataError(
            f"There are {len(counts)} folders with pictures; a data set has"
            f" {bounds.fewest_classes} to {bounds.most_classes} classes, a folder for each."
        )
    for name, count in counts.items():
        if count < bounds.fewest_pictures:
            raise DataError(
                f"The folder “{printable(name)}” has {count} picture;"
                f" a class needs at least {bounds.fewest_pictures}."
            )
