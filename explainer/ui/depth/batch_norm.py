"""Batch norm, closely: two networks that learn, and what the one has beyond the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from explainer.activations.registry import ACTIVATIONS
from explainer.charts.depth.batch_norm import (
    ACCURACIES,
    BETA,
    BETA_AXES,
    BY_BATCH,
    CHANGE,
    GAMMA,
    GAMMA_AXES,
    LOSSES,
    MEAN_DRIFT,
    OUTPUT,
    SHIFT,
    SPREAD_DRIFT,
    SWING,
    Axes,
    accuracy_points,
    by_batch_points,
    change_points,
    drift_points,
    line_spec,
    loss_points,
    momentum_axes,
    momentum_points,
    output_points,
    parameter_points,
    shift_points,
    sums_points,
    sums_spec,
    swing_points,
)
from explainer.gradients.depth.norm_findings import Findings, findings, mean_drift, spread_drift
from explainer.gradients.depth.norm_training import NormSettings, NormStudy, study
from explainer.powers import power_of_ten
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Part, choice, open_part
from explainer.ui.common.prose import escaped, say
from explainer.ui.depth.settings import KEY
from explainer.words import N_, _

NORM = f"{KEY}.norm"
STARTS = {"sigmoid": "xavier", "tanh": "xavier", "relu": "he"}
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
RATES = (0.01, 0.03, 0.1, 0.3, 0.5, 1.0, 2.0, 5.0)
MOST_KEPT = 3


@dataclass(frozen=True, eq=False)
class Studied:
    """A study and what was found with it."""

    study: NormStudy
    found: Findings


def batch_norm_closely() -> None:
    """The controls, the two networks as they learn, and what can be looked at of them."""
    say(KEY, "norm")
    settings = _controls()
    if settings.batch_size == 1:
        _refused(settings)
        return
    studied = _studied(settings)
    _progress_of_both(studied.study)
    open_part(LOOKS, studied, key=f"{NORM}.look")


def _controls() -> NormSettings:
    """What is trained."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        activation = choice(
            _("Activation"), [ACTIVATIONS[slug] for slug in STARTS], key=f"{NORM}.activation",
            widget=st.segmented_control,
        )  # fmt: skip
        layers = int(st.slider(
            _("Hidden layers"), 1, 8, 3, key=f"{NORM}.layers", bind="query-params",
            persist_state="session", width=200,
        ))  # fmt: skip
        size = int(st.select_slider(
            _("Batch size"), SIZES, 32, key=f"{NORM}.size", bind="query-params",
            persist_state="session", width=220,
        ))  # fmt: skip
        rate = float(st.select_slider(
            _("Learning rate"), RATES, 0.5, key=f"{NORM}.rate", bind="query-params",
            persist_state="session", width=200,
        ))  # fmt: skip
    return NormSettings(
        activation, STARTS[activation], layers=layers, batch_size=size, learning_rate=rate
    )


def _refused(settings: NormSettings) -> None:
    """A batch of one picture: PyTorch's own words, and why."""
    other = NormSettings(settings.activation, settings.initialisation, batch_size=2, steps=1)
    message = _studied(other).found.refusal
    words = _("PyTorch refuses: *{reason}*", reason=escaped(message))
    st.error(words, icon=":material/block:")
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
    words = _("Two networks learn digits")
    bar = st.progress(0.0, words)
    running, shown = study(settings), 0.0
    while True:
        try:
            share = next(running)
        except StopIteration as end:
            bar.empty()
            trained: NormStudy = end.value
            return trained
        if share - shown > 0.03:
            bar.progress(share, words)
            shown = share


def _chart(name: str, points: pd.DataFrame, axes: Axes, alt: str) -> None:
    chart(points, line_spec(theme(), axes), key=f"{NORM}.{name}", alt=alt)


def _progress_of_both(trained: NormStudy) -> None:
    left, right = st.columns(2)
    with left:
        alt = _("The loss of both networks over the steps.")
        _chart("losses", loss_points(trained), LOSSES, alt)
    with right:
        alt = _("The accuracy of both networks on validation.")
        _chart("accuracy", accuracy_points(trained), ACCURACIES, alt)


