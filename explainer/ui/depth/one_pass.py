"""One pass through the untrained networks: what is asked, and the pictures of what comes out."""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.depth.one_pass import (
    DEPTH_MEASURES,
    LIMIT,
    depth_points,
    depth_spec,
    idle_points,
    idle_spec,
    value_points,
    value_spec,
)
from explainer.gradients.depth.batch import Batch, digit_batch, patch_batch
from explainer.gradients.depth.mean_field import Theory, predicted
from explainer.gradients.depth.settings import MOST_LAYERS, title
from explainer.gradients.depth.untrained_pass import UntrainedPass, at_depth, pass_through
from explainer.kept import MEGABYTE, Kept
from explainer.training.engine.devices import cores
from explainer.training.recipe.recipe import Network
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_number
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.fold import while_open
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import picture_input
from explainer.ui.common.pictures import colour_bar
from explainer.ui.common.prose import say
from explainer.ui.depth.settings import (
    KEY,
    LAYERS,
    WIDTH,
    WIDTHS,
    preset_menu,
    setting_rows,
    settings,
)
from explainer.ui.training_lab.recipe_editor import dot
from explainer.words import N_, _, language

DIGITS = Named("digits", N_("Handwritten digits"))
PATCHES = Named("patches", N_("Patches of your photo"))
EXAMPLES = 256
MOST_WEIGHTS = 8_000_000
Pass = tuple[UntrainedPass, Theory | None]
SLOW = 1_500_000  # weights in all, from which a pass takes long enough to show its progress
PASSES: Kept[tuple[Network, tuple[int, int, int]], Pass] = Kept(
    24 * MEGABYTE, lambda one: one[0].values.nbytes + one[0].example_gradients.nbytes
)


@dataclass(frozen=True, eq=False)
class Passed:
    """What the page shows: the batch, the photo it is cut from, and for each setting one pass."""

    batch: Batch
    photo: NDArray[np.uint8] | None
    seed: int
    passages: tuple[UntrainedPass, ...]
    theories: tuple[Theory | None, ...]

    @property
    def titles(self) -> list[str]:
        """The names of the settings, in their order."""
        return [title(one.network) for one in self.passages]


def set_up() -> Passed:
    """Story, depth, width, settings and data; then the passes, which are kept."""
    preset_menu()
    depth = st.slider(
        _("Hidden layers"), 2, MOST_LAYERS, key=LAYERS, bind="query-params", persist_state="session"
    )
    width = st.select_slider(
        _("Units in each"), WIDTHS, key=WIDTH, bind="query-params", persist_state="session"
    )
    setting_rows()
    photo, seed, batch = _data()
    fitting = _fitting(int(depth), int(width))
    networks = [at_depth(one, int(depth), fitting) for one in settings()]
    mark = 0 if photo is None else zlib.crc32(photo.tobytes())
    passages, theories = _passes(networks, batch, seed, mark)
    return Passed(batch, photo, seed, passages, theories)


def _data() -> tuple[NDArray[np.uint8] | None, int, Batch]:
    """What the networks are shown, and the seed of their weights."""
    with while_open(
        st.popover(
            _("Data and seed"), icon=":material/tune:", key=f"{KEY}.details", on_change="rerun"
        )
    ):
        data = choice(
            _("Shown to the networks"), (DIGITS, PATCHES), key=f"{KEY}.data",
            widget=st.segmented_control,
        )  # fmt: skip
        seed = bounded_number(
            _("Seed"), 0, 9999, key=f"{KEY}.seed",
            help=_("Another seed draws other weights and other examples."),
        )  # fmt: skip
    if data == PATCHES.slug:
        photo = picture_input().picture.codes
        return photo, seed, patch_batch(photo, EXAMPLES, seed)
    return None, seed, _digits(seed)


@st.cache_resource(show_spinner=False, max_entries=8)
def _digits(seed: int) -> Batch:
    return digit_batch(EXAMPLES, seed)


