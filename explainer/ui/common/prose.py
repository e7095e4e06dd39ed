"""The words of a page: Markdown files under `assets/prose`, cut into parts at their headings."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parents[3] / "assets" / "prose"


@cache
def parts(slug: str, language: str = "en") -> dict[str, str]:
    """The parts of a page's prose by the name in their `## name` line, text without that line.

    Raises `FileNotFoundError` where the page has no prose.
    """
    text = (FOLDER / language / f"{slug}.md").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for block in text.split("\n## ")[1:]:
        name, _, body = block.partition("\n")
        found[name.strip()] = body.strip()
    return found


def escaped(text: str) -> str:
    """`text` as Markdown that shows it letter by letter."""
    plain = "".join(f"\\{c}" if c in r"\`*_{}[]()<>#|~$:" else c for c in text)
    return re.sub(r"^(\s*\d*)([-+.=])", r"\1\\\2", plain)  # what would begin a list or a heading


def say(slug: str, part: str) -> None:
    """Write one part of a page's prose where the page is now."""
    st.markdown(parts(slug)[part])
