"""The force on one weight: what each penalty pulls with, and where four rules take the weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explainer.activations.curves import Corner
from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten
from explainer.regularisation.weight_steps import (
    DECAY,
    L2,
    LAST,
    METHODS,
    REACH,
    RULES,
    SGD,
    STEPS,
    SUBGRADIENT,
    Method,
    OneWeight,
    Values,
    at_zero_from,
    hop,
    path,
    pulls,
    rest,
)
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.curves import Line, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.inputs.chart_places import place_in_view
from explainer.ui.penalties.decay_maps import decay_fold
from explainer.words import N_, _, ngettext

KEY = "penalties"
FORCE = f"{KEY}.force"  # the sliders, and the chart that moves with them
PULLS = f"{KEY}.pulls"
PLACES = 401
TOO_LARGE = 2  # η times the curvature of the loss with its penalty, from which steps do not settle
L1_COLOUR, L2_COLOUR, OTHER_COLOUR, GREY, DASHED = 0, 1, 2, 7, 8
STROKES = (L2_COLOUR, OTHER_COLOUR + DASHED, L1_COLOUR + DASHED, L1_COLOUR)
"""The place of each rule's stroke: decoupled decay is dashed, over what it may coincide with."""
STEP_PANEL = (Panel(N_("The weight w, step by step"), "w", 330),)
PULL_PANELS = (
    Panel(N_("The penalty’s pull on w"), N_("penalty"), 165, (-1.2, 1.2)),
    Panel(N_("With the data’s pull: at 0 the weight rests"), N_("with the data"), 185, (-1.5, 1.5)),
)
PARAMETERS = (
    Parameter("start", N_("Start, w₀"), 1.5, -REACH, REACH, 0.05),
    Parameter("rate", N_("Learning rate η"), 0.15, 0.01, 1.0, 0.01),
    Parameter("strength", N_("Strength of the penalty, λ"), 0.3, 0.0, 1.0, 0.01),
    Parameter("wanted", N_("Where the data want w, ŵ"), 0.4, -1.0, 1.0, 0.05),
    Parameter(
        "curvature", N_("Curvature of the data’s loss, h"), 0.5, 0.0, 1.0, 0.05,
        help=N_("How hard the data pull: the loss is h/2 · (w − ŵ)². With 0 there are no data."),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Shown:
    """What stays while a slider is moved: the optimiser, the step and the w that are kept."""

    method: Method
    step: float
    weight: float


def force_section() -> None:
    """Sliders for one weight; the pulls on it, its way under four rules, and both in words."""
    say(KEY, "force")
    slug = choice(_("Steps by"), METHODS, key=f"{KEY}.method", widget=st.segmented_control)
    method = next(one for one in METHODS if one.slug == slug)
    moved = live.values(FORCE, PARAMETERS)
    step = place_in_view(FORCE, "step", 0, STEPS, STEPS)
    shown = _Shown(method, step, place_in_view(PULLS, "w", -REACH, REACH, 0.5))
    one, colours = OneWeight(**moved.values), theme()
    address = live.live_picture(FORCE, _renderer(moved.values, shown, colours))
    controls, left, right = st.columns([1, 1.5, 1.5], gap="medium")
    with controls:
        live.sliders(FORCE, PARAMETERS, moved, address=address)
    with left:
        number = max(moved.number, pinned_number(PULLS))
        curves(PULLS, _pulls_message(one, shown, number, colours))
    with right:
        number = max(moved.number, pinned_number(FORCE))
        curves(FORCE, _steps_message(one, shown, number, colours))
    live.write_to_url(FORCE, PARAMETERS, moved.values)
    _in_words(one, method)
    say(KEY, "force_notice")
    decay_fold()


def _renderer(resting: Mapping[str, float], shown: _Shown, colours: Theme) -> Render:
    """What answers a drag: the way, and with it the pulls."""
    resting = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, resting]) for one in PARAMETERS}
        one = OneWeight(**values)
        also = (PULLS, _pulls_message(one, shown, number, colours))
        return _steps_message(one, shown, number, colours, also)

    return render


def _steps_message(
    one: OneWeight,
    shown: _Shown,
    number: int,
    colours: Theme,
    also: tuple[str, bytes] | None = None,
) -> bytes:
    lines = [
        Line(_(rule.title), stroke(place, colours), path(one, rule, shown.method)[None])
        for rule, place in zip(RULES, STROKES, strict=True)
    ]
    return curves_message(
        FORCE, STEP_PANEL, lines, reach=STEPS, low=0, at=shown.step, number=number,
        symbol=_("step"), also=also, steps=True,
        alt=_("One weight over the steps under four rules."),
    )  # fmt: skip


