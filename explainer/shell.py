"""The main script: the frame around every page, run anew at each visit and interaction."""

from pathlib import Path

import streamlit as st

from explainer.libraries import import_libraries, modules_of
from explainer.topics import TOPICS, sections
from explainer.ui.common.address import forget_unreadable
from explainer.ui.common.language import choose_language, language_menu
from explainer.ui.common.refusal import open_with_nothing_refused
from explainer.words import _

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "pages"
ICON = ROOT / "assets" / "images" / "icon.png"

st.set_page_config(page_icon=str(ICON), layout="wide")
forget_unreadable()
choose_language()

home = st.Page(PAGES / "home.py", title=_("Home"), icon=":material/home:", default=True)
glossary = st.Page(PAGES / "glossary.py", title=_("Glossary"), icon=":material/menu_book:")
navigation: dict[str, list[st.Page]] = {"": [home, glossary]}
for section, entries in sections().items():
    navigation[_(section)] = [
        st.Page(
            PAGES / f"{entry.slug}.py",
            title=_(entry.title),
            icon=entry.icon,
            url_path=entry.slug,
        )
        for entry in entries
    ]

page = st.navigation(navigation)
st.set_page_config(page_title=f"{page.title} – Deepglass" if page.url_path else "Deepglass")
language_menu()
open_with_nothing_refused(page.url_path)
if any(entry.networks and entry.slug == page.url_path for entry in TOPICS):
    import_libraries()
import_libraries(modules_of(PAGES / f"{page.url_path or 'home'}.py"))
page.run()
