"""What is surveyed and how it is shown: the story, the networks, the plane, the view."""

from __future__ import annotations

from dataclasses import dataclass
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
from explainer.gradients.landscape.presets import PRESETS, LandscapePreset
from explainer.gradients.landscape.setup import Setup
from explainer.ui.landscape.job import KEY

OWN = "Your own"
PRESET = f"{KEY}.preset"
KINDS = {"CNN": "cnn", "MLP": "mlp"}
DIRECTIONS = {"Random": RANDOM, "Path": PATH}
SHOWN_PARTS = {part.capitalize(): place for place, part in enumerate(PARTS)}
CONTOUR, SURFACE = "Contours", "Surface"
ACTIVATION_TITLES = {ACTIVATIONS[slug].title: slug for slug in bounds.LEARNING}
CONTRAST_TITLES = {entry.title: entry.slug for entry in CONTRASTS}
SCALING_TITLES = {entry.title: entry.slug for entry in SCALINGS}
LOOKS = (PRESET, f"{KEY}.part", f"{KEY}.view")  # what says nothing of the plan itself
OPTIONS: dict[str, tuple[Any, ...]] = {
    "kind": tuple(KINDS),
    "layers": tuple(map(str, bounds.LAYERS)),
    "skips": (False, True),
    "norm": (False, True),
    "activation": tuple(ACTIVATION_TITLES),
    "width": bounds.WIDTHS,
    "batch": bounds.BATCHES,
    "rate": bounds.RATES,
    "steps": bounds.STEPS,
    "seed": tuple(range(bounds.LARGEST_SEED + 1)),
    "rescale": bounds.SCALES,
    "compare": tuple(CONTRAST_TITLES),
    "plane": tuple(DIRECTIONS),
    "planes": tuple(range(1, MOST_PLANES + 1)),
    "plane_seed": tuple(range(bounds.LARGEST_SEED + 1)),
    "reach": REACHES,
    "scaling": tuple(SCALING_TITLES),
    "points": POINTS,
    "anew": (False, True),
}
FIRST = Setup()


@dataclass(frozen=True)
class Choice:
    """The plan, and how it is looked at."""

    plan: SurveyPlan
    part: int
    surface: bool


def preset_menu() -> None:
    """The choice of a story."""
    if PRESET not in st.session_state:
        _arrive()
    st.selectbox(
        "Begin with", [*(one.title for one in PRESETS), OWN], key=PRESET,
            persist_state="session", on_change=_take,
    )  # fmt: skip


def story(plan: SurveyPlan) -> None:
    """What to watch, as long as the settings are those of the story."""
    preset = _chosen()
    if preset is None:
        return
    if preset.plan != plan:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption("The settings are not those of the story any more.")
            st.button("Back to the story", key=f"{KEY}.back", on_click=_take, type="tertiary")
        return
    st.markdown(f"**Watch** {preset.watch}")
    with st.expander("What is seen, and why", key=f"{KEY}.story.{preset.slug}"):
        st.markdown(f"**What is seen.** {preset.seen}")
        st.markdown(f"**Why.** {preset.why}")


