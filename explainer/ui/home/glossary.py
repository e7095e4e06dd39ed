"""The list of all terms that are explained where they stand in the prose."""

from __future__ import annotations

import streamlit as st

from explainer.ui.common.page import head
from explainer.ui.common.prose import in_brackets, terms
from explainer.words import PSEUDO, _, language


def glossary() -> None:
    """The page: each term and its meaning, by the alphabet."""
    head(_("Glossary"))
    spoken = language()
    entries = sorted(terms(spoken), key=lambda one: one.name.casefold())
    names = [in_brackets(one.name) if spoken == PSEUDO else one.name for one in entries]
    rows = zip(names, entries, strict=True)
    with st.container(key="glossary"):
        st.markdown("\n\n".join(f"**{name}**  \n{entry.meaning}" for name, entry in rows))
