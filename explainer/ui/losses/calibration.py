"""Is a network as sure as it should be? A reliability diagram and a temperature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.likelihood.belief_script import FILE, calibration_data, calibration_script
from explainer.likelihood.calibrated import (
    BINS,
    RECIPES,
    SEEDS,
    SIZE,
    STEPS,
    Asked,
    Scores,
    asked,
    scores,
    test_digits,
)
from explainer.likelihood.calibration import (
    Answers,
    Floats,
    answers,
    binned,
    edges_of,
    expected_error,
    of_perfect,
)
from explainer.likelihood.examples import logits
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent, signed
from explainer.training.instruments.student import intervals, judged
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_number
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.curves import (
    curves,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.fold import while_open
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.losses.cooling import (
    COOLING,
    TEMPERATURE,
    Curves,
    Network,
    cooling,
    curves_of,
)
from explainer.ui.losses.reliability import reliability, reliability_message
from explainer.ui.losses.too_sure import VERDICTS, too_sure
from explainer.words import N_, _, language

KEY = "losses"
BELIEF = f"{KEY}.belief"
KEPT: Kept[str, tuple[Asked, Scores]] = Kept(32 * MEGABYTE, lambda one: 2 * one[0].fresh.nbytes)
NETWORKS = (
    *RECIPES,
    Named("digit-mlp", N_("shipped MLP")),
    Named("digit-cnn", N_("shipped CNN")),
    Named("digit-cnn-mean", N_("shipped CNN, averaged maps")),
)
WIDTHS = (Named("width", N_("equally wide")), Named("mass", N_("equally full")))
COUNT, STEP = (
    Parameter("bins", N_("bins"), BINS, 2, 40, 1),
    Parameter("step", N_("steps learned"), STEPS[-1], STEPS[0], STEPS[-1], STEPS[0]),
)
SHIPPED = (TEMPERATURE, COUNT)
TRAINED = (STEP, TEMPERATURE, COUNT)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while a slider is moved; `found` is None for a shipped network."""

    slug: str
    found: Asked | None
    run: int
    equal_mass: bool
    colours: Theme

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return TRAINED if self.found else SHIPPED

    def place(self, values: Mapping[str, float]) -> int:
        """Which step; 0 where there is no choice."""
        return self.found.steps.index(round(values[STEP.name])) if self.found else 0

    def network(self, values: Mapping[str, float]) -> Network:
        """The network at that step and of that run."""
        if self.found is None:
            given, labels = logits(self.slug), test_digits()[1]
            return Network(given[::2], labels[::2], given[1::2], labels[1::2])
        at = self.place(values), RECIPES.slugs.index(self.slug), self.run
        found = self.found
        return Network(
            found.validation[at], found.validation_labels, found.fresh[at], found.fresh_labels
        )


def calibration_section(*_given: object) -> None:
    """A reliability diagram that follows four sliders; then confidence as networks learn."""
    say(KEY, "calibration")
    slug = choice(_("Network"), NETWORKS, key=f"{KEY}.network", widget=st.segmented_control)
    both = _trained() if slug in RECIPES.slugs else None
    controls, middle, right = st.columns([1, 1.7, 1.5], gap="medium")
    with controls:
        sliders = st.container()
        more = st.popover(_("More"), key=f"{BELIEF}.more", on_change="rerun")
    run = 1
    with while_open(more):
        width = choice(_("Bins are"), WIDTHS, key=f"{KEY}.widths", widget=st.segmented_control)
        if both:
            run = bounded_number(_("Run"), 1, len(SEEDS), key=f"{KEY}.run")
    shown = _Shown(slug, both[0] if both else None, run - 1, width == "mass", theme())
    scope = "trained" if both else "shipped"
    if (pinned := pinned_x(COOLING)) is not None:
        live.put(BELIEF, TEMPERATURE, pinned, scope=scope)
    moved = live.values(BELIEF, shown.parameters, scope=scope)
    address = live.live_picture(BELIEF, _renderer(shown, moved.values))
    with sliders:
        live.sliders(BELIEF, shown.parameters, moved, scope=scope, address=address)
    number = max(moved.number, pinned_number(COOLING))
    upper, side = remembered(
        f"{BELIEF}.messages", (slug, run, width, theme(), language(), moved, number),
        lambda: _messages(shown, moved.values, number),
    )  # fmt: skip
    with middle:
        reliability(BELIEF, upper)
    with right:
        curves(COOLING, side)
    live.write_to_url(BELIEF, shown.parameters, moved.values)
    _code(shown, moved.values)
    say(KEY, "calibration_notice")
    st.divider()
    too_sure(*(both or _trained()), run=run if both else None)


