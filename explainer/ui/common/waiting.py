"""What takes a second or more: worked out once for all visitors, with progress for the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from explainer.kept import Kept

K = TypeVar("K")
V = TypeVar("V")
SHOWN_EVERY = 0.03


def waited(
    kept: Kept[K, V], key: K, words: str, compute: Callable[[Callable[[float], None]], V]
) -> V:
    """What is `kept` for `key`; else what `compute(told)` gives, with a bar that says `words`.

    `told` takes the share that is done. Who asks for the same meanwhile waits and computes nothing.
    """
    found = kept.get(key)
    if found is not None:
        return found
    bar, shown = st.progress(0.0, words), 0.0

    def told(share: float) -> None:
        nonlocal shown
        if share - shown > SHOWN_EVERY:
            bar.progress(min(share, 1.0), words)
            shown = share

    with kept.computing(key):
        found = kept.get(key)
        if found is None:
            found = compute(told)
            kept.put(key, found)
    bar.empty()
    return found
