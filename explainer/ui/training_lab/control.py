"""The race of a visitor: begun, commanded, left and found again.

A race belongs to a visit. When the visit ends (the tab closes) the service lets it go after a
short grace; a reload finds it again by the id in the address, once its owner is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from weakref import WeakKeyDictionary

import streamlit as st

from explainer.service import RACES, ServiceClosed, ServiceFull, Ticket, service
from explainer.training.data.data_set import Examples
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.shifted_score import shifted_scores
from explainer.training.recipe.penalties import PENALTIES
from explainer.training.task import Score
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.bounded import chosen_place
from explainer.ui.common.prose import escaped
from explainer.ui.common.visits import visit
from explainer.ui.training_lab.asking import NoAnswer, answer_now, awaited
from explainer.ui.training_lab.first_points import FETCH, leave_time
from explainer.ui.training_lab.plan import KEY, LabPlan, recipes
from explainer.words import _, in_words, ngettext, sentence_of, told

RACE = "race"
STEPS = (10, 100)
SPEED = f"{KEY}.speed"
FIRST_WIDTH = 175  # pixels, whatever it says, so that those beside it stay where they are
PLAY, RESET, ANEW = ":material/play_arrow:", ":material/replay:", ":material/casino:"
STARTS = ("start", "first", "first_epoch")  # the buttons with which a race begins
SPEEDS = (0, 100, 10, 1)  # steps a second; 0 is as fast as it goes

_origins: WeakKeyDictionary[Ticket[Race], tuple[LabPlan, Examples]] = WeakKeyDictionary()


def current() -> Ticket[Race] | None:
    """The visitor's race: their own, else the one in the address if nobody owns it any more."""
    found = service().find(visit(RACES).id)
    wanted = st.query_params.get(RACE)
    if found is None and wanted:
        found = service().adopt(wanted, visit(RACES).id)
    if found is not None:
        st.session_state[f"{KEY}.ticket"] = found
        keep_in_link(RACE, found.id)
    return found


def origin_of(ticket: Ticket[Race]) -> tuple[LabPlan, Examples] | None:
    """The plan and the examples that a race was built from; None where that is not known."""
    return _origins.get(ticket)


def plan_of(ticket: Ticket[Race]) -> LabPlan | None:
    """The plan that a race was built from."""
    origin = _origins.get(ticket)
    return origin[0] if origin else None


def last_words() -> str:
    """What there is to say of the visitor's race, closed ones included, or of a refused start."""
    refused: str = st.session_state.get(f"{KEY}.refused_start", "")
    ticket: Ticket[Race] | None = st.session_state.get(f"{KEY}.ticket")
    return in_words(refused or (ticket.state.message if ticket else ""))


def begin(plan: LabPlan, examples: Examples, first: Callable[[Race], None]) -> None:
    """Build the race of `plan` in place of the one there was, and do `first` with it.

    A race that cannot be built leaves the old one as it is and one sentence for the page.
    """
    _open(lambda: plan.build(examples, service().settings.most_bytes), plan, examples, first)


def branch(ticket: Ticket[Race], step: int) -> None:
    """Let a race with the recipes of the page go on from a kept step, in place of the old one."""
    origin = origin_of(ticket)
    if origin is None:
        return
    plan, examples = replace(origin[0], recipes=recipes()), origin[1]

    def build() -> Race:
        return awaited(ticket, lambda race: race.branch(step, plan.recipes), costly=True)

    _open(build, plan, examples, Race.play)


def _open(
    build: Callable[[], Race], plan: LabPlan, examples: Examples, first: Callable[[Race], None]
) -> None:
    st.session_state.pop(f"{KEY}.refused_start", None)
    try:
        ticket = service().open(build, visit(RACES).id)
    except (ValueError, NoAnswer, ServiceFull, ServiceClosed) as error:
        st.session_state[f"{KEY}.refused_start"] = sentence_of(error)
        return
    _origins[ticket] = plan, examples
    st.session_state[f"{KEY}.ticket"] = ticket
    st.session_state.pop(f"{KEY}.shifted", None)
    if speed := _chosen_speed():
        ticket.command(lambda race: race.set_speed(speed))
    ticket.command(first)
    if fetch := st.session_state.pop(FETCH, None):
        leave_time(ticket, fetch)


def is_active(ticket: Ticket[Race] | None) -> bool:
    """Whether the race moves, waits to, or has something else to do."""
    if ticket is None:
        return False
    return ticket.state.active or ticket.race.has_work


def transport(ticket: Ticket[Race] | None, plan: LabPlan, examples: Examples) -> None:
    """The buttons. Each says what is to be, so that a second click changes nothing.

    They stand where they stand, whatever the race does.
    """
    changed = ticket is not None and plan_of(ticket) != plan
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if ticket is None or changed:
            st.button(
                _("Start the new race") if changed else _("Start the race"),
                icon=PLAY, type="primary", key=f"{KEY}.start", on_click=begin,
                args=(plan, examples, Race.play), width=FIRST_WIDTH,
            )  # fmt: skip
        if ticket is not None:
            _buttons(ticket)
        else:
            _first_buttons(plan, examples)
        speed_menu(ticket)
    if changed:
        st.caption(
            _("The settings have changed; the race below still runs with those it began with.")
        )


def steps_of(count: int) -> str:
    """So many steps, as buttons are called."""
    return ngettext("One step", "{count} steps", count)