def _trained() -> tuple[Asked, Scores]:
    """The networks that learn here, with what they say on the way while somebody waits."""
    slot = st.empty()

    def seen(step: int, confidence: float, accuracy: float) -> None:
        slot.markdown(
            _("After {step} steps the plain networks are sure by {sure} and right {right}.",
              step=step, sure=percent(confidence), right=percent(accuracy))
        )  # fmt: skip

    words = _("{count} networks learn {size} digits", count=len(RECIPES) * len(SEEDS), size=SIZE)

    def compute(told: Callable[[float], None]) -> tuple[Asked, Scores]:
        found = asked(told=told, seen=seen)
        return found, scores(found)

    found = waited(KEPT, "trained", words, compute)
    slot.empty()
    return found


def _messages(shown: _Shown, values: Mapping[str, float], number: int) -> tuple[bytes, bytes]:
    found = curves_of(shown.network(values))
    return _diagram(shown, found, values, number), _cooling(shown, found, values, number)


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)
    last: dict[int, Curves] = {}

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in shown.parameters}
        place = shown.place(values)
        if place not in last:
            last[place] = curves_of(shown.network(values))
        found = last[place]
        also = (COOLING, _cooling(shown, found, values, number))
        return _diagram(shown, found, values, number, also)

    return render


def _diagram(
    shown: _Shown, found: Curves, values: Mapping[str, float], number: int,
    also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    network, count = shown.network(values), round(values[COUNT.name])
    chosen = values[TEMPERATURE.name]
    names = {
        1.0: _titled(1), chosen: _titled(chosen),
        found.best: _("fitted: {value}", value=_titled(found.best)),
    }  # fmt: skip
    known = {1.0: found.plain, found.best: found.cooled}
    if chosen not in known:
        known[chosen] = answers(network.fresh, network.fresh_labels, chosen)
    edges_at = {one: edges_of(given.confidence, count, equal_mass=shown.equal_mass)
                for one, given in known.items()}  # fmt: skip
    rows = [(_row(name, known[one], edges_at[one]), one == chosen) for one, name in names.items()]
    given, edges = known[chosen], edges_at[chosen]
    heads = ["", _("ECE"), _("surprise"), _("Brier")]
    return reliability_message(
        BELIEF, binned(given, edges), shown.colours, heads=heads, rows=rows,
        told=_told(given, edges), number=number, also=also,
    )  # fmt: skip


def _titled(temperature: float) -> str:
    return f"T = {temperature:.2f}"


def _cooling(shown: _Shown, found: Curves, values: Mapping[str, float], number: int) -> bytes:
    temperature, count = values[TEMPERATURE.name], round(values[COUNT.name])
    return cooling(
        found, temperature, count, shown.colours, number, equal_mass=shown.equal_mass
    )  # fmt: skip


def _row(name: str, given: Answers, edges: Floats) -> list[str]:
    error = expected_error(given.confidence, given.right, edges)
    return [
        name, f"{100 * error:.1f}", f"{given.surprise.mean():.3f}", f"{given.brier.mean():.3f}"
    ]  # fmt: skip


def _told(given: Answers, edges: Floats) -> list[str]:
    """The gap with its verdict, and what ECE a perfect network would be found to have."""
    gaps = given.confidence - given.right
    __, low, high = intervals(gaps[:, None])[0]
    perfect = of_perfect(given, edges)
    return [
        _(
            "Right {right}, sure by {sure} on average: {gap} points, **{verdict}**.",
            right=percent(float(given.right.mean())), sure=percent(float(given.confidence.mean())),
            gap=signed(100 * float(gaps.mean())), verdict=_(VERDICTS[judged(low, high)]),
        ),
        _(
            "A network that is just as sure as it should be would have an ECE of {mean} points "
            "here, by chance; up to {most} in 95 of 100 cases.",
            mean=f"{100 * perfect.mean():.1f}", most=f"{100 * np.quantile(perfect, 0.95):.1f}",
        ),
    ]  # fmt: skip


def _code(shown: _Shown, values: Mapping[str, float]) -> None:
    fold = code_fold(_("The same in Python"), f"{BELIEF}.code")
    if not fold.open:
        return
    with fold:
        text = calibration_script(
            round(values[COUNT.name]), values[TEMPERATURE.name], equal_mass=shown.equal_mass
        )
        row = show_script(KEY, text, "deepglass_calibration")
        row.download_button(
            _("Its data, to lie beside it"),
            lambda: calibration_data(*vars(shown.network(values)).values()), FILE,
            key=f"{BELIEF}.data", icon=":material/database:", on_click="ignore",
        )  # fmt: skip
