"""The first half of the gradient check page: backpropagation, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from explainer.activations.formula.parser import MOST_LETTERS
from explainer.gradients.backprop.autograd import autograd, script
from explainer.gradients.backprop.graph import Graph
from explainer.gradients.backprop.operations import FUNCTIONS
from explainer.gradients.backprop.presets import OWN, PRESETS, GraphPreset, graph_of
from explainer.gradients.backprop.steps import figure, walk
from explainer.live_pictures import Render
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.prose import escaped, say
from explainer.ui.gradient_check.graph import graph_message, graph_view
from explainer.words import _, told

KEY = "gradient_check"
INPUTS = f"{KEY}.at"
STEP = f"{KEY}.step"
MOST_STEPS = 200


@st.fragment
def step_by_step() -> None:
    """A graph, walked by the arrow keys; its inputs as sliders; what autograd says of it."""
    say(KEY, "steps")
    preset, text = _choice()
    try:
        graph = graph_of(text)
    except ValueError as error:
        st.error(escaped(told(error)), icon=":material/edit:")
        graph = graph_of(preset.text)
        text = preset.text
    parameters = preset.parameters(graph)
    moved = live.values(INPUTS, parameters, scope=text)
    render = _renderer(graph, text, parameters, moved.values)
    address = live.live_picture(INPUTS, render)
    _remember(text, graph_view(KEY, render({}, moved.number)))
    live.sliders(INPUTS, parameters, moved, scope=text, address=address)
    live.write_to_url(INPUTS, parameters, moved.values)
    _judged(graph, moved.values)


def _choice() -> tuple[GraphPreset, str]:
    """The preset and the text of the formula, which is the reader's own where they chose that."""
    chosen = choice(_("What is computed"), (*PRESETS, OWN), key=f"{KEY}.graph_of")
    if preset := PRESETS.get(chosen):
        st.markdown(f"`{preset.text}` {_(preset.watch)}")
        return preset, preset.text
    text = st.text_input(
        _("Formula"), OWN.text, key=f"{KEY}.formula", bind="query-params", persist_state="session",
        help=_(
            "Numbers, + − * / ^, parentheses, and the functions {functions}. A name gets a value "
            "with =, statements end with ; and every other name is an input, such as x or w1.",
            functions=", ".join(FUNCTIONS),
        ),
        max_chars=MOST_LETTERS,
    )  # fmt: skip
    st.caption(_(OWN.watch))
    return OWN, str(text)


def _renderer(
    graph: Graph, text: str, parameters: Sequence[live.Parameter], resting: Mapping[str, float]
) -> Render:
    """What answers a drag of the sliders: the graph with the values that were just moved to."""
    colours, step = theme(), _step(text)

    def render(values: Mapping[str, object], number: int) -> bytes:
        current = {p.name: live.first_sound(p, [values, resting]) for p in parameters}
        return graph_message(graph, current, name=INPUTS, step=step, number=number, theme=colours)

    return render


def _step(text: str) -> int:
    """Where the walk of this formula begins: where it rested, else what a link says, else 0."""
    kept: tuple[str, int] | None = st.session_state.get(STEP)
    if kept is not None:
        return kept[1] if kept[0] == text else 0
    linked = st.query_params.get(STEP, "0")
    return min(int(linked), MOST_STEPS) if linked.isdecimal() and len(linked) < 5 else 0


def _remember(text: str, stepped: int | None) -> None:
    step = _step(text) if stepped is None else stepped
    st.session_state[STEP] = (text, step)
    keep_in_link(STEP, str(step), "0")


def _judged(graph: Graph, inputs: Mapping[str, float]) -> None:
    """What PyTorch says, and its script."""
    found = walk(graph, inputs)
    if found.complete:
        wanted = autograd(graph, inputs)
        own = {node.name: found.gradients[i] for i, node in enumerate(graph.nodes) if node.is_input}
        apart = max(abs(own[name] - wanted[name]) for name in wanted)
        out = graph.nodes[graph.output].name
        said = ", ".join(f"∂{out}/∂{name} = {figure(value)}" for name, value in wanted.items())
        st.markdown(
            _(
                "**PyTorch’s autograd says the same:** {gradients}. The largest difference from "
                "the walk above is {difference}.",
                gradients=said,
                difference=figure(apart),
            )
        )
    fold = code_fold(_("The same in PyTorch"), f"{KEY}.pytorch")
    if not fold.open:
        return
    with fold:
        show_script(KEY, script(graph, inputs), "deepglass_backpropagation")
