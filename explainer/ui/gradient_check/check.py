"""The second half of the gradient check page: differences against a gradient written by hand."""

from __future__ import annotations

from dataclasses import dataclass

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
from explainer.gradients.check.differences import CENTRAL, SCHEMES, Scheme, relative_error
from explainer.gradients.check.faults import FAULTS, NONE, fault
from explainer.gradients.check.network import NONLINEARITIES, PARAMETERS, RELU, TANH, TENSORS
from explainer.gradients.check.script import script
from explainer.gradients.check.sweep import PRECISIONS, Sweep, sweep
from explainer.gradients.check.theory import Theory, autograd, theory
from explainer.gradients.check.verdict import BUG, GOOD, TOO_KIND, factor_error, verdict
from explainer.ui.common.appearance import theme
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table

KEY = "gradient_check"
STEPS = ("1e-1", "1e-2", "1e-3", "1e-4", "1e-5", "1e-6", "1e-7", "1e-8", "1e-9")
PENALTIES = (0.0, 0.0001, 0.001, 0.01, 0.1)
FACTORS = (-1.0, 2.0, 1.2, 1.01)
LARGEST_SEED = 999


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
        wrong = fault(str(_choice("What is wrong", "fault", [one.title for one in FAULTS])))
    with middle:
        step = st.select_slider(
            "ε", STEPS, "1e-5", key=f"{KEY}.epsilon", bind="query-params", persist_state="session"
        )
    with right, st.popover("Network and numbers", icon=":material/tune:", width="stretch"):
        setting, scheme = _details(wrong.title)
    st.markdown(f"**{wrong.title}.** {wrong.meaning}")
    if wrong.wrong:
        st.code(f"{wrong.wrong}\n# right: {'; '.join(wrong.right.splitlines())}", language="python")
    return Asked(setting, float(str(step)), scheme)


def _choice(label: str, name: str, titles: list[str]) -> object:
    return st.selectbox(
        label, titles, key=f"{KEY}.{name}", bind="query-params", persist_state="session"
    )


def _segments(
    label: str, name: str, titles: list[str], first: str, *, disabled: bool = False
) -> str:
    return str(
        st.segmented_control(
            label, titles, default=first, required=True, key=f"{KEY}.{name}",
            bind="query-params", persist_state="session", disabled=disabled,
        )
    )  # fmt: skip


def _details(wrong: str) -> tuple[Setting, Scheme]:
    kinds = {kind.title: kind for kind in NONLINEARITIES}
    forced = fault(wrong).kink
    kind = _segments("Activation", "activation", list(kinds), TANH.title, disabled=forced)
    if forced:
        st.caption("This fault stands at the kink of ReLU, so the network has ReLU.")
    numbers = _segments("Numbers", "numbers", ["float64", "float32"], "float64")
    schemes = {scheme.title: scheme for scheme in SCHEMES}
    scheme = schemes[_segments("Difference", "difference", list(schemes), CENTRAL.title)]
    st.latex(scheme.formula)
    penalty = st.select_slider(
        "Penalty λ", PENALTIES, 0.01, key=f"{KEY}.penalty", bind="query-params",
        persist_state="session",
    )  # fmt: skip
    seed = st.number_input(
        "Seed of the weights", 0, LARGEST_SEED, 0, key=f"{KEY}.seed", bind="query-params",
        persist_state="session",
    )  # fmt: skip
    dtype = next(one for one in PRECISIONS if np.dtype(one).name == numbers)
    chosen = RELU if forced else kinds[kind]
    return Setting(chosen, float(penalty), int(seed), fault(wrong), dtype), schemes[scheme.title]


def answer(what: Asked) -> None:
    """The verdict, the picture of where it is wrong, and a line for each tensor."""
    found = _checked(what)
    _verdict(what, found)
    left, right = st.columns([1.35, 1], gap="large")
    with left:
        st.vega_lite_chart(
            error_cells(found),
            error_spec(theme()),
            alt=f"All {PARAMETERS} parameters as cells, coloured by the relative error of each; "
            f"the largest is in {found.worst.name}.",
        )
    with right:
        say(KEY, "picture")
        table(
            ("tensor", "numbers", "relative error", "reading"),
            [
                (one.name, str(one.size), power_of_ten(found.error_of(one)),
                 verdict(found.error_of(one)).title)
                for one in TENSORS
            ],
            name="check",
            caption="The relative error of each tensor",
        )  # fmt: skip
        _zeros(found)
        _oracle(what)


def _verdict(what: Asked, found: Check) -> None:
    read, of_fault = verdict(found.error), what.setting.fault
    box = {GOOD: st.success, BUG: st.error}.get(read, st.warning)
    parts = [
        f"**{read.title}.** Relative error {power_of_ten(found.error)} over all parameters.",
        read.advice,
    ]
    apart = [one.name for one in TENSORS if verdict(found.error_of(one)) is not GOOD]
    if apart:
        parts.append(f"The two part in {', '.join(apart)}.")
    if of_fault.of_penalty and not what.setting.penalty:
        parts.append("With λ = 0 there is no penalty to forget, so nothing is wrong here.")
    if of_fault.deceives and read is not GOOD:
        parts.append("Here it is the check that is deceived: the gradient is right.")
    elif what.setting.dtype is np.float32 and of_fault is NONE and read is not GOOD:
        parts.append("The gradient is right; float32 cannot tell.")
    box(" ".join(parts))


