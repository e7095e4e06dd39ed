"""A network learns while one watches its sharpness; its rate is changed as it runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.descent.limit_script import network_script
from explainer.descent.live_descent import AHEAD, BURST, LOST, STEPS, LiveDescent, Moment
from explainer.live_pictures import Render
from explainer.messages import whole
from explainer.parameters import Parameter
from explainer.service import Phase, ServiceClosed, ServiceFull, Ticket, service_of
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.curves import Line, Mark, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.common.visits import visit
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.inputs.places import kept_whole, next_whole
from explainer.ui.optimisers.edge import NONE_YET, edge, edge_message, news
from explainer.words import N_, _, in_words, sentence_of

KEY = "optimisers"
WORK = "descents"
EDGE, NEWS, TRIED = f"{KEY}.edge", f"{KEY}.edge_news", f"{KEY}.tried"
TICKET, REFUSED, CHECKED, ASKED, BEGIN = (
    f"{EDGE}.{name}" for name in ("ticket", "refused", "checked", "asked", "begin")
)
SEED, MOST_SEED = f"{KEY}.edge_seed", 999
RATE, GUESS = PARAMETERS = (
    Parameter("rate", N_("rate η, also while it runs"), 0.15, 0.02, 0.6, 0.005),
    Parameter("guess", N_("your prediction: it blows up above"), 0.15, 0.02, 0.6, 0.005),
)
PEAKS = (-2.0, 3.0)
LINE = 0


@dataclass(frozen=True)
class _Checked:
    """A prediction, and what was measured at that moment of the run with the ticket's id."""

    run: str
    guess: float
    moment: Moment


def limit_network() -> None:
    """Sliders and buttons, the two charts that grow, and what a prediction came to."""
    say(KEY, "limit")
    seed = kept_whole(SEED, MOST_SEED)
    moved = live.values(EDGE, PARAMETERS)
    rate, guess = (moved.values[one.name] for one in PARAMETERS)
    if st.session_state.pop(BEGIN, False):
        _begin(seed, rate)
    ticket: Ticket[LiveDescent] | None = st.session_state.get(TICKET)
    if ticket is not None:
        ticket.race.rate = rate
        _check(ticket)
    shown = _Shown(ticket, theme())
    address = live.live_picture(EDGE, _renderer(shown, moved.values))
    controls, charts = st.columns([1, 2.6], gap="medium")
    with controls:
        live.sliders(EDGE, PARAMETERS, moved, address=address)
        _buttons(ticket, seed, rate, guess)
    with charts:
        asked = live.live_picture(NEWS, _news(ticket)) if ticket is not None else ""
        edge(EDGE, shown.message(moved.values, moved.number, address=asked))
    live.write_to_url(EDGE, PARAMETERS, moved.values)
    checked: _Checked | None = st.session_state.get(CHECKED)
    if checked is not None and ticket is not None and checked.run == ticket.id:
        _outcome(checked, shown.colours, over=ticket.race.snapshot.finished)
    say(KEY, "limit_notice")
    _code(ticket, seed, rate)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while a slider is moved."""

    ticket: Ticket[LiveDescent] | None
    colours: Theme

    def message(
        self, values: Mapping[str, float], number: int, *, address: str = "", known: int = 0
    ) -> bytes:
        """The charts with these sliders, from the point `known` on."""
        ticket = self.ticket
        return edge_message(
            EDGE, NONE_YET if ticket is None else ticket.race.snapshot,
            "" if ticket is None else ticket.id, rate=values[RATE.name], guess=values[GUESS.name],
            status=_status(ticket), colours=self.colours, number=number, address=address,
            known=known,
            alt=_("The loss and the sharpness λ of the network over the steps, with 2/η."),
        )  # fmt: skip


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        known = 0
        if shown.ticket is not None:
            shown.ticket.race.rate = values[RATE.name]
            known = len(shown.ticket.race.snapshot.points)
        return shown.message(values, number, known=known)

    return render


def _news(ticket: Ticket[LiveDescent]) -> Render:
    def render(asked: Mapping[str, object], _number: int) -> bytes:
        seen = ticket.race.snapshot
        known = whole(asked.get("known"), 0, len(seen.points)) or 0
        return news(seen, ticket.id, known, _status(ticket))

    return render


def _status(ticket: Ticket[LiveDescent] | None) -> str:
    """How the run stands with the server, in words."""
    if ticket is None:
        return ""
    state, seen = ticket.state, ticket.race.snapshot
    if seen.lost:
        return _("At step {step} the loss has left all bounds.", step=f"{seen.step:,}")
    if seen.finished:
        return _("All {steps} steps are done.", steps=f"{STEPS:,}")
    return in_words(state.message) if state.message else state.shared


def _begin(seed: int, rate: float) -> None:
    st.session_state.pop(REFUSED, None)
    try:
        ticket = service_of(WORK).open(lambda: LiveDescent(seed, rate), visit(WORK).id)
    except (ServiceFull, ServiceClosed) as error:
        st.session_state[REFUSED] = sentence_of(error)
        return
    st.session_state[TICKET] = ticket
    ticket.command(LiveDescent.play)


def _other() -> None:
    """Begin with the weights of the next seed."""
    next_whole(SEED, MOST_SEED)
    st.session_state[BEGIN] = True


def _ask(ticket: Ticket[LiveDescent], guess: float) -> None:
    """Stand still; what the prediction comes to is measured in the page's run."""
    ticket.command(LiveDescent.pause)
    st.session_state[ASKED] = guess


