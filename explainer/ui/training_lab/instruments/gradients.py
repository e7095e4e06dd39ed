"""What reaches each layer: the gradient, the size of its steps, and the units that are dead."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explainer.charts.training_lab.layers import (
    LAYER_MEASURES,
    layer_history,
    layer_history_spec,
    layer_points,
    layer_spec,
    unit_points,
    unit_spec,
)
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.units import UnitShares, unit_shares
from explainer.training.measurement.snapshot import Snapshot
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.prose import say
from explainer.ui.training_lab.asking import latest, seen
from explainer.ui.training_lab.names import (
    first_seed_runs,
    of_step,
    pick_recipe,
    without_numbers,
)
from explainer.ui.training_lab.plan import KEY
from explainer.words import N_, _

UNIT_TITLES = {"dead": N_("dead units (%)"), "saturated": N_("saturated (%)")}


def gradients_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """Gradient and step of each layer, dead and saturated units, and one recipe over time."""
    say("training_lab", "gradients")
    snapshot = seen(ticket)
    if not snapshot.step:
        st.caption(_("There is no gradient before the first step."))
        return
    for column, measure in zip(st.columns(2), LAYER_MEASURES, strict=True):
        with column:
            chart(
                layer_points(snapshot, measure),
                layer_spec(theme(), measure),
                key=f"{KEY}.layer.{measure.slug}",
                alt=_(
                    "{measure} of each layer, one line a recipe, on a logarithmic axis.",
                    measure=_(measure.title),
                ),
            )
    _units(ticket, snapshot, moving=moving)
    st.markdown("## " + _("The same over time, layer by layer"))
    run = snapshot.of_recipe(pick_recipe(snapshot, "layers_of"))[0]
    for column, measure in zip(st.columns(2), LAYER_MEASURES, strict=True):
        with column:
            chart(
                layer_history(run, measure),
                layer_history_spec(theme(), measure, run.curves.layers.names),
                key=f"{KEY}.history.{measure.slug}",
                alt=_("{measure} over the steps, one line a layer.", measure=_(measure.title)),
            )


def _units(ticket: Ticket[Race], snapshot: Snapshot, *, moving: bool) -> None:
    chosen = first_seed_runs(snapshot)

    def question(runs: Sequence[Run]) -> list[tuple[UnitShares, ...]]:
        return [unit_shares(run) for run in runs[chosen]]

    answer = latest(ticket, "units", question, moving=moving)
    if answer is None:
        st.caption(_("Measuring."))
        return
    for column, (name, title) in zip(st.columns(2), UNIT_TITLES.items(), strict=True):
        with column:
            chart(
                unit_points(answer.value),
                unit_spec(theme(), name, _(title)),
                key=f"{KEY}.units.{name}",
                alt=_("{measure} of each hidden layer, a bar a recipe.", measure=_(title)),
            )
    st.caption(of_step(answer.step, snapshot))
    without_numbers(snapshot)
