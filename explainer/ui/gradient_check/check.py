"""The second half of the gradient check page: differences against a gradient written by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explainer.charts.gradient_check.check import (
    error_cells,
    error_spec,
    fault_points,
    fault_spec,
    sweep_points,
    sweep_spec,
)
from explainer.gradients.check.checking import Check, Setting
from explainer.gradients.check.differences import SCHEMES, Scheme, relative_error
from explainer.gradients.check.faults import FAULTS, NONE, Fault, hidden
from explainer.gradients.check.network import NONLINEARITIES, PARAMETERS, RELU, TENSORS
from explainer.gradients.check.script import script
from explainer.gradients.check.sweep import PRECISIONS
from explainer.gradients.check.verdict import BUG, GOOD, TOO_KIND, factor_error, verdict
from explainer.powers import power_of_ten, ten_to
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_number
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Entry, Named, choice
from explainer.ui.common.code import plain_code, show_script
from explainer.ui.common.fold import drawn, kept, one_of, while_open
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.gradient_check.checks import by_autograd, checked, every_fault, swept
from explainer.ui.gradient_check.riddle import HIDDEN, riddle_number, solved
from explainer.words import _

KEY = "gradient_check"
USUAL_STEP, EPSILON_OF_ALL = "1e-5", 1e-5
STEPS = tuple(f"1e-{power}" for power in range(1, 10))
POWERS = {step: ten_to(int(step.partition("e")[2])) for step in STEPS}
PENALTIES = (0.0, 0.0001, 0.001, 0.01, 0.1)
FACTORS = (-1.0, 2.0, 1.2, 1.01)
LARGEST_SEED = 999
NUMBERS = (Named("float64", "float64"), Named("float32", "float32"))


@dataclass(frozen=True)
class Asked:
    """What the controls say: the setting, ε, and how the difference is taken.

    `known` says whether the reader knows which fault it is.
    """

    setting: Setting
    epsilon: float
    scheme: Scheme
    known: bool = True


def asked() -> Asked:
    """Draw the controls and return what they say."""
    say(KEY, "check")
    left, middle, right = st.columns([1.4, 1.2, 1.2], gap="medium", vertical_alignment="bottom")
    with left:
        slug = choice(_("What is wrong"), (*FAULTS, HIDDEN), key=f"{KEY}.fault")
        riddle = riddle_number() if slug == HIDDEN.slug else None
        wrong = FAULTS[slug] if riddle is None else hidden(riddle)
    with middle:
        step = _epsilon()
    label, key = _("Network and numbers"), f"{KEY}.details"
    icon = ":material/tune:"
    with while_open(right.popover(label, icon=icon, key=key, width="stretch", on_change="rerun")):
        setting, scheme = _details(wrong)
    known = riddle is None or solved(riddle, wrong)
    if known:
        st.markdown(f"**{_(wrong.title)}.** {_(wrong.meaning)}")
        if wrong.wrong:
            line = "; ".join(wrong.right.splitlines())
            plain_code(f"{wrong.wrong}\n# right: {line}")
    return Asked(setting, float(step), scheme, known)


def _epsilon() -> str:
    """The step as Python writes it, which is how a link has it."""
    key = f"{KEY}.epsilon"
    if st.session_state.get(key) not in STEPS:
        linked = st.query_params.get(key)
        st.session_state[key] = linked if linked in STEPS else USUAL_STEP
    step = st.select_slider(
        "ε", STEPS, key=key, persist_state="session",
        format_func=lambda one: POWERS.get(one, one),
    )  # fmt: skip
    keep_in_link(key, str(step), USUAL_STEP)
    return str(step)


def _details(wrong: Fault) -> tuple[Setting, Scheme]:
    kind = _segments(_("Activation"), "activation", NONLINEARITIES, disabled=wrong.kink)
    if wrong.kink and drawn():
        st.caption(_("This fault stands at the kink of ReLU, so the network has ReLU."))
    numbers = _segments(_("Numbers"), "numbers", NUMBERS)
    scheme = SCHEMES[_segments(_("Difference"), "difference", SCHEMES)]
    if drawn():
        st.latex(scheme.formula)
    penalty = kept(
        st.select_slider, _("Penalty λ"), key=f"{KEY}.penalty", usual=0.01, read=one_of(PENALTIES),
        options=PENALTIES,
    )  # fmt: skip
    seed = bounded_number(_("Seed of the weights"), 0, LARGEST_SEED, key=f"{KEY}.seed")
    dtype = next(one for one in PRECISIONS if one.__name__ == numbers)
    chosen = RELU if wrong.kink else NONLINEARITIES[kind]
    return Setting(chosen, penalty, seed, wrong, dtype), scheme


def _segments(label: str, name: str, entries: Iterable[Entry], *, disabled: bool = False) -> str:
    return choice(
        label, entries, key=f"{KEY}.{name}", widget=st.segmented_control, disabled=disabled
    )


def answer(what: Asked) -> None:
    """The verdict, the picture of where it is wrong, and a line for each tensor."""
    found = checked(what.setting, what.epsilon, what.scheme)
    _verdict(what, found)
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        chart(
            remembered(f"{KEY}.cells", found, lambda: error_cells(found)),
            error_spec(theme()),
            alt=_(
                "All {count} parameters as cells, coloured by the relative error of each; the "
                "largest is in {tensor}.",
                count=PARAMETERS,
                tensor=found.worst.name,
            ),
        )
    with right:
        say(KEY, "picture")
        table(
            (_("tensor"), _("numbers"), _("relative error"), _("reading")),
            [
                (one.name, str(one.size), power_of_ten(found.error_of(one)),
                 _(verdict(found.error_of(one)).title))
                for one in TENSORS
            ],
            name="check",
            caption=_("The relative error of each tensor"),
        )  # fmt: skip
        _zeros(found)
        _oracle(what)


def _verdict(what: Asked, found: Check) -> None:
    read, of_fault = verdict(found.error), what.setting.fault
    box = {GOOD: st.success, BUG: st.error}.get(read, st.warning)
    parts = [
        _(
            "**{reading}.** Relative error {error} over all parameters.",
            reading=_(read.title),
            error=power_of_ten(found.error),
        ),
        _(read.advice),
    ]
    if not what.known:
        box(" ".join(parts))
        return
    apart = [one.name for one in TENSORS if verdict(found.error_of(one)) is not GOOD]
    if apart:
        parts.append(_("The two part in {tensors}.", tensors=", ".join(apart)))
    if of_fault.of_penalty and not what.setting.penalty:
        parts.append(_("With λ = 0 there is no penalty to forget, so nothing is wrong here."))
    if of_fault.deceives and read is not GOOD:
        parts.append(_("Here it is the check that is deceived: the gradient is right."))
    elif what.setting.dtype is np.float32 and of_fault is NONE and read is not GOOD:
        parts.append(_("The gradient is right; float32 cannot tell."))
    box(" ".join(parts))


def _zeros(found: Check) -> None:
    zeros = int(found.both_zero.sum())
    if zeros:
        st.caption(
            _(
                "{count} of {all} gradients are exactly zero both ways, such as those of a pixel "
                "that is black in all ten digits. That would be 0 / 0; it counts as agreement, "
                "and the cell is grey.",
                count=zeros,
                all=PARAMETERS,
            )
        )


def _oracle(what: Asked) -> None:
    if what.setting.fault.deceives:
        return
    made = checked(what.setting, what.epsilon, what.scheme)
    apart = relative_error(made.backprop, by_autograd(what.setting))
    st.caption(
        _(
            "Against PyTorch’s autograd, the gradient by hand has a relative error of {error}.",
            error=power_of_ten(apart),
        )
    )


def over_epsilon(what: Asked) -> None:
    """The error over ε in both precisions, with the theory's lines."""
    say(KEY, "epsilon")
    with st.spinner(_("Checking at every ε")):
        sweeps, lines = swept(replace(what.setting, dtype=np.float64), what.scheme)
    chart(
        remembered(f"{KEY}.points", lines, lambda: sweep_points(sweeps, lines)),
        sweep_spec(theme(), what.epsilon),
        alt=_(
            "The relative error over ε on logarithmic axes, for float32 and float64, with dashed "
            "lines for truncation and rounding."
        ),
    )
    for one in sweeps[::-1]:
        best = float(one.errors.min())
        st.markdown(
            _(
                "**{numbers}**: best at ε = {epsilon}, error {error}, read as *{reading}*. The two "
                "lines cross at {crossing}, and their sum is least at {least}.",
                numbers=one.dtype.__name__,
                epsilon=power_of_ten(one.best),
                error=power_of_ten(best),
                reading=_(verdict(best).title),
                crossing=power_of_ten(lines.crossing(one.dtype)),
                least=power_of_ten(lines.least(one.dtype)),
            )
        )
        if not one.good:
            st.markdown(_("No ε is read as *{reading}* there.", reading=_(GOOD.title)))
            continue
        st.markdown(
            _(
                "Read as *{reading}* there: ε from {least} to {most}.",
                reading=_(GOOD.title),
                least=power_of_ten(min(one.good)),
                most=power_of_ten(max(one.good)),
            )
        )
    say(KEY, "theory")


