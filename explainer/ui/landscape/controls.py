"""What is surveyed and how it is shown: the story, the networks, the plane, the view.

A link says what is not as its story has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import streamlit as st

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.landscape import setup as bounds
from explainer.gradients.landscape.contrasts import CONTRASTS
from explainer.gradients.landscape.directions import SCALINGS
from explainer.gradients.landscape.plan import (
    MOST_PLANES,
    PATH,
    POINTS,
    RANDOM,
    REACHES,
    SurveyPlan,
)
from explainer.gradients.landscape.plane import PARTS
from explainer.gradients.landscape.presets import PRESETS
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.views import Snapshot
from explainer.ui.common.choice import Entry, Named, choice
from explainer.ui.common.fold import drawn, kept, one_of, while_open
from explainer.ui.common.story import outcome
from explainer.ui.landscape.job import KEY
from explainer.words import N_, _, told

OWN = Named("own", N_("Your own"))
PRESET = f"{KEY}.preset"
NETWORKS = (Named("cnn", N_("CNN")), Named("mlp", N_("MLP")))
LAYERS = tuple(Named(str(count), str(count)) for count in bounds.LAYERS)
PLANES = (Named(RANDOM, N_("Random")), Named(PATH, N_("Path")))
MEASURED = (Named(PARTS[0], N_("Training")), Named(PARTS[1], N_("Validation")))
CONTOURS, SURFACE = Named("contours", N_("Contours")), Named("surface", N_("Surface"))
SEEDS = range(bounds.LARGEST_SEED + 1)


@dataclass(frozen=True)
class Choice:
    """The plan, and how it is looked at."""

    plan: SurveyPlan
    part: int
    surface: bool


def preset_menu() -> None:
    """The choice of a story."""
    choice(_("Begin with"), (*PRESETS, OWN), key=PRESET, on_change=_take)


def story(plan: SurveyPlan) -> None:
    """What to watch, as long as the settings are those of the story."""
    preset = PRESETS.get(st.session_state[PRESET])
    if preset is None:
        return
    if preset.plan != plan:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(_("The settings are not those of the story any more."))
            st.button(_("Back to the story"), key=f"{KEY}.back", on_click=_take, type="tertiary")
        return
    st.markdown(_(preset.watch))


def seen_in_story(plan: SurveyPlan, found: Snapshot) -> None:
    """Behind a fold, what is seen in the chosen story, told from the numbers once all are there."""
    preset = PRESETS.get(st.session_state[PRESET])
    if preset is None or preset.plan != plan:
        return
    told_now = found.finished and not found.message
    waiting = _("This is told from the numbers, as soon as all of them are there.")
    outcome(preset, KEY, preset.told(found) if told_now else waiting)


def choices() -> Choice | None:
    """All controls; None, with one sentence, where the settings do not go together."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        network = _network()
        network |= _training()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        contrast = _menu(
            _("Compare"), CONTRASTS, "compare", width=215,
            help=_("A second network that differs in this one thing, from the same seed."),
        )  # fmt: skip
        plane = _plane(normed=network["batch_norm"] or contrast == "norm")
        part = _segments(_("Loss on"), MEASURED, "part")
        view = _segments(_("View"), (CONTOURS, SURFACE), "view")
    try:
        plan = SurveyPlan(Setup(**network), contrast, **plane)
    except ValueError as error:
        words = _("These settings do not go together: {reason}.", reason=told(error))
        st.warning(words, icon=":material/info:")
        return None
    return Choice(plan, PARTS.index(part), view == SURFACE.slug)


def _network() -> dict[str, Any]:
    return {
        "kind": _segments(_("Network"), NETWORKS, "kind"),
        "layers": int(_segments(_("Layers"), LAYERS, "layers")),
        "skips": _toggle(
            _("Skips"), "skips", help=_("Each pair of layers adds its input to its output.")
        ),
        "batch_norm": _toggle(_("Batch norm"), "norm"),
    }


