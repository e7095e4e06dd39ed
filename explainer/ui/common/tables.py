"""Small tables of numbers as HTML: names on the left, figures of even width on the right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

import streamlit as st

STYLE = (
    "<style>.figures td,.figures th{padding:.25rem .6rem;text-align:right}"
    ".figures td,.figures th:first-child{white-space:nowrap}.figures th{vertical-align:bottom}"
    ".figures td:first-child,.figures th:first-child{text-align:left}"
    ".figures{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}"
    ".figures tr{border-bottom:1px solid rgba(128,128,128,.3)}.figures th{font-weight:600}"
    "</style>"
)
UNTRANSLATED = ' translate="no"'
HIDDEN = 'class="visually-hidden" style="position:absolute;left:-9999px"'


def table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    name: str = "",
    caption: str = "",
    data: Collection[str] = (),
) -> None:
    """A table that scrolls sideways where it has to.

    Headings and `caption`, which screen readers read, are text; cells are HTML; `name` is a class.
    Headings that are `data` are not to be translated.
    """
    head = "".join(
        f'<th scope="col"{UNTRANSLATED if heading in data else ""}>{escape(heading)}</th>'
        for heading in headings
    )
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    said = f"<caption {HIDDEN}>{escape(caption)}</caption>" if caption else ""
    st.html(
        f'{STYLE}<div style="overflow-x:auto" tabindex="0"><table class="figures {name}">{said}'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