def _first_buttons(plan: LabPlan, examples: Examples) -> None:
    """One step or one epoch begin a race too; there is nothing to go back to yet."""
    for slug, label, order in (
        ("first", steps_of(1), Race.step),
        ("first_epoch", _("One epoch"), Race.epoch),
    ):
        st.button(label, key=f"{KEY}.{slug}", on_click=begin, args=(plan, examples, order))
    st.button(_("Reset"), icon=RESET, key=f"{KEY}.no_reset", disabled=True)
    st.button(_("New seeds"), icon=ANEW, key=f"{KEY}.no_seeds", disabled=True)


def _buttons(ticket: Ticket[Race]) -> None:
    rests = not is_active(ticket) and not ticket.race.snapshot.finished
    if rests or ticket.race.snapshot.finished:
        _button(ticket, "play", _("Play"), Race.play, icon=PLAY, here=rests, first=True)
    else:
        _button(ticket, "pause", _("Pause"), Race.pause, icon=":material/pause:", first=True)
    _button(ticket, "steps1", steps_of(1), Race.step, here=rests)
    _button(ticket, "epoch", _("One epoch"), Race.epoch, here=rests)
    _button(ticket, "reset", _("Reset"), Race.reset, icon=RESET)
    _button(ticket, "seeds_anew", _("New seeds"), Race.new_seeds, icon=ANEW, costly=True)


def speed_menu(ticket: Ticket[Race] | None) -> None:
    """How fast the race goes, or the next one will."""
    if SPEED not in st.session_state and ticket is not None:  # it was left, and found again
        going = int(ticket.race.snapshot.speed or 0)
        st.session_state[SPEED] = going if going in SPEEDS else 0
    st.selectbox(
        _("Speed"), SPEEDS, key=SPEED, format_func=_speed, on_change=_set_speed, args=(ticket,),
        label_visibility="collapsed", width=190, persist_state="session",
    )  # fmt: skip


def _button(
    ticket: Ticket[Race],
    slug: str,
    label: str,
    order: Callable[[Race], None],
    *,
    icon: str | None = None,
    costly: bool = False,
    here: bool = True,
    first: bool = False,
) -> None:
    st.button(
        label, icon=icon, key=f"{KEY}.{slug}", on_click=_order, args=(ticket, order),
        kwargs={"costly": costly}, disabled=not here, type="primary" if first else "secondary",
        width=FIRST_WIDTH if first else "content",
    )  # fmt: skip


def _order(ticket: Ticket[Race], order: Callable[[Race], None], *, costly: bool) -> None:
    st.session_state.pop(f"{KEY}.shifted", None)
    (ticket.errand if costly else ticket.command)(order)


def dials(ticket: Ticket[Race], names: list[str]) -> None:
    """What can be changed while it runs: a stop, and learning rate and λ of a recipe."""
    stop = f"{KEY}.dial.{ticket.id}.stop"
    with st.container(horizontal=True, gap="small"):
        for count in STEPS:
            _button(ticket, f"steps{count}", steps_of(count), partial(Race.step, count=count))
    st.number_input(
        _("Pause at step (0: nowhere)"), 0, 1_000_000, 0, key=stop, on_change=_set_stop,
        args=(ticket, stop), persist_state="session",
    )  # fmt: skip
    index = chosen_place(_("Recipe to change"), names, key=f"{KEY}.turned")
    run = ticket.race.snapshot.of_recipe(index)[0]
    _dial(ticket, f"rate{index}", _("Learning rate"), run.learning_rate, index, "")
    for slug, value in run.strengths:
        label = _("{penalty}, λ", penalty=_(PENALTIES[slug].title))
        _dial(ticket, f"{slug}{index}", label, value, index, slug)


def _speed(steps: int) -> str:
    if not steps:
        return _("As fast as it goes")
    return ngettext("{count} step a second", "{count} steps a second", steps)


def _dial(ticket: Ticket[Race], name: str, label: str, value: float, index: int, slug: str) -> None:
    key = f"{KEY}.dial.{ticket.id}.{name}"
    st.number_input(
        label, 0.0, 100.0, value, step=0.001, format="%.5g", key=key,
        on_change=_turn, args=(ticket, key, index, slug),
    )  # fmt: skip


def _turn(ticket: Ticket[Race], key: str, index: int, slug: str) -> None:
    value = float(st.session_state[key])
    try:
        if slug:
            ticket.command(lambda race: race.set_strength(index, slug, value))
        else:
            ticket.command(lambda race: race.set_learning_rate(index, value))
    except ValueError as error:
        st.session_state[f"{KEY}.refused_start"] = sentence_of(error)


def score_shifted(ticket: Ticket[Race], examples: Examples, slug: str) -> None:
    """Let the race's worker score its best checkpoints on the shifted test part."""
    ticket.errand(Race.evaluate_test)
    question = partial(_shifted, examples, slug)
    with st.spinner(_("Scoring")):
        try:
            st.session_state[f"{KEY}.shifted"] = answer_now(ticket, question, costly=True)
        except NoAnswer as error:
            st.warning(escaped(told(error)), icon=":material/info:")


def shifted_answer() -> list[Score | None] | None:
    """The scores on the shifted test part, once they are there."""
    found: list[Score | None] | None = st.session_state.get(f"{KEY}.shifted")
    return found


def _shifted(examples: Examples, slug: str, runs: Sequence[Run]) -> list[Score | None]:
    return shifted_scores(runs, examples, slug)


def _chosen_speed() -> float | None:
    return float(st.session_state.get(SPEED, 0)) or None


def _set_speed(ticket: Ticket[Race] | None) -> None:
    speed = _chosen_speed()
    if ticket is not None:
        ticket.command(lambda race: race.set_speed(speed))


def _set_stop(ticket: Ticket[Race], key: str) -> None:
    step = int(st.session_state[key])
    ticket.command(lambda race: race.stop_at(step or None))
