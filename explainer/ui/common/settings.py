"""Registered settings as widgets: a number becomes a slider, a choice a select box.

Each is bound to the URL by its key, so a link carries it.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explainer.parameters import Choice, Parameter, Setting, Value
from explainer.ui.common.bounded import bounded_slider


def setting_controls(key: str, settings: Sequence[Setting]) -> tuple[tuple[str, Value], ...]:
    """Draw a widget for each setting; returns the values by name."""
    return tuple((one.name, _control(f"{key}.{one.name}", one)) for one in settings)


def _control(key: str, setting: Setting) -> Value:
    if isinstance(setting, Choice):
        return _choice(key, setting)
    return number_slider(key, setting)


def number_slider(key: str, setting: Parameter) -> float:
    """A slider for a number of a registry, whole numbers as such."""
    kind = int if setting.whole else float
    label = f"{setting.label} ({setting.unit})" if setting.unit else setting.label
    value = bounded_slider(
        label,
        kind(setting.minimum),
        kind(setting.maximum),
        kind(setting.default),
        kind(setting.step),
        key=key,
        help_text=setting.help,
    )
    return float(value)


def _choice(key: str, setting: Choice) -> str:
    titles = [option.title for option in setting.options]
    values = [option.value for option in setting.options]
    title = st.selectbox(
        setting.label,
        titles,
        index=values.index(setting.default),
        key=key,
        help=setting.help or None,
        bind="query-params",
        persist_state="session",
    )
    return values[titles.index(title)]
