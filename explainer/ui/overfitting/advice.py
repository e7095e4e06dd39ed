"""The walk of high bias and high variance on the visitor's own race in the training lab."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import streamlit as st

from explainer.generalisation.advice import (
    BIAS,
    GAP,
    Interval,
    Standing,
    Suggestion,
    standings,
    suggestions,
)
from explainer.parameters import Parameter, Value
from explainer.powers import percent
from explainer.service import Ticket
from explainer.training.data.registry import DATA_SETS
from explainer.training.data.splits import most_for_training
from explainer.training.engine.race import Race
from explainer.ui.common.bounded import bounded_slider
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import escaped, say
from explainer.ui.common.tables import table
from explainer.ui.training_lab import presets
from explainer.ui.training_lab.control import current, origin_of
from explainer.ui.training_lab.plan import KEY as LAB
from explainer.ui.training_lab.plan import LabPlan, set_recipes
from explainer.words import N_, _, in_words

KEY = "overfitting"
TARGET, LEAVING = f"{KEY}.target", f"{KEY}.leaving"
PAGE = f"../pages/{LAB}.py"
STORY = {presets.CONTROL: "too-big"}
VERDICTS = {
    BIAS: N_("**{recipe}**: high bias first, training error is {points} points above the target."),
    GAP: N_("**{recipe}**: high variance first, the gap is {points} points."),
    "": N_("**{recipe}**: neither is above 0 beyond noise. Nothing here asks for a change."),
}


def advice() -> None:
    """A target, how each recipe of the race stands to it, and changes that open in the lab."""
    if st.session_state.pop(LEAVING, False):
        st.switch_page(PAGE)
    say(KEY, "advice")
    ticket = current()
    origin = origin_of(ticket) if ticket is not None else None
    if ticket is None or origin is None or not ticket.race.snapshot.runs:
        _no_race(_("There is no race of yours in this visit. Run a story first, then come back."))
        return
    if not ticket.race.snapshot.task.measure.percent:
        _no_race(_("Your race predicts numbers, and this walk is for classes."))
        return
    plan, examples = origin
    wrong = plan.split.label_noise
    with st.columns([1, 1.6])[0]:
        target = bounded_slider(
            _("Error that can be reached (%)"), 0.0, 50.0, max(1.0, round(200 * wrong) / 2), 0.5,
            key=TARGET, help_text=_("What the best rule, or a careful person, would get wrong."),
        )  # fmt: skip
    if wrong:
        st.caption(_(
            "Of the labels that your race learns from {share} are wrong; no rule knows these.",
            share=percent(wrong),
        ))  # fmt: skip
    _state_of(ticket)
    found = standings(ticket.race.snapshot, target / 100)
    if not found:
        _no_race(_("Nothing was measured in your race yet: let it run for a while."))
        return
    _table(found)
    most = remembered(
        f"{KEY}.most", (examples.fingerprint, plan.split),
        lambda: most_for_training(examples, plan.split),
    )  # fmt: skip
    for place, one in enumerate(found):
        _walk(place, one, plan, most)
    say(KEY, "advice_notice")


def _no_race(words: str) -> None:
    st.info(words, icon=":material/school:")
    st.page_link(
        PAGE, label=_("In the training lab: Too big a network"), icon=":material/play_arrow:",
        query_params=STORY,
    )  # fmt: skip


def _state_of(ticket: Ticket[Race]) -> None:
    step = f"{ticket.race.snapshot.step:,}"
    said = _("Your race at step {step}; means of the seeds, 95 % intervals in brackets.", step=step)
    if ticket.race.snapshot.playing:
        on = _("**It is still running**: wait for its end before you change anything.")
        said = f"{said} {on}"
    st.caption(said)


def _table(found: Sequence[Standing]) -> None:
    rows = [
        [
            escape(_name(one)),
            percent(one.training),
            percent(one.validation),
            _interval(one.bias),
            _interval(one.gap),
        ]
        for one in found
    ]
    heads = [
        _("recipe"), _("training error"), _("validation error"), _("above the target (points)"),
        _("gap (points)"),
    ]  # fmt: skip
    table(heads, rows, caption=_("Bias and gap of each recipe of the race"))


def _interval(one: Interval) -> str:
    mean, low, high = (f"{100 * value:z.1f}".replace("-", "−") for value in one)
    between = _("{low} to {high}", low=low, high=high)
    return mean if math.isnan(one[1]) else f"{mean} ({between})"


def _name(one: Standing) -> str:
    return in_words(one.recipe.name) or _("Recipe")


def _walk(place: int, one: Standing, plan: LabPlan, most: int) -> None:
    size = {BIAS: one.bias[0], GAP: one.gap[0]}.get(one.first, 0.0)
    said = _(VERDICTS[one.first], recipe=escaped(_name(one)), points=f"{100 * size:.1f}")
    if one.seeds == 1:
        alone = _("One seed cannot tell this from noise.")
        said = f"{said} {alone}"
    st.markdown(said)
    ways = suggestions(one, plan.split, most)
    if ways:
        with st.container(horizontal=True, gap="small"):
            for way in ways:
                st.button(
                    _(way.title), key=f"{KEY}.try.{place}.{way.slug}",
                    icon=":material/arrow_forward:", on_click=open_in_lab,
                    args=(one, way, plan),
                    help=_("Opens the training lab with this recipe and that one change."),
                )  # fmt: skip


def open_in_lab(one: Standing, way: Suggestion, plan: LabPlan) -> None:
    """Let the lab stand at the race of `plan` with this recipe, and beside it as it is changed."""
    changed = way.recipe != one.recipe
    set_recipes((one.recipe, way.recipe) if changed else (one.recipe,))
    state, base = st.session_state, f"{LAB}.{plan.data.slug}"
    state[presets.CONTROL] = presets.OWN.slug
    if plan.data.slug in DATA_SETS.slugs:
        state[f"{LAB}.data"] = plan.data.slug
        state.update(
            {f"{base}.{name}": _held(plan, name, value) for name, value in plan.data.settings}
        )
    state[f"{base}.validation"] = plan.split.validation_share
    state[f"{base}.test"] = plan.split.test_share
    state[f"{base}.wrong_labels"] = plan.split.label_noise
    state[f"{LAB}.seeds"] = len(plan.seeds)
    size = way.train_size or plan.split.train_size
    if size is not None:
        state[f"{base}.train_size"] = size
    state[LEAVING] = True


def _held(plan: LabPlan, name: str, value: Value) -> Value:
    """A setting of the data as its control holds it."""
    setting = next(one for one in DATA_SETS[plan.data.slug].parameters if one.name == name)
    return int(value) if isinstance(setting, Parameter) and setting.whole else value
