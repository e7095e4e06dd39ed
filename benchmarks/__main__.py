"""Run every benchmark of this folder, or those named: `python -m benchmarks filters`.

A benchmark is a module with a function `main() -> int` that prints a table and returns 0 where it
could measure. The folder is the list.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator

import benchmarks


def available() -> Iterator[tuple[str, Callable[[], int]]]:
    """Name and main function of each benchmark, in alphabetical order."""
    for module in sorted(pkgutil.iter_modules(benchmarks.__path__), key=lambda found: found.name):
        if module.name != "__main__":
            main = getattr(importlib.import_module(f"benchmarks.{module.name}"), "main", None)
            if main is not None:
                yield module.name, main


def run(names: list[str]) -> int:
    """Run the named benchmarks, or all; 0 where each of them could measure."""
    found = dict(available())
    unknown = [name for name in names if name not in found]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(found)}", file=sys.stderr)
        return 2
    failed = []
    for name in names or found:
        print(f"\n== {name}", flush=True)
        if found[name]() != 0:
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    names, sys.argv[1:] = sys.argv[1:], []  # the rest of the line is for no benchmark to read
    sys.exit(run(names))
