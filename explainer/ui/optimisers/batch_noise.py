"""The spread of minibatch gradients about the true one, over the batch and as arrows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import Stroke
from explainer.charts.theme import Theme
from explainer.descent.batch_race import COUNT
from explainer.descent.gradient_noise import DRAWS, MOMENTS, SIZES, Noise, noises
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import power_of_ten
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.overfitting.shapes import ShapeLine, ShapePoints, shapes, shapes_message
from explainer.ui.splits.board import Axis, Entry, board, board_message
from explainer.words import N_, _

KEY = "optimisers"
NOISE, CLOUD = f"{KEY}.noise", f"{KEY}.cloud"
KEPT: Kept[str, list[Noise]] = Kept(32 * MEGABYTE, lambda all: sum(one.paths.nbytes for one in all))
WHEN = (Named("early", N_("early")), Named("late", N_("late")))
SIZE = Parameter("b", N_("batch B, power of 2"), 3, 0, len(SIZES) - 1, 0.25)
ARROWS, ACROSS, UP = 80, (-5.0, 7.0), (-4.0, 4.0)
HEIGHTS = (0.03, 60.0)
LEVELS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
EARLY, LATE, TRUE, FAINT = 0, 1, 2, 7


def noise_part() -> None:
    """Distances over B on logarithmic axes, and the cloud of minibatch gradients at one B."""
    say(KEY, "batches_noise")
    left, right = st.columns([1, 1.6], vertical_alignment="bottom", gap="medium")
    with left:
        when = choice(_("Moment of training"), WHEN, key=f"{NOISE}.when",
                      widget=st.segmented_control)  # fmt: skip
    words = _("A network learns, and gives the gradient of each picture")
    found = waited(KEPT, "noise", words, lambda told: noises(told=told))
    moved = live.values(NOISE, (SIZE,))
    shown = _Shown(found, 0 if when == "early" else 1, theme())
    address = live.live_picture(NOISE, _renderer(shown, moved.values))
    with right:
        live.sliders(NOISE, (SIZE,), moved, address=address)
    at = moved.values[SIZE.name]
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        board(NOISE, _board(shown, at, moved.number))
    with right:
        shapes(CLOUD, _cloud(shown, at, moved.number))
    live.write_to_url(NOISE, (SIZE,), moved.values)
    st.caption(
        _(
            "Early and late: after {early} and {late} steps. {count} digits have a gradient each; "
            "discs and rings are root mean squares of {draws} draws. In the plane, {arrows} of "
            "them: across, along the true gradient; up, the direction in which the pictures’ "
            "gradients differ most across it. Both in lengths of the true gradient.",
            early=f"{MOMENTS[0]:,}", late=f"{MOMENTS[1]:,}", count=f"{COUNT:,}", draws=DRAWS,
            arrows=ARROWS,
        )
    )  # fmt: skip
    say(KEY, "batches_noise_notice")


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while B is moved: both moments, and the place of the chosen one."""

    found: list[Noise]
    which: int
    colours: Theme

    @property
    def now(self) -> Noise:
        return self.found[self.which]


def _size(at: float) -> int:
    return round(2**at)


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        at = live.first_sound(SIZE, [moved, held])
        return _board(shown, at, number, (CLOUD, _cloud(shown, at, number)))

    return render