def _check(ticket: Ticket[LiveDescent]) -> None:
    """Try rates from here where that was asked; who is broken off meanwhile is asked again."""
    guess = st.session_state.get(ASKED)
    if guess is None:
        return
    moment = ticket.command(LiveDescent.moment)
    if moment is not None:
        st.session_state[CHECKED] = _Checked(ticket.id, guess, moment)
    st.session_state.pop(ASKED, None)


def _buttons(ticket: Ticket[LiveDescent] | None, seed: int, rate: float, guess: float) -> None:
    seen = ticket.race.snapshot if ticket is not None else None
    over = ticket is None or seen is None or seen.finished or ticket.state.phase is Phase.CLOSED
    with st.container(horizontal=True, gap="small"):
        if over or ticket is None:
            label = _("Start") if ticket is None else _("From the beginning")
            _button(label, "play_arrow", _begin, (seed, rate))
        elif seen is not None and seen.playing:
            _button(_("Pause"), "pause", ticket.command, (LiveDescent.pause,))
        else:
            _button(_("Go on"), "play_arrow", ticket.command, (LiveDescent.play,))
        if ticket is not None:
            st.button(_("Other weights"), key=f"{EDGE}.other", on_click=_other)
            st.button(
                _("Check my prediction"), key=f"{EDGE}.check", disabled=over, on_click=_ask,
                args=(ticket, guess),
            )  # fmt: skip
    if refused := st.session_state.get(REFUSED):
        st.warning(in_words(refused), icon=":material/info:")


def _button(label: str, icon: str, act: Callable[..., Any], args: tuple[Any, ...]) -> None:
    st.button(
        label, icon=f":material/{icon}:", type="primary", key=f"{EDGE}.{icon}", on_click=act,
        args=args,
    )  # fmt: skip


def _outcome(checked: _Checked, colours: Theme, *, over: bool) -> None:
    """The highest loss that each rate led to, with the prediction and 2/λ; `over` is the run."""
    moment, rates = checked.moment, checked.moment.rates
    low, high = float(rates[0]), float(rates[-1])
    heights = np.log10(np.minimum(moment.highest, 1e99)).clip(-99, 99)
    line = Line(
        _("highest loss in {steps} steps", steps=AHEAD), stroke(LINE, colours), heights[None],
        points=[list(zip(rates.tolist(), heights.tolist(), strict=True))],
    )  # fmt: skip
    marks = [Mark(moment.limit, "2/λ")]
    if low <= checked.guess <= high:
        marks.append(Mark(checked.guess, _("you")))
    panel = Panel(N_("log₁₀ of the highest loss"), _("log₁₀"), 220, PEAKS, 2,
                  (_("below"), _("does not come back")))  # fmt: skip
    at = place_in_view(TRIED, "η", 0, 100, moment.limit)
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        curves(TRIED, curves_message(
            TRIED, [panel], [line], low=low, reach=high, at=at, number=pinned_number(TRIED),
            marks=marks, symbol="η",
            alt=_("The highest loss within the next steps, over the rate."),
        ))  # fmt: skip
    with right:
        st.markdown(_verdict(checked, over=over))


def _verdict(checked: _Checked, *, over: bool) -> str:
    moment = checked.moment
    below, above = moment.between
    kept, gone = moment.lost
    numbers = {
        "step": f"{moment.step:,}", "sharpness": f"{moment.sharpness:.2f}",
        "limit": f"{moment.limit:.3f}", "steps": AHEAD, "burst": f"{BURST:g}",
        "below": f"{below:.3f}", "above": f"{above:.3f}", "guess": f"{checked.guess:g}",
    }  # fmt: skip
    found = [_(
        "**Step {step}**: λ = {sharpness}, so 2/λ = **{limit}**. From these very weights, each "
        "rate was tried for {steps} steps.", **numbers,
    )]  # fmt: skip
    if math.isinf(above):
        found.append(_("None of them led to a burst.", **numbers))
    else:
        found.append(_(
            "Up to {below} the loss stays below {burst} times what it was; at {above} it bursts. "
            "You said {guess}.", **numbers,
        ))  # fmt: skip
    if math.isfinite(gone):
        found.append(_(
            "Up to {kept} it comes back; at {gone} it passes {lost}, and nothing brings it back.",
            kept=f"{kept:.3f}", gone=f"{gone:.3f}", lost=f"{LOST:,.0f}",
        ))  # fmt: skip
    if not over:
        found.append(_("**Go on, and cross the line.**"))
    return "\n\n".join(found)


def _code(ticket: Ticket[LiveDescent] | None, seed: int, rate: float) -> None:
    fold = code_fold(_("The same in Python"), f"{KEY}.limit_code")
    if not fold.open:
        return
    seen = ticket.race.snapshot if ticket is not None else NONE_YET
    steps = int(seen.points[-1, 0]) if len(seen.points) else 0
    changes = [one for one in seen.changes if one[0] < steps] or [(0, rate)]
    with fold:
        text = network_script(ticket.race.seed if ticket else seed, max(steps, 1), changes)
        show_script(KEY, text, "deepglass_speed_limit")