def _layer(trained: NormStudy, look: str) -> int:
    """Which layer is looked at, from 0; the last one first."""
    count = trained.settings.layers
    if count == 1:
        return 0
    chosen = st.segmented_control(
        _("Layer"), list(range(1, count + 1)), default=count, required=True,
        key=f"{NORM}.{look}_layer.{count}", bind="query-params", persist_state="session",
    )  # fmt: skip
    return int(chosen or count) - 1


def _before_and_after(studied: Studied) -> None:
    say(KEY, "before_after")
    trained = studied.study
    layer = _layer(trained, "before")
    parts = (
        (
            _("Without batch norm"), trained.plain, False,
            _("z of layer {layer} over the steps, without batch norm.", layer=layer + 1),
        ),
        (
            _("With it, before it is normalised"), trained.normed, False,
            _("z of layer {layer} over the steps, before batch norm.", layer=layer + 1),
        ),
        (
            _("With it, after"), trained.normed, True,
            _("z of layer {layer} over the steps, after batch norm.", layer=layer + 1),
        ),
    )  # fmt: skip
    for column, (place, (words, run, after, alt)) in zip(
        st.columns(3), enumerate(parts), strict=True
    ):
        with column:
            st.markdown(f"**{words}**")
            chart(
                sums_points(run.moments, layer, after=after), sums_spec(theme()),
                key=f"{NORM}.sums{place}", alt=alt,
            )  # fmt: skip
    shown = (("gamma", GAMMA, GAMMA_AXES), ("beta", BETA, BETA_AXES))
    for column, (key, name, axes) in zip(st.columns(2), shown, strict=True):
        with column:
            alt = _("{name} of layer {layer} over the steps.", name=name, layer=layer + 1)
            _chart(key, parameter_points(trained.normed, layer, name), axes, alt)


def _why(studied: Studied) -> None:
    say(KEY, "shift")
    trained = studied.study
    layer = _layer(trained, "drift")
    left, right = st.columns(2)
    with left:
        _chart(
            "mean_drift", drift_points(trained, layer, mean_drift), MEAN_DRIFT,
            _("How far the mean of a unit's z moves from one record to the next."),
        )  # fmt: skip
    with right:
        _chart(
            "spread_drift", drift_points(trained, layer, spread_drift), SPREAD_DRIFT,
            _("How much the spread of a unit's z changes from one record to the next."),
        )  # fmt: skip
    say(KEY, "smooth")
    left, right = st.columns(2)
    with left:
        _chart("swing", swing_points(trained), SWING, _("The loss along each step."))
    with right:
        alt = _("How the gradient changes along a step.")
        _chart("change", change_points(trained), CHANGE, alt)
    plain, normed = (
        float(np.median([one.change for one in run.along]))
        for run in (trained.plain, trained.normed)
    )
    st.markdown(
        _(
            "Here, over the whole of training, the gradient changes along a step by **{plain}** "
            "times its own length without batch norm and by **{normed}** with it (medians).",
            plain=power_of_ten(plain),
            normed=power_of_ten(normed),
        )
    )


def _modes(studied: Studied) -> None:
    say(KEY, "modes")
    found = studied.found
    left, right = st.columns(2)
    with left:
        alt = _("Accuracy by the size of the batch.")
        _chart("by_batch", by_batch_points(found), BY_BATCH, alt)
    with right:
        alt = _("The probability of one picture's own class, among companions.")
        _chart("output", output_points(found), OUTPUT, alt)
    digit = studied.study.data.validation_labels[found.picture]
    st.caption(
        _(
            "The second chart is of one picture, a {digit}, among other companions: the line is "
            "the median over {draws} draws, the band holds the middle 80 %.",
            digit=int(digit),
            draws=len(found.by_batch[0].answers),
        )
    )


def _wrong_statistics(studied: Studied) -> None:
    say(KEY, "wrong")
    found = studied.found
    left, right = st.columns(2)
    with left:
        axes = momentum_axes([one.momentum for one in found.by_momentum])
        alt = _("Accuracy in evaluation by momentum.")
        _chart("momentum", momentum_points(found), axes, alt)
    with right:
        _chart("shifted", shift_points(found), SHIFT, _("Accuracy on pictures that are paler."))


LOOKS = (
    Part("before-and-after", N_("Before and after"), _before_and_after),
    Part("why", N_("Why it helps"), _why),
    Part("modes", N_("Train mode and evaluation"), _modes),
    Part("wrong", N_("Wrong statistics"), _wrong_statistics),
)
