"""Regression under outliers: three losses of the training lab on real numbers, spoiled in part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.likelihood.outliers import HEIGHT, LEARNED, LOSSES, SEEDS, SHARES, Errors, errors
from explainer.live_pictures import Render
from explainer.messages import whole
from explainer.parameters import Parameter
from explainer.powers import signed
from explainer.training.instruments.student import NOISE, interval, judged
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.components import unread
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import sent_values
from explainer.ui.overfitting.capacity import (
    Scales,
    Series,
    capacity_chart,
    capacity_message,
    clicked_number,
)
from explainer.ui.splits.bands import bands
from explainer.ui.splits.gaps import Row, gaps, gaps_message
from explainer.words import N_, _

KEY = "losses"
OUTLIERS, BARS = f"{KEY}.outliers", f"{KEY}.outliers_bars"
KEPT: Kept[str, Errors] = Kept(MEGABYTE, lambda one: 2 * one.absolute.nbytes)
MEASURES = (
    Named("absolute", N_("mean |error|")), Named("squared", N_("root mean square")),
)  # fmt: skip
PERCENTS = tuple(round(100 * one) for one in SHARES)
LAST = len(SHARES) - 1
(SHARE,) = PARAMETERS = (
    Parameter("share", N_("outliers (%)"), 10, 0, PERCENTS[-1], PERCENTS[1]),
)  # fmt: skip


def outliers_part() -> None:
    """A slider for the share; the errors over all shares, and at this one with the verdicts."""
    say(KEY, "squared_outliers")
    words = _("{count} regressions", count=len(LOSSES) * len(SHARES) * len(SEEDS))
    found = waited(KEPT, "diabetes", words, lambda told: errors(told=told))
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        measure = choice(
            _("On clean patients"), MEASURES, key=f"{OUTLIERS}.measure",
            widget=st.segmented_control,
        )  # fmt: skip
        clicked = whole(sent_values(unread(f"{OUTLIERS}.chart", "moved")).get("place"), 0, LAST)
        if clicked is not None:
            live.put(OUTLIERS, SHARE, PERCENTS[clicked])
        moved = live.values(OUTLIERS, PARAMETERS)
        number = max(moved.number, clicked_number(OUTLIERS))
        shown = _Shown(found, measure, theme())
        address = live.live_picture(OUTLIERS, _renderer(shown, moved.values))
        live.sliders(OUTLIERS, PARAMETERS, moved, address=address)
        gaps(BARS, _bars(shown, moved.values, number))
    with right:
        capacity_chart(OUTLIERS, _chart(shown, moved.values, number))
    live.write_to_url(OUTLIERS, PARAMETERS, moved.values)
    say(KEY, "squared_outliers_notice")


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the slider is moved."""

    found: Errors
    measure: str
    colours: Theme


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _chart(shown, values, number, (BARS, _bars(shown, values, number)))

    return render


def _place(values: Mapping[str, float]) -> int:
    return PERCENTS.index(round(values[SHARE.name]))


def _chart(
    shown: _Shown, values: Mapping[str, float], number: int,
    also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    measured = shown.found.measured(shown.measure)
    series = [
        Series(_(loss.title), stroke(place, shown.colours), bands(one.T))
        for place, (loss, one) in enumerate(zip(LOSSES, measured, strict=True))
    ]
    title = next(_(one.title) for one in MEASURES if one.slug == shown.measure)
    most = float(np.ceil(10 * max(one.values.max() for one in series)) / 10)
    scales = Scales(
        _("{measure}, standard deviations", measure=title), _("outliers (%)"), PERCENTS,
        (0, most), even=True, decimals=2,
    )  # fmt: skip
    return capacity_message(
        OUTLIERS, scales, series, at=_place(values), number=number, band="95 %", also=also,
        alt=_("The error on clean patients over the share of outliers, for three losses."),
    )  # fmt: skip


def _bars(shown: _Shown, values: Mapping[str, float], number: int) -> bytes:
    measured = shown.found.measured(shown.measure)
    now = measured[:, _place(values)]
    rows = []
    for place, (loss, each) in enumerate(zip(LOSSES, now, strict=True)):
        mean, low, high = interval((each - now[0]).tolist())
        noise = judged(low, high) == NOISE
        says = _(NOISE) if noise else _("{change} against squared", change=signed(mean, 3))
        rows.append(
            Row(_(loss.title), 0, float(each.mean()), shown.colours.categorical[place],
                f"{each.mean():.3f}", says if place else "")
        )  # fmt: skip
    told = _(
        "{spoiled} of {count} patients have a number that is {height} standard deviations too "
        "high. Mean of {seeds} divisions, which overlap: the intervals are a little too narrow.",
        spoiled=round(SHARES[_place(values)] * LEARNED), count=LEARNED, height=f"{HEIGHT:g}",
        seeds=measured.shape[2],
    )  # fmt: skip
    return gaps_message(
        BARS, rows, most=float(measured.mean(-1).max()), told=told, number=number,
        alt=_("The error on clean patients with each loss at this share."),
    )  # fmt: skip
