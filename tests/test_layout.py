"""The rules of the layout, held to the tree as it is: what depends on what, and what must exist."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from explainer.topics import TOPICS, Topic
from scripts.quick import names_imported
from tests.files import ROOT, holds_for

# Each subject may use those before it, and all of them what stands beside them.
SUBJECTS = (
    "images", "convolution", "activations", "training", "networks", "gradients", "regularisation",
    "generalisation", "evaluation", "descent", "likelihood", "metrics", "clinic",
)  # fmt: skip
BESIDE = frozenset(
    {
        "accelerator",
        "files",
        "freed_memory",
        "kept",
        "lengths",
        "parameters",
        "powers",
        "registry",
        "story",
        "strict_json",
        "words",
    }
)
# What a part of the app may import of the app, besides itself.
MAY_IMPORT = {
    "__init__": frozenset[str](),
    "topics": frozenset({"words"}),
    "messages": frozenset[str](),
    "live_pictures": frozenset({"messages"}),
    "frontend": frozenset[str](),
    "quiet_exit": frozenset[str](),
    "lengths": frozenset[str](),
    "parameters": frozenset({"powers", "words"}),
    "powers": frozenset[str](),
    "registry": frozenset({"words"}),
    "words": frozenset[str](),
    "files": frozenset({"words"}),
    "notebook": frozenset[str](),
    "story": frozenset[str](),
    "accelerator": frozenset({"words"}),
    "freed_memory": frozenset({"accelerator"}),
    "kept": frozenset[str](),
    "strict_json": frozenset[str](),
    "libraries": frozenset[str](),
    "warmup": frozenset(
        {"freed_memory", "images", "libraries", "quiet_exit", "service", "training"}
    ),
    **{subject: BESIDE.union(SUBJECTS[:place]) for place, subject in enumerate(SUBJECTS)},
    "charts": BESIDE.union(SUBJECTS),
    "service": frozenset({"training", "words"}),
    "ui": BESIDE.union(
        SUBJECTS, {"charts", "live_pictures", "messages", "notebook", "service", "topics"}
    ),
    "shell": frozenset({"libraries", "topics", "ui", "words"}),
    "pages": frozenset({"topics", "ui", *SUBJECTS}),
}
TARGETS = ("run", "test", "test-all", "quick", "explore", "check", "words", "bench", "clean")

PAGES = sorted((ROOT / "pages").glob("*.py"))
MODULES = sorted((ROOT / "explainer").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
PROSE = sorted((ROOT / "assets" / "prose").rglob("*.md"))
PACKAGES = sorted({path.parent for path in MODULES})


def part_of(path: Path) -> str:
    """The part of the app that a file belongs to: `pages`, or a package or module of explainer."""
    first, *rest = path.relative_to(ROOT).with_suffix("").parts
    return rest[0] if first == "explainer" else first


@cache
def imported_modules(path: Path) -> frozenset[str]:
    """The full names of all that a file imports."""
    text = path.read_text(encoding="utf-8")
    return frozenset(names_imported(text, path.relative_to(ROOT).parent.parts))


def imported_libraries(path: Path) -> set[str]:
    """The top-level names of what a file imports."""
    return {name.partition(".")[0] for name in imported_modules(path)}


def imported_parts(path: Path) -> set[str]:
    """The parts of the app that a file imports."""
    names = (name.split(".") for name in imported_modules(path))
    return {name[1] for name in names if name[0] == "explainer" and len(name) > 1}


def without_formulas_and_code(text: str) -> str:
    """What is left of a Markdown text for the reader of words."""
    patterns = (r"```.*?```", r"`[^`]*`", r"\$\$.*?\$\$", r"\$[^$]*\$", r"!(?=\[)", r"<!--.*?-->")
    for pattern in patterns:
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    return text


@holds_for(TESTS)
def test_how_many_examples_are_drawn_is_said_in_one_place(test: Path) -> None:
    """Only `examples` of `tests/drawing.py` draws more of them in an exploration."""
    assert "hypothesis.settings" not in imported_modules(test)


def test_imports_are_read_by_their_full_names() -> None:
    source = (
        "import torch.nn as nn\nfrom . import a\nfrom ..images import b\nfrom explainer import c"
    )
    names = set(names_imported(source, ("explainer", "ui")))
    assert names == {"torch.nn", "explainer.ui.a", "explainer.images.b", "explainer.c"}


def test_formulas_and_code_are_not_prose() -> None:
    text = "a $n!$ b `if !x` c\n$$\nk!\n$$\nd ![e](f)\n```\nsimply\n```\ng"
    assert "".join(without_formulas_and_code(text).split()) == "abcd[e](f)g"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
@pytest.mark.parametrize("place", ["pages/{}.py", "assets/prose/en/{}.md", "tests/app/test_{}.py"])
def test_a_topic_has_its_page_its_prose_and_its_test(topic: Topic, place: str) -> None:
    path = place.format(topic.slug)
    assert (ROOT / path).is_file(), f"topic {topic.slug!r} has no {path}"


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.slug)
def test_the_readme_lists_every_topic(topic: Topic) -> None:
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("|")]
    row = f"| [{topic.title}](pages/{topic.slug}.py) | {topic.section} | {topic.question} |"
    assert row in rows


def test_every_slug_is_unique() -> None:
    slugs = [topic.slug for topic in TOPICS]
    assert len(slugs) == len(set(slugs))


@holds_for(PAGES)
def test_every_page_but_home_and_glossary_has_a_topic(page: Path) -> None:
    assert page.stem in {"home", "glossary", *(topic.slug for topic in TOPICS)}


@holds_for(PAGES)
def test_a_page_holds_no_def_and_no_class(page: Path) -> None:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = [
        node.name for node in ast.walk(ast.parse(page.read_text())) if isinstance(node, definitions)
    ]
    assert not found


def test_the_subjects_import_without_streamlit_and_altair() -> None:
    script = """
