"""Too small, right, too large: a race of rates, and where it ends over the rate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.theme import Theme
from explainer.descent.rate_script import FILE, script, script_file
from explainer.descent.rates import (
    LOOKS,
    MEASURED,
    NOTHING,
    PER_DECADE,
    SEEDS,
    SIZE,
    STEPS,
    Floats,
    Look,
    Method,
    Race,
    race,
)
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent, short
from explainer.training.instruments.student import NOISE, interval, judged
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.memory import remembered
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.splits.board import Axis, Entry, board, board_message
from explainer.words import N_, _, language, ngettext

KEY = "optimisers"
RACE, ENDS = f"{KEY}.rate", f"{KEY}.rate_ends"
KEPT: Kept[str, Race] = Kept(MEGABYTE, lambda one: one.losses.nbytes + 2 * one.wrong.nbytes)
COLOURS = {"low": 0, "good": 2, "high": 1, "very-high": 3}
FRESH = 5
"""Places in the categorical colours: of what a curve looks like, and of digits not learned from."""
MARGIN = 0.06
"""So much of a power of ten is left free at both ends of an axis of rates."""
LOSSES, END_LOSSES = (0.0, 3.5), (0.05, 5.0)
LOSS_TICKS = tuple((one, f"{one:g}") for one in (0.05, 0.1, 0.2, 0.5, 1, 2, 5))


def found_race(method: Method) -> Race:
    """The race of a method, computed once for all visitors; on its way its curves are seen."""
    if (kept := KEPT.get(method.slug)) is not None:
        return kept
    slot = st.empty()

    def seen(so_far: Race) -> None:
        with slot.container():
            key = f"{RACE}_{len(so_far.steps)}"
            board(key, _losses(_Shown(so_far, theme()), so_far.best, 0, key=key))

    words = _("{count} networks learn digits at {rates} rates", rates=len(method.rates),
              count=len(method.rates) * len(SEEDS))  # fmt: skip
    found = waited(KEPT, method.slug, words, lambda told: race(method, told=told, seen=seen))
    slot.empty()
    return found


def race_view(method: Method) -> None:
    """Loss curves named by their look, the ends over the rate, and both follow the slider."""
    found = found_race(method)
    parameters = (_rate(method),)
    moved = live.values(RACE, parameters, scope=method.slug)
    shown = _Shown(found, theme())
    address = live.live_picture(RACE, _renderer(shown, parameters[0], moved.values))
    live.sliders(RACE, parameters, moved, scope=method.slug, address=address)
    place = _place(found, moved.values)
    given = (found, place, moved.number, theme(), language())
    left, right = st.columns(2, gap="medium")
    with left:
        board(RACE, remembered(f"{RACE}.message", given,
                               lambda: _losses(shown, place, moved.number)))  # fmt: skip
    with right:
        board(ENDS, remembered(f"{ENDS}.message", given,
                               lambda: _ends(shown, place, moved.number)))  # fmt: skip
        table(*remembered(f"{RACE}.table", (found, language()), lambda: _names(found)),
              caption=_("What the curves look like, measured"))  # fmt: skip
    live.write_to_url(RACE, parameters, moved.values)
    st.caption(
        _(
            "One hidden layer of 32 units learns {size} digits (14 × 14) in batches of 50. Bands "
            "and whiskers: all {seeds} seeds. The training loss is measured on {measured} of the "
            "digits that were learned from, the other one on 1,000 that were not.",
            size=f"{SIZE:,}", seeds=len(SEEDS), measured=MEASURED,
        )
    )  # fmt: skip
    fold = code_fold(_("One of these runs in PyTorch"), f"{RACE}.code")
    if fold.open:
        with fold:
            seed_alone(found.losses[-1, :, place])
            row = show_script(KEY, script(method.slug, float(found.rates[place]), STEPS),
                              "deepglass_rate")  # fmt: skip
            data_button(row, "rate")


def seed_alone(ends: Floats) -> None:
    """Above a script: what it ends at, beside the mean of the training losses `ends` `(S,)`."""
    st.caption(
        _(
            "The script trains seed 0 alone: its training loss ends near {loss}. The page shows "
            "the mean of all {seeds} seeds, here {mean}.",
            loss=f"{ends[0]:.3f}", seeds=len(ends), mean=f"{ends.mean():.3f}",
        )
    )  # fmt: skip


def verdict(less: Sequence[float], seeds_lost: int) -> str:
    """Whether so much less loss in each seed is ahead, behind, or is not settled, and why."""
    found = judged(*interval(less)[1:])
    if found == NOISE and seeds_lost:
        return ngettext("not settled: one seed is lost", "not settled: {count} seeds are lost",
                        seeds_lost)  # fmt: skip
    return _(found)


def data_button(row: DeltaGenerator, name: str) -> None:
    """Beside a script: the digits that it reads."""
    row.download_button(
        _("Its data, to lie beside it"), script_file, FILE, key=f"{KEY}.{name}_data",
        icon=":material/database:", on_click="ignore",
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the slider is moved."""

    found: Race
    colours: Theme

    def colour(self, look: Look) -> str:
        return self.colours.categorical[COLOURS[look.slug]]


def _rate(method: Method) -> Parameter:
    return Parameter("rate", N_("learning rate, log₁₀"), method.low + 1, method.low, method.high,
                     1 / PER_DECADE)  # fmt: skip


