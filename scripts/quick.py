"""Run the tests that a change touches, the nearest first, in less than two minutes.

What has changed are the files that differ from where this branch left main, those not committed and
those git does not know yet among them. A test is the nearer to one of them the fewer imports lie
between the two; what is no Python counts as imported by whoever names it, and a page by the tests
that bear its name. Tests in a browser are left out unless nothing else has changed.

It is a plugin of pytest too, which skips the tests whose turn comes too late.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]
SECONDS = 100  # for the tests; collecting them before and the last one after take some more
ENDS = "DEEPGLASS_QUICK_ENDS"
OVER = "the two minutes are over"
FOLDERS = ("explainer", "pages", "scripts", "benchmarks", "tests")
SHOWN = 12


def git(root: Path, *arguments: str) -> list[str]:
    """The names that a git command lists; none where it fails."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    return [name for name in done.stdout.decode().split("\0") if name]


def base(root: Path) -> str:
    """The commit at which this branch left main; the present one where there is no main."""
    for main in ("main", "origin/main"):
        if found := git(root, "merge-base", "HEAD", main):
            return found[0].strip()
    return "HEAD"


def changed_files(root: Path) -> list[str]:
    """What differs from :func:`base`, deleted and untracked files too, as git writes paths."""
    differing = git(root, "diff", "--name-only", "--no-renames", "-z", base(root))
    untracked = git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return sorted({*differing, *untracked})


@cache
def names_imported(source: str, package: tuple[str, ...]) -> list[str]:
    """The full names of all that a module of `package` imports, also inside functions.

    `from explainer import images` counts as `explainer.images`.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            found += [f"{module}.{alias.name}" for alias in node.names]
    return found


def sources(root: Path) -> dict[str, str]:
    """The text of every Python file of the project, by its path."""
    paths = [path for folder in FOLDERS for path in (root / folder).rglob("*.py")]
    paths += root.glob("*.py")
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def files_of(name: str) -> Iterator[str]:
    """The files that the full name of an import may stand for, packages around it included."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        path = "/".join(parts[:length])
        yield from (f"{path}.py", f"{path}/__init__.py")


def imported_files(path: str, source: str, known: Iterable[str]) -> set[str]:
    """The files of `known` that one imports: of each name the innermost."""
    found = set()
    for name in names_imported(source, PurePosixPath(path).parent.parts):
        found |= set(next(([file] for file in files_of(name) if file in known), []))
    return found


def used_without_import(path: str, known: Mapping[str, str]) -> set[str]:
    """What a test file uses unnamed: the fixtures of its folders, and the page of its name."""
    folders = [str(folder) for folder in PurePosixPath(path).parents]
    pages = [page for page in known if page.startswith("pages/")]
    own = [one for one in pages if is_test(path) and f"test_{PurePosixPath(one).stem}" in path]
    return {f"{folder}/conftest.py" for folder in folders if is_test(path)} | set(own)


def is_test(path: str) -> bool:
    """Whether pytest collects the file."""
    return path.startswith("tests/") and PurePosixPath(path).name.startswith("test_")


def in_browser(path: str) -> bool:
    """Whether the file is of the tests in a browser."""
    return path.startswith("tests/browser/")


def users(changed: Iterable[str], texts: Mapping[str, str]) -> dict[str, set[str]]:
    """For each file those that use it directly."""
    found: dict[str, set[str]] = {}
    known = {*texts, *changed}
    others = [path for path in changed if not path.endswith(".py")]
    for path, text in texts.items():
        used = imported_files(path, text, known) | used_without_import(path, texts)
        used |= {other for other in others if PurePosixPath(other).name in text}
        for one in used:
            found.setdefault(one, set()).add(path)
    for other in others:
        found.setdefault(other, set()).add(f"pages/{PurePosixPath(other).stem}.py")
    return found


def distances(changed: Iterable[str], texts: Mapping[str, str]) -> dict[str, int]:
    """How many imports lie between each file and the nearest that has changed."""
    using = users(changed, texts)
    found = dict.fromkeys(changed, 0)
    ring = list(found)
    while ring:
        following = {user for path in ring for user in using.get(path, ())} - found.keys()
        found |= dict.fromkeys(following, found[ring[0]] + 1)
        ring = sorted(following)
    return found


def chosen(changed: Iterable[str], texts: Mapping[str, str]) -> list[str]:
    """The test files that a change touches, the nearest first."""
    changed = list(changed)
    browser_alone = bool(changed) and all(in_browser(path) for path in changed)
    far = distances(changed, texts)
    tests = [path for path in far if is_test(path) and path in texts]
    wanted = [path for path in tests if in_browser(path) == browser_alone]
    packages = {package_of(path) for path in changed}
    return sorted(wanted, key=lambda path: (far[path], package_of(path) not in packages, path))


def package_of(path: str) -> str:
    """The package that a module belongs to, and a test of it."""
    return "/".join(PurePosixPath(path).parts[1:2])


def listed(names: list[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - SHOWN
    return "\n  ".join(["", *names[:SHOWN], *([f"and {more} more"] if more > 0 else [])])


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what comes too late."""
    if time.time() > float(os.environ[ENDS]):
        pytest.skip(OVER)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were not reached."""
    skipped = terminalreporter.stats.get("skipped", [])
    late = sum(OVER in str(report.longrepr) for report in skipped)
    if late:
        terminalreporter.write_line(f"{late} tests were not reached in time: `make test` runs all.")


def main(arguments: list[str]) -> int:
    """Say what has changed and what is run, and run it with more arguments for pytest."""
    changed = changed_files(ROOT)
    tests = chosen(changed, sources(ROOT))
    print(f"{len(changed)} files differ from main:{listed(changed)}")
    print(f"{len(tests)} test files are touched, the nearest first:{listed(tests)}", flush=True)
    if not tests:
        return 0
    together = ["--numprocesses", "auto", "--maxprocesses", "4", "--dist", "loadfile"]
    shared = len(tests) > 1 and not in_browser(tests[0])
    options = ["-p", "scripts.quick", "-m", "not slow", "-q"]
    options += [*together, "--no-loadscope-reorder"] if shared else []
    environment = {**os.environ, ENDS: str(time.time() + SECONDS)}
    command = [sys.executable, "-m", "pytest", *options, *arguments, *tests]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
