"""What stands on screen as words: that Streamlit's Markdown shows it, and its plain numbers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.files import ROOT, holds_for

PROSE = sorted((ROOT / "assets" / "prose").rglob("*.md"))
# Words of the code: what the screen says, and what is handed to it from elsewhere to be shown.
CODE = sorted([*(ROOT / "explainer").rglob("*.py"), *(ROOT / "pages").glob("*.py")])
CODE = [path for path in CODE if "script" not in (path.parent.name, path.stem)]
ENDS = ("json", "safetensors")  # a network's card and its weights
FORMULA = re.compile(r"\$\$.*?\$\$|\$(?!\s)[^$]+?(?<!\s)\$", re.DOTALL)
COMMAND = re.compile(r"\\[a-zA-Z]+|\^\{|_\{")
SHORT_CODES = re.compile(r"(?<![\w:]):[a-z_]+:|:[a-z-]+\[")
POWER = re.compile(r"\w\)?\*\*[\w(]| \*\* ")  # in Python, no bold words
MARKS = {"_", "N_", "gettext", "ngettext", "later", "nlater"}
CODE_WORDS = re.compile(r"```.*?```|`[^`\n]+`|\\\$", re.DOTALL)
ESCAPED = re.compile(r"\\[\\`*_{}\[\]()<>#|~:]")


def faults(text: str) -> list[str]:
    """The shapes in a Markdown text that Streamlit shows as their own source.

    A line that begins with `$$` opens a formula that ends only at a line of `$$`, so what else
    stands on it is lost; a dollar sign makes a formula of all up to the next; bold words begin and
    end at a word or a sign beside a space.
    """
    found = []
    lines = [line.strip() for line in text.splitlines()]
    if any("$$" in line and line != "$$" for line in lines) or lines.count("$$") % 2:
        found.append("$$ shares its line, or has no other")
    text = CODE_WORDS.sub("x", text)
    for formula in FORMULA.findall(text):
        if formula.count("{") != formula.count("}"):
            found.append(f"braces: {formula}")
    words = re.sub(r"^\$\$$.*?^\$\$$", "x", text, flags=re.DOTALL | re.MULTILINE)
    for paragraph in re.split(r"\n\s*\n", words):
        rest = ESCAPED.sub("x", FORMULA.sub("x", paragraph))
        found += [f"{what}: {rest}" for what, there in (
            ("a single $", "$" in rest),
            ("a command of LaTeX outside a formula", COMMAND.search(rest)),
            ("a short code", SHORT_CODES.search(rest)),
            ("bold", not is_bold_whole(rest)),
        ) if there]  # fmt: skip
    return found


def is_bold_whole(paragraph: str) -> bool:
    """Whether all `**` come in pairs that CommonMark takes for the ends of bold words."""
    marks = list(re.finditer(r"\*\*", paragraph))
    if len(marks) % 2:
        return False
    ends = [f" {paragraph} "[one.start() : one.start() + 4] for one in marks]
    return all(opens(end[0], end[3]) for end in ends[::2]) and all(
        opens(end[3], end[0]) for end in ends[1::2]
    )


def opens(outside: str, inside: str) -> bool:
    """Whether `**` between these two characters can be the end of bold words that lie `inside`."""
    return not inside.isspace() and (inside.isalnum() or not outside.isalnum())


@cache
def tree(path: Path) -> ast.Module:
    """The syntax of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module but its docstrings, with a word for each value that is put in."""
    found = tree(path)
    skipped = {
        id(line.value)
        for node in ast.walk(found)
        if isinstance(getattr(node, "body", None), list)
        for line in node.body  # type: ignore[attr-defined]
        if isinstance(line, ast.Expr)
    }
    for node in ast.walk(found):
        outer = id(node) not in skipped
        if isinstance(node, ast.JoinedStr) and outer:
            skipped |= {id(part) for part in ast.walk(node)}
            parts = (one.value if isinstance(one, ast.Constant) else "x" for one in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and outer:
            yield node.lineno, node.value


def is_marked(text: str) -> bool:
    """Whether a string is Markdown with a formula or bold words, and no source of a program."""
    return bool(re.search(r"\$|\*\*", text)) and " " in text and not POWER.search(text)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("$$a = b\n\\qquad c$$\n", True),
        ("It is $$a$$ here.", True),
        ("$$\na = b\n$$", False),
        ("between $5 and x", True),
        ("between \\$5 and $x$", False),
        ("so \\frac{1}{2} of it", True),
        ("**Word.** and **two", True),
        ("**Word.**And", True),
        ("** spaced**", True),
        ("**“ReLU is dead.”** Giving zero", False),
        ("a :red[word]", True),
        ("`**code**` and ratio 1:2:3", False),
    ],
)
def test_shapes_that_markdown_shows_as_their_source_are_found(text: str, fault: bool) -> None:
    assert bool(faults(text)) == fault


@holds_for(PROSE)
def test_prose_is_shown_as_it_is_meant(prose: Path) -> None:
    assert faults(prose.read_text(encoding="utf-8")) == []


@holds_for(CODE)
def test_words_in_the_code_are_shown_as_they_are_meant(module: Path) -> None:
    found = [(line, faults(text)) for line, text in strings(module) if is_marked(text)]
    assert [one for one in found if one[1]] == []


def said(slug: str) -> str:
    """The prose of a page, in one line."""
    return " ".join((ROOT / f"assets/prose/en/{slug}.md").read_text(encoding="utf-8").split())


def test_twenty_layers_multiply_by_a_quarter_or_by_four() -> None:
    for factor, left in ((0.25, 1e-12), (4.0, 1e12)):
        assert factor**20 == pytest.approx(left, rel=0.1)
    assert "leaves $10^{-12}$ of it; times four makes it $10^{12}$ times as long" in said("depth")


def test_nothing_is_stored_but_trained_networks_and_what_three_of_them_read() -> None:
    files = [path.name for path in (ROOT / "assets" / "weights").iterdir()]
    networks = {name.removesuffix(".safetensors") for name in files if "safetensors" in name}
    moved = {name for name in files if name.endswith("-moved.json")}
    assert len(moved) == 3
    assert set(files) - moved == {f"{one}.{end}" for one in networks for end in ENDS}
    assert "Stored are only the networks that come trained, and how well three" in said("home")


@holds_for(CODE)
def test_a_message_is_no_text_that_changes(module: Path) -> None:
    """A catalogue cannot have what is put together first: values go to their places by name."""
    calls = [
        node
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS
    ]
    built = (ast.JoinedStr, ast.BinOp)
    assert not [ast.unparse(one) for one in calls if isinstance(one.args[0], built)]


@holds_for(CODE)
def test_what_is_raised_is_said_later(module: Path) -> None:
    """Whoever raises it may work for nobody, or for somebody else than the one who reads it."""
    if "ui" in module.parts:
        return
    raised = [
        node.exc
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
    ]
    said = [inner for one in raised for inner in ast.walk(one) if isinstance(inner, ast.Call)]
    now = {"_", "gettext", "ngettext"}
    assert not [ast.unparse(one) for one in said if getattr(one.func, "id", "") in now]


def test_every_message_is_in_the_template_of_the_catalogues() -> None:
    """What collects them does not see one that stands in an f-string."""
    template = (ROOT / "assets" / "words" / "messages.pot").read_bytes()
    found = [one.id for one in read_po(BytesIO(template), charset="utf-8") if one.id]
    known = {one for both in found for one in ([both] if isinstance(both, str) else both)}
    said = [
        node.args[0].value
        for module in CODE
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS
        if isinstance(node.args[0], ast.Constant)
    ]
    assert len(said) > 1000
    assert set(said) <= known
