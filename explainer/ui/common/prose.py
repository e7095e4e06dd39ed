"""The words of a page: Markdown files under `assets/prose`, cut into parts at their headings."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit as st

from explainer.words import ENGLISH, PSEUDO, language

FOLDER = Path(__file__).parents[3] / "assets" / "prose"


@cache
def parts(slug: str, language: str = ENGLISH) -> dict[str, str]:
    """The parts of a page's prose by the name in their `## name` line, text without that line.

    Raises `FileNotFoundError` where the page has no prose.
    """
    folder = FOLDER / (ENGLISH if language == PSEUDO else language)
    text = (folder / f"{slug}.md").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for block in text.split("\n## ")[1:]:
        name, _, body = block.partition("\n")
        found[name.strip()] = body.strip()
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


def say(slug: str, part: str) -> None:
    """Write one part of a page's prose where the page is now."""
    st.markdown(parts(slug, language())[part])
