"""The network itself: every unit as a map of the plane, every weight as a line, while it learns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.maps import Span, painted, span_of
from explainer.charts.theme import Theme
from explainer.charts.training_lab.answers import boundary_picture, target_reach
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.unit_maps import UnitMaps, unit_maps
from explainer.training.recipe.features import FEATURES
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import mount, pack
from explainer.ui.common.prose import say
from explainer.ui.training_lab.asking import latest
from explainer.ui.training_lab.control import origin_of
from explainer.ui.training_lab.instruments.errors import target_bar
from explainer.ui.training_lab.instruments.network_edits import (
    CHANGED,
    DRAWN,
    REFUSED,
    edit,
    fixed,
    recipe_now,
    set_typed,
)
from explainer.ui.training_lab.instruments.network_of_pictures import network_of_pictures
from explainer.ui.training_lab.names import of_step, pick_recipe
from explainer.ui.training_lab.plan import KEY
from explainer.words import _, ngettext

SHORTEST = 0.2  # seconds between two pictures
FLAT, TEST = f"{KEY}.flat", f"{KEY}.test_points"


def network_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """The network of one recipe, first seed; of pictures, one on its way through it."""
    origin = origin_of(ticket)
    if origin is not None and origin[1].pictures:
        network_of_pictures(ticket, moving=moving)
        return
    if not is_drawn(ticket):
        st.info(_("The network is drawn for points in the plane and for pictures."))
        return
    if st.session_state.pop(CHANGED, False):
        st.rerun()  # the curves and the recipes as well
    say("training_lab", "network")
    snapshot = ticket.race.snapshot
    index = pick_recipe(snapshot, "network")
    place = index * len(snapshot.seeds)

    def question(runs: Sequence[Run]) -> UnitMaps:
        return unit_maps(runs[place])

    answer = latest(ticket, ("network", index), question, moving=moving, shortest=SHORTEST)
    if answer is None:
        st.caption(_("Measuring."))
        return
    numbers = answer.value.decision.numbers
    flat, test = _switches(tested=snapshot.tested, numbers=numbers)
    large = boundary_picture(answer.value.decision, theme(), flat=flat, test=test)
    edits = {
        "fixed": fixed(ticket, index),
        "refused": st.session_state.pop(REFUSED, ""),
        "recipe": recipe_now(snapshot, index),
    }
    mount(
        "network",
        key=DRAWN,
        data=message_of(answer.value, theme(), large, edits),
        on_typed_change=partial(set_typed, ticket, index, answer.value.dense),
        on_edited_change=partial(edit, index),
    )
    if numbers:
        st.html(target_bar(answer.value.decision, theme()))
    st.caption(of_step(answer.step, snapshot))


def is_drawn(ticket: Ticket[Race]) -> bool:
    """Whether the race is on points."""
    origin = origin_of(ticket)
    return origin is not None and origin[1].shape == (2,)


def _switches(*, tested: bool, numbers: bool) -> tuple[bool, bool]:
    """Whether the decision is in flat colours, and shows the points of the test part."""
    with st.container(horizontal=True, horizontal_alignment="right", gap="medium"):
        flat = not numbers and st.toggle(
            _("Discretise"), key=FLAT, bind="query-params", persist_state="session",
            help=_("Each place of the decision in the colour of its likeliest class alone."),
        )  # fmt: skip
        test = st.toggle(
            _("Test points"), key=TEST, persist_state="session", disabled=not tested,
            help=_(
                "As diamonds, once the race is scored on the test part: whoever sees them while"
                " choosing has used them."
            ),
        )  # fmt: skip
    return flat, test and tested


def message_of(
    found: UnitMaps, look: Theme, large: NDArray[np.uint8], edits: dict[str, Any]
) -> bytes:
    """Sizes and names, then the `large` picture of the decision, those of all units, the weights.

    `edits` say what may be changed, and why something was not.
    """
    numbers, spans = found.decision.numbers, [span_of(layer) for layer in found.layers]
    reach = [float(np.abs(np.nan_to_num(layer)).max()) for layer in found.layers]
    if numbers:  # the last is what the decision shows, on the scale of the targets
        reach[-1] = target_reach(found.decision)
        spans[-1] = Span(-reach[-1], reach[-1], signed=True)
    pictures = [
        np.stack([painted(np.nan_to_num(one), span, look) for one in layer])
        for layer, span in zip(found.layers, spans, strict=True)
    ]
    header: dict[str, Any] = {
        **edits,
        "side": pictures[0].shape[1],
        "titles": _titles(found),
        "units": found.units[1:-1],
        "inputs": [_(FEATURES[slug].title) for slug in found.inputs],
        "outputs": _("output") if numbers else _("logit {number}"),
        "decided": _("Output, with the points") if numbers else _("Decision, with the points"),
        "reach": reach,
        "large": large.shape[0],
        "biases": [
            one.tolist() if biased else None
            for one, biased in zip(found.biases, found.biased, strict=True)
        ],
        "alt": _("The network: every unit over the plane, every weight a line."),
    }
    weights = [np.ascontiguousarray(one, np.float32).tobytes() for one in found.weights]
    return pack(header, large.tobytes(), *(one.tobytes() for one in pictures), *weights)


def _titles(found: UnitMaps) -> list[str]:
    """What stands over each layer: how many units it has, and how many of them are drawn."""
    hidden = [
        ngettext("{count} unit", "{count} units", units)
        if units == len(drawn)
        else _("{shown} of {count} units", shown=len(drawn), count=units)
        for units, drawn in zip(found.units[1:-1], found.layers[1:-1], strict=True)
    ]
    return [_("Input"), *hidden, _("Output") if found.decision.numbers else _("Logits")]
