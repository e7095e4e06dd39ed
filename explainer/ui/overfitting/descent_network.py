"""Double descent in networks that learn: over their width, and of one width over the steps."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.generalisation.descent_network import (
    DECAYS,
    SEEDS,
    SMALL,
    TRAINING,
    WIDTHS,
    Change,
    Networks,
    by_step,
    by_width,
    networks,
    parameters,
    threshold,
)
from explainer.kept import MEGABYTE, Kept
from explainer.powers import short
from explainer.training.instruments.student import NOISE, judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.curves import Mark
from explainer.ui.common.memory import remembered
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
from explainer.words import N_, _, language

KEY = "overfitting"
WIDTH, STEP = f"{KEY}.width", f"{KEY}.step"
KEPT: Kept[str, Networks] = Kept(
    MEGABYTE, lambda one: one.error.nbytes + one.wrong.nbytes + one.training.nbytes
)
MEASURES = (Named("error", N_("squared error")), Named("wrong", N_("share that is wrong")))
SPANS = {"error": (0.4, 5.0), "wrong": (0.2, 1.0)}
PLAIN, DECAYED = 0, 1
FIRST_WIDTH = WIDTHS.index(24)


def network_part() -> None:
    """Test errors over the width at a step, and beside it those of a width over the steps."""
    say(KEY, "descent_network")
    measure = choice(
        _("On the test digits"), MEASURES, key=f"{KEY}.network_measure", widget=st.segmented_control
    )
    slot = st.empty()
    found = waited(
        KEPT, "digits",
        _("{count} networks learn, the narrowest first",
          count=len(WIDTHS) * len(SEEDS) * len(DECAYS)),
        lambda told: networks(told=told, seen=lambda so_far: _so_far(slot, so_far, measure)),
    )  # fmt: skip
    slot.empty()
    width = kept_place(WIDTH, len(found.widths), FIRST_WIDTH)
    step = kept_place(STEP, len(found.moments), len(found.moments) - 1)
    left, right = st.columns(2, gap="large")
    with left:
        number = clicked_number(WIDTH)
        message = remembered(
            f"{WIDTH}.message", (found, measure, width, step, number, theme(), language()),
            lambda: _by_width(WIDTH, found, measure, width, step, number, theme()),
        )  # fmt: skip
        capacity_chart(WIDTH, message)
    with right:
        number = clicked_number(STEP)
        message = remembered(
            f"{STEP}.message", (found, measure, width, step, number, theme(), language()),
            lambda: _by_step(STEP, found, measure, width, step, number, theme()),
        )  # fmt: skip
        capacity_chart(STEP, message)
    st.markdown(
        remembered(
            f"{KEY}.network_said", (found, measure, width, step, language()),
            lambda: "\n".join(f"- {line}" for line in _said(found, measure, width, step)),
        )
    )  # fmt: skip
    st.caption(
        _(
            "Digits at a quarter of their size, {side} × {side}, {count} to learn from, a fifth of "
            "their labels wrong; test labels are right. Lines are means of {seeds} seeds, bands go "
            "from the lowest to the highest. L2: λ = {strength}.",
            side=SMALL, count=TRAINING, seeds=len(SEEDS), strength=short(DECAYS[1]),
        )
    )  # fmt: skip
    say(KEY, "descent_network_notice")


def _so_far(slot: DeltaGenerator, found: Networks, measure: str) -> None:
    key, last = f"{WIDTH}_{len(found.widths)}", len(found.moments) - 1
    with slot.container():
        at = len(found.widths) - 1
        capacity_chart(key, _by_width(key, found, measure, at, last, 0, theme()))


def _by_width(
    key: str, found: Networks, measure: str, at: int, step: int, number: int, colours: Theme
) -> bytes:
    """Over all widths; those that are still to come are empty."""
    missing = len(WIDTHS) - len(found.widths)
    series = [
        Series(one.title, one.stroke,
               np.pad(one.values, ((0, 0), (0, missing)), constant_values=np.nan))
        for one in _both(getattr(found, measure)[:, :, step], colours)
    ]  # fmt: skip
    title = _("At step {step}, by width", step=f"{found.moments[step]:,}")
    scales = Scales(title, _("hidden units"), WIDTHS, SPANS[measure], logarithmic=True)
    return capacity_message(
        key, scales, series, at=at, number=number, band=_("all seeds"),
        marks=[Mark(threshold(), _("as many weights as outputs to fit"))],
        alt=_("The test error of networks over their width, with and without L2."),
    )  # fmt: skip


def _by_step(
    key: str, found: Networks, measure: str, width: int, at: int, number: int, colours: Theme
) -> bytes:
    units = found.widths[width]
    title = _(
        "{units} hidden units ({count} weights), by step", units=units,
        count=f"{parameters(units):,}",
    )  # fmt: skip
    last = found.moments[-1]
    ticks = [one for one in (1, 2, 5, 12, 28, 69, 168, 410, last) if one in found.moments]
    scales = Scales(title, _("step"), found.moments, SPANS[measure], logarithmic=True, ticks=ticks)
    return capacity_message(
        key, scales, _both(getattr(found, measure)[:, width], colours), at=at, number=number,
        band=_("all seeds"),
        alt=_("The test error of one width over the steps, with and without L2."),
    )  # fmt: skip


def _both(values: np.ndarray, colours: Theme) -> list[Series]:
    """Without L2 and with it, of `(2, places, seeds)`: lowest, mean, highest."""
    return [
        Series(title, stroke(place, colours),
               np.stack([one.min(-1), one.mean(-1), one.max(-1)]))
        for title, place, one in zip(
            (_("without L2"), _("with L2")), (PLAIN, DECAYED), values, strict=True
        )
    ]  # fmt: skip


def _said(found: Networks, measure: str, width: int, step: int) -> list[str]:
    """The climb to the peak and the descent after it, and what more steps do; how sure each is."""
    lines = []
    for title, place in ((_("Without L2"), PLAIN), (_("With L2"), DECAYED)):
        up, down = by_width(found, measure, place, step)
        lines.append(
            _(
                "**{title}:** from {start} hidden units to {middle} the error changes by {up}, "
                "from there to {end} by {down}: **{verdict}**.",
                title=title, start=up.start, middle=up.end, end=down.end,
                up=_changed(up, measure), down=_changed(down, measure),
                verdict=_("a peak") if up.low > 0 > down.high else _("no peak"),
            )
        )  # fmt: skip
    units = found.widths[width]
    for title, place in ((_("without L2"), PLAIN), (_("with L2"), DECAYED)):
        more = by_step(found, measure, place, width)
        lines.append(
            _(
                "**{units} hidden units, {title}:** the error is least after {start} steps; from "
                "there to step {end} it changes by {change}.",
                units=units, title=title, start=more.start, end=more.end,
                change=_changed(more, measure),
            )
        )  # fmt: skip
    return lines


def _changed(one: Change, measure: str) -> str:
    """A change, its interval, and whether that is more than noise."""
    written = _points if measure == "wrong" else "{:z.2f}".format
    mean, low, high = (written(value).replace("-", "−") for value in (one.mean, one.low, one.high))
    verdict = judged(one.low, one.high)
    told = _("within noise") if verdict == NOISE else _("more than noise")
    return _(
        "{mean} (95 %: {low} to {high}, {verdict})", mean=mean, low=low, high=high, verdict=told
    )


def _points(share: float) -> str:
    return _("{count} points", count=f"{100 * share:z.1f}")
