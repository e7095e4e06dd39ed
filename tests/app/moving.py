"""A visitor who moves everything: the controls of a page, and the values that each of them allows.

What a browser would send is sent: a value within the bounds, or one of the options, that the page
drew last. What depends on it (the bounds of another slider, the options of a menu) is up to the
page.
"""

from __future__ import annotations

import json
import random
from typing import Any

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.NumberInput_pb2 import NumberInput as NumberInputProto
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import (
    Block,
    Button,
    ButtonGroup,
    Checkbox,
    MenuButton,
    Multiselect,
    NumberInput,
    Selectbox,
    SelectSlider,
    Slider,
    Toggle,
    Widget,
)

FETCHES = ("Download ", "Fetch ")  # what only a network could answer


def unfold(app: AppTest) -> AppTest:
    """The page with its popovers open: what is in a closed one is not drawn."""
    marks = [node.proto.popover.id for node in app._tree if _is_popover(node)]
    for mark in filter(None, marks):
        app.session_state[mark.split("-", 2)[2]] = True
    app.run()
    assert not app.exception, app.exception[0].stack_trace[-6:]
    return app


def _is_popover(node: Any) -> bool:
    return isinstance(node, Block) and node.type == "popover"


def tell(app: AppTest, key: str, trigger: str, value: Any) -> AppTest:
    """The page as it runs when the component `key` tells `value` by that trigger."""
    mark = next(one.proto.id for one in app.get("bidi_component") if one.key == key)
    states = app._tree.get_widget_states()
    told = states.widgets.add(id=_make_trigger_id(mark, "events"))
    told.json_trigger_value = json.dumps([{"event": trigger, "value": value}])
    return app._run(states)


def controls(app: AppTest) -> dict[str, Widget]:
    """The controls that the page shows and that answer, by their keys, or their labels."""
    found = {}
    for node in app._tree:
        if isinstance(node, Widget) and not getattr(node.proto, "disabled", False):
            name = node.key or str(getattr(node, "label", ""))
            if not str(getattr(node, "label", "")).startswith(FETCHES) and ends(node):
                found[name] = node
    return found


def ends(widget: Widget) -> list[Any]:
    """The values at the two ends of what a control allows; of a menu the first and the last."""
    match widget:
        case Slider():
            return [widget.min, widget.max]
        case NumberInput():
            kind = _kind(widget)
            return [kind(widget.min), kind(widget.max)]
        case Selectbox() | SelectSlider() | MenuButton():
            return list(dict.fromkeys((widget.options[0], widget.options[-1])))
        case ButtonGroup() if widget._is_single_select:
            return list(dict.fromkeys((widget.options[0], widget.options[-1])))
        case ButtonGroup() | Multiselect():
            return [[], list(widget.options)]
        case Checkbox() | Toggle():
            return [False, True]
        case Button():
            return [True]
    return []


def anything(widget: Widget, draw: random.Random) -> Any:
    """One of the values that a control allows, at an end or between."""
    match widget:
        case Slider():
            steps = int((widget.max - widget.min) / widget.step + 1e-6)
            value = widget.min + draw.randint(0, steps) * widget.step
            return type(widget.min)(min(value, widget.max))
        case NumberInput():
            low, high = ends(widget)
            whole = isinstance(low, int)
            return draw.choice(
                (low, high, draw.randint(low, high) if whole else draw.uniform(low, high))
            )
        case Selectbox() | SelectSlider() | MenuButton():
            return draw.choice(widget.options)
        case ButtonGroup() if widget._is_single_select:
            return draw.choice(widget.options)
        case ButtonGroup() | Multiselect():
            return draw.sample(widget.options, draw.randint(0, len(widget.options)))
        case _:
            return draw.choice(ends(widget))


def _kind(widget: NumberInput) -> type:
    return int if widget.proto.data_type == NumberInputProto.INT else float
