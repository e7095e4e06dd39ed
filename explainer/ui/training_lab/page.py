"""The parts of the training lab's page, in the order in which they are read."""

from __future__ import annotations

import streamlit as st

from explainer.charts.race import pairs
from explainer.service import Ticket
from explainer.training.data.data_set import Examples
from explainer.training.data.shifted import SHIFTS, suitable
from explainer.training.engine.race import Race
from explainer.training.task import Task
from explainer.ui.common.bounded import bounded_slider
from explainer.ui.common.choice import choice
from explainer.ui.common.fold import while_open
from explainer.ui.common.prose import escaped
from explainer.ui.training_lab.at_chance import chance_words
from explainer.ui.training_lab.control import (
    current,
    dials,
    is_active,
    last_words,
    origin_of,
    plan_of,
    score_shifted,
    shifted_answer,
    transport,
)
from explainer.ui.training_lab.curve_news import SECONDS, View
from explainer.ui.training_lab.curves import empty_curves, is_reachable, race_curves
from explainer.ui.training_lab.data import chosen_data, data_menu, split_choice
from explainer.ui.training_lab.division import division_words
from explainer.ui.training_lab.duration import learn_cost
from explainer.ui.training_lab.gallery import gallery
from explainer.ui.training_lab.instruments.tabs import instruments, live_boundaries
from explainer.ui.training_lab.instruments.verdict import compare_shifted
from explainer.ui.training_lab.plan import KEY, LabPlan, fit_to_points, keep_recipes_in_url, recipes
from explainer.ui.training_lab.prediction import predict
from explainer.ui.training_lab.presets import (
    SHOWN,
    chosen_preset,
    keep_change_in_link,
    preset_menu,
    told_after,
    told_before,
)
from explainer.ui.training_lab.recipe_editor import name_of, recipe_table
from explainer.ui.training_lab.table import seed_by_seed, standings
from explainer.ui.training_lab.timeline import timeline
from explainer.words import _

TRIES = 20
TABLE_SECONDS = 2.0  # a rerun takes the browser a fifth of a second, and the race what it takes
FITTED = f"{KEY}.fitted"
LOGARITHMIC, SMOOTHING = (f"{KEY}.{name}" for name in ("logarithmic", "smoothing"))


def set_up() -> tuple[LabPlan, Examples, int, bool] | None:
    """Story, data, split and seeds in a row; `None` while there are no examples to train on.

    With the plan, its examples, how many of them are for training, and whether it is the story's.
    """
    with st.container(gap="small"):
        story, data, options = st.columns([1.2, 1.2, 1], vertical_alignment="bottom", gap="small")
        with story:
            preset_menu()
        with data:
            slug = data_menu()
        with options:
            details = st.popover(
                _("Data, split and seeds"), icon=":material/call_split:", width="stretch",
                key=f"{KEY}.details", on_change="rerun",
            )  # fmt: skip
        story = st.container()
        chosen, examples = chosen_data(slug, details)
        if examples is None:
            return None
        with while_open(details):
            split = split_choice(chosen, examples)
            seeds = bounded_slider(
                _("Seeds"), 1, 10, 3, 1, key=f"{KEY}.seeds",
                help_text=_("Each recipe is trained once for each seed."),
            )  # fmt: skip
        with story:  # now that a link's division has come to its controls
            is_told = told_before()
        training = division_words(examples, split, seeds)
        _fit_to(examples)
    keep_recipes_in_url()
    keep_change_in_link()
    plan = LabPlan(data=chosen, split=split, recipes=recipes(), seeds=tuple(range(seeds)))
    return plan, examples, training, is_told


def _fit_to(examples: Examples) -> None:
    """Networks for pictures become networks for points, which is said until there are pictures."""
    if examples.pictures:
        st.session_state.pop(FITTED, None)
    elif fit_to_points() or st.session_state.get(FITTED):
        st.session_state[FITTED] = True
        st.caption(_("A CNN needs pictures, and these are points: its recipes are small MLPs now."))


def race(plan: LabPlan, examples: Examples, training: int, is_told: bool) -> None:
    """Buttons, and below them the curves beside the recipes; then table and instruments.

    What comes and goes has a container of its own: a fragment writes where it stood when it was
    begun, and what stands there must not have become something else meanwhile.
    """
    ticket = current()
    with st.container():
        buttons = st.container()
        curves, beside = st.columns([1.75, 1], gap="medium")
        below = [st.container() for __ in range(3)] if ticket else []
    with buttons:
        transport(ticket, plan, examples)
        if message := last_words():
            st.warning(escaped(message), icon=":material/info:")
        if ticket is None:
            _wait_for_owner()
    with beside:
        recipe_table(
            points=not examples.pictures,
            plane=examples.shape == (2,),
            numbers=not examples.classes,
        )
        if ticket is not None:
            live_boundaries(ticket)
        if ticket is None or not ticket.race.snapshot.step or plan_of(ticket) != plan:
            preset = chosen_preset()
            asked = (preset.question, preset.judged) if preset else ()
            predict(plan.recipes, examples.task.measure, *asked)
    if ticket is None:
        with curves, st.container():  # as deep as in a fragment, so that the race's take its place
            empty_curves(KEY, plan, examples, training, view(examples.task))
    else:
        _score_the_story(ticket, plan, examples)
        options, numbers, looks = below
        with options:  # before what they are options of
            _options(ticket, examples)
        with curves:
            live_curves(ticket)
            timeline(ticket)
        with numbers:
            live_table(ticket)
        with looks:
            instruments(ticket)
    if is_told:
        told_after()