def _zeros(found: Check) -> None:
    zeros = int(found.both_zero.sum())
    if zeros:
        st.caption(
            f"{zeros} of {PARAMETERS} gradients are exactly zero both ways, such as those of a "
            "pixel that is black in all ten digits. That would be 0 / 0; it counts as agreement, "
            "and the cell is grey."
        )


def _oracle(what: Asked) -> None:
    if what.setting.fault.deceives:
        return
    made = _checked(what)
    apart = relative_error(made.backprop, autograd(what.setting))
    st.caption(
        f"Against PyTorch’s autograd, the gradient by hand has a relative error of "
        f"{power_of_ten(apart)}."
    )


def over_epsilon(what: Asked) -> None:
    """The error over ε in both precisions, with the theory's lines."""
    say(KEY, "epsilon")
    sweeps, lines = _swept(what)
    st.vega_lite_chart(
        sweep_points(sweeps, lines),
        sweep_spec(theme(), what.epsilon),
        alt="The relative error over ε on logarithmic axes, for float32 and float64, with dashed "
        "lines for truncation and rounding.",
    )
    for one in sweeps[::-1]:
        name, best = np.dtype(one.dtype).name, float(one.errors.min())
        st.markdown(
            f"**{name}**: best at ε = {power_of_ten(one.best)}, error {power_of_ten(best)}, read "
            f"as *{verdict(best).title.lower()}*. The two lines cross at "
            f"{power_of_ten(lines.crossing(one.dtype))}, and their sum is least at "
            f"{power_of_ten(lines.least(one.dtype))}."
        )
    say(KEY, "theory")


def one_tenth(what: Asked) -> None:
    """What each fault gives here, and which of them a bound of one tenth would let through."""
    say(KEY, "tenth")
    rows = _every_fault(what)
    st.vega_lite_chart(
        fault_points(rows),
        fault_spec(theme()),
        alt="A row for each fault with its relative error, on a logarithmic axis with the marks "
        "1e-7, 1e-5, 1e-3 and 1e-1.",
    )
    passing = [
        f"*{title}* ({power_of_ten(whole)})"
        for title, whole, _ in rows
        if whole < TOO_KIND and verdict(whole) is not GOOD and not fault(title).deceives
    ]
    said = ", ".join(passing) if passing else "none of them with this network; change λ"
    st.markdown(f"**Wrong, and below 10⁻¹ all the same:** {said}.")
    factors = ", ".join(
        f"× {f:g}".replace("-", "−") + f" gives {power_of_ten(factor_error(f))}" for f in FACTORS
    )
    st.markdown(f"**A gradient that is off by a constant factor:** {factors}.")


def code(what: Asked) -> None:
    """The script of the current check."""
    say(KEY, "code")
    text = script(what.setting, what.epsilon, what.scheme)
    with st.expander("The script of this check", icon=":material/code:"):
        st.code(text, language="python")
        st.download_button(
            "Download the script",
            text,
            file_name="deepglass_gradient_check.py",
            mime="text/x-python",
            icon=":material/download:",
            on_click="ignore",
        )


def _named(what: Asked) -> tuple[str, float, int, str, str, str]:
    """The setting as plain values, which a cache can tell apart."""
    one = what.setting
    kind, numbers = one.nonlinearity.title, np.dtype(one.dtype).name
    return kind, one.penalty, one.seed, one.fault.title, numbers, what.scheme.title


def _unnamed(
    kind: str, penalty: float, seed: int, wrong: str, numbers: str, scheme: str
) -> tuple[Setting, Scheme]:
    nonlinearity = next(one for one in NONLINEARITIES if one.title == kind)
    dtype = next(one for one in PRECISIONS if np.dtype(one).name == numbers)
    setting = Setting(nonlinearity, penalty, seed, fault(wrong), dtype)
    return setting, next(one for one in SCHEMES if one.title == scheme)


def _checked(what: Asked) -> Check:
    return _cached_check(_named(what), what.epsilon)


@st.cache_data(show_spinner=False, max_entries=64)
def _cached_check(named: tuple[str, float, int, str, str, str], epsilon: float) -> Check:
    setting, scheme = _unnamed(*named)
    return check(setting, epsilon, scheme=scheme)


def _swept(what: Asked) -> tuple[list[Sweep], Theory]:
    kind, penalty, seed, wrong, _, scheme = _named(what)
    return _cached_sweeps((kind, penalty, seed, wrong, "float64", scheme))


@st.cache_data(show_spinner="Checking at every ε", max_entries=32)
def _cached_sweeps(named: tuple[str, float, int, str, str, str]) -> tuple[list[Sweep], Theory]:
    setting, scheme = _unnamed(*named)
    return [sweep(setting, dtype, scheme) for dtype in PRECISIONS], theory(setting, scheme)


def _every_fault(what: Asked) -> list[tuple[str, float, float]]:
    kind, penalty, seed, _, _, scheme = _named(what)
    found = []
    for one in FAULTS:
        of_fault = (kind, penalty, seed, one.title, "float64", scheme)
        made = _cached_check(of_fault, float(STEPS[4]))
        found.append((one.title, made.error, made.error_of(made.worst)))
    return found