def _pulls_message(one: OneWeight, shown: _Shown, number: int, colours: Theme) -> bytes:
    places = np.linspace(-REACH, REACH, PLACES)
    l1, l2, data = pulls(one, places)
    at_zero = -one.data_gradient(0)
    jumps = [
        Corner(0.0, panel, middle + one.strength, middle - one.strength, middle)
        for panel, middle in enumerate((0.0, at_zero))
    ]
    lines = [
        Line("L1", stroke(L1_COLOUR, colours), _both(l1, data), jumps if one.strength else ()),
        Line("L2", stroke(L2_COLOUR, colours), _both(l2, data)),
        Line(_("data alone"), stroke(GREY, colours), np.stack([np.full_like(data, np.nan), data])),
    ]
    panels = [replace(panel, short=_(panel.short)) for panel in PULL_PANELS]
    return curves_message(
        PULLS, panels, lines, reach=REACH, at=shown.weight, number=number, symbol="w",
        alt=_("The pull of L1 and of L2 on a weight, alone and together with the data’s."),
    )  # fmt: skip


def _both(penalty: Values, data: Values) -> Values:
    return np.stack([penalty, penalty + data])


def _in_words(one: OneWeight, method: Method) -> None:
    paths = [path(one, rule, method) for rule in RULES]
    rows = [
        [_(rule.title), _zero(found), _span(found)]
        for rule, found in zip(RULES, paths, strict=True)
    ]
    last = ngettext("in the last step", "in the last {count} steps", LAST)
    left, right = st.columns([1.7, 2], gap="medium", vertical_alignment="center")
    with left:
        table(
            [_("rule"), _("exactly 0"), last],
            rows,
            caption=_("When each rule arrives at exactly 0, and where it ends"),
        )
    right.markdown("\n\n".join([*_hopping(one, paths), *_resting(one, method, paths)]))


def _zero(found: Values) -> str:
    step = at_zero_from(found)
    if step is None:
        return _("not in {steps} steps", steps=STEPS)
    return ngettext("after {count} step", "after {count} steps", step)


def _span(found: Values) -> str:
    low, high = (power_of_ten(float(one)) for one in (found[-LAST:].min(), found[-LAST:].max()))
    return low if low == high else _("{low} to {high}", low=low, high=high)


def _hopping(one: OneWeight, paths: Sequence[Values]) -> list[str]:
    """What the subgradient does at the end, where it is at 0 or around it."""
    found = paths[RULES.index(SUBGRADIENT)]
    around = hop(found)
    if around:
        low, high = map(power_of_ten, around)
        return [
            _(
                "At the end the subgradient goes back and forth over zero, between **{low}** and "
                "**{high}**: it does not rest.",
                low=low,
                high=high,
            )
        ]
    if one.start and one.strength and at_zero_from(found) is not None:
        return [
            _(
                "Here the subgradient happens to land on 0, a whole number of steps from w₀; "
                "torch’s sign(0) is 0, so it stays. Move w₀ or η a little, and it hops."
            )
        ]
    return []


def _resting(one: OneWeight, method: Method, paths: Sequence[Values]) -> list[str]:
    """Where loss and penalty are least, and how far the two ways of L2 are apart."""
    l1, l2 = rest(one, l1=True), rest(one, l1=False)
    said = []
    if l1 is not None and l2 is not None:
        least = N_("Loss and penalty together are least at {l1} with L1, at {l2} with L2.")
        said.append(_(least, l1=power_of_ten(l1, 3), l2=power_of_ten(l2, 3)))
    largest = one.rate * (one.curvature + one.strength)
    if method is SGD and largest >= TOO_LARGE:
        said.append(
            _(
                "η (h + λ) = {product} is {bound} or more: with L2 such steps are too large, and "
                "the weight does not come to rest.",
                product=power_of_ten(largest), bound=TOO_LARGE,
            )
        )  # fmt: skip
    apart = float(np.abs(paths[RULES.index(L2)] - paths[RULES.index(DECAY)]).max())
    one_line = N_("With SGD, L2 in the loss and decoupled decay are one line: {apart} apart.")
    two_lines = N_("With Adam, L2 in the loss and decoupled decay are up to {apart} apart.")
    said.append(_(one_line if method is SGD else two_lines, apart=power_of_ten(apart)))
    return said
