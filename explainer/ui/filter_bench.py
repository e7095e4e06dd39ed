"""The heart of the Filters page: sliders, picture, answer and microscope, in one fragment.

The fragment reruns at each move of a slider; the page reruns when the hand lets go.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.colour import View
from explainer.convolution.application import LARGEST_BIAS, Application
from explainer.convolution.apply import apply
from explainer.convolution.record import Parameter, Weights
from explainer.convolution.view import Scale
from explainer.images.picture import Picture
from explainer.ui import live
from explainer.ui.appearance import theme
from explainer.ui.filter_controls import KEY, OWN, FilterChoice
from explainer.ui.lens import Answer, answer, lens, pinned_pixel, write_pixel_to_url
from explainer.ui.own_kernel import adopt, own_controls, own_grid, own_weights, write_own_to_url
from explainer.ui.picture import Chosen

BIAS = Parameter(
    name="bias",
    label="Bias",
    default=0.0,
    minimum=-1.0,
    maximum=1.0,
    step=0.01,
    help=f"Added to every sum. Networks learn it; here it goes from −1 to 1 of {LARGEST_BIAS:g}.",
)


@dataclass(frozen=True)
class Setup:
    """Everything that makes the answer: the weights, how they are applied, how it is seen."""

    title: str
    structure: str
    weights: Weights
    application: Application
    view: View
    number: int
    final: bool


def current_setup(choice: FilterChoice) -> Setup:
    """What the controls say now, the sliders included."""
    parameters = _parameters(choice)
    moved = live.values(KEY, parameters, scope=choice.scope)
    final, number = moved.final, moved.number
    if choice.kernel:
        own = {p.name: moved.values[p.name] for p in choice.kernel.parameters}
        weights = choice.kernel.build(**own)
    else:
        weights, edited = own_weights(KEY)
        final, number = final or edited.final, max(number, edited.number)
    application = Application(
        bias=moved.values["bias"],
        stride=choice.stride,
        dilation=choice.dilation,
        padding=choice.padding,
        channels=choice.channels_for(weights),
        flip=choice.flip,
    )
    structure = choice.kernel.structure if choice.kernel else ""
    view = choice.view_for(weights)
    return Setup(choice.title, structure, weights, application, view, number, final)


@st.fragment
def bench(chosen: Chosen, choice: FilterChoice) -> None:
    """Draw the bench. Sliders last, since their answer lets the browser send the next value."""
    controls, stage = st.columns([1, 2.7], gap="medium")
    with controls:
        _describe(choice)
        slot = st.container()
    setup = current_setup(choice)
    with stage:
        _show(chosen, setup)
    _draw_controls(slot, choice, setup)
    if live.page_requested(KEY) or setup.final:
        st.rerun()


def keep_in_url(choice: FilterChoice, setup: Setup) -> None:
    """Write what the page's own controls hold into the address, for a link to carry."""
    parameters = _parameters(choice)
    current = live.values(KEY, parameters, scope=choice.scope).values
    live.write_to_url(KEY, parameters, current)
    write_own_to_url(KEY, None if choice.kernel else setup.weights)
    write_pixel_to_url(KEY, pinned_pixel(KEY))


def _parameters(choice: FilterChoice) -> tuple[Parameter, ...]:
    return (*(choice.kernel.parameters if choice.kernel else ()), BIAS)


def _describe(choice: FilterChoice) -> None:
    if choice.kernel:
        st.markdown(choice.kernel.meaning)


def _draw_controls(slot: DeltaGenerator, choice: FilterChoice, setup: Setup) -> None:
    grid_slot, slider_slot = slot.container(), slot.container()
    if choice.kernel:
        slot.button(
            "Edit these weights",
            icon=":material/edit:",
            on_click=_edit,
            args=(setup.weights,),
            help="Take them over as your own filter and change any of them.",
        )
    else:
        weights, edited = own_weights(KEY)
        with slot:
            own_controls(KEY)
        own_grid(grid_slot, KEY, weights, edited, theme())
    moved = live.values(KEY, _parameters(choice), scope=choice.scope)
    live.sliders(slider_slot, KEY, _parameters(choice), moved, scope=choice.scope)


def _edit(weights: Weights) -> None:
    adopt(KEY, weights)
    st.session_state[f"{KEY}.kernel"] = OWN
    live.request_page(KEY)


def found_answer(picture: Picture, setup: Setup) -> Answer:
    """The answer to the picture. Raises `ValueError` where the window does not fit."""
    values = apply(picture.pixels, setup.weights, setup.application)
    return answer(values, setup.view)


def scale_on_page(picture: Picture, setup: Setup) -> Scale | None:
    """What the colours on the page stand for; `None` where there is no answer."""
    with suppress(ValueError):
        return found_answer(picture, setup).scale
    return None


def _show(chosen: Chosen, setup: Setup) -> None:
    try:
        found = found_answer(chosen.picture, setup)
    except ValueError as error:
        st.warning(f"{error}.", icon=":material/crop_free:")
        return
    lens(
        chosen.picture,
        setup.weights,
        setup.application,
        found,
        key=KEY,
        number=setup.number,
        filter_title=setup.title,
        pinned=pinned_pixel(KEY),
        theme=theme(),
    )
