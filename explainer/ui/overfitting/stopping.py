"""When should it stop? The best moment, patience, and what too soon and too late cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.generalisation.stopping import (
    EVERY,
    SEEDS,
    SIZE,
    TIMES,
    WIDTH,
    Course,
    Moment,
    course,
)
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent
from explainer.training.instruments.student import NOISE, judged
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.curves import (
    Line,
    Mark,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.overfitting.knobs import knobs
from explainer.ui.overfitting.quadratic import quadratic
from explainer.words import N_, _

KEY = "overfitting"
STOP, COSTS = f"{KEY}.stop", f"{KEY}.stop_costs"
KEPT: Kept[str, Course] = Kept(16 * MEGABYTE, lambda one: 4 * one.training.nbytes)
LOWEST, HIGHEST = EVERY, 40 * EVERY
WAITS = range(LOWEST, HIGHEST + 1, EVERY)
RUN_COLOUR, BEST_COLOUR, MEAN_COLOUR, WORST_COLOUR, DASHED = 0, 1, 7, 3, 8
PANELS = (Panel(N_("Loss (nats)"), N_("loss"), 330),)
COST_PANELS = (
    Panel(N_("Cost against the best moment (nats)"), N_("cost"), 170),
    Panel(N_("Steps that were trained"), N_("steps"), 160),
)
PATIENCE, RUN = PARAMETERS = (
    Parameter("patience", N_("patience, in steps"), 4 * EVERY, LOWEST, HIGHEST, EVERY),
    Parameter("run", N_("run"), 1, 1, len(SEEDS), 1),
)


def stopping_section(*_given: object) -> None:
    """Losses with the stop that a patience gives, its cost; a quadratic; which knob moves what."""
    say(KEY, "stopping")
    words = _("{count} networks learn past their best moment", count=len(SEEDS))
    found = waited(KEPT, "course", words, lambda told: course(told=told))
    if (pinned := pinned_x(COSTS)) is not None:
        live.put(STOP, PATIENCE, pinned)
    moved = live.values(STOP, PARAMETERS)
    shown = _Shown(found, place_in_view(STOP, "step", EVERY, float(found.steps[-1]), 100), theme())
    address = live.live_picture(STOP, _renderer(shown, moved.values))
    controls, left, right = st.columns([1, 1.7, 1.3], gap="medium")
    with controls:
        live.sliders(STOP, PARAMETERS, moved, address=address)
    with left:
        number = max(moved.number, pinned_number(STOP))
        curves(STOP, _losses(shown, moved.values, number))
    with right:
        curves(COSTS, _costs(shown, moved.values, max(moved.number, pinned_number(COSTS))))
    live.write_to_url(STOP, PARAMETERS, moved.values)
    left, right = st.columns([1, 1.9], gap="medium")
    with left:
        _runs(found, round(moved.values[PATIENCE.name]))
    with right:
        _moments([found.moment(times) for times in TIMES])
    st.caption(
        _(
            "{units} hidden units learn {size} digits. A fifth of all labels is wrong, of those to "
            "validate on too: no loss comes near 0. Measured every {every} steps, on 500 digits to "
            "stop by and 500 fresh ones.",
            units=WIDTH, size=SIZE, every=EVERY,
        )
    )  # fmt: skip
    say(KEY, "stopping_notice")
    st.divider()
    quadratic()
    st.divider()
    knobs()


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while a slider is moved."""

    found: Course
    step: float
    colours: Theme


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _losses(shown, values, number, (COSTS, _costs(shown, values, number)))

    return render


