"""The tab on which networks learn while the gradient of every layer is watched."""

from __future__ import annotations

from html import escape

import streamlit as st

from explainer.charts.depth.strips import (
    MOST_COLUMNS,
    columns_for,
    reach,
    strip_points,
    strip_spec,
)
from explainer.charts.race import LOSS
from explainer.gradients.depth.races import OFTEN, RACES, SPLIT
from explainer.gradients.depth.strips import (
    Arrival,
    Strip,
    arrivals,
    endings,
    ratio,
    strips,
)
from explainer.powers import power_of_ten, ten_to
from explainer.service import Ticket
from explainer.training.data.data_set import Examples
from explainer.training.data.registry import load
from explainer.training.engine.race import Race
from explainer.training.measurement.snapshot import Snapshot
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_slider
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import choice
from explainer.ui.common.fold import while_open
from explainer.ui.common.pictures import colour_bar
from explainer.ui.common.prose import escaped, say
from explainer.ui.common.tables import table
from explainer.ui.training_lab.control import (
    current,
    is_active,
    last_words,
    plan_of,
    transport,
)
from explainer.ui.training_lab.curve_news import View, status_line
from explainer.ui.training_lab.curves import race_curves
from explainer.ui.training_lab.plan import DataChoice, LabPlan
from explainer.ui.training_lab.recipe_editor import dot, name_of
from explainer.words import _, in_words

KEY = "depth"
SECONDS = 0.5
DATA = "digits"


def watch_it_train() -> None:
    """A story, its buttons, and its strips and losses as they grow."""
    say(KEY, "race")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        story = RACES[choice(_("Story"), RACES, key=f"{KEY}.race")]
        seeds = _seeds()
    st.markdown(_("**Watch.** {what}", what=_(story.watch)))
    examples = _digits()
    plan = LabPlan(
        data=DataChoice(DATA, examples.title), split=SPLIT, recipes=story.recipes,
        seeds=tuple(range(seeds)), evaluation=OFTEN,
    )  # fmt: skip
    ticket = current()
    buttons, messages, panel = (st.container() for __ in range(3))
    with buttons:
        transport(ticket, plan, examples)
    with messages:
        if message := last_words():
            st.warning(message, icon=":material/info:")
        if ticket is not None and plan_of(ticket) != plan:
            say(KEY, "other_race")
    if ticket is not None:
        with panel:
            _live(ticket)
    with st.expander(_("What is seen, and why"), key=f"{KEY}.told.{story.slug}"):
        _seen(ticket if ticket is not None and plan_of(ticket) == plan else None)
        st.markdown(_("**Why.** {why}", why=_(story.why)))
    say(KEY, "strips")


def _seen(ticket: Ticket[Race] | None) -> None:
    """What the race of this story has shown, told from its numbers once it is over."""
    snapshot = ticket.race.snapshot if ticket is not None else None
    if ticket is None or snapshot is None or not snapshot.runs or is_active(ticket):
        st.markdown(_("**What is seen** is told from the numbers, once the race is over."))
        return
    parts = [
        _(
            "**{name}**: at the first step {share} of the last hidden layer's gradient reaches the "
            "first; at the end {right} of validation are correctly classified.",
            name=escaped(name_of(snapshot.recipes[one.recipe], one.recipe)),
            share=power_of_ten(one.arriving),
            right=f"{one.right:.0%}",
        )
        for one in endings(snapshot)
    ]
    st.markdown("\n".join(["", *(f"- {part}" for part in parts)]))


def _seeds() -> int:
    with while_open(
        st.popover(_("More"), icon=":material/tune:", key=f"{KEY}.options", on_change="rerun")
    ):
        return bounded_slider(
            _("Seeds"), 1, 5, 2, 1, key=f"{KEY}.seeds",
            help_text=_(
                "Each network is trained once for each seed; a strip is the median over them."
            ),
        )  # fmt: skip


@st.cache_resource(show_spinner=False)
def _digits() -> Examples:
    return load(DATA)