def _score_the_story(ticket: Ticket[Race], plan: LabPlan, examples: Examples) -> None:
    """A story that is judged on a shifted test part has it scored when the race has ended."""
    preset = chosen_preset()
    shift = preset.shift if preset and plan_of(ticket) == plan else ""
    if shift and ticket.race.snapshot.finished and shifted_answer() is None:
        score_shifted(ticket, examples, shift)
        compare_shifted()


def _options(ticket: Ticket[Race], examples: Examples) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        change = st.popover(
            _("Change while running"), icon=":material/tune:", key=f"{KEY}.change",
            on_change="rerun",
        )  # fmt: skip
        if change.open:
            with change:
                dials(ticket, [name_of(r, i) for i, r in enumerate(ticket.race.recipes)])
        _test_buttons(ticket, examples)
        with while_open(
            st.popover(
                _("Curves"), icon=":material/show_chart:", key=f"{KEY}.of_curves", on_change="rerun"
            )
        ):
            curve_controls(ticket.race.snapshot.task)
        st.toggle(
            _("Logarithmic loss"), key=LOGARITHMIC, bind="query-params", persist_state="session"
        )


def data_section(examples: Examples) -> None:
    """The gallery, computed when it is opened."""
    opened = st.expander(
        _("What the network is shown"), key=f"{KEY}.gallery", on_change="rerun",
        expanded=examples.origin == "own",
    )  # fmt: skip
    if opened.open:
        with opened:
            gallery(examples, recipes())


def _test_buttons(ticket: Ticket[Race], examples: Examples) -> None:
    snapshot = ticket.race.snapshot
    if not snapshot.tested and snapshot.step:
        st.button(
            _("Score on the test part"),
            key=f"{KEY}.test",
            on_click=ticket.errand,
            args=(Race.evaluate_test,),
            help=_("For the best checkpoint of every run, once. It happens by itself at the end."),
        )
    if snapshot.step:
        origin = origin_of(ticket)
        examples = origin[1] if origin else examples  # those of the page may be others by now
        picked = st.menu_button(
            _("Shifted test"), [one.slug for one in suitable(examples)], key=f"{KEY}.shift",
            format_func=lambda slug: _("Test, shifted: {shift}", shift=_(SHIFTS[slug].title)),
        )  # fmt: skip
        if picked:
            score_shifted(ticket, examples, picked)


def _wait_for_owner() -> None:
    """After a reload the old tab may not be gone yet: look again for a few seconds."""
    left = st.session_state.setdefault(f"{KEY}.tries", TRIES)
    if not st.query_params.get("race") or left <= 0:
        return

    @st.fragment(run_every=SECONDS)
    def look() -> None:
        st.session_state[f"{KEY}.tries"] -= 1
        if current() is not None or st.session_state[f"{KEY}.tries"] <= 0:
            st.rerun()

    look()


def live_curves(ticket: Ticket[Race]) -> None:
    """The curves; a fragment runs for them where the browser cannot ask by itself."""
    active, asks = is_active(ticket), is_reachable(KEY)

    @st.fragment(run_every=SECONDS if active and not asks else None)
    def panel() -> None:
        draw(ticket, asks=asks)
        if is_active(ticket) != active or is_reachable(KEY) != asks:
            st.rerun()

    panel()


def live_table(ticket: Ticket[Race]) -> None:
    """How the recipes stand, every two seconds."""

    @st.fragment(run_every=TABLE_SECONDS if is_active(ticket) else None)
    def numbers() -> None:
        standings(ticket.race.snapshot)
        if origin := origin_of(ticket):
            learn_cost(ticket.race.snapshot, origin[1])
        if not is_active(ticket):
            chance_words(ticket)
        seed_by_seed(ticket.race.snapshot)

    numbers()


def draw(ticket: Ticket[Race], *, asks: bool = True) -> None:
    """Status line and curves of the race as it is now."""
    if not ticket.race.snapshot.runs:
        st.info(_("This race has ended and its memory is free again."))
        return
    race_curves(KEY, ticket, view(ticket.race.snapshot.task), asks=asks)


def view(task: Task) -> View:
    """What the controls say is drawn of a race with that task."""
    known = pairs(task)
    shown = known.get(str(st.session_state.get(SHOWN))) or next(iter(known))
    is_log = bool(st.session_state.get(LOGARITHMIC))
    return View(shown.measures, is_log, float(st.session_state.get(SMOOTHING, 0.0)))


def curve_controls(task: Task) -> None:
    """Controls for which pair of curves is shown, and how much each is smoothed."""
    choice(_("Show"), pairs(task), key=SHOWN, widget=st.segmented_control)
    bounded_slider(
        _("Smoothing"), 0.0, 0.95, 0.0, 0.05, key=SMOOTHING,
        help_text=_("The weight of the value before in an exponential moving average; 0 is off."),
    )  # fmt: skip