def _board(
    shown: _Shown, at: float, number: int, also: tuple[str, bytes] | None = None
) -> bytes:  # fmt: skip
    quarter = SIZE.step
    places = 2 ** np.arange(0, SIZE.maximum + quarter / 2, quarter)
    now, colours = shown.now, shown.colours.categorical
    other = shown.found[1 - shown.which]
    own, beside = (EARLY, LATE) if shown.which == 0 else (LATE, EARLY)
    whole = np.isin(places, SIZES)
    entries = [
        Entry(_("√(tr Σ / B) / |G|, drawn with replacement"), "line", colours[own],
              now.expected(places, replaced=True)),
        Entry(_("without replacement"), "line", colours[own],
              _seen(now.expected(places, replaced=False)), "6 4"),
        Entry(_("measured, with replacement"), "rings", colours[own],
              _spread(places, whole, now.repeated)),
        Entry(_("measured, without"), "discs", colours[own], _spread(places, whole, now.without)),
        Entry(_("the other moment"), "line", colours[beside],
              other.expected(places, replaced=True), "2 4"),
        Entry(_("as long as the true gradient"), "line", colours[FAINT], np.ones(len(places)),
              "8 4"),
    ]  # fmt: skip
    ticks = [(one, f"{one:g}") for one in LEVELS]
    return board_message(
        NOISE, places,
        Axis(_("batch size B"), (1.0, float(SIZES[-1])), logarithmic=True,
             ticks=[(float(one), f"{one:,}") for one in SIZES[::2]]),
        Axis(_("Noise against gradient"), HEIGHTS, logarithmic=True, ticks=ticks), entries,
        at=round(at / quarter), number=number, told=_told(shown, at), height=350, also=also,
        alt=_("How far minibatch gradients lie from the true gradient, over the batch size."),
    )  # fmt: skip


def _seen(values: np.ndarray) -> np.ndarray:
    """What is above the lower edge; nothing else can be drawn on a logarithmic axis."""
    return np.where(values > HEIGHTS[0] / 2, values, np.nan)


def _spread(places: np.ndarray, whole: np.ndarray, values: np.ndarray) -> np.ndarray:
    found = np.full(len(places), np.nan)
    found[whole] = _seen(values)
    return found


def _told(shown: _Shown, at: float) -> list[str]:
    now, (early, late) = shown.now, shown.found
    place = round(at)
    low, middle, high = np.quantile(now.cosine[place], (0.1, 0.5, 0.9))
    return [
        _("B = {size}: the angle’s cosine with the true gradient is {middle} in the median, "
          "{low} to {high} in eight of ten draws.", size=SIZES[place],
          low=_cosine(low), middle=_cosine(middle), high=_cosine(high)),
        _("The critical batch tr Σ / |G|² is {early} early and {late} late; the gradient itself is "
          "{before} and {after} long.", early=f"{early.critical:,.0f}",
          late=f"{late.critical:,.0f}", before=power_of_ten(early.length),
          after=power_of_ten(late.length)),
    ]  # fmt: skip


def _cosine(value: float) -> str:
    return f"{value:z.2f}".replace("-", "−")


def _cloud(shown: _Shown, at: float, number: int) -> bytes:
    now, colours, size = shown.now, shown.colours, _size(at)
    tips = now.paths[:ARROWS, size - 1]
    own = colours.categorical[EARLY if shown.which == 0 else LATE]
    beyond = ((tips < (ACROSS[0], UP[0])) | (tips > (ACROSS[1], UP[1]))).any(1)
    against = int((now.paths[:, size - 1, 0] < 0).sum())
    return shapes_message(
        CLOUD,
        [
            *(ShapeLine(np.array([(0.0, 0.0), tip])) for tip in tips),
            ShapeLine(np.array([(0.0, 0.0), (1.0, 0.0)]), _("true gradient"),
                      Stroke(colours.text, "", "")),
        ],
        [
            ShapePoints(tips[~beyond], _("minibatch gradients"), own, 3.5),
            ShapePoints(np.array([(1.0, 0.0)]), _("its tip"), colours.text, 5),
        ],
        across=ACROSS, up=UP, axes=(_("along"), _("across")), number=number,
        told=_("B = {size}: {against} of {draws} minibatches point away from the true gradient; "
               "{beyond} of {arrows} arrows leave the picture.", size=f"{size:,}", against=against,
               draws=DRAWS, beyond=int(beyond.sum()), arrows=ARROWS),
        alt=_("Arrows of minibatch gradients about the true gradient, in a plane."),
    )  # fmt: skip
