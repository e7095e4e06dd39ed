"""Which tests a change touches."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.quick import ENDS, ROOT, base, changed_files, chosen, sources

TEXTS = {
    "explainer/__init__.py": "",
    "explainer/filters/__init__.py": "",
    "explainer/filters/blur.py": "",
    "explainer/filters/bank.py": "from explainer.filters.blur import box",
    "explainer/ui/picture.py": "from explainer.filters import bank\nSCRIPT = 'picture.js'",
    "pages/filters.py": "from explainer.ui import picture",
    "pages/home.py": "",
    "tests/conftest.py": "",
    "tests/filters/test_bank.py": "from explainer.filters.bank import bank",
    "tests/filters/test_blur.py": "from explainer.filters import blur",
    "tests/filters/reference.py": "",
    "tests/filters/test_reference.py": "from tests.filters.reference import kernels",
    "tests/app/test_filters.py": "",
    "tests/app/test_filters_code.py": "",
    "tests/app/test_home.py": "",
    "tests/browser/conftest.py": "",
    "tests/browser/test_filters.py": "",
}
OF_THE_PAGE = ["tests/app/test_filters.py", "tests/app/test_filters_code.py"]


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        (
            ["explainer/filters/blur.py"],
            ["tests/filters/test_blur.py", "tests/filters/test_bank.py", *OF_THE_PAGE],
        ),
        (["explainer/filters/bank.py"], ["tests/filters/test_bank.py", *OF_THE_PAGE]),
        (["explainer/ui/picture.py"], OF_THE_PAGE),
        (["assets/components/picture.js"], OF_THE_PAGE),
        (["assets/prose/en/filters.md"], OF_THE_PAGE),
        (["pages/home.py"], ["tests/app/test_home.py"]),
        (["tests/filters/reference.py"], ["tests/filters/test_reference.py"]),
        (["tests/app/test_home.py", "tests/browser/test_filters.py"], ["tests/app/test_home.py"]),
        (["tests/browser/test_filters.py"], ["tests/browser/test_filters.py"]),
        (["tests/browser/conftest.py"], ["tests/browser/test_filters.py"]),
        (["LICENSE"], []),
        ([], []),
    ],
    ids=str,
)
def test_a_change_touches_the_tests_that_use_it_the_nearest_first(
    changed: list[str], wanted: list[str]
) -> None:
    assert chosen(changed, TEXTS) == wanted


def test_the_tests_of_a_module_that_is_gone_are_touched() -> None:
    left = {path: text for path, text in TEXTS.items() if path != "explainer/filters/bank.py"}
    assert "tests/filters/test_bank.py" in chosen(["explainer/filters/bank.py"], left)


def test_a_fixture_for_all_touches_all_but_the_browser() -> None:
    tests = [path for path in TEXTS if "/test_" in path and "browser" not in path]
    assert chosen(["tests/conftest.py"], TEXTS) == sorted(tests)


def test_in_this_project_the_tests_next_to_a_module_come_first() -> None:
    texts = sources(ROOT)
    found = chosen(["explainer/convolution/spectrum.py"], texts)
    assert found[0] == "tests/convolution/test_spectrum.py"
    assert "tests/app/test_filters.py" in found
    assert "tests/app/test_filters.py" in chosen(["assets/prose/en/filters.md"], texts)
    assert chosen(["Makefile"], texts), "the rules of the layout read it"


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def branch(tmp_path: Path) -> Path:
    """A branch with one commit of its own, on a main that has gone on."""
    git(tmp_path, "init", "--initial-branch=main")
    for name in ("kept.py", "gone.py", "staged.py", ".gitignore"):
        (tmp_path / name).write_text("ignored.py\n" if name == ".gitignore" else "")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    git(tmp_path, "switch", "-c", "mine")
    (tmp_path / "größe und.py").write_text("")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "mine")
    git(tmp_path, "switch", "main")
    git(tmp_path, "commit", "--allow-empty", "-m", "theirs")
    git(tmp_path, "switch", "mine")
    return tmp_path


def test_what_is_committed_staged_changed_new_and_deleted_has_changed(branch: Path) -> None:
    assert changed_files(branch) == ["größe und.py"]
    (branch / "gone.py").unlink()
    (branch / "new.py").write_text("")
    (branch / "ignored.py").write_text("")
    (branch / "staged.py").write_text("1\n")
    git(branch, "add", "staged.py")
    assert changed_files(branch) == sorted(["gone.py", "größe und.py", "new.py", "staged.py"])


def test_without_a_main_what_is_not_committed_has_changed(branch: Path) -> None:
    git(branch, "branch", "-D", "main")
    assert base(branch) == "HEAD"
    assert changed_files(branch) == []


def test_tests_whose_turn_comes_too_late_are_skipped_and_counted(tmp_path: Path) -> None:
    (tmp_path / "test_two.py").write_text("def test_a(): pass\ndef test_b(): pass\n")
    command = [sys.executable, "-m", "pytest", "-p", "scripts.quick", "--rootdir", str(tmp_path)]
    for ends, words in (("0", "2 tests were not reached in time"), ("9e99", "2 passed")):
        done = subprocess.run(
            [*command, "-c", "/dev/null", str(tmp_path)],
            cwd=ROOT, env={ENDS: ends}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert words in done.stdout, done.stdout + done.stderr
