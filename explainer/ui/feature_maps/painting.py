"""What a unit likes, in principle: pictures painted from noise for one map, while one looks."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from explainer.charts.feature_maps.units import growth_points, growth_spec
from explainer.charts.theme import Theme
from explainer.networks.recording.graph import Layer
from explainer.networks.visualisation.image_parameterisation import BOUNDS, HOLDINGS
from explainer.networks.visualisation.maximise import (
    Painted,
    Painting,
    Unit,
    middle_unit,
    paint_for,
)
from explainer.networks.visualisation.slices import Work
from explainer.networks.visualisation.top_activations import crop
from explainer.networks.zoo.shared import layers_of
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_number, bounded_slider
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import choice
from explainer.ui.common.fold import while_open
from explainer.ui.common.pictures import figures, inline, legend
from explainer.ui.common.prose import say
from explainer.ui.feature_maps.crops import Liked
from explainer.ui.feature_maps.subject import KEY, Subject
from explainer.words import _, ngettext

SLICE, EVERY = 0.3, 0.35
SIDE = 150
PICTURES = 3
SMALL_NETWORK, MARGIN, LARGEST = 64, 16, 128
WORK = f"{KEY}.painting"


@dataclass(frozen=True, eq=False)
class _Wanted:
    """A unit, how it is to be painted for, and where the work is kept."""

    looked: Subject
    unit: Unit
    settings: Painting

    @property
    def place(self) -> tuple[object, ...]:
        """What a painting depends on."""
        return (self.looked.entry.slug, self.unit.layer.name, self.unit.index, self.settings)

    @property
    def work(self) -> Work[Painted] | None:
        """The visitor's painting of this, if there is one."""
        kept = st.session_state.get(WORK)
        return kept[1] if kept is not None and kept[0] == self.place else None

    @property
    def active(self) -> bool:
        """Whether it is being painted."""
        return self.work is not None and not self.work.ended


def painting(looked: Subject, layer: str, index: int, liked: Liked | None) -> None:
    """Paint pictures for the map: buttons, pictures, the curve, and the best crop beside it."""
    say(KEY, "painting")
    wanted = _Wanted(looked, *_unit_and_settings(looked, layer, index))
    active, colours = wanted.active, theme()

    @st.fragment(run_every=EVERY if active else None)
    def panel() -> None:
        work = wanted.work
        if work is not None and wanted.active:
            work.advance(SLICE)
        _buttons(wanted)
        if work is not None and work.latest is not None:
            _show(wanted, work.latest, liked, colours)
        if wanted.active != active:
            st.rerun()

    panel()


def _unit_and_settings(looked: Subject, layer: str, index: int) -> tuple[Unit, Painting]:
    settings = _settings()
    shown = next(one for one in looked.layers if one.name == layer)
    side = _side(looked, shown.field[0].size)
    found = _layers(looked, side)
    unit = middle_unit(looked.network, found, layer, index, side)
    return unit, settings.for_field(max(unit.field.height, unit.field.width))


def _layers(looked: Subject, side: int) -> tuple[Layer, ...]:
    return layers_of(looked.entry, (looked.entry.channels, side, side))


def _side(looked: Subject, field: int) -> int:
    """As large as the network's own pictures; of a large network what the unit sees, or less."""
    own = looked.entry.input_size
    if own <= SMALL_NETWORK or not looked.entry.any_size:
        return own
    return min(own, LARGEST, max(SMALL_NETWORK, looked.entry.smallest, field + MARGIN))


def _settings() -> Painting:
    with while_open(
        st.popover(
            _("How it is painted"), icon=":material/tune:", key=f"{KEY}.how", on_change="rerun"
        )
    ):
        steps = bounded_slider(_("Steps"), 32, 512, 128, 32, key=f"{KEY}.steps")
        smoothness = bounded_slider(
            _("Smoothness"), 0.0, 1.0, Painting.smoothness, 0.05, key=f"{KEY}.smoothness",
            help_text=_("How much neighbouring pixels that differ count against the picture."),
        )  # fmt: skip
        jitter = bounded_slider(
            _("Shifts"), 0, 8, Painting.jitter, 1, key=f"{KEY}.jitter",
            help_text=_(
                "Before each step the picture is shifted by up to so many pixels, so that what is "
                "painted must be liked wherever it lies. Fewer where the unit sees little."
            ),
        )  # fmt: skip
        holding = choice(
            _("Held"), HOLDINGS, key=f"{KEY}.holding", widget=st.segmented_control,
            help=_(
                "As frequencies, broad shapes are painted as easily as grain (Olah et al. 2017)."
            ),
        )  # fmt: skip
        bound = choice(
            _("Kept within"), BOUNDS, key=f"{KEY}.bound", widget=st.segmented_control,
            help=_(
                "Colours from 0 to 1 can be shown as they are; at a fixed contrast (Erhan et al. "
                "2009) what activates an edge detector most is its own kernel."
            ),
        )  # fmt: skip
        first = bounded_number(_("First seed"), 1, 9999, key=f"{KEY}.seed")
    return Painting(
        steps=steps,
        smoothness=smoothness,
        jitter=jitter,
        holding=HOLDINGS[holding],
        bound=BOUNDS[bound],
        seeds=tuple(range(first, first + PICTURES)),
    )


