"""Four trainings while one watches: an MLP and a CNN, with and without permuted pixels."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from statistics import median

import cv2
import numpy as np
import streamlit as st

from explainer.charts.why_convolution.moved_digits import (
    learning_points,
    learning_spec,
    slope_points,
    slope_spec,
)
from explainer.networks.digits.field import permuted
from explainer.networks.digits.permuted_race import Arm, PermutedRace, Progress, digits
from explainer.powers import signed
from explainer.service import Phase, ServiceClosed, ServiceFull, Ticket, service_of
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.common.visits import visit
from explainer.words import _, in_words, sentence_of

KEY = "why_convolution"
WORK = "permuted"
SECONDS = 0.5
USUAL_SECONDS = 15  # measured: 14
SHOWN, SIDE = 6, 96
TICKET, REFUSED = f"{KEY}.ticket", f"{KEY}.refused"
SEEDS = 3


def permuted_pixels() -> None:
    """Some digits with and without their neighbourhoods, and the trainings."""
    say(KEY, "permuted")
    examples = digits()
    shown = examples.inputs[:SHOWN]
    rows = (
        (shown, _("as they are"), _("Six handwritten digits, their pixels as they are.")),
        (
            permuted(shown),
            _("permuted, all in the same way"),
            _("Six handwritten digits, their pixels permuted, all in the same way."),
        ),
    )
    figures([(_row(inputs[:, 0].numpy(), alt), escape(words)) for inputs, words, alt in rows])
    ticket: Ticket[PermutedRace] | None = st.session_state.get(TICKET)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = _("Train all four, three seeds each")
        st.button(label, icon=":material/play_arrow:", on_click=_begin, args=(0,))
        if ticket is not None:
            following = ticket.race.seeds[-1] + 1
            st.button(
                _("Other seeds"), icon=":material/casino:", on_click=_begin, args=(following,)
            )
        st.caption(
            _(
                "An MLP and a CNN, each on the digits as they are and permuted: about {seconds} "
                "seconds on two cores.",
                seconds=USUAL_SECONDS,
            ),
            width="content",
        )
    if refused := st.session_state.get(REFUSED):
        st.warning(in_words(refused), icon=":material/info:")
    if ticket is not None:
        _panel(ticket)


def _row(inputs: np.ndarray, alt: str) -> str:
    grey = (np.hstack(list(inputs)) * 255).astype(np.uint8)
    return inline(
        cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB).astype(np.uint8),
        alt=alt,
        height=SIDE,
    )


def _begin(first: int) -> None:
    """Train with the seeds from `first` on, in place of what there was."""
    st.session_state.pop(REFUSED, None)
    seeds = range(first, first + SEEDS)
    try:
        ticket = service_of(WORK).open(lambda: PermutedRace(seeds), visit(WORK).id)
    except (ServiceFull, ServiceClosed) as error:
        st.session_state[REFUSED] = sentence_of(error)
        return
    st.session_state[TICKET] = ticket
    ticket.command(PermutedRace.play)


def _panel(ticket: Ticket[PermutedRace]) -> None:
    """How far they are and what they learn, twice a second as long as they train or wait."""
    active = ticket.state.active

    @st.fragment(run_every=SECONDS if active else None)
    def panel() -> None:
        seen = ticket.race.snapshot
        _status(ticket, seen)
        _draw(seen)
        if ticket.state.active != active:
            st.rerun()

    panel()


def _status(ticket: Ticket[PermutedRace], seen: Progress) -> None:
    state = ticket.state
    if seen.finished:
        return
    if state.phase is Phase.CLOSED:
        st.warning(in_words(state.message), icon=":material/info:")
        return
    if state.message:
        st.warning(in_words(state.message), icon=":material/info:")
    done = f"{seen.share:.0%}"
    words = (
        _("Training twelve networks, {done} done", done=done)
        if state.active
        else _("Stopped, {done} done", done=done)
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.progress(seen.share, " · ".join(filter(None, (words, state.shared))), width=340)
        if state.active:
            _order(ticket, "stop", _("Stop"), PermutedRace.pause)
        elif not ticket.budget.message:  # a used-up budget lets nothing go on
            _order(ticket, "go-on", _("Go on"), PermutedRace.play)


def _order(
    ticket: Ticket[PermutedRace], name: str, label: str, do: Callable[[PermutedRace], None]
) -> None:
    st.button(label, key=f"{KEY}.{name}", on_click=ticket.command, args=(do,))


def _draw(seen: Progress) -> None:
    arms = seen.arms
    left, right = st.columns(2)
    with left:
        chart(
            learning_points(arms), learning_spec(theme()), key=f"{KEY}.learning",
            alt=_(
                "Validation accuracy over the steps of the four trainings, medians of the seeds."
            ),
        )  # fmt: skip
    with right:
        chart(
            slope_points(arms), slope_spec(theme()), key=f"{KEY}.slope",
            alt=_("Validation accuracy with pixels as they are and permuted, for each seed."),
        )  # fmt: skip
    if seen.finished:
        st.markdown(_verdict(arms))


def _verdict(arms: tuple[Arm, ...]) -> str:
    """What the permutation cost each kind, seed by seed; a change of sign is no cost."""
    lines = [_("Medians over the seeds.")]
    for plain, changed in zip(arms[::2], arms[1::2], strict=True):
        pairs = zip(plain.accuracies, changed.accuracies, strict=True)
        losses = [100 * (before - after) for before, after in pairs]
        low, high = (signed(value) for value in (-max(losses), -min(losses)))
        told = _(
            "**{network}**: {plain} % as they are, {permuted} % permuted (seed by seed {low} to"
            " {high} points).",
            network=_(plain.network),
            plain=f"{100 * median(plain.accuracies):.1f}",
            permuted=f"{100 * median(changed.accuracies):.1f}",
            low=low,
            high=high,
        )
        lines.append(f"- {told}")
    return "\n".join(lines)
