"""What there is to say of a division before anybody races on it: what is empty or missing."""

from __future__ import annotations

import streamlit as st

from explainer.training.data.gaps import gaps
from explainer.training.data.record import Examples
from explainer.training.data.splits import Split, split
from explainer.ui.prose import escaped
from explainer.ui.race_plan import KEY

KEPT = f"{KEY}.division"


def division_words(examples: Examples, config: Split) -> None:
    """One sentence for whatever a race on these parts would lack; computed when they change."""
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] is not examples or kept[1] != config:
        kept = st.session_state[KEPT] = examples, config, _sentences(examples, config)
    if kept[2]:
        st.warning("  \n".join(map(escaped, kept[2])), icon=":material/call_split:")


def _sentences(examples: Examples, config: Split) -> tuple[str, ...]:
    try:
        return gaps(examples, split(examples, config))
    except ValueError as error:
        return (str(error),)
