"""Names of files in one's own data: which are sane, which are skipped, which class they are in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from explainer.images.decoding.formats import SUFFIXES
from explainer.training.data.data_set import DataError
from explainer.training.data.own.limits import OWN_LIMITS
from explainer.words import later, nlater

SYSTEM = frozenset({"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini"})
ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz")
NAMED = 3  # so many skipped files are called by name

Parts = tuple[str, ...]


def checked(name: str) -> Parts:
    r"""The parts of a path that stays where it is unpacked. Raises :class:`DataError` naming it.

    Backslashes divide a path as slashes do: PowerShell 5 writes `cat\1.png` into its zips.
    """
    shown, path = printable(name), name.replace("\\", "/")
    parts = tuple(path.removesuffix("/").split("/"))
    odd = any(part in ("", ".", "..") or not part.isprintable() for part in parts)
    if odd or path[1:2] == ":":
        raise DataError(
            later("“{name}” is not a plain path of folders and a file name.", name=shown)
        )
    for part in parts:
        if len(part) > OWN_LIMITS.name_length:
            raise DataError(
                later(
                    "“{name}” has a name of {count} characters; the limit is {limit}.",
                    name=shown,
                    count=len(part),
                    limit=OWN_LIMITS.name_length,
                )
            )
    return parts


def is_hidden(parts: Parts) -> bool:
    """Whether a file is hidden, or what an operating system leaves among pictures."""
    return any(part.startswith(".") or part.lower() in SYSTEM for part in parts)


def is_skipped(parts: Parts) -> bool:
    """Whether a file is no picture by its name, nor an archive, which may hold pictures."""
    return is_hidden(parts) or not parts[-1].lower().endswith((*SUFFIXES, *ARCHIVES))


def in_words(skipped: Sequence[Parts]) -> str:
    """How many files were skipped, of which kinds, and the names of the first of them."""
    others = [parts for parts in skipped if not is_hidden(parts)]
    hidden = len(skipped) - len(others)
    names = [printable(parts[-1]) for parts in others[:NAMED]]
    kinds = nlater(
        "{number} file of other kinds ({names})", "{number} files of other kinds ({names})",
        len(others), number=f"{len(others):,}",
        names=", ".join([*names, "…"] if len(others) > NAMED else names),
    )  # fmt: skip
    system = nlater(
        "{number} file hidden or of the system", "{number} files hidden or of the system",
        hidden, number=f"{hidden:,}",
    )  # fmt: skip
    if others and hidden:
        return later("{others} and {hidden}", others=kinds, hidden=system)
    return kinds if others else system


def printable(name: str) -> str:
    """`name` without control characters, at most 80 characters long."""
    return "".join(letter for letter in name if letter.isprintable())[:80]


def classes_of(paths: Sequence[Parts]) -> list[str]:
    """The class of each file: its folder, below the folders that all have in common.

    Raises :class:`DataError` where a file lies elsewhere or the classes are too few or too many.
    """
    folders = zip(*(path[:-1] for path in paths), strict=False)
    common = sum(1 for _ in takewhile(lambda names: len(set(names)) == 1, folders))
    inner = min(common, max(map(len, paths), default=2) - 2)
    for path in paths:
        if path[-1].lower().endswith(ARCHIVES):
            raise DataError(nested("/".join(path)))
        if len(path) != inner + 2:
            raise DataError(
                later(
                    "“{name}” is in no place for a picture: each picture belongs into a folder"
                    " named after its class.",
                    name=printable("/".join(path)),
                )
            )
    names = [path[inner] for path in paths]
    _count(names)
    return names


def nested(name: str) -> str:
    """The sentence for an archive among the pictures."""
    return later(
        "“{name}” is an archive; only pictures may lie in the folders.", name=printable(name)
    )


def _count(names: list[str]) -> None:
    counts, bounds = Counter(names), OWN_LIMITS
    if not bounds.fewest_classes <= len(counts) <= bounds.most_classes:
        raise DataError(
            later(
                "There are {count} folders with pictures; a data set has {fewest} to {most} "
                "classes, a folder for each.",
                count=len(counts),
                fewest=bounds.fewest_classes,
                most=bounds.most_classes,
            )
        )
    for name, count in counts.items():
        if count < bounds.fewest_pictures:
            raise DataError(
                nlater(
                    "The folder “{name}” has {count} picture; a class needs at least {fewest}.",
                    "The folder “{name}” has {count} pictures; a class needs at least {fewest}.",
                    count,
                    name=printable(name),
                    fewest=bounds.fewest_pictures,
                )
            )