def _training() -> dict[str, Any]:
    with while_open(
        st.popover(
            _("Training settings"), icon=":material/tune:", key=f"{KEY}.training", on_change="rerun"
        )
    ):
        learning = [ACTIVATIONS[slug] for slug in bounds.LEARNING]
        return {
            "activation": _menu(_("Activation"), learning, "activation"),
            "width": _steps(
                _("Width"), bounds.WIDTHS, "width",
                help=_("Feature maps in the first third of a CNN, then twice and four times as "
                "many; an MLP has four times as many units in every layer."),
            ),
            "batch": _steps(_("Batch size"), bounds.BATCHES, "batch"),
            "learning_rate": _steps(
                _("Learning rate"), bounds.RATES, "rate", help=_("SGD with momentum 0.9.")
            ),
            "steps": _steps(_("Steps"), bounds.STEPS, "steps"),
            "seed": _seed(_("Seed"), "seed", help=_("Of the initial weights and the batches.")),
            "rescale": _steps(
                _("Rescale after training by"), bounds.SCALES, "rescale",
                help=_("In every block the first layer's output times this, the weights that read "
                "it divided by it. With ReLU or leaky ReLU the function stays the same."),
            ),
        }  # fmt: skip


def _plane(*, normed: bool) -> dict[str, Any]:
    """The plane; `normed`: whether a network that is looked at has batch norm."""
    directions = _segments(_("Plane"), PLANES, "plane")
    path = directions == PATH
    with while_open(
        st.popover(
            _("Plane settings"), icon=":material/grid_on:", key=f"{KEY}.of_plane", on_change="rerun"
        )
    ):
        if path and drawn():
            st.caption(_("A path has one plane of its own: what is grey concerns random planes."))
        values = {
            "directions": directions,
            "planes": _kept(
                st.slider, _("Random planes of each network"), range(1, MOST_PLANES + 1), "planes",
                min_value=1, max_value=MOST_PLANES, disabled=path,
            ),
            "plane_seed": _seed(_("Seed of the first"), "plane_seed", disabled=path),
            "reach": _steps(
                _("Reach of a random plane"), REACHES, "reach", disabled=path,
                help=_("1 is a step as long as the filter itself."),
            ),
            "scaling": _menu(
                _("Length of a random direction"), SCALINGS, "scaling", disabled=path
            ),
            "points": _steps(_("Points a side"), POINTS, "points"),
            "recomputed": _toggle(
                _("Batch norm measures anew"), "anew", disabled=not normed,
                help=_("At each point mean and variance are those of the 256 pictures; otherwise "
                "the running ones from training."),
            ),
        }  # fmt: skip
        if not normed and drawn():
            st.caption(_("No network here has batch norm."))
    return values


def _menu(label: str, entries: Iterable[Entry], name: str, **more: Any) -> str:
    usual = str(_values().get(name, ""))
    return choice(label, entries, key=f"{KEY}.{name}", default=usual, **more)


def _segments(label: str, entries: Iterable[Entry], name: str) -> str:
    return _menu(label, entries, name, widget=st.segmented_control)


def _steps(label: str, options: Sequence[Any], name: str, **more: Any) -> Any:
    return _kept(st.select_slider, label, options, name, options=options, **more)


def _seed(label: str, name: str, **more: Any) -> int:
    bounded = {"min_value": 0, "max_value": bounds.LARGEST_SEED}
    return int(_kept(st.number_input, label, SEEDS, name, **bounded, **more))


def _toggle(label: str, name: str, **more: Any) -> bool:
    return bool(_kept(st.toggle, label, (False, True), name, **more))


def _kept(
    widget: Callable[..., Any], label: str, possible: Iterable[Any], name: str, **more: Any
) -> Any:
    """The value of a widget that is no menu; the link has it where the story has another."""
    key, usual = f"{KEY}.{name}", _values()[name]
    return kept(widget, label, key=key, usual=usual, read=one_of(possible), **more)


def _take() -> None:
    """Set every control as the chosen story has it."""
    if st.session_state[PRESET] in PRESETS:
        st.session_state.update({f"{KEY}.{name}": value for name, value in _values().items()})


def _values() -> dict[str, Any]:
    """What each control has in the chosen story, or to begin with, by its name."""
    preset = PRESETS.get(st.session_state[PRESET])
    return _values_of(preset.plan if preset else SurveyPlan())


@lru_cache(maxsize=16)
def _values_of(plan: SurveyPlan) -> dict[str, Any]:
    setup = plan.setup
    return {
        "kind": setup.kind,
        "layers": str(setup.layers),
        "skips": setup.skips,
        "norm": setup.batch_norm,
        "activation": setup.activation,
        "width": setup.width,
        "batch": setup.batch,
        "rate": setup.learning_rate,
        "steps": setup.steps,
        "seed": setup.seed,
        "rescale": setup.rescale,
        "compare": plan.contrast,
        "plane": plan.directions,
        "planes": plan.planes,
        "plane_seed": plan.plane_seed,
        "reach": plan.reach,
        "scaling": plan.scaling,
        "points": plan.points,
        "anew": plan.recomputed,
    }
