"""What Hypothesis draws: the same in every run of `make test`, others in each of `make explore`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = """
import importlib, os
from hypothesis import given, strategies as st
from tests.drawing import examples

if "ALSO" in os.environ:
    importlib.import_module(os.environ["ALSO"])

@given(st.tuples(st.lists(st.integers(), min_size=8), st.lists(st.floats(), min_size=8), st.text()))
def test_usual(drawn):
    print("usual", ascii(drawn))

@examples(5)
@given(st.integers())
def test_few(drawn):
    print("few", drawn)
"""
OF_THE_APP = "NUMBERS = (777_777_001, 777_777_002.5, 'a word of the app')"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    (folder / "conftest.py").write_text("from tests.drawing import pytest_collection")
    (folder / "test_sample.py").write_text(SAMPLE)
    (folder / "of_the_app.py").write_text(OF_THE_APP)
    (folder / "pytest.ini").touch()
    return folder


@pytest.fixture(scope="module")
def here(project: Path) -> list[str]:
    return drawn(project, PYTHONHASHSEED="1")


def drawn(project: Path, *arguments: str, **variables: str) -> list[str]:
    """The lines that the sample prints, an example each."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    kept.pop("CI", None)
    places = os.pathsep.join(str(place) for place in (ROOT, project))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", *arguments],
        cwd=project,
        env={**kept, "PYTHONPATH": places, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if "usual" in line or "few" in line]


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"CI": "true"},
        {"ALSO": "of_the_app"},
        {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
    ],
    ids=["in CI", "after other imports", "under another hash, locale and time zone"],
)
def test_the_same_examples_are_drawn_everywhere(
    project: Path, here: list[str], elsewhere: dict[str, str]
) -> None:
    assert sum("usual" in line for line in here) >= 50
    assert drawn(project, **elsewhere) == here


def test_what_an_exploration_found_does_not_change_what_is_drawn(
    project: Path, here: list[str]
) -> None:
    failing = SAMPLE.replace('print("few", drawn)', "assert drawn < 1000")
    (project / "test_sample.py").write_text(failing)
    with pytest.raises(AssertionError, match="reproduce_failure"):
        drawn(project, "--hypothesis-profile=explore")
    assert any((project / ".hypothesis" / "examples").iterdir())
    (project / "test_sample.py").write_text(SAMPLE)
    assert drawn(project) == here


@pytest.mark.slow
def test_an_exploration_draws_ten_times_as_many_and_others_each_time(project: Path) -> None:
    first, second = (drawn(project, "--hypothesis-profile=explore") for _ in range(2))
    assert sum("usual" in line for line in first) >= 500
    assert sum("few" in line for line in first) == 50
    assert first != second
