"""At the output: logits to move, sigmoid against softmax, and what each loss sends back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from explainer.activations.chosen import places
from explainer.activations.output import (
    SIGMOID,
    SOFTMAX,
    Head,
    cross_entropy,
    hopeless,
    logit_gradient,
    squared_error,
)
from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.ui.activations.facts import number as shown_number
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked_number
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.components import mount, pack
from explainer.ui.common.curves import (
    Line,
    Mark,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.prose import say
from explainer.words import N_, _

KEY = "activations"
LOGITS = f"{KEY}.logits"
CLASSES = (
    Named("cat", N_("cat")),
    Named("dog", N_("dog")),
    Named("ship", N_("ship")),
    Named("car", N_("car")),
    Named("bird", N_("bird")),
)
STARTS = (2.0, 1.0, -1.0, 0.0, 0.5)
REACH = 8.0
PANEL = (Panel(N_("∂L/∂z, what the loss sends back to the logit z"), "∂L/∂z", 260),)


def output_section(*_given: object) -> None:
    """Logits to move: sigmoid against softmax, then squared error against cross-entropy."""
    say(KEY, "output")
    count, target = _controls()
    parameters = _parameters(count)
    moved = live.values(LOGITS, parameters)
    address = live.live_picture(LOGITS, _renderer(parameters, moved.values, target))
    controls, stage = st.columns([1, 2.6], gap="medium")
    with controls:
        live.sliders(LOGITS, parameters, moved, address=address)
    with stage:
        mount(
            "outputs",
            key=f"{KEY}.outputs",
            data=_message(_logits(parameters, moved.values), target, moved.number, theme()),
        )
    live.write_to_url(LOGITS, parameters, moved.values)
    say(KEY, "output_notice")
    _losses()


def _controls() -> tuple[int, int]:
    with st.container(horizontal=True, gap="medium"):
        count = st.segmented_control(
            _("Classes"), ["3", "4", "5"], default="3", required=True, key=f"{KEY}.classes",
            bind="query-params", persist_state="session",
        )  # fmt: skip
        entries = CLASSES[: int(str(count))]
        true = choice(
            _("True class"), entries, key=f"{KEY}.true", widget=st.segmented_control
        )  # fmt: skip
    return len(entries), [entry.slug for entry in entries].index(true)


def _parameters(count: int) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(entry.slug, _("z of {name}", name=_(entry.title)), start, -REACH, REACH, 0.1)
        for entry, start in zip(CLASSES[:count], STARTS[:count], strict=True)
    )


def _logits(parameters: Sequence[Parameter], values: Mapping[str, float]) -> list[float]:
    return [values[one.name] for one in parameters]


def _message(logits: Sequence[float], target: int, number: int, colours: Theme) -> bytes:
    header: dict[str, Any] = {
        "name": LOGITS,
        "number": number,
        "colours": {
            "share": colours.categorical[0],
            "down": colours.diverging[2],
            "up": colours.diverging[-3],
        },
        "cards": [_card(head, logits, target) for head in (SIGMOID, SOFTMAX)],
    }
    return pack(header)


def _card(head: Head, logits: Sequence[float], target: int) -> dict[str, Any]:
    found = head.answer(logits, target)
    rows = [
        {
            "label": _(CLASSES[i].title),
            "share": float(p),
            "gradient": float(g),
            "wanted": i == target,
        }
        for i, (p, g) in enumerate(zip(found.probabilities, found.gradient, strict=True))
    ]
    return {
        "title": _(head.title),
        "note": _(head.question),
        "rows": rows,
        "total": float(found.probabilities.sum()),
        "loss": found.loss,
    }


def _renderer(parameters: Sequence[Parameter], resting: Mapping[str, float], target: int) -> Render:
    resting, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        logits = [live.first_sound(one, [moved, resting]) for one in parameters]
        return _message(logits, target, number, colours)

    return render


def _losses() -> None:
    say(KEY, "losses")
    wanted = st.segmented_control(
        _("Target y"), ["1", "0"], default="1", required=True, key=f"{KEY}.target",
        bind="query-params", persist_state="session",
    )  # fmt: skip
    target, key = float(str(wanted)), f"{KEY}.losses"
    z, colours, edge = places(REACH), theme(), hopeless(target)
    losses = (
        (_("cross-entropy: σ(z) − y"), cross_entropy),
        (_("squared error"), squared_error),
    )
    lines = [
        Line(title, stroke(place, colours), logit_gradient(loss, z, target)[None])
        for place, (title, loss) in enumerate(losses)
    ]
    kept = pinned_x(key)
    if kept is None:
        kept = linked_number(f"{key}.z", -REACH, REACH)
    at = st.session_state[f"{key}.z"] = (
        st.session_state.get(f"{key}.z", edge) if kept is None else kept
    )
    keep_in_link(f"{key}.z", f"{at:.4g}", f"{edge:.4g}")
    curves(
        key,
        curves_message(
            key, PANEL, lines, reach=REACH, at=at, number=pinned_number(key), symbol="z",
            marks=[Mark(edge, _("z = {z}: squared error sends under 1 %", z=shown_number(edge)))],
            alt=_("The gradients of cross-entropy and of squared error over the logit."),
        ),
    )  # fmt: skip
    ce, mse = (
        float(logit_gradient(loss, np.array([edge]), target)[0])
        for loss in (cross_entropy, squared_error)
    )
    below = N_(
        "At $z = {z}$ the sigmoid gives {probability} where the target is {target}: sure, and "
        "wrong. Cross-entropy sends back **{cross_entropy}**, squared error **{squared_error}**. "
        "Below it, squared error sends less than 1 % of what cross-entropy sends."
    )
    above = N_(
        "At $z = {z}$ the sigmoid gives {probability} where the target is {target}: sure, and "
        "wrong. Cross-entropy sends back **{cross_entropy}**, squared error **{squared_error}**. "
        "Above it, squared error sends less than 1 % of what cross-entropy sends."
    )
    st.markdown(
        _(
            below if target == 1 else above,
            z=f"{edge:.3f}",
            probability=f"{1 / (1 + np.exp(-edge)):.4f}",
            target=f"{target:g}",
            cross_entropy=shown_number(ce),
            squared_error=shown_number(mse),
        )
    )
