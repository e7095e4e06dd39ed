"""The components' JavaScript: its own tests, on the node that Playwright brings, and its words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from explainer.ui.common.components import FOLDER, said, script
from explainer.words import PSEUDO, spoken

SCRIPTS = sorted(FOLDER.glob("*.js"))
TESTS = sorted((Path(__file__).parent / "javascript").glob("*.test.mjs"))
FAMILIES = {
    "plane": "planes",
    "surface": "planes",
    "live_race": "race",
    "precision_recall": "boxes",
    "beeswarm": "threshold",
}
COMPONENTS = [
    path.stem for path in SCRIPTS if path.stem not in {"shared", "focus", *FAMILIES.values()}
]  # fmt: skip
NODE = Path(compute_driver_executable()[0])
LONGEST_LINE = 120


@pytest.mark.parametrize("tests", TESTS, ids=lambda path: path.name)
def test_the_scripts_pass_their_own_tests(tests: Path) -> None:
    done = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", tests], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_a_module_as_the_browser_gets_it(name: str) -> None:
    """Files of one component share their names, so that one may be there twice."""
    done = subprocess.run(
        [NODE, "--input-type=module", "--check", "-"],
        input=script(name, family=FAMILIES.get(name, "")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_message_of_a_script_is_written_where_it_is_said(path: Path) -> None:
    """Only what stands in the call of `say` is found, and put into other languages."""
    text = path.read_text(encoding="utf-8")
    calls = len(re.findall(r"(?<!function )\bsay\(", text))
    written = re.findall(r'(?<!function )\bsay\(\s*"', text)
    assert calls == len(written)
    assert all(message.strip() for message in said(text))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_line_of_a_script_fits_the_screen(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if len(line) > LONGEST_LINE]


@pytest.mark.parametrize("name", ["shared", "focus", *FAMILIES.values()])
def test_what_scripts_share_is_used(name: str) -> None:
    """The linter sees one file at a time, so it cannot say this of what others use."""
    names = re.findall(
        r"^(?:async )?(?:function|const) (\w+)", (FOLDER / f"{name}.js").read_text(), re.M
    )
    everywhere = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS)
    unused = [one for one in names if len(re.findall(rf"\b{one}\b", everywhere)) < 2]
    assert names
    assert not unused


def test_messages_are_found_in_pieces_and_each_once() -> None:
    calls = ('say("a {b}", { b })', 'say(\n  "one " +\n  "line")', 'essay("no")', r'say("\"q\" é")')
    source = " + ".join((*calls, calls[0]))
    assert said(source) == ("a {b}", "one line", '"q" é')


def test_a_component_is_handed_the_words_of_its_own_messages_alone() -> None:
    english = 'const MARKS = {"decimal": ".", "thousands": ",", "grouping": [3]}, DICTIONARY = {}'
    assert script("lens").partition("\n")[0] == english
    with spoken(PSEUDO):
        first = script("lens").partition("\n")[0]
        other = script("plane", family="planes").partition("\n")[0]
    assert '"Side by side": "⟦Side by side⟧"' in first
    assert '"Output pixel: row {row}, column {column}": "⟦Output pixel: row {row}' in first
    assert "Loss in nats" not in first
    assert "Loss in nats" in other
