"""What if the test pictures come from elsewhere? A worse camera, four parts, and mixtures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
import torch

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.evaluation.cameras import CAMERAS, Camera
from explainer.evaluation.mismatch import (
    DEV,
    HELD_OUT,
    SEEDS,
    STRENGTHS,
    TEST,
    TRAIN,
    TRAIN_DEV,
    TRAINING,
    WIDTH,
    Distances,
    distances,
    shown_digits,
)
from explainer.evaluation.mismatch_script import script
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.ui.augmentation.tiles import Tile, tiles, tiles_message
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.curves import (
    Line,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.splits.four_way import COLOURS, four_way_message
from explainer.ui.splits.gaps import gaps
from explainer.ui.splits.mixture import mixture
from explainer.words import N_, _

KEY = "splits"
CAMERA, LOOK, TILES = f"{KEY}.camera", f"{KEY}.look", f"{KEY}.tiles"
KEPT: Kept[str, Distances] = Kept(MEGABYTE, lambda one: one.errors.nbytes)
DASHED, SIZE = 8, 78
PANEL = Panel(N_("Wrong (%)"), N_("wrong, %"), 280, decimals=1)
LINES = (
    (TRAIN, N_("train, sharp"), COLOURS[0] + DASHED),
    (TRAIN_DEV, N_("train-dev, sharp, unseen"), COLOURS[1]),
    (DEV, N_("dev, this camera"), COLOURS[2]),
    (TEST, N_("test, this camera"), COLOURS[3] + DASHED),
)


def mismatch_section(*_given: object) -> None:
    """The camera, the four parts and their gaps; below it the mixture that is learned from."""
    say(KEY, "mismatch")
    left, right = st.columns([1.2, 1], vertical_alignment="bottom", gap="medium")
    with left:
        slug = choice(
            _("The target’s camera"), CAMERAS, key=f"{KEY}.with", widget=st.segmented_control
        )
    camera = CAMERAS[slug]
    words = _("{count} networks learn sharp digits and are tested", count=len(SEEDS))
    found = waited(KEPT, slug, words, lambda told: distances(camera, told=told))
    parameter = strength(camera)
    if (pinned := pinned_x(LOOK)) is not None:
        live.put(CAMERA, parameter, pinned, scope=slug)
    moved = live.values(CAMERA, (parameter,), scope=slug)
    shown = _Shown(camera, found, parameter, theme())
    address = live.live_picture(CAMERA, _renderer(shown, moved.values))
    with right:
        live.sliders(CAMERA, (parameter,), moved, scope=slug, address=address)
    at = moved.values[parameter.name]
    number = max(moved.number, pinned_number(LOOK))
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        curves(LOOK, _look(shown, at, number))
    with right:
        st.markdown(_("What the target’s camera sees, and what one network says of it:"))
        tiles(TILES, _tiles(shown, at, number))
    st.markdown(_("**The four-way split**, each bar from the error of the part before it:"))
    gaps(CAMERA, _gaps(shown, at, number))
    live.write_to_url(CAMERA, (parameter,), moved.values)
    st.caption(
        _(
            "Means of {seeds} networks with {units} hidden units, each with its own digits of "
            "MNIST at half their size; in brackets the interval of 95 % over them.",
            seeds=len(SEEDS), units=WIDTH,
        )
    )  # fmt: skip
    say(KEY, "mismatch_notice")
    fold = code_fold(_("The same in Python"), f"{KEY}.mismatch_code")
    if fold.open:
        with fold:
            show_script(KEY, script(shown.errors(at)[:4]), "deepglass_gaps")
    st.divider()
    mixture(camera)


def strength(camera: Camera) -> Parameter:
    """The slider of a camera."""
    step = STRENGTHS[1]
    return Parameter("strength", N_("how bad the camera is"), camera.usual, 0, 1, step)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the slider is moved."""

    camera: Camera
    found: Distances
    parameter: Parameter
    colours: Theme

    def place(self, at: float) -> int:
        """Which of the strengths the slider stands at."""
        return round(at * (len(STRENGTHS) - 1))

    def errors(self, at: float) -> np.ndarray:
        """Errors `(parts, S)` there."""
        return np.asarray(self.found.errors[self.place(at)])


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        at = live.first_sound(shown.parameter, [moved, held])
        look = _look(shown, at, number, (TILES, _tiles(shown, at, number)))
        return _gaps(shown, at, number, (LOOK, look))

    return render


def _gaps(shown: _Shown, at: float, number: int, also: tuple[str, bytes] | None = None) -> bytes:
    sharp, target = (
        _("{count} sharp digits, learned", count=f"{TRAINING:,}"),
        _("{count} of this camera: {measure}", count=HELD_OUT, measure=shown.camera.measure(at)),
    )
    notes = (sharp, _("{count} sharp digits, unseen", count=HELD_OUT), target, target)
    return four_way_message(
        CAMERA, shown.errors(at)[:4], notes, shown.colours, number=number, also=also,
        most=float(shown.found.errors.mean(-1).max()),
    )  # fmt: skip


def _look(shown: _Shown, at: float, number: int, also: tuple[str, bytes] | None = None) -> bytes:
    means = 100 * shown.found.errors.mean(-1)
    lines = [
        Line(_(title), stroke(place, shown.colours), means[:, part][None])
        for part, title, place in LINES
    ]
    return curves_message(
        LOOK, [replace(PANEL, short=_(PANEL.short))], lines, low=0, reach=1, at=at,
        number=number, symbol=_("strength"), also=also,
        alt=_("The error of four parts over the strength of the camera; two of them are sharp."),
    )  # fmt: skip


def _tiles(shown: _Shown, at: float, number: int) -> bytes:
    digits = shown_digits()
    pictures = shown.camera.change(digits, at)
    now = shown.found.answers[shown.place(at)]
    parts = [
        Tile(
            [(_("says {digit}", digit=said), said != true), (_("is {digit}", digit=true), False)],
            _("A {digit} through this camera.", digit=true),
        )
        for said, true in zip(now.tolist(), digits.labels.tolist(), strict=True)
    ]
    return tiles_message(
        TILES, torch.from_numpy(np.ascontiguousarray(pictures))[:, None], parts, number=number,
        shown=SIZE, alt=_("Digits through the camera, with what a network says of each."),
    )  # fmt: skip
