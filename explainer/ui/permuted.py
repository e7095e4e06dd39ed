"""Four trainings while one watches: an MLP and a CNN, with and without permuted pixels."""

from __future__ import annotations

from statistics import median

import cv2
import numpy as np
import streamlit as st

from explainer.charts.moved import learning_points, learning_spec, slope_points, slope_spec
from explainer.networks.digit_field import permuted
from explainer.networks.permuted_race import Arm, PermutedRace, digits
from explainer.ui.appearance import theme
from explainer.ui.pictures import figures, inline
from explainer.ui.prose import say

KEY = "why_convolution"
SECONDS = 0.5
SHOWN, SIDE = 6, 96
RACE, RUNNING, SEED = f"{KEY}.race", f"{KEY}.running", f"{KEY}.first_seed"
SEEDS = 3


def permuted_pixels() -> None:
    """Some digits with and without their neighbourhoods, and the trainings."""
    say(KEY, "permuted")
    examples = digits()
    rows = (("as they are", examples.inputs), ("permuted, all in the same way",
                                               permuted(examples.inputs[:SHOWN])))  # fmt: skip
    figures([(_row(inputs[:SHOWN, 0].numpy(), words), words) for words, inputs in rows])
    with st.container(horizontal=True, gap="small"):
        label = "Train all four, three seeds each"
        st.button(label, icon=":material/play_arrow:", on_click=_start, args=(0,))
        if RACE in st.session_state:
            st.button("Other seeds", icon=":material/casino:", on_click=_start, args=(SEEDS,))
    if RACE in st.session_state:
        _panel()


def _row(inputs: np.ndarray, words: str) -> str:
    grey = (np.hstack(list(inputs)) * 255).astype(np.uint8)
    return inline(
        cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB).astype(np.uint8),
        alt=f"Six handwritten digits, their pixels {words}.",
        height=SIDE,
    )


def _start(onwards: int) -> None:
    """Begin anew: with the first seeds, or with those that follow the last ones."""
    before: PermutedRace | None = st.session_state.get(RACE)
    first = before.seeds[-1] + 1 if before and onwards else 0
    if before:
        before.close()
    st.session_state[RACE] = PermutedRace(range(first, first + SEEDS))
    st.session_state[RUNNING] = True


def _stop() -> None:
    st.session_state[RUNNING] = False


def _go_on() -> None:
    st.session_state[RUNNING] = True


def _panel() -> None:
    """Trains a slice at a time while it is running; each slice is drawn."""
    active = bool(st.session_state[RUNNING])

    @st.fragment(run_every=SECONDS if active else None)
    def panel() -> None:
        race: PermutedRace = st.session_state[RACE]
        if active and not race.finished:
            race.advance(SECONDS)
        _draw(race)
        if active and race.finished:
            st.session_state[RUNNING] = False
            st.rerun()

    panel()


def _draw(race: PermutedRace) -> None:
    if not race.finished:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words = f"Training twelve networks, {race.share:.0%} done"
            st.progress(race.share, words, width=340)
            running = bool(st.session_state[RUNNING])
            st.button("Stop" if running else "Go on", on_click=_stop if running else _go_on)
    arms = race.arms()
    left, right = st.columns(2)
    with left:
        st.vega_lite_chart(
            learning_points(arms), learning_spec(theme()), key=f"{KEY}.learning",
            alt="Validation accuracy over the steps of the four trainings, medians of the seeds.",
        )  # fmt: skip
    with right:
        st.vega_lite_chart(
            slope_points(arms), slope_spec(theme()), key=f"{KEY}.slope",
            alt="Validation accuracy with pixels as they are and permuted, for each seed.",
        )  # fmt: skip
    if race.finished:
        st.markdown(_verdict(arms))


def _verdict(arms: tuple[Arm, ...]) -> str:
    """What the permutation cost each kind, seed by seed; a change of sign is no cost."""
    parts = []
    for plain, changed in zip(arms[::2], arms[1::2], strict=True):
        pairs = zip(plain.accuracies, changed.accuracies, strict=True)
        losses = [100 * (before - after) for before, after in pairs]
        low, high = (f"{value:+.1f}".replace("-", "−") for value in (-max(losses), -min(losses)))
        name = f"**{plain.network}**: {100 * median(plain.accuracies):.1f} % as they are,"
        parts.append(
            f"{name} {100 * median(changed.accuracies):.1f} % permuted"
            f" (seed by seed {low} to {high} points)"
        )
    return "Medians over the seeds. " + "; ".join(parts) + "."
