"""The main script: the frame around every page, run anew at each visit and interaction."""

from copy import copy
from pathlib import Path

import streamlit as st

from explainer.libraries import import_libraries, modules_of
from explainer.topics import TOPICS, sections
from explainer.ui.common.address import forget_unreadable
from explainer.ui.common.language import choose_language, language_menu
from explainer.ui.common.memory import look_up_single_keys, remembered
from explainer.ui.common.refusal import open_with_nothing_refused
from explainer.words import _, language

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "pages"


def pages() -> dict[str, list[st.Page]]:
    """The pages by the title of their section, in the visitor's language."""
    home = st.Page(PAGES / "home.py", title=_("Home"), icon=":material/home:", default=True)
    glossary = st.Page(PAGES / "glossary.py", title=_("Glossary"), icon=":material/menu_book:")
    found: dict[str, list[st.Page]] = {"": [home, glossary]}
    for section, entries in sections().items():
        found[_(section)] = [
            st.Page(
                PAGES / f"{entry.slug}.py",
                title=_(entry.title),
                icon=entry.icon,
                url_path=entry.slug,
            )
            for entry in entries
        ]
    return found


look_up_single_keys()
forget_unreadable()
choose_language()
page = st.navigation(remembered("pages", language(), pages))
title = f"{page.title} – Deepglass" if page.url_path else "Deepglass"
st.set_page_config(page_title=title, layout="wide")
language_menu()
open_with_nothing_refused(page.url_path)
if any(entry.networks and entry.slug == page.url_path for entry in TOPICS):
    import_libraries()
import_libraries(modules_of(PAGES / f"{page.url_path or 'home'}.py"))
# A page runs once, and an older run of this session may be about to run the one that is kept.
copy(page).run()
