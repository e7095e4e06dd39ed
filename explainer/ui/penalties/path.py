"""The path: every weight against λ, the weights at one λ, twins; then a weight a pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.penalties.paths import bar_points, bar_spec, path_points, path_spec
from explainer.powers import power_of_ten
from explainer.regularisation.paths import (
    BMI,
    CHOICES,
    FEATURES,
    LDL,
    MIXES,
    TOTAL,
    Mix,
    Problem,
    alone_between,
    diabetes,
    last_to_go,
    path,
    strengths,
)
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.penalties.network_path import network_fold
from explainer.ui.penalties.pixels import pixels_section
from explainer.words import _

KEY = "penalties"
USUAL, SHARED_AT = 0.02, 0.1


@dataclass(frozen=True, eq=False)
class Paths:
    """The problem, the λ (m,), rising, and for each penalty by its slug the weights (m, p)."""

    problem: Problem
    lambdas: NDArray[np.float64]
    weights: dict[str, NDArray[np.float64]]

    def at(self, penalty: str, strength: float) -> NDArray[np.float64]:
        """The weights (p,) at a λ that can be chosen."""
        return self.weights[penalty][int(np.abs(self.lambdas - strength).argmin())]


def path_section(*_given: object) -> None:
    """The path with its controls, what is exactly 0, the twins; below it the pixels."""
    say(KEY, "path")
    penalty, strength, twin = _controls()
    paths = _paths(twin)
    names = tuple(_(name) for name in paths.problem.names)
    _pictures(paths, penalty, strength, names)
    _counted(paths, strength, names)
    _twins(paths, strength, names)
    say(KEY, "path_notice")
    network_fold()
    st.divider()
    pixels_section()


def _controls() -> tuple[Mix, float, bool]:
    """The penalty, λ, and whether there is a twin."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        slug = choice(_("Penalty"), MIXES, key=f"{KEY}.path_penalty", widget=st.segmented_control)
        strength = st.select_slider(
            _("Strength λ"), CHOICES, USUAL, key=f"{KEY}.path_strength", bind="query-params",
            persist_state="session", width=320,
        )  # fmt: skip
        twin = st.toggle(
            _("A twin of the body mass index"), key=f"{KEY}.twin", bind="query-params",
            persist_state="session",
            help=_("One input more: the same number with noise, as of a second, worse scale."),
        )  # fmt: skip
    return MIXES[slug], float(strength), bool(twin)


@st.cache_resource(show_spinner=False, max_entries=2)
def _paths(twin: bool) -> Paths:
    problem, lambdas = diabetes(twin=twin), strengths()
    return Paths(problem, lambdas, {one.slug: path(problem, one, lambdas) for one in MIXES})


def _pictures(paths: Paths, penalty: Mix, strength: float, names: tuple[str, ...]) -> None:
    weights, colours = paths.weights[penalty.slug], theme()
    points = remembered(
        f"{KEY}.path_points", (penalty.slug, strength, names),
        lambda: path_points(paths.lambdas, weights, names, strength),
    )  # fmt: skip
    here = paths.at(penalty.slug, strength)
    lines, bars = st.columns([1.5, 1], gap="medium")
    with lines:
        st.latex(rf"\frac{{1}}{{2n}} \lVert y - Xw \rVert^2 + {penalty.formula}")
        chart(
            points, path_spec(colours, names), key=f"{KEY}.path_chart",
            alt=_(
                "The weights with the penalty {penalty}, each a line over λ from 0.001 to 100.",
                penalty=_(penalty.title),
            ),
        )  # fmt: skip
    with bars:
        reach = float(max(np.abs(one).max() for one in paths.weights.values()))
        found = remembered(
            f"{KEY}.path_bars", (penalty.slug, strength, names), lambda: bar_points(here, names)
        )
        chart(
            found, bar_spec(colours, names, round(reach, 3)), key=f"{KEY}.path_bars_chart",
            alt=_(
                "The weights at λ = {strength} as bars: {weights}.",
                strength=f"{strength:g}",
                weights=", ".join(
                    f"{name} {_signed(one)}" for name, one in zip(names, here, strict=True)
                ),
            ),
        )  # fmt: skip


def _counted(paths: Paths, strength: float, names: tuple[str, ...]) -> None:
    """How many weights are exactly 0 at this λ, and when the last one goes."""
    absolute, square = MIXES["l1"], MIXES["l2"]
    zeros = {slug: int((paths.at(slug, strength) == 0).sum()) for slug in MIXES.slugs}
    left = np.abs(paths.at("l2", strength))
    last, place = last_to_go(paths.problem, absolute)
    largest = paths.lambdas[-1]
    st.markdown(
        _(
            "At λ = {strength}, **L1** has set **{absolute} of {all}** weights to exactly 0, the "
            "elastic net {elastic}, **L2 {square}**; L2’s smallest is {smallest} ({name}). ",
            strength=f"{strength:g}", absolute=zeros["l1"], all=len(names),
            elastic=zeros["elastic"], square=zeros["l2"] or _("none"),
            smallest=power_of_ten(float(left.min())), name=names[int(left.argmin())],
        )
        + _(
            "With L1 the last weight ({name}) goes at λ = **{last}**, with the elastic net at "
            "{elastic}; with L2 none ever goes: at λ = {largest} the largest is still {left}.",
            name=names[place], last=f"{last:.3f}",
            elastic=f"{last_to_go(paths.problem, MIXES['elastic'])[0]:.3f}",
            largest=f"{largest:g}",
            left=power_of_ten(float(np.abs(path(paths.problem, square, [largest])).max())),
        )
    )  # fmt: skip


def _twins(paths: Paths, strength: float, names: tuple[str, ...]) -> None:
    """Two inputs that say nearly the same: what each penalty gives to each of them."""
    pairs = [(TOTAL, LDL), (BMI, len(FEATURES))]  # the second where the data have a twin
    for column, (one, other) in zip(st.columns(2, gap="large"), pairs, strict=True):
        if other < len(names):
            with column:
                _pair(paths, strength, names, one, other)


def _pair(paths: Paths, strength: float, names: tuple[str, ...], one: int, other: int) -> None:
    low, high = alone_between(paths.lambdas, paths.weights["l1"], one, other)
    shared = paths.at("l2", SHARED_AT)
    st.markdown(
        _(
            "**Twins:** {one} and {other} say nearly the same (correlation {correlation}). From "
            "λ = {low} to {high}, L1 keeps the one and has the other at exactly 0. L2 with "
            "enough λ brings them together: {first} and {second} at λ = {shared}.",
            one=names[one], other=names[other],
            correlation=f"{paths.problem.correlation(one, other):.2f}",
            low=power_of_ten(low), high=power_of_ten(high), shared=f"{SHARED_AT:g}",
            first=_signed(float(shared[one])), second=_signed(float(shared[other])),
        )
    )  # fmt: skip
    at = {penalty.slug: paths.at(penalty.slug, strength) for penalty in MIXES}
    table(
        [_("at λ = {strength}", strength=f"{strength:g}"), names[one], names[other]],
        [
            [_(penalty.title), *(_signed(float(at[penalty.slug][place])) for place in (one, other))]
            for penalty in MIXES
        ],
        caption=_("The weights of two inputs that say nearly the same, for each penalty"),
    )


def _signed(value: float) -> str:
    """A weight with three decimals and a true minus; an exact 0 is said to be one."""
    return f"{value:.3f}".replace("-", "−") if value else _("exactly 0")
