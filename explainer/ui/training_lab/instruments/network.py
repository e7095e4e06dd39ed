"""The network itself: every unit as a map of the plane, every weight as a line, while it learns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.maps import painted, span_of
from explainer.charts.theme import Theme
from explainer.charts.training_lab.answers import boundary_picture
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.instruments.unit_maps import UnitMaps, unit_maps
from explainer.ui.common.appearance import theme
from explainer.ui.common.components import mount, pack
from explainer.ui.common.prose import say
from explainer.ui.training_lab.asking import latest
from explainer.ui.training_lab.control import origin_of
from explainer.ui.training_lab.names import of_step, pick_recipe
from explainer.ui.training_lab.plan import KEY
from explainer.words import _, ngettext

SHORTEST = 0.2  # seconds between two pictures
INPUTS = ("x", "y")


def network_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """The network of one recipe, first seed; a sentence where the data are no points."""
    if not is_drawn(ticket):
        st.info(
            _("The network is drawn unit by unit for points, such as spirals; for pictures see"
              " *Kernels* and *Look inside*.")
        )  # fmt: skip
        return
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
    mount("network", key=f"{KEY}.network_drawn", data=message_of(answer.value, theme()))
    st.caption(of_step(answer.step, snapshot))


def is_drawn(ticket: Ticket[Race]) -> bool:
    """Whether the race is on points."""
    origin = origin_of(ticket)
    return origin is not None and origin[1].shape == (2,)


def message_of(found: UnitMaps, look: Theme) -> bytes:
    """Sizes and names, then the pictures of all units, the weights between layers, the decision."""
    pictures = [
        np.stack([painted(np.nan_to_num(one), span_of(layer), look) for one in layer])
        for layer in found.layers
    ]
    large = boundary_picture(found.decision, look)
    header: dict[str, Any] = {
        "side": pictures[0].shape[1],
        "titles": _titles(found),
        "inputs": INPUTS,
        "reach": [float(np.abs(np.nan_to_num(layer)).max()) for layer in found.layers],
        "large": large.shape[0],
        "biases": [one.tolist() for one in found.biases],
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
    return [_("Input"), *hidden, _("Logits")]
