"""The checks of the page, each worked out once for all visitors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from explainer.gradients.check.checking import Check, Setting, check
from explainer.gradients.check.differences import Scheme
from explainer.gradients.check.faults import FAULTS, Fault
from explainer.gradients.check.network import Array
from explainer.gradients.check.sweep import PRECISIONS, Sweep, sweep
from explainer.gradients.check.theory import Theory, autograd, theory


def _told(setting: Setting) -> tuple[str, float, int, str, str]:
    """A setting as plain values, by which a cache tells it from others."""
    names = setting.fault.slug, setting.dtype.__name__
    return setting.nonlinearity.slug, setting.penalty, setting.seed, *names


BY_NAME: dict[str | type, Callable[[Any], Any]] = {
    Setting: _told,
    Scheme: lambda scheme: scheme.slug,
}


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=BY_NAME)
def checked(setting: Setting, epsilon: float, scheme: Scheme) -> Check:
    """The check of a setting, kept for all visitors."""
    return check(setting, epsilon, scheme=scheme)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=BY_NAME)
def by_autograd(setting: Setting) -> Array:
    """The gradient of a setting by PyTorch, kept for all visitors."""
    return autograd(setting)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=BY_NAME)
def swept(setting: Setting, scheme: Scheme) -> tuple[list[Sweep], Theory]:
    """The error over ε in every precision, and what theory says of it; kept for all visitors."""
    return [sweep(setting, dtype, scheme) for dtype in PRECISIONS], theory(setting, scheme)


def every_fault(setting: Setting, scheme: Scheme, epsilon: float) -> list[tuple[Fault, Check]]:
    """The check of each fault in float64, at one ε."""
    settings = [replace(setting, fault=one, dtype=np.float64) for one in FAULTS]
    return [(one.fault, checked(one, epsilon, scheme)) for one in settings]
