"""Batch norm, closely: two networks that learn, and what the one has beyond the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from explainer.activations.registry import ACTIVATIONS
from explainer.charts.depth.batch_norm import (
    ACCURACIES,
    ANSWER,
    BETA,
    BY_BATCH,
    CHANGE,
    GAMMA,
    LOSSES,
    MEAN_DRIFT,
    SHIFT,
    SPREAD_DRIFT,
    SWING,
    Axes,
    accuracy_points,
    answer_points,
    by_batch_points,
    change_points,
    drift_points,
    gamma_axes,
    line_spec,
    loss_points,
    momentum_axes,
    momentum_points,
    parameter_points,
    shift_points,
    sums_points,
    sums_spec,
    swing_points,
)
from explainer.gradients.depth.norm_findings import Findings, findings, mean_drift, spread_drift
from explainer.gradients.depth.norm_training import NormSettings, NormStudy, study
from explainer.ui.common.appearance import theme
from explainer.ui.common.prose import escaped, say
from explainer.ui.depth.settings import KEY

NORM = f"{KEY}.norm"
STARTS = {"Sigmoid": "xavier", "Tanh": "xavier", "ReLU": "he"}
SLUGS = {ACTIVATIONS[slug].title: slug for slug in ("sigmoid", "tanh", "relu")}
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
RATES = (0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 2.0, 5.0)
MOST_KEPT = 3


@dataclass(frozen=True, eq=False)
class Studied:
    """A study and what was found with it."""

    study: NormStudy
    found: Findings


def batch_norm_closely() -> None:
    """Train the two networks, then look."""
    say(KEY, "norm")
    settings = _controls()
    if settings.batch_size == 1:
        _refused(settings)
        return
    studied = _studied(settings)
    _progress_of_both(studied.study)
    tabs = st.tabs(list(LOOKS), key=f"{NORM}.look", on_change="rerun", bind="query-params")
    for tab, look in zip(tabs, LOOKS.values(), strict=True):
        if tab.open:
            with tab:
                look(studied)


def _controls() -> NormSettings:
    """What is trained."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = str(st.segmented_control(
            "Activation", list(SLUGS), default="Sigmoid", required=True,
            key=f"{NORM}.activation", persist_state="session", bind="query-params",
        ))  # fmt: skip
        layers = int(st.slider(
            "Hidden layers", 1, 8, 3, key=f"{NORM}.layers", bind="query-params",
            persist_state="session", width=200,
        ))  # fmt: skip
        size = int(st.select_slider(
            "Batch size", SIZES, 32, key=f"{NORM}.size", bind="query-params",
            persist_state="session", width=220,
        ))  # fmt: skip
        rate = float(st.select_slider(
            "Learning rate", RATES, 0.5, key=f"{NORM}.rate", bind="query-params",
            persist_state="session", width=200,
        ))  # fmt: skip
    return NormSettings(
        SLUGS[name], STARTS[name], layers=layers, batch_size=size, learning_rate=rate
    )


def _refused(settings: NormSettings) -> None:
    """A batch of one picture: PyTorch's own words, and why."""
    other = NormSettings(settings.activation, settings.initialisation, batch_size=2, steps=1)
    message = _studied(other).found.refusal
    st.error(f"PyTorch refuses: *{escaped(message)}*", icon=":material/block:")
    say(KEY, "one_picture")


def _studied(settings: NormSettings) -> Studied:
    kept: dict[NormSettings, Studied] = st.session_state.setdefault(f"{NORM}.kept", {})
    if settings not in kept:
        if len(kept) >= MOST_KEPT:
            del kept[next(iter(kept))]
        trained = _trained(settings)
        kept[settings] = Studied(trained, findings(trained))
    return kept[settings]


def _trained(settings: NormSettings) -> NormStudy:
    bar = st.progress(0.0, "Two networks learn digits")
    running, shown = study(settings), 0.0
    while True:
        try:
            share = next(running)
        except StopIteration as end:
            bar.empty()
            trained: NormStudy = end.value
            return trained
        if share - shown > 0.03:
            bar.progress(share, "Two networks learn digits")
            shown = share


def _chart(name: str, points: pd.DataFrame, axes: Axes, alt: str) -> None:
    st.vega_lite_chart(points, line_spec(theme(), axes), key=f"{NORM}.{name}", alt=alt)