def _losses(
    shown: _Shown, values: Mapping[str, float], number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    found, run = shown.found, round(values[RUN.name]) - 1
    end, kept = (int(one[run]) for one in found.stopped(round(values[PATIENCE.name])))
    validation = found.validation[:, run]
    best, *moments = [
        (float(found.steps[at]), float(validation[at])) for at in (int(found.best[run]), kept, end)
    ]
    blue, grey = (stroke(one, shown.colours) for one in (RUN_COLOUR, MEAN_COLOUR + DASHED))
    lines = [
        Line(_("training"), stroke(RUN_COLOUR + DASHED, shown.colours),
             found.training[:, run][None]),
        Line(_("validation; discs: what is kept, and the end"), blue, validation[None],
             points=[moments]),
        Line(_("validation, mean of all runs"), grey, found.validation.mean(1)[None]),
        Line(_("the best moment"), stroke(BEST_COLOUR, shown.colours),
             np.full((1, len(found.steps)), np.nan), points=[[best]]),
    ]  # fmt: skip
    marks = [Mark(float(found.steps[end]), _("stops"))]
    return curves_message(
        STOP, [replace(one, short=_(one.short)) for one in PANELS], lines, low=EVERY,
        reach=float(found.steps[-1]), at=shown.step, number=number, marks=marks, symbol=_("step"),
        alt=_("Training and validation loss over the steps, the best moment and the stop marked."),
        also=also,
    )  # fmt: skip


def _costs(shown: _Shown, values: Mapping[str, float], number: int) -> bytes:
    costs = np.array([shown.found.cost(one) for one in WAITS])
    steps = np.array([shown.found.steps[shown.found.stopped(one)[0]] for one in WAITS])
    lines = [
        Line(_("mean of all runs"), stroke(RUN_COLOUR, shown.colours),
             np.stack([costs.mean(1), steps.mean(1)])),
        Line(_("the worst of them"), stroke(WORST_COLOUR, shown.colours),
             np.stack([costs.max(1), steps.max(1).astype(float)])),
    ]  # fmt: skip
    at = values[PATIENCE.name]
    return curves_message(
        COSTS, [replace(one, short=_(one.short)) for one in COST_PANELS], lines, low=LOWEST,
        reach=HIGHEST, at=at, number=number, marks=[Mark(at, "")], symbol=_("patience"),
        alt=_("The cost of stopping, and the steps trained, over the patience."),
    )  # fmt: skip


def _runs(found: Course, patience: int) -> None:
    end, kept = found.stopped(patience)
    costs = found.cost(patience)
    rows = [
        [
            str(run + 1),
            str(found.steps[found.best[run]]),
            str(found.steps[end[run]]),
            str(found.steps[kept[run]]),
            f"{costs[run]:.3f}",
        ]
        for run in range(len(costs))
    ]
    heads = [_("run"), _("best step"), _("stops at"), _("keeps"), _("costs (nats)")]
    st.markdown(_("**Each run**, with this patience:"))
    table(heads, rows, caption=_("Where each run stops with this patience"))


def _moments(found: Sequence[Moment]) -> None:
    rows = [
        [
            _named(one.times),
            f"{one.step:.0f}",
            f"{one.loss:.2f}",
            _cost(one.more_loss, "{:+.2f}"),
            percent(one.error),
            _cost(tuple(100 * part for part in one.more_error), "{:+.1f}"),
        ]
        for one in found
    ]
    heads = [
        _("stopped at"), _("step"), _("loss"), _("more than best"), _("error"),
        _("more (points)"),
    ]  # fmt: skip
    st.markdown(_("**Too soon, too late**, on 500 fresh digits that no run was stopped by:"))
    table(heads, rows, caption=_("What stopping too soon or too late costs"))


def _named(times: float) -> str:
    named = {0.25: _("a quarter of the best step"), 0.5: _("half of it"), 1.0: _("the best step")}
    return named.get(times) or _("{times} times it", times=f"{times:g}")


def _cost(cost: tuple[float, ...], form: str) -> str:
    mean, low, high = cost
    if low == high == 0:
        return "–"
    number = form.format(mean).replace("-", "−")
    beyond = judged(low, high) != NOISE
    return f"<b>{number}</b>" if beyond else f"{number}, {_(NOISE)}"
