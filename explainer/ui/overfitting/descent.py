"""Double descent: random features with a ridge that melts the peak, and networks that learn."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.generalisation.random_features import (
    DRAWS,
    HIGHEST,
    LOWEST,
    PER_DECADE,
    RIDGES,
    TRAINING,
    WIDTHS,
    Descent,
    descent,
)
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import short
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.curves import Mark
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.overfitting.capacity import (
    Scales,
    Series,
    capacity_chart,
    capacity_message,
    clicked_number,
    kept_place,
)
from explainer.ui.overfitting.descent_network import network_part
from explainer.words import N_, _

KEY = "overfitting"
FEATURES = f"{KEY}.features"
KEPT: Kept[str, Descent] = Kept(MEGABYTE, lambda one: one.errors.nbytes)
LABELS = (Named("noisy", N_("20 % wrong")), Named("clean", N_("all right")))
RIDGE = Parameter(
    "ridge", N_("ridge, log₁₀ λ (left end: 0)"), LOWEST, LOWEST, HIGHEST, 1 / PER_DECADE,
    help=N_("At the left end λ is 0: the weights of least norm."),
)  # fmt: skip
TICKS = (25, 50, 100, 200, 400, 800, 1600, 3200)
LINE, TRAINED, DASHED = 0, 7, 8
SPAN, NOTHING = (0.01, 2000.0), 1e-12


def descent_section(*_given: object) -> None:
    """Random features over their number, with the ridge; then networks over width and steps."""
    say(KEY, "descent")
    left, right = st.columns([1, 2.5], vertical_alignment="bottom", gap="medium")
    with left:
        labels = choice(_("Labels"), LABELS, key=f"{KEY}.labels", widget=st.segmented_control)
    noisy = labels == "noisy"
    slot = st.empty()
    found = waited(
        KEPT, "digits", _("Random features of {draws} times {count} digits are fitted",
                          draws=DRAWS, count=TRAINING),
        lambda told: descent(told=told, seen=lambda so_far: _so_far(slot, so_far, noisy)),
    )  # fmt: skip
    slot.empty()
    moved = live.values(FEATURES, (RIDGE,))
    at = kept_place(FEATURES, len(WIDTHS), WIDTHS.index(TRAINING))
    address = live.live_picture(FEATURES, _renderer(found, noisy, moved.values, at))
    with right:
        live.sliders(FEATURES, (RIDGE,), moved, address=address)
    number = max(moved.number, clicked_number(FEATURES))
    row = _row(moved.values)
    capacity_chart(FEATURES, _message(FEATURES, found, noisy, row, at, number, theme()))
    live.write_to_url(FEATURES, (RIDGE,), moved.values)
    st.markdown(_said(found, noisy, row))
    st.caption(
        _(
            "{draws} draws of {count} digits, of the random weights and of the wrong labels; the "
            "line is the median, the band goes from the lowest to the highest. The error is "
            "measured on 1,000 digits with right labels and summed over the ten outputs.",
            draws=len(found.errors), count=TRAINING,
        )
    )  # fmt: skip
    say(KEY, "descent_notice")
    network_part()


def _row(values: Mapping[str, float]) -> int:
    """Which λ the slider stands at; the first, none, at its left end."""
    return min(round((values[RIDGE.name] - LOWEST) * PER_DECADE), len(RIDGES) - 1)


def _so_far(slot: DeltaGenerator, found: Descent, noisy: bool) -> None:
    key = f"{FEATURES}_{len(found.errors)}"
    with slot.container():
        capacity_chart(key, _message(key, found, noisy, 0, WIDTHS.index(TRAINING), 0, theme()))


def _renderer(found: Descent, noisy: bool, resting: Mapping[str, float], at: int) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        value = live.first_sound(RIDGE, [moved, held])
        row = _row({RIDGE.name: value})
        return _message(FEATURES, found, noisy, row, at, number, colours)

    return render


def _message(
    key: str, found: Descent, noisy: bool, row: int, at: int, number: int, colours: Theme
) -> bytes:
    test, training = found.errors[:, :, int(noisy), row].swapaxes(0, 1)
    strength = short(RIDGES[row], 2) if row else "0"
    series = [
        _banded(_("training error"), TRAINED + DASHED, training, colours),
        _banded(_("test error, λ = {strength}", strength=strength), LINE, test, colours),
    ]
    scales = Scales(
        _("Squared error"), _("features p"), found.widths, SPAN, logarithmic=True, ticks=TICKS,
        height=380,
    )  # fmt: skip
    return capacity_message(
        key, scales, series, at=at, number=number, band=_("all draws"),
        marks=[Mark(TRAINING, _("p = n = {count}", count=TRAINING))],
        alt=_("Test and training error over the number of random features, with a peak at n."),
    )  # fmt: skip


def _banded(title: str, place: int, values: np.ndarray, colours: Theme) -> Series:
    """The lowest, the median and the highest of draws `(draws, widths)`."""
    rows = np.quantile(values, [0, 0.5, 1], axis=0)
    return Series(title, stroke(place, colours), np.maximum(rows, NOTHING))


def _said(found: Descent, noisy: bool, row: int) -> str:
    """Where the median test error is largest from the least before n on, and what the ends have."""
    medians = np.median(found.errors[:, 0, int(noisy), row], axis=0)
    before = np.array(found.widths) < TRAINING
    low = int(np.argmin(np.where(before, medians, np.inf)))
    top = low + int(np.argmax(medians[low:]))
    numbers = {
        "low": _number(medians[low]), "at_low": f"{found.widths[low]:,}",
        "last": _number(medians[-1]), "at_last": f"{found.widths[-1]:,}",
    }  # fmt: skip
    if top in (low, len(medians) - 1) or medians[top] <= 1.02 * medians[low]:
        return _(
            "**No peak is left.** With fewer features than digits the least is {low}, at "
            "{at_low} features; with {at_last} it is **{last}**.", **numbers,
        )  # fmt: skip
    return _(
        "The classical U: **{low}** at {at_low} features, and then up to **{top}** at {at_top}. "
        "Beyond it the error falls again, to **{last}** with {at_last} features.",
        top=_number(medians[top]), at_top=f"{found.widths[top]:,}", **numbers,
    )  # fmt: skip


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
