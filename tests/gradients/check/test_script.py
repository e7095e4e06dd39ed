"""The script of the current check runs and gives the app's own numbers."""

from __future__ import annotations

import contextlib
import io
from dataclasses import replace

import numpy as np
import pytest

from explainer.gradients.check.checking import Setting, check
from explainer.gradients.check.differences import CENTRAL, ONE_SIDED, Scheme
from explainer.gradients.check.faults import FAULTS, NONE, Fault
from explainer.gradients.check.network import (
    NONLINEARITIES,
    RELU,
    SIGMOID,
    TENSORS,
    Nonlinearity,
)
from explainer.gradients.check.script import script


def compare(setting: Setting, epsilon: float, scheme: Scheme) -> None:
    """Run the script and hold what it leaves and prints against the check."""
    found, printed = check(setting, epsilon, scheme=scheme), io.StringIO()
    left: dict[str, object] = {}
    with contextlib.redirect_stdout(printed):
        exec(compile(script(setting, epsilon, scheme), "script.py", "exec"), left)
    for name, wanted in (("numeric", found.numeric), ("gradient", found.backprop)):
        got = np.asarray(left[name])
        assert got.dtype == setting.dtype
        np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-15)
    lines = [f"all parameters: {found.error:.1e}"]
    lines += [f"{tensor.name}: {found.error_of(tensor):.1e}" for tensor in TENSORS]
    assert printed.getvalue().splitlines() == lines


@pytest.mark.parametrize("fault", FAULTS, ids=FAULTS.slugs)
def test_the_script_has_the_fault_and_the_apps_numbers(fault: Fault) -> None:
    compare(Setting(fault=fault), 1e-5, CENTRAL)
    text = script(Setting(fault=fault), 1e-5, CENTRAL)
    if fault.wrong and not fault.deceives:
        assert fault.right in script(Setting(), 1e-5, CENTRAL)
        assert f"{fault.wrong}  # wrong: " in text
    elif fault.wrong:
        assert fault.wrong in text


@pytest.mark.parametrize("kind", NONLINEARITIES, ids=NONLINEARITIES.slugs)
@pytest.mark.parametrize("scheme", [CENTRAL, ONE_SIDED], ids=["central", "one-sided"])
def test_the_script_follows_every_control(kind: Nonlinearity, scheme: Scheme) -> None:
    compare(Setting(kind, 0.0, 7, NONE, np.float32), 1e-2, scheme)


def test_the_script_of_a_kink_has_relu_whatever_was_chosen() -> None:
    setting = Setting(nonlinearity=SIGMOID, fault=FAULTS["kink"])
    assert RELU.code in script(setting, 1e-5, CENTRAL)
    assert script(setting, 1e-5, CENTRAL) == script(
        replace(setting, nonlinearity=RELU), 1e-5, CENTRAL
    )