def one_tenth(what: Asked) -> None:
    """What each fault gives here, and which of them a bound of one tenth would let through."""
    say(KEY, "tenth")
    found = every_fault(what.setting, what.scheme, EPSILON_OF_ALL)
    chart(
        fault_points(
            [(_(one.title), made.error, made.error_of(made.worst)) for one, made in found]
        ),
        fault_spec(theme(), len(found)),
        alt=_(
            "A row for each fault with its relative error, on a logarithmic axis with the marks "
            "10⁻⁷, 10⁻⁵, 10⁻³ and 10⁻¹."
        ),
    )
    passing = [
        f"*{_(one.title)}* ({power_of_ten(made.error)})"
        for one, made in found
        if made.error < TOO_KIND and verdict(made.error) is not GOOD and not one.deceives
    ]
    if passing:
        words = _("**Wrong, and below 10⁻¹ all the same:** {faults}.", faults=", ".join(passing))
    else:
        words = _(
            "**Wrong, and below 10⁻¹ all the same:** none of them with this network; change λ."
        )
    st.markdown(words)
    factors = [
        _(
            "× {factor} gives {error}",
            factor=f"{one:g}".replace("-", "−"),
            error=power_of_ten(factor_error(one)),
        )
        for one in FACTORS
    ]
    st.markdown(
        _("**A gradient that is off by a constant factor:** {factors}.", factors=", ".join(factors))
    )


def code(what: Asked) -> None:
    """The Python script of the current check, to read and to download."""
    say(KEY, "code")
    if not what.known:
        st.caption(
            _("The script has the hidden fault in it: it is here once you know which it is.")
        )
        return
    text = script(what.setting, what.epsilon, what.scheme)
    show_script(KEY, text, "deepglass_gradient_check")
