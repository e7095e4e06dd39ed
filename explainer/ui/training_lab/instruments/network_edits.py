"""What the drawing of a network changes: a weight of the race, a field of the recipe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explainer.messages import LARGEST_NUMBER, whole
from explainer.service import Ticket
from explainer.training.engine.by_hand import Coefficient
from explainer.training.engine.race import Race
from explainer.training.measurement.snapshot import Snapshot, Status
from explainer.training.recipe.features import FEATURES
from explainer.training.recipe.recipe import Recipe, with_value
from explainer.ui.common.components import heard
from explainer.ui.training_lab.asking import NoAnswer, awaited
from explainer.ui.training_lab.moment import looked_at
from explainer.ui.training_lab.plan import KEY, recipes, set_recipe
from explainer.words import _, told

DRAWN = f"{KEY}.network_drawn"
LONGEST = 24
REFUSED, CHANGED = f"{DRAWN}.refused", f"{DRAWN}.changed"
EDITED = ("depth", "widths", "features")


def fixed(ticket: Ticket[Race], index: int) -> str:
    """One sentence that says why no weight of the drawn run can be set; empty where it can."""
    snapshot = ticket.race.snapshot
    if snapshot.playing:
        return _("Pause the race to set a weight or a bias.")
    if looked_at(ticket) is not None:
        return _("This is an earlier step; a weight or a bias is set where the race stands now.")
    if snapshot.of_recipe(index)[0].status is not Status.TRAINING:
        return _("This run has ended, so no weight or bias is set any more.")
    return ""


def set_typed(ticket: Ticket[Race], index: int, dense: Sequence[str]) -> None:
    """Set what was typed for one weight or bias of the first seed's run of that recipe.

    `dense` are the names of the network's dense layers. A refusal is one sentence for the drawing.
    """
    message = heard(DRAWN, "typed")
    layer = whole(message.get("layer"), 0, len(dense) - 1)
    unit = whole(message.get("unit"), 0, LARGEST_NUMBER)
    source = whole(message.get("source"), 0, LARGEST_NUMBER)
    if layer is None or unit is None:
        return
    which = Coefficient(dense[layer], unit, source)
    try:
        if reason := fixed(ticket, index):
            raise ValueError(reason)
        value = _number(message.get("value"))
        awaited(ticket, lambda race: race.set_by_hand(index, 0, which, value))
    except (ValueError, NoAnswer) as error:
        st.session_state[REFUSED] = told(error)
    st.session_state[CHANGED] = True


def edit(index: int) -> None:
    """Change one field of the recipe as the drawing says; a refusal is one sentence for it."""
    message = heard(DRAWN, "edited")
    name = message.get("name")
    if name in EDITED and index < len(recipes()):
        try:
            set_recipe(index, edited(recipes()[index], name, message.get("value")))
        except ValueError as error:
            st.session_state[REFUSED] = told(error)
        st.session_state[CHANGED] = True


def edited(recipe: Recipe, name: str, value: Any) -> Recipe:
    """The recipe with that field changed; widths that are all alike are the common width.

    Raises `ValueError` with one sentence.
    """
    recipe = with_value(recipe, name, value)
    network = recipe.network
    widths = {network.width_of(layer) for layer in range(1, network.depth + 1)}
    if len(widths) == 1:
        return with_value(with_value(recipe, "widths", ()), "width", widths.pop())
    return with_value(recipe, "widths", network.widths[: network.depth])


def recipe_now(snapshot: Snapshot, index: int) -> Mapping[str, Any] | None:
    """What the drawing offers to edit of the recipe with that index, as it is edited now.

    None where the page has other recipes than the race, so that there is no telling which it is.
    """
    entries = recipes()
    if len(entries) != len(snapshot.recipes) or entries[index].network.kind != "mlp":
        return None
    network = entries[index].network
    return {
        "depth": network.depth,
        "widths": [network.width_of(layer) for layer in range(1, network.depth + 1)],
        "features": network.features,
        "offered": [[entry.slug, _(entry.title)] for entry in FEATURES],
        "changed": network != snapshot.recipes[index].network,
    }


def _number(typed: object) -> float:
    """What was typed, with any mark for decimals. Raises `ValueError` with one sentence."""
    text = str(typed).strip().replace("−", "-").replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise ValueError(_("“{text}” is no number", text=str(typed)[:LONGEST])) from None
