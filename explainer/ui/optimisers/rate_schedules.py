"""Schedules: the rate changes on the way. Which of them end lower, at which peak, and why?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import Stroke, stroke
from explainer.charts.theme import Theme
from explainer.descent.rate_script import script
from explainer.descent.rates import EVERY, PER_DECADE, Method
from explainer.descent.schedule_race import (
    BUDGETS,
    PEAKS,
    RACERS,
    SEEDS,
    WATCHED,
    Racer,
    Schedules,
    place,
    schedule_race,
)
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent, signed
from explainer.training.instruments.student import interval
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.curves import (
    Line,
    Panel,
    curves,
    curves_message,
    pinned_number,
)
from explainer.ui.common.memory import remembered
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.optimisers.rate_race import (
    MARGIN,
    data_button,
    rate_axis,
    seed_alone,
    spread,
    verdict,
    written,
)
from explainer.ui.splits.board import Axis, Entry, board, board_message
from explainer.words import N_, _, language

KEY = "optimisers"
RUNS, OVER = f"{KEY}.rate_schedules", f"{KEY}.rate_peaks"
KEPT: Kept[tuple[str, int], Schedules] = Kept(
    MEGABYTE, lambda one: one.losses.nbytes + one.rates.nbytes
)
DASHED = {"plateau": 14}
"""Where a racer looks unlike its place in the race: dashes in the colour of a control."""
RATE_DECIMALS = {"sgd": 3, "adam": 4}
CONTROLS = ("half", "backwards")
ORDER = ("constant", "cosine", *CONTROLS)
SETS = (Named("schedules", N_("Schedules")), Named("order", N_("Large first, or small first?")))
PANELS = (
    Panel(N_("Learning rate"), N_("rate"), 150),
    Panel(N_("Loss on the digits that are watched (nats)"), N_("loss"), 280, (0.2, 2.4), 3),
)
SPANS = {"sgd": (0.3, 2.5), "adam": (0.28, 0.9)}
TICKS = {"sgd": (0.3, 0.5, 1.0, 2.0), "adam": (0.3, 0.4, 0.5, 0.6, 0.8)}
PAIRS = (
    ("cosine", "backwards", N_("Cosine against the same backwards")),
    ("cosine", "half", N_("Cosine against its mean, constant")),
    ("warm-up-cosine", "cosine", N_("Warm-up and cosine against cosine alone")),
)


def schedules_view(method: Method) -> None:
    """Rates and losses on the way, ends over the peak rate, verdicts against constant."""
    with st.container(horizontal=True, gap="medium"):
        those = choice(_("Compare"), SETS, key=f"{KEY}.rate_set", widget=st.segmented_control)
        budget = int(choice(_("Steps in all"), [Named(f"{one}", f"{one}") for one in BUDGETS],
                            key=f"{KEY}.rate_budget", default=str(BUDGETS[-1]),
                            widget=st.segmented_control))  # fmt: skip
    racers = [one for one in RACERS
              if (one.slug in ORDER if those == "order" else one.slug not in CONTROLS)]  # fmt: skip
    found = _found(method, budget)
    parameters = (_peak(method),)
    moved = live.values(RUNS, parameters, scope=method.slug)
    at = place_in_view(RUNS, "step", 0, budget, budget)
    shown = _Shown(found, racers, theme(), at)
    address = live.live_picture(RUNS, _renderer(shown, parameters[0], moved.values))
    live.sliders(RUNS, parameters, moved, scope=method.slug, address=address)
    peak, number = _place(shown, moved.values), max(moved.number, pinned_number(RUNS))
    given = (found, budget, those, peak, number, at, theme(), language())
    left, right = st.columns(2, gap="medium")
    with left:
        curves(RUNS, remembered(f"{RUNS}.message", given, lambda: _runs(shown, peak, number)))
    with right:
        board(OVER, remembered(f"{OVER}.message", given, lambda: _over(shown, peak, number)))
    live.write_to_url(RUNS, parameters, moved.values)
    heads, rows, said = remembered(
        f"{RUNS}.words", (*given[:4], language()), lambda: _in_words(found, peak, racers)
    )
    with left:
        table(heads, rows, caption=_("Each schedule at the end, against the constant rate"))
    right.markdown(said)
    st.caption(
        _(
            "Means of {seeds} seeds. Below each loss: how much less it is than that of the "
            "constant rate, seed by seed, ± its interval of 95 %; *within noise* says that these "
            "seeds don’t settle it, and a seed is lost where one of the two is behind by more "
            "than a quarter of the best fall. Of 1,000 digits not learned from {watched} are "
            "watched on the way, and every {every} steps a plateau is looked for in their loss; "
            "the other {judging} judge.",
            seeds=len(SEEDS), watched=WATCHED, every=EVERY, judging=1000 - WATCHED,
        )
    )  # fmt: skip
    _code(shown, peak)


def _found(method: Method, budget: int) -> Schedules:
    """The race within a budget; on its way its curves are seen, at a middle peak."""
    if (kept := KEPT.get((method.slug, budget))) is not None:
        return kept
    slot = st.empty()

    def seen(so_far: Schedules) -> None:
        at = int(so_far.steps[-1])
        with slot.container():
            key = f"{RUNS}_{at}"
            shown = _Shown(so_far, RACERS, theme(), at)
            curves(key, _runs(shown, len(so_far.peaks) // 2, 0, key=key))

    words = _("{count} networks learn for {steps} steps", steps=budget,
              count=len(SEEDS) * len(RACERS) * round(PER_DECADE + 1))  # fmt: skip
    found = waited(KEPT, (method.slug, budget), words,
                   lambda told: schedule_race(method, budget, told=told, seen=seen))  # fmt: skip
    slot.empty()
    return found


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the slider is moved; `at` is the step that is read at rest."""

    found: Schedules
    racers: Sequence[Racer]
    colours: Theme
    at: float

    def line(self, racer: Racer) -> Stroke:
        """Each racer's own; the plateau's dashes show the constant rate beneath."""
        return stroke(DASHED.get(racer.slug, place(racer.slug)), self.colours)


