"""`scripts/python.sh` finds a Python that runs, in the places where people have them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = ("sh", "ls", "sort", "grep")
HERE = "{}.{}".format(*sys.version_info)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """The home of a machine with a few tools on PATH, and no Python."""
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        place = shutil.which(tool)
        assert place is not None
        (tmp_path / "bin" / tool).symlink_to(place)
    return tmp_path


def put(path: Path, line: str = f'exec "{sys.executable}" "$@"') -> Path:
    """A program of one line; by default this Python under another name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{shutil.which('sh')}\n{line}\n")
    path.chmod(0o755)
    return path


def said(machine: Path, *arguments: str, **variables: str) -> tuple[str, str]:
    """What the script prints, and what it complains of."""
    kept = {"HOME": str(machine), "PATH": str(machine / "bin"), **variables}
    command = [str(machine / "bin" / "sh"), str(ROOT / "scripts" / "python.sh"), *arguments]
    done = subprocess.run(command, env=kept, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == bool(done.stdout.strip())
    return done.stdout.strip(), done.stderr.strip()


def test_where_there_is_no_python_it_says_what_to_install(machine: Path) -> None:
    printed, complaint = said(machine, "3.13")
    assert not printed
    assert "needs Python 3.11, 3.12 or 3.13" in complaint
    assert "found no 3.13" in complaint


def test_a_name_on_path_that_does_not_run_is_passed_over(machine: Path) -> None:
    put(machine / "bin" / "python3", "exit 127")
    put(machine / "bin" / "python3.13", "exit 127")
    assert said(machine)[0] == ""
    put(machine / "bin" / "python3.12")
    assert os.path.samefile(said(machine)[0], sys.executable)
    assert said(machine, "3.13")[0] == ""


@pytest.mark.parametrize(
    "place",
    [
        ".pyenv/versions/3.13.1/bin/python",
        ".local/share/uv/python/cpython-3.13.1-linux-x86_64-gnu/bin/python3",
        "bin/python3.13",
    ],
)
@pytest.mark.parametrize("asked", [("3.13",), ("newest",), ()], ids=str)
def test_it_is_found_where_it_lies(machine: Path, place: str, asked: tuple[str, ...]) -> None:
    put(machine / place)
    assert os.path.samefile(said(machine, *asked)[0], sys.executable)


def test_folders_of_pyenv_and_uv_may_lie_elsewhere(machine: Path) -> None:
    put(machine / "a" / "versions" / "3.13.0" / "bin" / "python")
    put(machine / "b" / "cpython-3.12.9-macos-aarch64-none" / "bin" / "python3")
    assert said(machine, "3.13", PYENV_ROOT=str(machine / "a"))[0]
    assert said(machine, "3.12", UV_PYTHON_INSTALL_DIR=str(machine / "b"))[0]
    assert not said(machine, "3.12")[0]


def test_the_newest_release_of_a_version_comes_first(machine: Path) -> None:
    versions, asked = machine / ".pyenv" / "versions", machine / "asked"
    put(versions / "3.13.9" / "bin" / "python", f'echo x > "{asked}"; exit 1')
    put(versions / "3.13.10" / "bin" / "python")
    assert said(machine, "3.13")[0]
    assert not asked.exists()


@pytest.mark.parametrize("asked", ["3.10", "3.14", "2.7", "no-such-program"])
def test_other_versions_and_names_are_refused(machine: Path, asked: str) -> None:
    put(machine / "bin" / "python3")
    printed, complaint = said(machine, asked)
    assert not printed
    assert f"found no {asked}" in complaint


def test_a_path_is_taken_as_it_is(machine: Path) -> None:
    own = put(machine / "my own" / "python")
    assert os.path.samefile(said(machine, str(own))[0], sys.executable)
    assert said(machine, "folder", str(own))[0] == f".venv-{HERE}"


@pytest.mark.parametrize("asked", ["3.13", "3.13.0", "3.13.11"])
def test_each_version_has_an_environment_of_its_own(machine: Path, asked: str) -> None:
    assert said(machine, "folder", asked)[0] == ".venv-3.13"


def make(*arguments: str, **variables: str) -> str:
    """What `make` would do, not knowing that another may have started the tests."""
    kept = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    command = ["make", "--dry-run", *arguments]
    return subprocess.check_output(command, cwd=ROOT, env={**kept, **variables}, text=True)


with_make = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")


@with_make
@pytest.mark.parametrize("target", ["run", "test", "quick", "explore", "check", "bench"])
def test_another_python_is_for_every_command_and_only_if_asked_for(target: str) -> None:
    assert " .venv-3.13 3.13" in make(target, "PYTHON=3.13")
    assert " .venv/bin/" not in make(target, "PYTHON=3.13")
    assert ".venv-" not in make(target, PYTHON="/usr/bin/python3.13")


@with_make
def test_the_tests_in_a_browser_can_be_left_out() -> None:
    assert "tests/browser" in make("test")
    assert "tests/browser" not in make("test", "BROWSER=no")


@with_make
def test_make_run_watches_files_only_when_asked() -> None:
    assert "fileWatcherType" not in make("run")
    assert "--server.fileWatcherType auto" in make("run", "RELOAD=1")
