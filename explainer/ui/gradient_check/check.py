"""The second half of the gradient check page: differences against a gradient written by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.gradient_check.check import (
    error_cells,
    error_spec,
    fault_points,
    fault_spec,
    power_of_ten,
    sweep_points,
    sweep_spec,
)
from explainer.gradients.check.checking import Check, Setting, check
from explainer.gradients.check.differences import SCHEMES, Scheme, relative_error
from explainer.gradients.check.faults import FAULTS, NONE, Fault
from explainer.gradients.check.network import NONLINEARITIES, PARAMETERS, RELU, TENSORS
from explainer.gradients.check.script import script
from explainer.gradients.check.sweep import PRECISIONS, Sweep, sweep
from explainer.gradients.check.theory import Theory, autograd, theory
from explainer.gradients.check.verdict import BUG, GOOD, TOO_KIND, factor_error, verdict
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Entry, Named, choice
from explainer.ui.common.code import show_script
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.words import _

KEY = "gradient_check"
STEPS = ("1e-1", "1e-2", "1e-3", "1e-4", "1e-5", "1e-6", "1e-7", "1e-8", "1e-9")
PENALTIES = (0.0, 0.0001, 0.001, 0.01, 0.1)
FACTORS = (-1.0, 2.0, 1.2, 1.01)
LARGEST_SEED = 999
NUMBERS = (Named("float64", "float64"), Named("float32", "float32"))


@dataclass(frozen=True)
class Asked:
    """What the controls say: the setting, ε, and how the difference is taken."""

    setting: Setting
    epsilon: float
    scheme: Scheme


def asked() -> Asked:
    """Draw the controls and return what they say."""
    say(KEY, "check")
    left, middle, right = st.columns([1.4, 1.2, 1.2], gap="medium", vertical_alignment="bottom")
    with left:
        wrong = FAULTS[choice(_("What is wrong"), FAULTS, key=f"{KEY}.fault")]
    with middle:
        step = st.select_slider(
            "ε", STEPS, "1e-5", key=f"{KEY}.epsilon", bind="query-params", persist_state="session"
        )
    with right, st.popover(_("Network and numbers"), icon=":material/tune:", width="stretch"):
        setting, scheme = _details(wrong)
    st.markdown(f"**{_(wrong.title)}.** {_(wrong.meaning)}")
    if wrong.wrong:
        st.code(f"{wrong.wrong}\n# right: {'; '.join(wrong.right.splitlines())}", language="python")
    return Asked(setting, float(str(step)), scheme)


def _details(wrong: Fault) -> tuple[Setting, Scheme]:
    kind = _segments(_("Activation"), "activation", NONLINEARITIES, disabled=wrong.kink)
    if wrong.kink:
        st.caption(_("This fault stands at the kink of ReLU, so the network has ReLU."))
    numbers = _segments(_("Numbers"), "numbers", NUMBERS)
    scheme = SCHEMES[_segments(_("Difference"), "difference", SCHEMES)]
    st.latex(scheme.formula)
    penalty = st.select_slider(
        _("Penalty λ"), PENALTIES, 0.01, key=f"{KEY}.penalty", bind="query-params",
        persist_state="session",
    )  # fmt: skip
    seed = st.number_input(
        _("Seed of the weights"), 0, LARGEST_SEED, 0, key=f"{KEY}.seed", bind="query-params",
        persist_state="session",
    )  # fmt: skip
    dtype = next(one for one in PRECISIONS if one.__name__ == numbers)
    chosen = RELU if wrong.kink else NONLINEARITIES[kind]
    return Setting(chosen, float(penalty), int(seed), wrong, dtype), scheme


def _segments(label: str, name: str, entries: Iterable[Entry], *, disabled: bool = False) -> str:
    return choice(
        label, entries, key=f"{KEY}.{name}", widget=st.segmented_control, disabled=disabled
    )


def answer(what: Asked) -> None:
    """The verdict, the picture of where it is wrong, and a line for each tensor."""
    found = _check(what.setting, what.epsilon, what.scheme)
    _verdict(what, found)
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        st.vega_lite_chart(
            error_cells(found),
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
    made = _check(what.setting, what.epsilon, what.scheme)
    apart = relative_error(made.backprop, autograd(what.setting))
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
        sweeps, lines = _sweeps(replace(what.setting, dtype=np.float64), what.scheme)
    st.vega_lite_chart(
        sweep_points(sweeps, lines),
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
    say(KEY, "theory")


def one_tenth(what: Asked) -> None:
    """What each fault gives here, and which of them a bound of one tenth would let through."""
    say(KEY, "tenth")
    found = _every_fault(what)
    st.vega_lite_chart(
        fault_points(
            [(_(one.title), made.error, made.error_of(made.worst)) for one, made in found]
        ),
        fault_spec(theme()),
        alt=_(
            "A row for each fault with its relative error, on a logarithmic axis with the marks "
            "1e-7, 1e-5, 1e-3 and 1e-1."
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
    text = script(what.setting, what.epsilon, what.scheme)
    with st.expander(_("The script of this check"), icon=":material/code:"):
        show_script(KEY, text, "deepglass_gradient_check")


def _told(setting: Setting) -> tuple[str, float, int, str, str]:
    """A setting as plain values, by which a cache tells it from others."""
    names = setting.fault.slug, setting.dtype.__name__
    return setting.nonlinearity.slug, setting.penalty, setting.seed, *names


BY_NAME: dict[str | type, Callable[[Any], Any]] = {
    Setting: _told,
    Scheme: lambda scheme: scheme.slug,
}


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=BY_NAME)
def _check(setting: Setting, epsilon: float, scheme: Scheme) -> Check:
    return check(setting, epsilon, scheme=scheme)


@st.cache_data(show_spinner=False, max_entries=32, hash_funcs=BY_NAME)
def _sweeps(setting: Setting, scheme: Scheme) -> tuple[list[Sweep], Theory]:
    return [sweep(setting, dtype, scheme) for dtype in PRECISIONS], theory(setting, scheme)


def _every_fault(what: Asked) -> list[tuple[Fault, Check]]:
    """The check of each fault in float64, at one ε."""
    settings = [replace(what.setting, fault=one, dtype=np.float64) for one in FAULTS]
    return [(one.fault, _check(one, float(STEPS[4]), what.scheme)) for one in settings]