def _buttons(wanted: _Wanted) -> None:
    work = wanted.work
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if work is None or work.ended:
            st.button(
                _("Paint") if work is None else _("Paint again"), type="primary",
                key=f"{KEY}.paint", icon=":material/brush:", on_click=_begin, args=(wanted,),
            )  # fmt: skip
            return
        done = work.latest.step if work.latest else 0
        total = wanted.settings.steps
        st.progress(done / total, _("Step {done} of {total}", done=done, total=total))
        st.button(
            _("Stop painting"), key=f"{KEY}.paint_stop", icon=":material/stop:", on_click=work.stop
        )


def _begin(wanted: _Wanted) -> None:
    if wanted.active:
        return
    looked, unit = wanted.looked, wanted.unit
    found = _layers(looked, unit.side)
    steps = paint_for(lambda: looked.network, looked.entry, found, unit, wanted.settings)
    st.session_state[WORK] = (wanted.place, Work(steps))


def _show(wanted: _Wanted, painted: Painted, liked: Liked | None, colours: Theme) -> None:
    names = [_("seed {seed}", seed=seed) for seed in wanted.settings.seeds]
    entries = [
        _figure(wanted.unit, painted, place, name, colours.categorical[place])
        for place, name in enumerate(names)
    ]
    best = liked.best_value if liked else None
    if liked is not None and best is not None:
        entries.append(_best_crop(liked, best))
    figures(entries, width=SIDE + 10)
    for note in _notes(wanted, painted):
        st.caption(note)
    chart(
        growth_points(painted.history, names, best),
        growth_spec(colours, best=best is not None),
        key=f"{KEY}.growth",
        alt=_(
            "The unit's value for each painted picture over the steps; a dashed line for the best "
            "real crop."
        ),
    )
    st.caption(_comparison(painted, liked, best))


def _figure(unit: Unit, painted: Painted, place: int, name: str, colour: str) -> tuple[str, str]:
    field = unit.field
    part = painted.pictures[place, field.top : field.bottom, field.left : field.right]
    value = _number(float(painted.values[place]))
    alt = _("Painted from {name}: value {value}.", name=name, value=value)
    return inline(np.ascontiguousarray(part), alt=alt, height=SIDE), (
        f"{legend(colour, name)}<br><b>{value}</b>"
    )


def _best_crop(liked: Liked, value: float) -> tuple[str, str]:
    best = liked.search.best(liked.index)
    picture = liked.search.album.pictures[best.pictures[0]]
    part = crop(picture, *liked.search.field(best.places[0]))
    alt = _("The best real crop: value {value}.", value=_number(value))
    words = escape(_("the best real crop")) + f"<br><b>{_number(value)}</b>"
    return inline(part, alt=alt, height=SIDE), words


def _notes(wanted: _Wanted, painted: Painted) -> list[str]:
    notes = []
    if wanted.unit.through:
        notes.append(
            _(
                "The unit is driven through what goes into its activation, {layer}: the same "
                "picture is best for both, and a unit at rest gives no gradient.",
                layer=wanted.unit.driven.name,
            )
        )
    if wanted.unit.side < min(wanted.looked.entry.input_size, _field(wanted.unit)):
        notes.append(
            _(
                "So that it does not take long, the pictures have {side} × {side} pixels; the unit "
                "would see {field}.",
                side=wanted.unit.side,
                field=_field(wanted.unit),
            )
        )
    if painted.restarts:
        notes.append(
            ngettext(
                "The unit gave no gradient for the first noise: begun anew {count} time.",
                "The unit gave no gradient for the first noise: begun anew {count} times.",
                painted.restarts,
            )
        )
    if any(painted.still):
        notes.append(_("For at least one seed no beginning woke the unit: that picture is noise."))
    return notes


def _field(unit: Unit) -> int:
    return max(field.size for field in unit.layer.field)


def _comparison(painted: Painted, liked: Liked | None, best: float | None) -> str:
    strongest = float(painted.values.max())
    text = _("Shown is the part of each picture that the unit sees.")
    if liked is None or best is None or best <= 0 or not np.isfinite(strongest):
        return text
    if strongest <= best:
        none = _("None is as strong as the best real crop yet.")
        return f"{text} {none}"
    more = _(
        "The strongest activates the unit {times} times as much as the best crop of {count} real "
        "pictures: an exaggeration of what it meets in the world, which is why both stand side by "
        "side.",
        times=f"{strongest / best:.1f}", count=f"{liked.search.seen:,}",
    )  # fmt: skip
    return f"{text} {more}"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
