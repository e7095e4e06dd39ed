"""A rule for every file of the project is one test: a report for each of them takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]


def relative(path: Path) -> str:
    """The path as a reader knows it."""
    return path.relative_to(ROOT).as_posix()


def holds_for(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """The rule becomes a test that names each of `paths` for which it does not hold, and why."""

    def of(rule: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            faults = []
            for path in paths:
                try:
                    rule(path)
                except AssertionError as fault:
                    faults.append(f"{relative(path)}: {str(fault).partition(chr(10))[0]}")
            assert not faults, "\n".join(faults)

        test.__doc__ = rule.__doc__
        return test

    return of
