"""The sparsity microscope: weights as a histogram, how many are zero layer by layer, pruning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from explainer.charts.training_lab.weights import (
    histogram_points,
    histogram_spec,
    pruning_points,
    pruning_spec,
)
from explainer.powers import power_of_ten
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.pruning import SHARES, Pruned, prune
from explainer.training.instruments.weights import LayerWeights, WeightReport, weigh
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.task import Measure
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.training_lab.asking import latest, seen
from explainer.ui.training_lab.names import DIVERGED, marked, of_step
from explainer.ui.training_lab.plan import KEY
from explainer.words import _

SMALL = (1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
ABSENT = "–"


def weights_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """Histogram and table of the weights, then the pruning curve."""
    say("training_lab", "weights")
    snapshot = seen(ticket)
    epsilon = st.select_slider(
        _("Nearly zero: smaller than ε"),
        SMALL,
        1e-3,
        format_func=lambda value: f"{value:g}",
        key=f"{KEY}.epsilon",
        persist_state="session",
    )
    question = partial(weigh, recipes=len(snapshot.recipes), epsilon=float(epsilon))
    answer = latest(ticket, ("weights", epsilon), question, moving=moving)
    if answer is None:
        st.caption(_("Measuring."))
        return
    chart(
        histogram_points(answer.value),
        histogram_spec(
            theme(), zeros=any(layer.zeros for one in answer.value for layer in one.layers)
        ),
        key=f"{KEY}.histogram",
        alt=_("How many weights have which value, one line a recipe, on a logarithmic axis."),
    )
    st.caption(of_step(answer.step, snapshot, one_seed=False))
    names = _layers(answer.value)
    table(
        [_("exactly 0 · below ε · length"), _("all"), *names],
        [_row(snapshot, one, names) for one in answer.value],
        data=names,
    )
    _pruning(ticket, snapshot, moving=moving)


def _layers(reports: Sequence[WeightReport]) -> list[str]:
    """The names of all layers, of which a recipe may lack some; the nearest to the output last."""
    left = {
        layer.name: len(report.layers) - place
        for report in reports
        for place, layer in enumerate(report.layers)
    }
    return sorted(left, key=left.__getitem__, reverse=True)


def _row(snapshot: Snapshot, report: WeightReport, names: Sequence[str]) -> list[str]:
    whole = LayerWeights(
        "all",
        sum(one.count for one in report.layers),
        sum(one.zeros for one in report.layers),
        sum(one.below for one in report.layers),
        sum(one.norm**2 for one in report.layers) ** 0.5,
    )
    found = {one.name: _cell(one) for one in report.layers}
    return [
        marked(snapshot, report.recipe),
        _cell(whole),
        *(found.get(name, ABSENT) for name in names),
    ]


def _cell(layer: LayerWeights) -> str:
    if not math.isfinite(layer.norm):
        return _(DIVERGED)
    exact, below = (f"{100 * part / layer.count:.1f} %" for part in (layer.zeros, layer.below))
    return f"<b>{exact}</b> · {below} · {power_of_ten(layer.norm, 3)}"


def _pruning(ticket: Ticket[Race], snapshot: Snapshot, *, moving: bool) -> None:
    """How well it does without the smallest weights, and one share of them looked at."""
    st.markdown("## " + _("Prune: how many weights does it need?"))
    say("training_lab", "pruning")
    if moving or not snapshot.step:
        st.caption(_("Pause the race, or let it end, to see what pruning costs."))
        return
    percent = st.select_slider(
        _("Smallest weights set to zero (%)"),
        [round(100 * share) for share in SHARES],
        50,
        key=f"{KEY}.pruned",
        persist_state="session",
    )
    curves, of = _pruned(ticket, snapshot), snapshot.task.measure
    marked_share = SHARES[[round(100 * share) for share in SHARES].index(int(percent))]
    measured = _("validation {measure}", measure=_(of.title))
    alt = _(
        "The {measure} against the share of weights set to zero, one line a recipe.",
        measure=measured,
    )
    chart(
        pruning_points(curves, marked_share, 100 if of.percent else 1),
        pruning_spec(theme(), f"{measured} (%)" if of.percent else measured),
        key=f"{KEY}.pruning",
        alt=alt,
    )
    table(
        [
            measured,
            _("whole"),
            _("without {percent} %", percent=percent),
            _("change"),
        ],
        [_pruned_row(snapshot, index, runs, marked_share) for index, runs in enumerate(curves)],
    )


def _pruned(ticket: Ticket[Race], snapshot: Snapshot) -> list[list[tuple[Pruned, ...]]]:
    """The curve of each run of this step; asked once, run by run, so that commands get through."""
    now = (ticket.id, snapshot.seeds, snapshot.step)
    runs = remembered(
        f"{KEY}.pruned_curves", now, lambda: _asked(ticket, snapshot),
        worth=lambda found: len(found) == len(snapshot.runs),
    )  # fmt: skip
    seeds = len(snapshot.seeds)
    return [runs[start : start + seeds] for start in range(0, len(runs) - seeds + 1, seeds)]


def _asked(ticket: Ticket[Race], snapshot: Snapshot) -> list[tuple[Pruned, ...]]:
    """The curves of all runs, or of as many as there was an answer for."""
    found, bar = list[tuple[Pruned, ...]](), st.progress(0.0, _("Pruning"))
    for number in range(len(snapshot.runs)):
        answer = latest(ticket, ("pruning", number), partial(_one, number), moving=False)
        if answer is None:
            break
        found.append(answer.value)
        bar.progress((number + 1) / len(snapshot.runs), _("Pruning"))
    bar.empty()
    return found


def _one(number: int, runs: Sequence[Run]) -> tuple[Pruned, ...]:
    return prune(runs[number])


def _pruned_row(
    snapshot: Snapshot, index: int, runs: list[tuple[Pruned, ...]], share: float
) -> list[str]:
    of = snapshot.task.measure
    whole, left = (
        sorted(
            one.measure
            for run in runs
            for one in run
            if one.share == wanted and math.isfinite(run[0].measure)
        )
        for wanted in (0.0, share)
    )
    if not whole:
        return [marked(snapshot, index), _(DIVERGED), _(DIVERGED), ""]
    middle, unit = len(whole) // 2, " %" * of.percent
    more = left[middle] - whole[middle]
    change = ("+" * (more >= 0) + _number(more, of)).replace("-", "−")
    spread = f"{_number(left[0], of)}–{_number(left[-1], of)}"
    return [
        marked(snapshot, index),
        _number(whole[middle], of) + unit,
        f"{_number(left[middle], of)}{unit} <small>({spread})</small>",
        escape(change),
    ]


def _number(value: float, measure: Measure) -> str:
    return f"{100 * value:z.1f}" if measure.percent else measure.text(value)