def choices() -> Choice | None:
    """All controls; None, with one sentence, where the settings do not go together."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        network = _network()
        network |= _training()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        compared = st.selectbox(
            "Compare", list(CONTRAST_TITLES), key=f"{KEY}.compare",
            persist_state="session", width=215,
            help="A second network that differs in this one thing, from the same seed.",
        )  # fmt: skip
        plane = _plane(normed=network["batch_norm"] or CONTRAST_TITLES[str(compared)] == "norm")
        part, surface = _view()
    _keep_in_url()
    try:
        plan = SurveyPlan(Setup(**network), CONTRAST_TITLES[str(compared)], **plane)
    except ValueError as error:
        st.warning(f"These settings do not go together: {error}.", icon=":material/info:")
        return None
    return Choice(plan, part, surface)


def _network() -> dict[str, Any]:
    kind = _segments("Network", list(KINDS), "kind")
    layers = int(_segments("Layers", [str(count) for count in bounds.LAYERS], "layers"))
    skips = _toggle("Skips", "skips", help="Each pair of layers adds its input to its output.")
    norm = _toggle("Batch norm", "norm")
    return {"kind": KINDS[kind], "layers": layers, "skips": skips, "batch_norm": norm}


def _training() -> dict[str, Any]:
    with st.popover("Training settings", icon=":material/tune:"):
        title = st.selectbox(
            "Activation", list(ACTIVATION_TITLES), key=f"{KEY}.activation",
            persist_state="session",
        )  # fmt: skip
        values: dict[str, Any] = {"activation": ACTIVATION_TITLES[str(title)]}
        values["width"] = _steps(
            "Width", bounds.WIDTHS, FIRST.width, "width",
            help="Maps in the first third of a CNN, then twice and four times as many; an MLP has "
            "four times as many units in every layer.",
        )  # fmt: skip
        values["batch"] = _steps("Batch", bounds.BATCHES, FIRST.batch, "batch")
        values["learning_rate"] = _steps(
            "Learning rate", bounds.RATES, FIRST.learning_rate, "rate",
            help="SGD with momentum 0.9.",
        )  # fmt: skip
        values["steps"] = _steps("Steps", bounds.STEPS, FIRST.steps, "steps")
        values["seed"] = int(
            st.number_input(
                "Seed", 0, bounds.LARGEST_SEED, 0, key=f"{KEY}.seed",
            persist_state="session", help="Of the initial weights and the batches.",
            )
        )  # fmt: skip
        values["rescale"] = _steps(
            "Rescale after training by", bounds.SCALES, 1, "rescale",
            help="In every block the first layer's output times this, the weights that read it "
            "divided by it. With ReLU or leaky ReLU the function stays the same.",
        )  # fmt: skip
    return values


def _plane(*, normed: bool) -> dict[str, Any]:
    """The plane; `normed`: whether a network that is looked at has batch norm."""
    directions = _segments("Plane", list(DIRECTIONS), "plane")
    alone = DIRECTIONS[directions] == PATH
    with st.popover("Plane settings", icon=":material/grid_on:"):
        values: dict[str, Any] = {"directions": DIRECTIONS[directions]}
        if alone:
            st.caption("A path has one plane of its own: what is grey concerns random planes.")
        values["planes"] = int(
            st.slider(
                "Random planes of each network", 1, MOST_PLANES, 1, key=f"{KEY}.planes",
                persist_state="session", disabled=alone,
            )
        )  # fmt: skip
        values["plane_seed"] = int(
            st.number_input(
                "Seed of the first", 0, bounds.LARGEST_SEED, 0, key=f"{KEY}.plane_seed",
                persist_state="session", disabled=alone,
            )
        )  # fmt: skip
        values["reach"] = _steps(
            "Reach of a random plane", REACHES, 1.0, "reach", disabled=alone,
            help="1 is a step as long as the filter itself.",
        )  # fmt: skip
        title = st.selectbox(
            "Length of a random direction", list(SCALING_TITLES), key=f"{KEY}.scaling",
            persist_state="session", disabled=alone,
        )  # fmt: skip
        values["scaling"] = SCALING_TITLES[str(title)]
        values["points"] = _steps("Points a side", POINTS, POINTS[-1], "points")
        values["recomputed"] = _toggle(
            "Batch norm measures anew", "anew", disabled=not normed,
            help="At each point mean and variance are those of the 256 pictures; otherwise the "
            "running ones from training.",
        )  # fmt: skip
        if not normed:
            st.caption("No network here has batch norm.")
    return values


def _view() -> tuple[int, bool]:
    part = _segments("Loss on", list(SHOWN_PARTS), "part")
    view = _segments("View", [CONTOUR, SURFACE], "view")
    return SHOWN_PARTS[part], view == SURFACE


def _segments(label: str, options: list[str], name: str) -> str:
    return str(
        st.segmented_control(
            label, options, default=options[0], required=True, key=f"{KEY}.{name}",
            bind="query-params" if f"{KEY}.{name}" in LOOKS else None, persist_state="session",
        )
    )  # fmt: skip


def _steps(label: str, options: tuple[Any, ...], value: Any, name: str, **more: Any) -> Any:
    return st.select_slider(
        label, options, value, key=f"{KEY}.{name}", persist_state="session", **more
    )


def _toggle(label: str, name: str, **more: Any) -> bool:
    return bool(st.toggle(label, key=f"{KEY}.{name}", persist_state="session", **more))


def _arrive() -> None:
    """The story in the link, or the first, with the settings that the link has besides."""
    given = [name for name in st.query_params if name.startswith(f"{KEY}.") and name not in LOOKS]
    titles = [one.title for one in PRESETS]
    linked = st.query_params.get(PRESET, OWN if given else titles[0])
    st.session_state[PRESET] = linked if linked in titles else OWN
    for name, value in _state(_base()).items():
        text = st.query_params.get(f"{KEY}.{name}")
        found = (one for one in OPTIONS[name] if _text(one) == text)
        st.session_state[f"{KEY}.{name}"] = next(found, value)


def _keep_in_url() -> None:
    """The story, and every setting that is not as the story has it."""
    told = {f"{KEY}.{name}": value for name, value in _state(_base()).items()}
    changed = {
        key: _text(st.session_state[key]) for key, value in told.items()
        if st.session_state[key] != value
    }  # fmt: skip
    title = str(st.session_state[PRESET])
    if changed or title != PRESETS[0].title:
        changed[PRESET] = title
    for key in [*told, PRESET]:
        if key not in changed:
            st.query_params.pop(key, None)
        elif st.query_params.get(key) != changed[key]:
            st.query_params[key] = changed[key]


def _base() -> SurveyPlan:
    return preset.plan if (preset := _chosen()) else SurveyPlan()


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _take() -> None:
    """Set every control as the chosen story has it."""
    preset = _chosen()
    if preset is not None:
        for name, value in _state(preset.plan).items():
            st.session_state[f"{KEY}.{name}"] = value


def _chosen() -> LandscapePreset | None:
    return next((one for one in PRESETS if one.title == st.session_state.get(PRESET)), None)


def _state(plan: SurveyPlan) -> dict[str, Any]:
    """What each control shows for `plan`, by its name."""
    setup = plan.setup

    def title(titles: dict[str, Any], value: Any) -> str:
        return next(name for name, one in titles.items() if one == value)

    return {
        "kind": title(KINDS, setup.kind),
        "layers": str(setup.layers),
        "skips": setup.skips,
        "norm": setup.batch_norm,
        "activation": title(ACTIVATION_TITLES, setup.activation),
        "width": setup.width,
        "batch": setup.batch,
        "rate": setup.learning_rate,
        "steps": setup.steps,
        "seed": setup.seed,
        "rescale": setup.rescale,
        "compare": title(CONTRAST_TITLES, plan.contrast),
        "plane": title(DIRECTIONS, plan.directions),
        "planes": plan.planes,
        "plane_seed": plan.plane_seed,
        "reach": plan.reach,
        "scaling": title(SCALING_TITLES, plan.scaling),
        "points": plan.points,
        "anew": plan.recomputed,
    }
