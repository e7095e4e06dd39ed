"""The case before the reader: which it is, and its run with the service."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explainer.clinic.case import STEPS, Case, mended
from explainer.clinic.levels import LEVELS, MOST_SEED, Level
from explainer.clinic.live_case import LiveCase
from explainer.clinic.record import Record
from explainer.service import Phase, ServiceClosed, ServiceFull, Ticket, service_of
from explainer.ui.clinic.file import KEY, answered
from explainer.ui.common.choice import choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.visits import visit
from explainer.ui.inputs.places import kept_whole, next_whole
from explainer.words import _, in_words, sentence_of

WORK = "cases"
SEED, LEVEL, REFUSED = f"{KEY}.seed", f"{KEY}.level", f"{KEY}.refused"
RUN, MENDED = f"{KEY}.run.ticket", f"{KEY}.run.mended"


@dataclass(frozen=True, eq=False)
class Patient:
    """A case by its name, with the run of it and that of its mended twin, where they have begun."""

    level: Level
    case: Case
    run: Ticket[LiveCase] | None
    mended: Ticket[LiveCase] | None

    @property
    def name(self) -> str:
        """What files and messages call it; it does not tell the fault."""
        return f"{self.level.slug}-{self.case.seed}"

    @property
    def runs(self) -> list[Ticket[LiveCase]]:
        """The run, and after it the mended one."""
        return [one for one in (self.run, self.mended) if one is not None]

    @property
    def now(self) -> Ticket[LiveCase] | None:
        """The run that is last begun."""
        return self.mended or self.run

    @property
    def records(self) -> list[Record]:
        """What is known of each run."""
        return [one.race.snapshot.record for one in self.runs]

    @property
    def step(self) -> int:
        """How many steps of the ill run are known."""
        return self.records[0].step if self.run is not None else 0

    @property
    def moving(self) -> bool:
        """Whether there is more to come by itself."""
        now = self.now
        if now is None or now.state.phase is Phase.CLOSED:
            return False
        return now.race.snapshot.playing

    @property
    def ill_moves(self) -> bool:
        """Whether there is more to come of the run with the fault."""
        return self.moving and self.mended is None

    @property
    def over(self) -> bool:
        """Whether nothing can go on: none has begun, or the last has ended."""
        now = self.now
        return now is None or now.race.snapshot.finished or now.state.phase is Phase.CLOSED

    @property
    def status(self) -> str:
        """How the last run stands, in words."""
        now = self.now
        if now is None:
            return _("Not begun yet: press Start.")
        record, state = now.race.snapshot.record, now.state
        if record.lost:
            return _("At step {step} the loss is no longer a number.", step=int(record.steps[-1]))
        if record.finished:
            return _("All {steps} steps are done.", steps=STEPS)
        if state.message:
            return in_words(state.message)
        return _("Step {step} of {steps}", step=record.step, steps=STEPS)


def patient() -> Patient:
    """The case that level and seed say, with its run where that is still of this case."""
    seed = kept_whole(SEED, MOST_SEED)
    level = LEVELS[choice(_("Level"), LEVELS, key=LEVEL, widget=st.segmented_control,
                          label_visibility="collapsed")]  # fmt: skip
    case = remembered(f"{KEY}.case", (level.slug, seed), lambda: level.case(seed))
    run: Ticket[LiveCase] | None = st.session_state.get(RUN)
    if run is not None and run.race.case != case:
        run = None
    other: Ticket[LiveCase] | None = st.session_state.get(MENDED) if run is not None else None
    return Patient(level, case, run, other)


def begin(case: Case) -> None:
    """Run the case from its first step."""
    st.session_state.pop(MENDED, None)
    _open(case, RUN)


def mend(case: Case) -> None:
    """Run it without its fault; what its own run has come to stays."""
    _open(mended(case), MENDED)


def another(level: Level) -> None:
    """Go to the next case that was not answered yet, and run it."""
    gone = answered(level.slug)
    for __ in range(len(gone) + 1):
        next_whole(SEED, MOST_SEED)
        seed = kept_whole(SEED, MOST_SEED)
        if seed not in gone:
            break
    begin(level.case(seed))


def _open(case: Case, key: str) -> None:
    st.session_state.pop(REFUSED, None)
    try:
        ticket = service_of(WORK).open(lambda: LiveCase(case), visit(WORK).id)
    except (ServiceFull, ServiceClosed) as error:
        st.session_state[REFUSED] = sentence_of(error)
        return
    st.session_state[key] = ticket
    ticket.command(LiveCase.play)