def _peak(method: Method) -> Parameter:
    low, high = PEAKS[method.slug]
    return Parameter("peak", N_("peak rate, log₁₀"), high - 2 / PER_DECADE, low, high,
                     1 / PER_DECADE)  # fmt: skip


def _place(shown: _Shown, values: Mapping[str, float]) -> int:
    return int(np.abs(np.log10(shown.found.peaks) - values["peak"]).argmin())


def _renderer(shown: _Shown, parameter: Parameter, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        peak = _place(shown, {parameter.name: live.first_sound(parameter, [moved, held])})
        return _runs(shown, peak, number, (OVER, _over(shown, peak, number)))

    return render


def _runs(
    shown: _Shown, peak: int, number: int, also: tuple[str, bytes] | None = None, key: str = RUNS
) -> bytes:
    found = shown.found
    both = np.stack([found.rates[:, peak], found.losses[:, peak]])
    lines = [
        Line(_(one.title), shown.line(one), both[:, :, place(one.slug)]) for one in shown.racers
    ]
    reach = float(found.peaks[peak])
    panels = [replace(one, short=_(one.short)) for one in PANELS]
    panels[0] = replace(panels[0], span=(0.0, 1.08 * reach),
                        decimals=RATE_DECIMALS[found.method.slug])  # fmt: skip
    return curves_message(
        key, panels, lines, low=0, reach=float(found.steps[-1]), at=shown.at, number=number,
        symbol=_("step"), also=also,
        alt=_("The learning rate of each schedule over the steps, and below it the loss."),
    )  # fmt: skip


def _over(shown: _Shown, peak: int, number: int) -> bytes:
    found = shown.found
    means = found.validation.mean(0)
    entries = [Entry(_(one.title), "line", *_look(shown, one, means[:, place(one.slug)]))
               for one in shown.racers]  # fmt: skip
    reference = shown.racers[0]
    seeds = spread(found.validation[:, :, place(reference.slug)].T)
    title = _("{schedule}, all seeds", schedule=_(reference.title))
    entries.append(Entry(title, "band", shown.line(reference).colour, seeds))
    slug = found.method.slug
    low, high = PEAKS[slug]
    axis = rate_axis(found.method, found.method.low)
    ticks = [(float(one), written(float(one))) for one in found.peaks]
    return board_message(
        OVER, found.peaks,
        replace(axis, title=_("peak rate"), span=(10 ** (low - MARGIN), 10 ** (high + MARGIN)),
                ticks=ticks),
        Axis(_("Loss on the digits that judge, at the end (nats)"), SPANS[slug], logarithmic=True,
             decimals=3, ticks=[(one, f"{one:g}") for one in TICKS[slug]]),
        entries, at=peak, number=number, height=330,
        alt=_("The loss at the end over the peak rate, a line for each schedule."),
    )  # fmt: skip


def _look(shown: _Shown, racer: Racer, values: np.ndarray) -> tuple[str, np.ndarray, str]:
    look = shown.line(racer)
    return look.colour, values, look.dash


def _in_words(
    found: Schedules, peak: int, racers: Sequence[Racer]
) -> tuple[list[str], list[list[str]], str]:
    heads = [_("at this peak"), _("digits learned from"), _("digits that judge, right")]
    rows = [
        [
            f'<span style="white-space:normal">{_(one.title)}</span>',
            _against(found, one.slug, peak, "training"),
            _against(found, one.slug, peak, "validation"),
        ]
        for one in racers
    ]
    lines = [
        _(
            "**{title}:** less loss by {training}; on digits that judge by {validation}.",
            title=_(title), training=", ".join(_less(found, one, other, peak, "training")),
            validation=", ".join(_less(found, one, other, peak, "validation")),
        )
        for one, other, title in PAIRS
    ]  # fmt: skip
    best = {one.slug: written(float(found.peaks[found.best(one.slug)])) for one in racers}
    same = ", ".join(f"{_(one.title)} {best[one.slug]}" for one in racers)
    lines.append(_("**Its best peak** each has, on digits that judge, at: {peaks}.", peaks=same))
    if any(one.watches for one in racers) and found.overlaid(peak):
        lines.append(
            _("**Reduce on plateau** met no plateau: its dashes lie on the constant line.")
        )
    return heads, rows, "\n".join(f"- {line}" for line in lines)


def _against(found: Schedules, slug: str, peak: int, measure: str) -> str:
    """The loss, on other digits also how many are right; then the verdict against constant."""
    at = place(slug)
    told = f"{getattr(found, measure)[:, peak, at].mean():.3f}"
    if measure == "validation":
        told += f"<br>{percent(1 - found.wrong[:, peak, at].mean())}"
    if slug == "constant":
        return told
    return f"{told}<br>{'<br>'.join(_less(found, slug, 'constant', peak, measure))}"


def _less(found: Schedules, one: str, other: str, peak: int, measure: str) -> tuple[str, str]:
    """How much less loss, ± half of its interval, and the verdict: `+0.073 ± 0.051`, `ahead`."""
    less = found.more(one, other, peak, measure)
    mean, low, high = interval(less)
    return f"{signed(mean, 3)} ± {(high - low) / 2:.3f}", verdict(
        less, found.lost(one, other, peak, measure)
    )


def _code(shown: _Shown, peak: int) -> None:
    fold = code_fold(_("One of these runs in PyTorch"), f"{RUNS}.code")
    if fold.open:
        with fold:
            slug = choice(_("Schedule"), shown.racers, key=f"{KEY}.rate_coded",
                          widget=st.segmented_control)  # fmt: skip
            found = shown.found
            text = script(found.method.slug, float(found.peaks[peak]), found.budget,
                          schedule=slug, judged=WATCHED)  # fmt: skip
            seed_alone(found.training[:, peak, place(slug)])
            data_button(show_script(KEY, text, "deepglass_schedule"), "schedule")
