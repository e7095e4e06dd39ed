"""The first part of the activations page: which functions, their sliders, curves and facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from explainer.activations.chosen import Chosen, Own, Registered, curves_of
from explainer.activations.formula import MOST_LETTERS, FormulaError, parse
from explainer.activations.registry import ACTIVATIONS, Activation
from explainer.charts.activations.curves import Stroke, given_places, stroke
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.ui.activations.facts import facts_table
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choices
from explainer.ui.common.curves import (
    Line,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.prose import escaped, say
from explainer.words import N_, _, told

KEY = "activations"
FIRST = ("sigmoid", "tanh", "relu")
OWN = Named(Own.slug, Own.name)
OWN_FIRST = "x * sigmoid(1.7*x)"
REACHES = {"±3": 3.0, "±6": 6.0, "±12": 12.0}
LARGEST = max(REACHES.values())
PANELS = (
    Panel(N_("f(x), the value"), "f(x)", 210),
    Panel(N_("f′(x), the slope: what a gradient is multiplied by"), "f′(x)", 180),
    Panel(N_("f″(x), how the slope changes"), "f″(x)", 180),
)


@dataclass(frozen=True)
class Shown:
    """What is on the page: the functions with their strokes, how far x goes, and the x in view."""

    functions: tuple[tuple[Chosen, Stroke], ...]
    reach: float
    x: float


def choose() -> tuple[tuple[Activation, ...], str | None]:
    """Which functions to draw; the second is one's own formula, where that is among them."""
    picked = choices(
        _("Functions"), (*ACTIVATIONS, OWN), key=f"{KEY}.functions", default=FIRST
    )  # fmt: skip
    entries = tuple(entry for entry in ACTIVATIONS if entry.slug in picked)
    return entries, _own_formula() if OWN.slug in picked else None


def _own_formula() -> str | None:
    """The last formula that could be read; what cannot is said, and changes nothing."""
    kept = f"{KEY}.own_read"
    text = st.text_input(
        _("Your own, in x"),
        OWN_FIRST,
        key=f"{KEY}.own",
        bind="query-params",
        persist_state="session",
        max_chars=MOST_LETTERS,
        help=_(
            "Numbers, x, e, pi; + − * / ^ and parentheses; exp, log, sqrt, abs, sign, sin, cos, "
            "atan, tanh, sigmoid, softplus, relu, erf, phi (the normal distribution), max(a, b), "
            "min(a, b), and where(x > 0, a, b)."
        ),
    )
    try:
        parse(text)
        st.session_state[kept] = text
    except FormulaError as error:
        st.error(escaped(told(error)), icon=":material/function:")
        if last := st.session_state.get(kept):
            st.caption(_("The curves are still those of {formula}.", formula=f"`{last}`"))
    return st.session_state.get(kept)


def show(entries: Sequence[Activation], own: str | None) -> Shown | None:
    """Sliders and curves, then the facts; nothing where nothing is chosen."""
    if not entries and own is None:
        st.info(_("Choose at least one function above."))
        return None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        reach = _reach()
        x = _x(reach)
    parameters = _parameters(entries)
    moved = live.values(KEY, parameters)
    drawn = _strokes(_functions(entries, own, moved.values))
    shown = Shown(drawn, reach, x)
    number = max(moved.number, pinned_number(KEY))
    stage = st.container()
    if parameters:
        controls, stage = st.columns([1, 3.2], gap="medium")
        address = live.live_picture(KEY, _renderer(entries, own, moved.values, shown))
        with controls:
            live.sliders(KEY, parameters, moved, address=address)
    with stage:
        curves(KEY, _message(drawn, shown, number))
    live.write_to_url(KEY, parameters, moved.values)
    say(KEY, "facts")
    facts_table(drawn)
    return shown


def _reach() -> float:
    picked = st.segmented_control(
        _("x goes to"),
        list(REACHES),
        default="±6",
        required=True,
        key=f"{KEY}.reach",
        bind="query-params",
        persist_state="session",
    )
    return REACHES[str(picked)]


def _x(reach: float) -> float:
    """The x in view: as pinned on the curves, else as typed here; within reach."""
    key = f"{KEY}.x"
    pinned = pinned_x(KEY)
    if pinned is not None:
        st.session_state[key] = pinned
    typed = st.number_input(
        "x", -LARGEST, LARGEST, 1.0, 0.1, format="%.3f", key=key, width=150,
        bind="query-params", persist_state="session",
        help=_("The x that is kept on the curves, in the arithmetic and in the code."),
    )  # fmt: skip
    return min(max(float(typed), -reach), reach)


def _parameters(entries: Sequence[Activation]) -> tuple[Parameter, ...]:
    """Every parameter of the functions, named after both."""
    return tuple(
        replace(
            one,
            name=f"{entry.slug}.{one.name}",
            label=_("{function}: {parameter}", function=_(entry.title), parameter=_(one.label)),
        )
        for entry in entries
        for one in entry.parameters
    )


def _functions(
    entries: Sequence[Activation], own: str | None, values: Mapping[str, float]
) -> list[Chosen]:
    found: list[Chosen] = [
        Registered(entry.slug, tuple(values[f"{entry.slug}.{p.name}"] for p in entry.parameters))
        for entry in entries
    ]
    return [*found, Own(own)] if own is not None else found


def _strokes(functions: Sequence[Chosen]) -> tuple[tuple[Chosen, Stroke], ...]:
    key, colours = f"{KEY}.places", theme()
    places = given_places([one.slug for one in functions], st.session_state.get(key, {}))
    st.session_state[key] = places
    return tuple((one, stroke(places[one.slug], colours)) for one in functions)


def _message(drawn: Sequence[tuple[Chosen, Stroke]], shown: Shown, number: int) -> bytes:
    lines = []
    for chosen, line in drawn:
        found = curves_of(chosen, shown.reach)
        lines.append(Line(chosen.title, line, found.values, found.corners))
    names = ", ".join(chosen.title for chosen, _line in drawn)
    return curves_message(
        KEY, PANELS, lines, reach=shown.reach, at=shown.x, number=number,
        alt=_("Value, slope and curvature of {functions}.", functions=names),
    )  # fmt: skip


def _renderer(
    entries: Sequence[Activation], own: str | None, resting: Mapping[str, float], shown: Shown
) -> Render:
    """What answers a drag of a slider: the curves for values that were just moved to."""
    strokes = [line for _chosen, line in shown.functions]
    parameters, resting = _parameters(entries), dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, resting]) for one in parameters}
        drawn = list(zip(_functions(entries, own, values), strokes, strict=True))
        return _message(drawn, shown, number)

    return render