def _fitting(depth: int, width: int) -> int:
    """`width`, or the largest below it with which `depth` layers are not too many weights."""
    fits = max(one for one in WIDTHS if depth * one**2 <= MOST_WEIGHTS and one <= width)
    if fits < width:
        st.info(
            _(
                "{layers} layers of {width} units have {weights} million weights; the page goes to "
                "{most} million, so the layers have {fits} units.",
                layers=depth,
                width=width,
                weights=f"{depth * width**2 / 1e6:.0f}",
                most=f"{MOST_WEIGHTS / 1e6:.0f}",
                fits=fits,
            )
        )
    return fits


def _passes(
    networks: list[Network], batch: Batch, seed: int, mark: int
) -> tuple[tuple[UntrainedPass, ...], tuple[Theory | None, ...]]:
    place = (seed, mark, batch.features)
    found = {one: kept for one in networks if (kept := PASSES.get((one, place))) is not None}
    missing = [one for one in dict.fromkeys(networks) if one not in found]
    weights = sum(one.depth * one.width**2 for one in missing)
    bar = st.progress(0.0, _("Forwards and back")) if weights > SLOW else None
    with ThreadPoolExecutor(max_workers=cores()) as pool:
        results = pool.map(lambda one: _pass(one, batch, seed), missing)
        for number, (network, result) in enumerate(zip(missing, results, strict=True), start=1):
            found[network] = result
            PASSES.put((network, place), result)
            if bar:
                words = _("Forwards and back: {setting}", setting=title(network))
                bar.progress(number / len(missing), words)
    if bar:
        bar.empty()
    passes = [found[network] for network in networks]
    return tuple(one for one, __ in passes), tuple(other for __, other in passes)


def _pass(network: Network, batch: Batch, seed: int) -> Pass:
    passage = pass_through(network, batch, seed)
    return passage, predicted(passage, batch)


def gradients(passed: Passed) -> None:
    """One quantity over depth, measured and predicted, all settings on one logarithmic axis."""
    measure = DEPTH_MEASURES[
        choice(
            _("Over depth"), DEPTH_MEASURES, key=f"{KEY}.measure", widget=st.segmented_control,
            label_visibility="collapsed",
        )
    ]  # fmt: skip
    points = remembered(
        f"{KEY}.points", (passed.passages, measure, language()),
        lambda: depth_points(passed.passages, passed.theories, measure),
    )  # fmt: skip
    chart(
        points,
        depth_spec(theme(), measure, limited=LIMIT in points.part.values),
        key=f"{KEY}.gradients",
        alt=_(
            "{measure} at each layer, on a logarithmic axis, a line for each setting.",
            measure=_(measure.title),
        ),
    )
    if any(one is None for one in passed.theories) and measure.theory is not None:
        st.caption(
            _(
                "No dashed line for batch norm: it ties the examples of a batch together, and this "
                "theory follows one example alone."
            )
        )


def values(passed: Passed) -> None:
    """What each layer hands on, as a picture of layers and values, one for each setting."""
    say(KEY, "values")
    st.html(colour_bar(theme().sequential, _("Share of a layer's values: 0 %"), _("100 %")))
    columns = 2 if len(passed.passages) in (1, 2, 4) else 3
    with st.grid(columns=columns, min_column_width=300):
        for index, (passage, name) in enumerate(zip(passed.passages, passed.titles, strict=True)):
            with st.container():
                st.html(f"{dot(index)} <b>{escape(name)}</b>")
                chart(
                    value_points(passage),
                    value_spec(theme(), passage.layers),
                    key=f"{KEY}.values{index}",
                    alt=_("{name}: how the values that each layer hands on are spread.", name=name),
                )


def idle_units(passed: Passed) -> None:
    """The share of dead units and of saturated values at each layer."""
    say(KEY, "idle")
    points = idle_points(passed.passages)
    shares = (
        ("saturated", _("saturated values (%)"), _("The share of saturated values at each layer.")),
        ("dead", _("dead units (%)"), _("The share of dead units at each layer.")),
    )
    for column, (name, words, alt) in zip(st.columns(2), shares, strict=True):
        with column:
            chart(points, idle_spec(theme(), name, words), key=f"{KEY}.{name}", alt=alt)
