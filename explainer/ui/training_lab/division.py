"""What there is to say of a division before anybody races on it: what is empty, what is copied."""

from __future__ import annotations

import streamlit as st
import torch

from explainer.training.data.copies import copied, copies
from explainer.training.data.data_set import Examples
from explainer.training.data.gaps import gaps
from explainer.training.data.splits import Parts, Split, split
from explainer.ui.common.prose import escaped
from explainer.ui.training_lab.plan import KEY

KEPT = f"{KEY}.division"
TOGETHER = "Keep copies together"


def division_words(examples: Examples, config: Split) -> None:
    """One sentence for whatever a race on these parts would lack; computed when they change."""
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] is not examples or kept[1] != config:
        kept = st.session_state[KEPT] = examples, config, _sentences(examples, config)
    if kept[2]:
        st.warning("  \n".join(map(escaped, kept[2])), icon=":material/call_split:")


def together_toggle(key: str, examples: Examples) -> bool:
    """The choice to keep copies together, where there are any."""
    groups = copies(examples)
    count = int((groups != torch.arange(len(groups))).sum())
    if not count:
        return False
    return st.toggle(
        TOGETHER, key=key, bind="query-params", persist_state="session",
        help=f"{count:,} of {len(groups):,} examples are copies of another one. Kept together, an"
        " example and its copies are all for training, or all for validation, or all for the test.",
    )  # fmt: skip


def _sentences(examples: Examples, config: Split) -> tuple[str, ...]:
    try:
        parts = split(examples, config)
    except ValueError as error:
        return (str(error),)
    return tuple(filter(None, (*gaps(examples, parts), _copies(examples, parts))))


def _copies(examples: Examples, parts: Parts) -> str:
    """How far validation and test are on what was learned from, with the first seed."""
    found = copied(copies(examples), parts.train, parts.validation, parts.test)
    if not found.validation and not found.test:
        return ""
    exactly = "exactly or nearly" if examples.origin == "own" else "exactly"
    return (
        f"{found.validation:,} of the {len(parts.validation):,} examples to validate on and"
        f" {found.test:,} of the {len(parts.test):,} to test on are {exactly} the same as one to"
        f" learn from, so a network that learns by heart scores on them too; “{TOGETHER}”, under"
        " Split and seeds, leaves all copies of an example in one part."
    )