import importlib, pkgutil, sys
for subject in sys.argv[1:]:
    package = importlib.import_module(f"explainer.{subject}")
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
        if found := {"streamlit", "altair"} & set(sys.modules):
            sys.exit(f"{module.name} imports {', '.join(found)}")
"""
    command = [sys.executable, "-c", script, *SUBJECTS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@holds_for(MODULES)
def test_only_ui_and_the_shell_import_streamlit(module: Path) -> None:
    if part_of(module) not in ("ui", "shell"):
        assert "streamlit" not in imported_libraries(module)


@holds_for([*MODULES, *PAGES])
def test_dependencies_point_one_way(module: Path) -> None:
    part = part_of(module)
    assert part in MAY_IMPORT, f"{part!r} has no place among the parts of the app"
    assert imported_parts(module) <= MAY_IMPORT[part] | {part}


@holds_for(PACKAGES)
def test_nothing_imports_what_imports_it(package: Path) -> None:
    """Among the modules and folders of a folder, a folder counting as one thing, is no circle."""
    uses: dict[str, set[str]] = {}
    for module in package.rglob("*.py"):
        own = module.relative_to(package).with_suffix("").parts[0]
        prefix = (*package.relative_to(ROOT).parts, "")
        names = (name.split(".") for name in imported_modules(module))
        within = {
            name[len(prefix) - 1] for name in names if (*name[: len(prefix) - 1], "") == prefix
        }
        uses.setdefault(own, set()).update(within - {own})
    try:
        list(TopologicalSorter(uses).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


@holds_for(PACKAGES)
def test_a_folder_holds_at_most_25_modules(package: Path) -> None:
    assert len(list(package.glob("*.py"))) <= 25


@pytest.mark.parametrize("module", ["topics", "words"])
def test_topics_and_words_import_next_to_nothing(module: str) -> None:
    allowed = {*sys.stdlib_module_names, "explainer", "babel"}
    assert imported_libraries(ROOT / "explainer" / f"{module}.py") <= allowed


@holds_for([ROOT / "app.py", *MODULES, *PAGES])
def test_a_module_has_at_most_300_lines(module: Path) -> None:
    assert len(module.read_text().splitlines()) <= 300


@holds_for(PROSE)
def test_prose_keeps_its_voice(prose: Path) -> None:
    words = without_formulas_and_code(prose.read_text(encoding="utf-8"))
    assert "!" not in words
    assert not re.search(r"\bsimply\b", words, flags=re.IGNORECASE)


@pytest.mark.parametrize("target", TARGETS)
def test_the_makefile_has_the_target(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)


@pytest.mark.parametrize("command", ["make test", "make check"])
def test_ci_runs_the_tests_and_the_checks(command: str) -> None:
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()


@pytest.mark.parametrize("script", [".ci/run", "scripts/install.sh", "scripts/python.sh"])
def test_scripts_are_executable(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