def _place(found: Race, values: Mapping[str, float]) -> int:
    return int(np.abs(np.log10(found.rates) - values["rate"]).argmin())


def _renderer(shown: _Shown, parameter: Parameter, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {parameter.name: live.first_sound(parameter, [moved, held])}
        place = _place(shown.found, values)
        return _losses(shown, place, number, (ENDS, _ends(shown, place, number)))

    return render


def _losses(
    shown: _Shown, place: int, number: int, also: tuple[str, bytes] | None = None, key: str = RACE
) -> bytes:
    """A curve for each look, that of its middle rate, and the chosen one with its seeds."""
    found, entries = shown.found, []
    for look, places in by_look(found).items():
        middle = places[len(places) // 2]
        title = _("{look}: {rate}", look=_(look.title), rate=written(found.rates[middle]))
        entries.append(Entry(title, "line", shown.colour(look), found.means[:, middle]))
    title = _("chosen: {rate}", rate=written(found.rates[place]))
    text, chosen = shown.colours.text, spread(found.losses[:, :, place])
    entries += [Entry(title, "line", text, chosen[1], "7 4"),
                Entry(_("all its seeds"), "band", text, chosen)]  # fmt: skip
    return board_message(
        key, found.steps.astype(float), Axis(_("step"), (0.0, float(found.steps[-1]))),
        Axis(_("Training loss (nats)"), LOSSES, decimals=3), entries, at=len(found.steps) - 1,
        number=number, told=_told(found, place), also=also, height=330,
        alt=_("The training loss over the steps: a curve for each look, and the chosen rate’s."),
    )  # fmt: skip


def _ends(shown: _Shown, place: int, number: int) -> bytes:
    found, colours = shown.found, shown.colours
    looks = [shown.colour(one) for one in found.looks()]
    training, fresh = spread(found.losses[-1].T), spread(found.validation.T)
    entries = [
        Entry(_("digits learned from"), "bars", looks[place], training, colours=looks),
        Entry(_("other digits, mean"), "line", colours.categorical[FRESH], fresh[1], "7 4"),
        Entry(_("other digits, all seeds"), "band", colours.categorical[FRESH], fresh),
    ]
    return board_message(
        ENDS, found.rates, rate_axis(found.method, found.method.low),
        Axis(_("Loss after the last step (nats)"), END_LOSSES, logarithmic=True, ticks=LOSS_TICKS,
             decimals=3),
        entries, at=place, number=number, height=330,
        alt=_("The loss at the end over the learning rate, on digits learned from and others."),
    )  # fmt: skip


def rate_axis(method: Method, low: float) -> Axis:
    """Learning rates by their logarithms: 1 and 3 of each power of ten, or the powers alone."""
    powers, few = range(math.ceil(low - 1), math.floor(method.high) + 1), method.high - low <= 3
    ticks = [digit * 10.0**one for one in powers for digit in ((1, 3) if few else (1,))]
    span = (10 ** (low - MARGIN), 10 ** (method.high + MARGIN))
    shown = [(one, short(one, 3)) for one in ticks if span[0] < one < span[1]]
    return Axis(_("learning rate"), span, logarithmic=True, ticks=shown)


def by_look(found: Race) -> dict[Look, list[int]]:
    """The places of the rates that have each look, those looks alone that there are."""
    looks = found.looks()
    places = {look: [at for at, one in enumerate(looks) if one is look] for look in LOOKS}
    return {look: those for look, those in places.items() if those}


def spread(values: Floats) -> Floats:
    """The least, the mean and the greatest `(3, N)` of `(N, S)`."""
    return np.stack([values.min(1), values.mean(1), values.max(1)])


def written(rate: float) -> str:
    """A learning rate with two digits."""
    return short(rate, 2)


def _told(found: Race, place: int) -> list[str]:
    if not np.isfinite(found.wrong).any():
        return []
    early = found.early(place)
    half = (
        _("half of the best rate’s fall after {step} steps", step=early)
        if early >= 0
        else _("half of the best rate’s fall is never reached")
    )
    return [
        _(
            "A rate of {rate} is {look}: {half}; at the end {right} of other digits are right.",
            rate=written(found.rates[place]), look=_(found.looks()[place].title), half=half,
            right=percent(1 - found.wrong[:, place].mean()),
        )
    ]  # fmt: skip


def _names(found: Race) -> tuple[list[str], list[list[str]]]:
    heads = [_("curve"), _("rates"), _("step of half the best fall"), _("fallen at half time")]
    return heads, [_row(found, look, places) for look, places in by_look(found).items()]


def _row(found: Race, look: Look, places: list[int]) -> list[str]:
    early = [found.early(one) for one in places]
    there = [one for one in early if one >= 0]
    done = [found.half()[one] for one in places if found.falls()[one] > NOTHING]
    last = "" if len(there) == len(early) else _("never")
    return [
        _(look.title),
        _from_to([written(one) for one in found.rates[places]]),
        _from_to([*(f"{one}" for one in sorted(there)), *([last] if last else [])]),
        _from_to([f"{100 * one:.0f} %" for one in sorted(done)]) or _("no fall"),
    ]


def _from_to(texts: Sequence[str]) -> str:
    """The first and the last of some texts."""
    return " – ".join(dict.fromkeys([*texts[:1], *texts[-1:]]))
