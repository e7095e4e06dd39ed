"""λ too small, right, too large: a bent function first, then digits, over λ and over draws."""

from __future__ import annotations

import streamlit as st

from explainer.charts.penalties.strengths import MEASURES, Measure, strength_points, strength_spec
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, power_of_ten, signed
from explainer.regularisation.pixel_weights import PAIRS
from explainer.regularisation.strengths import (
    LAMBDAS,
    NOISES,
    SEEDS,
    SETTLED,
    STEPS,
    TRAINING,
    VALIDATED,
    Best,
    Strengths,
    best,
    strengths,
)
from explainer.training.presets.by_heart import MLP, STEADY
from explainer.training.presets.preset import entrant
from explainer.training.recipe.recipe import Regularisation, to_text
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.penalties.bends import bends_section
from explainer.ui.training_lab.plan import SEPARATOR
from explainer.words import N_, _, language

KEY = "penalties"
WRONG = tuple(Named(f"{100 * noise:.0f}", f"{100 * noise:.0f} %") for noise in NOISES)
USUAL = "20"
KEPT: Kept[tuple[str, float], Strengths] = Kept(MEGABYTE, lambda one: 5 * one.loss.nbytes)
NAMES = ("L1", "L2")
OF_DIGITS = {
    "accuracy": N_("Accuracy over λ, on validation and on the training labels."),
    "loss": N_("The training loss without the penalty over λ."),
    "penalty": N_("The penalty over λ."),
    "zeros": N_("The share of weights that are exactly 0 over λ."),
}
EIGHT = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
LAB = ("training_lab", {"training_lab.preset": "strength"})


def strength_section(*_given: object) -> None:
    """A polynomial that is bent back; digits over λ; the way to the same, live, in a network."""
    bends_section()
    st.divider()
    say(KEY, "strength")
    found = _found()
    whole, *others = MEASURES
    _chart(found, whole)
    for column, measure in zip(st.columns(len(others), gap="medium"), others, strict=True):
        with column:
            _chart(found, measure)
    st.caption(
        _(
            "Lines are medians of {draws} draws of {training} pictures, bands go from the least "
            "to the largest. All are validated on the same {validated} pictures, whose labels are "
            "right. Each network takes {steps} steps; below λ = {settled}, L1 would find more "
            "zeros in more of them.",
            steps=f"{STEPS:,}", settled=f"{SETTLED:g}", draws=len(SEEDS), training=TRAINING,
            validated=VALIDATED,
        )
    )  # fmt: skip
    for place, name in enumerate(NAMES):
        st.markdown(_verdict(name, best(found, place)))
    say(KEY, "strength_notice")
    _in_the_lab()


def _in_the_lab() -> None:
    """The way to a race of eight λ with the labels that are chosen, and to the story."""
    wrong = float(st.session_state[f"{KEY}.wrong"]) / 100
    st.page_link(
        "../pages/training_lab.py",
        label=_("Run these eight in the training lab: {strengths}", strengths=_eight()),
        icon=":material/play_arrow:",
        query_params=lab_query(wrong),
    )
    page, query = LAB
    st.page_link(
        f"../pages/{page}.py",
        label=_("The same with a network, live: λ too small, right, too large"),
        icon=":material/play_arrow:",
        query_params=query,
    )


def lab_query(wrong: float) -> dict[str, str]:
    """The link's words for a race of the eight λ of L2, with that share of wrong labels."""
    held = [Regularisation(l2=one) for one in EIGHT]
    recipes = [
        entrant(f"λ = {one:g}", MLP, STEADY, how) for one, how in zip(EIGHT, held, strict=True)
    ]
    return {
        "training_lab.preset": "own",
        "training_lab.data": "digits",
        "training_lab.digits.train_size": str(TRAINING),
        "training_lab.digits.wrong_labels": f"{wrong:g}",
        "training_lab.seeds": str(len(SEEDS)),
        "training_lab.recipes": SEPARATOR.join(map(to_text, recipes)),
    }


def _eight() -> str:
    return _("λ of L2 from {least} to {most}", least=f"{EIGHT[0]:g}", most=f"{EIGHT[-1]:g}")


def _found() -> Strengths:
    """What the controls ask for."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        pair = PAIRS[choice(_("Digits"), PAIRS, key=f"{KEY}.digits", widget=st.segmented_control)]
        wrong = choice(
            _("Wrong training labels"), WRONG, key=f"{KEY}.wrong", default=USUAL,
            widget=st.segmented_control,
        )  # fmt: skip
    noise = int(wrong) / 100
    words = _("{count} networks of one layer learn", count=2 * len(SEEDS) * len(LAMBDAS))
    return waited(
        KEPT, (pair.slug, noise), words, lambda told: strengths(pair, noise, told=told)
    )  # fmt: skip


def _chart(found: Strengths, measure: Measure) -> None:
    points = remembered(
        f"{KEY}.strength_points.{measure.slug}", (found, language()),
        lambda: strength_points(found, measure),
    )  # fmt: skip
    chart(
        points, strength_spec(theme(), measure.slug), key=f"{KEY}.strength_{measure.slug}",
        alt=_(OF_DIGITS[measure.slug]),
    )  # fmt: skip


def _verdict(name: str, found: Best) -> str:
    """Where validation is best, what it is at both ends, and whether that is more than noise."""
    ends = _(
        "**{penalty}** does best at λ = {at}: **{accuracy}** on validation; {smallest} at the "
        "smallest λ, {largest} at the largest.",
        penalty=name, at=power_of_ten(found.at), accuracy=percent(found.accuracy),
        smallest=percent(found.smallest), largest=percent(found.largest),
    )  # fmt: skip
    between = {
        "gain": signed(100 * found.gain),
        "low": signed(100 * found.low),
        "high": signed(100 * found.high),
    }
    if found.beyond_noise:
        judged = _(
            "Against the smallest λ that is {gain} points within a draw (95 %: {low} to {high}): "
            "**ahead**.",
            **between,
        )
    else:
        judged = _(
            "Against the smallest λ that is {gain} points within a draw (95 %: {low} to {high}): "
            "**within noise**.",
            **between,
        )
    return f"{ends} {judged}"
