"""The heart of the Filters page: sliders, picture, output and microscope.

While a slider is dragged the microscope is sent pictures alone; the page reruns on release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explainer.charts.colour import View
from explainer.charts.filters.output import FilterOutput, filter_output
from explainer.charts.theme import Theme
from explainer.convolution import grid
from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernel import Weights
from explainer.convolution.view import strongest
from explainer.images.picture import Picture
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import say
from explainer.ui.filters.controls import KEY, OWN, FilterChoice
from explainer.ui.filters.lens import (
    lens,
    lens_layout,
    lens_message,
    pinned_pixel,
    rest_on,
    resting_pixel,
    write_lens_to_url,
)
from explainer.ui.filters.own_kernel import (
    BEGINNING,
    adopt,
    own_controls,
    own_grid,
    own_weights,
    sent_weights,
    write_own_to_url,
)
from explainer.words import N_, _, told

BIAS = Parameter(
    name="bias",
    label=N_("Bias"),
    default=0.0,
    minimum=-1.0,
    maximum=1.0,
    step=0.01,
    help=N_("Added to every sum. Networks learn it; here it goes from −1 to 1."),
)


@dataclass(frozen=True)
class Setup:
    """Everything that makes the output: the weights, how they are applied, how it is seen."""

    title: str
    structure: str
    weights: Weights
    application: Application
    view: View


def set_up(choice: FilterChoice, values: Mapping[str, float], own: Weights | None) -> Setup:
    """The setup of a choice with the sliders at `values`; `own` weights where it has no kernel."""
    if choice.kernel:
        weights = choice.kernel.build(**{p.name: values[p.name] for p in choice.kernel.parameters})
    else:
        weights = grid.parse(BEGINNING) if own is None else own
    application = Application(
        bias=values["bias"],
        stride=choice.stride,
        dilation=choice.dilation,
        padding=choice.padding,
        channels=choice.channels_for(weights),
        flip=choice.flip,
    )
    structure = choice.kernel.structure if choice.kernel else ""
    return Setup(choice.title, structure, weights, application, choice.view_for(weights))


def bench(chosen: Chosen, choice: FilterChoice) -> tuple[Setup, FilterOutput | None]:
    """Draw the bench: description, sliders and table on one side, the microscope on the other.

    The output is `None` where the window does not fit the picture.
    """
    moved = live.values(KEY, parameters_of(choice), scope=choice.scope)
    own, edit = own_weights(KEY) if choice.kernel is None else (None, 0)
    setup = set_up(choice, moved.values, own)
    address = live.live_picture(KEY, _renderer(chosen, choice, own))
    controls, stage = st.columns([1, 2.7], gap="medium")
    with controls:
        if choice.kernel:
            st.markdown(_(choice.kernel.meaning))
        else:
            say("filters", "own")
            own_grid(KEY, setup.weights, edit, theme(), address=address)
        live.sliders(KEY, parameters_of(choice), moved, scope=choice.scope, address=address)
        _without_effect(choice, setup)
        _table_controls(choice, setup)
    with stage:
        found = _show(chosen, setup, max(moved.number, edit))
    return setup, found


def _without_effect(choice: FilterChoice, setup: Setup) -> None:
    """What is set and changes nothing for these weights."""
    if choice.flip and np.array_equal(setup.weights, setup.weights[::-1, ::-1]):
        st.caption(_("This kernel is the same after a turn by 180°: convolution changes nothing."))
    if choice.dilation > 1 and setup.weights.size == 1:
        st.caption(_("This kernel is a single weight: dilation changes nothing."))


def keep_in_url(choice: FilterChoice, setup: Setup) -> None:
    """Write what the page's own controls hold into the address, for a link to carry."""
    parameters = parameters_of(choice)
    current = live.values(KEY, parameters, scope=choice.scope).values
    live.write_to_url(KEY, parameters, current)
    write_own_to_url(KEY, None if choice.kernel else setup.weights)
    write_lens_to_url(KEY)


def parameters_of(choice: FilterChoice) -> tuple[Parameter, ...]:
    """The sliders of a choice: its kernel's parameters, then the bias."""
    return (*(choice.kernel.parameters if choice.kernel else ()), BIAS)


def output_of(picture: Picture, setup: Setup) -> FilterOutput:
    """What the filter makes of the picture. Raises `ValueError` where the window does not fit."""
    return filter_output(apply(picture.pixels, setup.weights, setup.application), setup.view)


def _renderer(chosen: Chosen, choice: FilterChoice, own: Weights | None) -> Render:
    """What answers a drag: the microscope's message for values that were just moved to."""
    pinned, resting, colours = pinned_pixel(KEY), resting_pixel(KEY), theme()
    layout = lens_layout(KEY)
    held = dict(live.values(KEY, parameters_of(choice), scope=choice.scope).values)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {p.name: live.first_sound(p, [moved, held]) for p in parameters_of(choice)}
        typed = sent_weights(moved) if "weights" in moved else own
        setup = set_up(choice, values, typed)
        found = output_of(chosen.picture, setup)
        rests = resting or strongest(found.values)
        return _message(chosen.picture, setup, found, number, rests, pinned, layout, colours)

    return render


def _message(
    picture: Picture,
    setup: Setup,
    found: FilterOutput,
    number: int,
    rests: tuple[int, int],
    pinned: tuple[int, int] | None,
    layout: str,
    colours: Theme,
) -> bytes:
    return lens_message(
        picture,
        setup.weights,
        setup.application,
        found,
        name=KEY,
        number=number,
        filter_title=_(setup.title),
        rests=rests,
        pinned=pinned,
        layout=layout,
        theme=colours,
    )


def _show(chosen: Chosen, setup: Setup, number: int) -> FilterOutput | None:
    try:
        found = output_of(chosen.picture, setup)
    except ValueError as error:
        st.warning(told(error), icon=":material/crop_free:")
        return None
    rests, pinned, layout = rest_on(KEY, chosen.picture, found), pinned_pixel(KEY), lens_layout(KEY)
    lens(_message(chosen.picture, setup, found, number, rests, pinned, layout, theme()), key=KEY)
    return found


def _table_controls(choice: FilterChoice, setup: Setup) -> None:
    if choice.kernel is None:
        own_controls(KEY)
        return
    st.button(
        _("Edit these weights"),
        icon=":material/edit:",
        on_click=_edit,
        args=(setup.weights,),
        help=_("Take them over as your own filter and change any of them."),
    )


def _edit(weights: Weights) -> None:
    adopt(KEY, weights)
    st.session_state[f"{KEY}.kernel"] = OWN.slug