def _progress_of_both(trained: NormStudy) -> None:
    left, right = st.columns(2)
    with left:
        _chart("losses", loss_points(trained), LOSSES, "The loss of both networks over the steps.")
    with right:
        _chart(
            "accuracy", accuracy_points(trained), ACCURACIES,
            "The accuracy of both networks on validation.",
        )  # fmt: skip


def _layer(trained: NormStudy, look: str) -> int:
    """Which layer is looked at, from 0; the last one first."""
    count = trained.settings.layers
    if count == 1:
        return 0
    chosen = st.segmented_control(
        "Layer", list(range(1, count + 1)), default=count, required=True,
        key=f"{NORM}.{look}_layer.{count}", bind="query-params", persist_state="session",
    )  # fmt: skip
    return int(chosen or count) - 1


def _before_and_after(studied: Studied) -> None:
    say(KEY, "before_after")
    trained = studied.study
    layer = _layer(trained, "before")
    parts = (
        ("without batch norm", trained.plain, False),
        ("with it, before it is normalised", trained.normed, False),
        ("with it, after", trained.normed, True),
    )
    for column, (place, (words, run, after)) in zip(st.columns(3), enumerate(parts), strict=True):
        with column:
            st.markdown(f"**{words[0].upper()}{words[1:]}**")
            st.vega_lite_chart(
                sums_points(run.moments, layer, after=after),
                sums_spec(theme()),
                key=f"{NORM}.sums{place}",
                alt=f"The sums of layer {layer + 1} over the steps, {words}.",
            )
    for column, name in zip(st.columns(2), (GAMMA, BETA), strict=True):
        with column:
            _chart(
                {GAMMA: "gamma", BETA: "beta"}[name],
                parameter_points(trained.normed, layer, name),
                gamma_axes(name),
                f"{name} of layer {layer + 1} over the steps.",
            )


def _why(studied: Studied) -> None:
    say(KEY, "shift")
    trained = studied.study
    layer = _layer(trained, "drift")
    left, right = st.columns(2)
    with left:
        _chart(
            "mean_drift", drift_points(trained, layer, mean_drift), MEAN_DRIFT,
            "How far the mean of a unit's sums moves from one record to the next.",
        )  # fmt: skip
    with right:
        _chart(
            "spread_drift", drift_points(trained, layer, spread_drift), SPREAD_DRIFT,
            "How much the spread of a unit's sums changes from one record to the next.",
        )  # fmt: skip
    say(KEY, "smooth")
    left, right = st.columns(2)
    with left:
        _chart("swing", swing_points(trained), SWING, "The loss along each step.")
    with right:
        _chart("change", change_points(trained), CHANGE, "How the gradient changes along a step.")
    plain, normed = (
        float(np.median([one.change for one in run.along]))
        for run in (trained.plain, trained.normed)
    )
    st.markdown(
        f"Here, over the whole of training, the gradient changes along a step by **{plain:.2g}** "
        f"times its own length without batch norm and by **{normed:.2g}** with it (medians)."
    )


def _modes(studied: Studied) -> None:
    say(KEY, "modes")
    found = studied.found
    left, right = st.columns(2)
    with left:
        _chart("by_batch", by_batch_points(found), BY_BATCH, "Accuracy by the size of the batch.")
    with right:
        _chart("answer", answer_points(found), ANSWER, "One picture's answer among companions.")
    digit = studied.study.data.validation_labels[found.picture]
    st.caption(
        f"The second chart is of one picture, a {int(digit)}, among other companions: the line is "
        f"the median over {len(found.by_batch[0].answers)} draws, the band holds the middle 80 %."
    )


def _wrong_statistics(studied: Studied) -> None:
    say(KEY, "wrong")
    found = studied.found
    left, right = st.columns(2)
    with left:
        axes = momentum_axes([one.momentum for one in found.by_momentum])
        _chart("momentum", momentum_points(found), axes, "Accuracy in evaluation by momentum.")
    with right:
        _chart("shifted", shift_points(found), SHIFT, "Accuracy on pictures that are paler.")


LOOKS: dict[str, Callable[[Studied], None]] = {
    "Before and after": _before_and_after,
    "Why it helps": _why,
    "Train mode and evaluation": _modes,
    "Wrong statistics": _wrong_statistics,
}
