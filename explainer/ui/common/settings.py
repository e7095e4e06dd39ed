"""Registered settings as widgets: a number becomes a slider, a choice a select box.

Each is bound to the URL by its key, so a link carries it.
"""

from __future__ import annotations

from collections.abc import Sequence

from explainer.parameters import Choice, Parameter, Setting, Value
from explainer.ui.common.bounded import bounded_slider
from explainer.ui.common.choice import Named, choice
from explainer.words import _


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
    label = f"{_(setting.label)} ({setting.unit})" if setting.unit else _(setting.label)
    value = bounded_slider(
        label,
        kind(setting.minimum),
        kind(setting.maximum),
        kind(setting.default),
        kind(setting.step),
        key=key,
        help_text=_(setting.help),
    )
    return float(value)


def _choice(key: str, setting: Choice) -> str:
    options = [Named(option.value, option.title) for option in setting.options]
    help_text = _(setting.help) or None
    return choice(_(setting.label), options, key=key, default=setting.default, help=help_text)