def _live(ticket: Ticket[Race]) -> None:
    """Strips and losses twice a second as long as the race moves."""
    active = is_active(ticket)

    @st.fragment(run_every=SECONDS if active else None)
    def panel() -> None:
        state, snapshot = ticket.state, ticket.race.snapshot
        if not snapshot.runs:
            st.info(_("This race has ended and its memory is free again."))
            return
        st.caption(status_line(state, snapshot))
        _strips(snapshot, active=active)
        race_curves(KEY, ticket, View((LOSS,), status=False), asks=False)
        _broken(snapshot)
        _sooner(snapshot)
        if is_active(ticket) != active:
            st.rerun()

    panel()


def _strips(snapshot: Snapshot, *, active: bool) -> None:
    depths = [
        len(runs[0].curves.layers.names) for runs in map(snapshot.of_recipe, _indices(snapshot))
    ]
    columns = columns_for(max(depths), len(depths)) if active else MOST_COLUMNS
    found = {strip.recipe: strip for strip in strips(snapshot, columns)}
    if not found:
        return
    low, high = reach(list(found.values()))
    st.html(
        colour_bar(
            theme().sequential,
            _("Length of the gradient: {least}", least=ten_to(round(low))),
            ten_to(round(high)),
        )
    )
    for start in range(0, len(depths), 2):
        for column, index in zip(
            st.columns(2), _indices(snapshot)[start : start + 2], strict=False
        ):
            with column:
                _strip(snapshot, index, found.get(index), low, high)


def _indices(snapshot: Snapshot) -> range:
    return range(len(snapshot.recipes))


def _strip(snapshot: Snapshot, index: int, strip: Strip | None, low: float, high: float) -> None:
    name = name_of(snapshot.recipes[index], index)
    st.html(f'{dot(index)} <b translate="no">{escape(name)}</b>')
    if strip is not None:
        chart(
            strip_points(strip),
            strip_spec(theme(), low, high, len(strip.layers), snapshot.total_steps),
            key=f"{KEY}.strip.{index}",
            alt=_("{name}: the length of the gradient at every layer, step by step.", name=name),
        )


def _broken(snapshot: Snapshot) -> None:
    """Where runs broke down: at which step, and what was measured before."""
    for index in _indices(snapshot):
        broken = [run for run in snapshot.of_recipe(index) if run.status.broken]
        if broken:
            words = _(
                "**{name}** (seed {seed}): {explanation}",
                name=escaped(name_of(snapshot.recipes[index], index)),
                seed=broken[0].seed,
                explanation=escaped(in_words(broken[0].explanation)),
            )
            st.markdown(words)


def _sooner(snapshot: Snapshot) -> None:
    """How many steps each network took to the training error that is chosen, and the ratios."""
    percent = st.slider(
        _("Training error to reach (%)"), 5, 75, 25, 5, key=f"{KEY}.error", bind="query-params",
        persist_state="session", help=_("Measured on the same training pictures for all."),
    )  # fmt: skip
    found = arrivals(snapshot, percent / 100)
    first = found[0]
    table(
        [
            _("network"),
            _("steps to {percent} % error, seed by seed", percent=percent),
            _("times those of the first"),
        ],
        [[_named(snapshot, one), _steps(one), _times(one, first)] for one in found],
        caption=_("How soon each network reaches the error."),
    )
    say(KEY, "sooner")


def _named(snapshot: Snapshot, one: Arrival) -> str:
    name = escape(name_of(snapshot.recipes[one.recipe], one.recipe))
    return f'{dot(one.recipe)} <span translate="no">{name}</span>'


def _steps(one: Arrival) -> str:
    return ", ".join(_("not yet") if step is None else f"{step:,}" for step in one.steps)


def _times(one: Arrival, first: Arrival) -> str:
    found = ratio(one, first) if one.recipe != first.recipe else None
    if found is None:
        return ""
    least, median, most = (f"{one:.1f}" for one in (found.least, found.median, found.most))
    if found.pairs == 1:
        return f"{median}×"
    return _("{median}× ({least} to {most})", median=median, least=least, most=most)
