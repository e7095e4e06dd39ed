"""Long computations of the attribution page: begun by a button, with a bar, and a stop.

A click on *Stop*, as on anything else, begins a new run of the page, which ends the one that
computes at its next report.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import streamlit as st

from explainer.gradients.attribution.method import Attribution, Method
from explainer.gradients.attribution.progress import Progress, within
from explainer.ui.attribution.asked import KEY, Asked, found, known
from explainer.words import _, ngettext

WANTED = f"{KEY}.wanted"
Value = TypeVar("Value")


def followed(label: str, compute: Callable[[Progress], Value]) -> Value:
    """What `compute` gives; meanwhile a bar says how far it is, and a button stops it."""
    with st.container(key=f"{KEY}.working"):
        bar = st.progress(0.0, label)
        st.button(_("Stop"), key=f"{KEY}.stop", icon=":material/close:", on_click=_stop)
        return compute(lambda share: _tell(bar, share, label))


def _tell(bar: st.delta_generator.DeltaGenerator, share: float, label: str) -> None:
    bar.progress(
        min(max(share, 0.0), 1.0), _("{label}: {share}", label=label, share=f"{share:.0%}")
    )


def followed_map(asked: Asked, method: Method) -> Attribution:
    """The map of one method, with a bar where it takes long."""
    answer = known(asked, method)
    if answer is None and asked.large and method.many_passes:
        working = st.empty()
        with working:
            answer = followed(_(method.title), partial(found, asked, method))
        working.empty()
    return answer or found(asked, method)


def waiting(asked: Asked, methods: tuple[Method, ...]) -> None:
    """Those of `methods` that are still to be computed: a button, or the bar while they are."""
    missing = [one for one in methods if known(asked, one) is None]
    if not missing:
        return
    names = ", ".join(_(one.title) for one in missing)
    # What is offered and what is under way take turns in one place.
    with st.empty().container():
        if st.session_state.get(WANTED) != asked.place:
            _offer(asked, len(missing), names)
            return
        followed(names, lambda told: _all(asked, missing, told))
    st.rerun()


def _offer(asked: Asked, count: int, names: str) -> None:
    st.button(
        ngettext("Compute the other {count}", "Compute the other {count}", count),
        key=f"{KEY}.others", icon=":material/hourglass:", on_click=_want, args=(asked.place,),
    )  # fmt: skip
    st.caption(
        _(
            "{methods}: still to be computed. Each sends dozens of pictures through the network.",
            methods=names,
        )
    )


def _all(asked: Asked, missing: list[Method], told: Progress) -> None:
    for number, method in enumerate(missing):
        part = within(told, number / len(missing), (number + 1) / len(missing))
        found(asked, method, part)


def _want(place: tuple[object, ...]) -> None:
    st.session_state[WANTED] = place


def _stop() -> None:
    st.session_state.pop(WANTED, None)
