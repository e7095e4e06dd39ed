"""The words of a page: Markdown files under `assets/prose`, cut into parts at their headings."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from explainer.ui.common.address import left_out
from explainer.words import ENGLISH, PSEUDO, language

FOLDER = Path(__file__).parents[3] / "assets" / "prose"
EXPLAINED = "prose.explained"
NO_WORDS = r"\$\$.*?\$\$|\$[^$]+\$|```.*?```|`[^`]*`|\[[^\]]*\]\([^)]*\)|^#+\s[^\n]*|<[^>]*>"
"""Formulas, code, links, headings and HTML, in which no term is looked for."""


class Term(NamedTuple):
    """An entry of the glossary: its name, other forms of it, and its meaning, without markup."""

    name: str
    forms: tuple[str, ...]
    meaning: str


@cache
def parts(slug: str, language: str = ENGLISH) -> dict[str, str]:
    """The parts of a page's prose by the name in their `## name` line, text without that line.

    What is a heading within a part is, below the page's title, one of the second level.

    Raises `FileNotFoundError` where the page has no prose.
    """
    folder = FOLDER / (ENGLISH if language == PSEUDO else language)
    text = (folder / f"{slug}.md").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for block in text.split("\n## ")[1:]:
        name, _, body = block.partition("\n")
        found[name.strip()] = re.sub(r"(?m)^###(?= )", "##", body.strip())
    if language == PSEUDO:
        return {name: in_brackets(body) for name, body in found.items()}
    return found


def in_brackets(text: str) -> str:
    """Each paragraph, item of a list and cell of a table of `text` in ⟦ ⟧; formulas as they are."""
    return "\n\n".join(map(_bracketed, text.split("\n\n")))


def _bracketed(block: str) -> str:
    if block.lstrip().startswith(("$$", "```", "<")):
        return block
    if block.startswith("|"):
        return re.sub(r"(?<=\| )(?!:?-+)([^|]+?)(?= \|)", r"⟦\1⟧", block)
    items = re.split(r"(?m)^(\s*(?:[-*]|\d+\.|>|#+) )", block)
    return "".join(
        item if at % 2 or not item.strip() else re.sub(r"(?s)^(\s*)(.*?)(\s*)$", r"\1⟦\2⟧\3", item)
        for at, item in enumerate(items)
    )


def escaped(text: str) -> str:
    """`text` as Markdown that shows it letter by letter."""
    plain = "".join(f"\\{c}" if c in r"\`*_{}[]()<>#|~$:" else c for c in text)
    return re.sub(r"^(\s*\d*)([-+.=])", r"\1\\\2", plain)  # what would begin a list or a heading


def terms(language: str = ENGLISH) -> tuple[Term, ...]:
    """The glossary: a heading is the name of a term and its other forms, with commas."""
    found = ((head.split(", "), meaning) for head, meaning in parts("glossary", language).items())
    return tuple(Term(forms[0], tuple(forms), " ".join(text.split())) for forms, text in found)


def explained(text: str, language: str, here: Callable[[str], bool] = lambda _: True) -> str:
    """Markdown in which the terms of the glossary, where they stand first, bear their meaning.

    Each is a link of which the title is the meaning; `here(name)` says whether this is the place.
    """
    pattern, entries = _words(language)
    met: set[str] = set()

    def explain(found: re.Match[str]) -> str:
        word = found["term"]
        term = entries[" ".join(word.lower().split())] if word else None
        if term is None or term.name in met or not here(term.name):
            return found[0]
        met.add(term.name)
        meaning = term.meaning.replace('"', r"\"")
        return f'[{word}](#term-{term.name.replace(" ", "-")} "{meaning}")'

    return pattern.sub(explain, text)


@cache
def _words(language: str) -> tuple[re.Pattern[str], dict[str, Term]]:
    entries = {form.lower(): term for term in terms(language) for form in term.forms}
    longest = sorted(entries, key=len, reverse=True)
    words = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in longest)
    pattern = rf"{NO_WORDS}|(?<![\w-])(?P<term>{words})(?![\w-])"
    return re.compile(pattern, re.DOTALL | re.MULTILINE | re.IGNORECASE), entries


def begin_page() -> None:
    """From here on every term is explained anew, each where it comes first."""
    st.session_state[EXPLAINED] = {}


def say(slug: str, part: str) -> None:
    """Write one part of a page's prose where the page is now, unless the link leaves text out.

    Its container's key, `prose-…`, is what a telephone folds: results are never folded.
    """
    if "text" in left_out():
        return
    where: dict[str, str] = st.session_state.setdefault(EXPLAINED, {})
    place, spoken = f"{slug} {part}", language()
    text = parts(slug, spoken)[part]
    with st.container(key=f"prose-{slug}-{part}"):
        st.markdown(explained(text, spoken, lambda name: where.setdefault(name, place) == place))
