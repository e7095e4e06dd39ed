"""Several digits in one picture: what sigmoids say and softmax cannot, on pictures and counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.likelihood.several_digits import (
    ACROSS,
    CLASSES,
    HEIGHT,
    LEARNED,
    SEEDS,
    Learned,
    learned,
)
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent, signed
from explainer.training.instruments.student import NOISE, interval, judged
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.losses.logits_panel import Bars, Grey, logits, logits_message
from explainer.words import N_, _

KEY = "losses"
SEVERAL = f"{KEY}.several"
KEPT: Kept[str, Learned] = Kept(4 * MEGABYTE, lambda one: 2 * one.sigmoids.nbytes)
(PICTURE,) = PARAMETERS = (Parameter("picture", N_("picture"), 3, 1, 90, 1),)
NAMES = [str(digit) for digit in range(CLASSES)]
HALF, SURE = 0.5, 0.9


def several_part() -> None:
    """A slider through fresh pictures, both networks' bars, and how often each is right."""
    say(KEY, "softmax_labels")
    words = _("{count} networks learn pictures of two digits", count=2 * len(SEEDS))
    found = waited(KEPT, "digits", words, lambda told: learned(told=told))
    moved = live.values(SEVERAL, PARAMETERS)
    address = live.live_picture(SEVERAL, _renderer(found, moved.values))
    live.sliders(SEVERAL, PARAMETERS, moved, address=address)
    logits(SEVERAL, _message(found, moved.values, theme(), moved.number))
    live.write_to_url(SEVERAL, PARAMETERS, moved.values)
    _counted(found)
    say(KEY, "softmax_labels_notice")


def _renderer(found: Learned, resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _message(found, values, colours, number)

    return render


def _message(found: Learned, values: Mapping[str, float], colours: Theme, number: int) -> bytes:
    row, threshold = round(values[PICTURE.name]) - 1, float(found.threshold[0])
    held = np.flatnonzero(found.shown.held[row]).tolist()
    kinds = (
        (_("Eight sigmoids"), found.sigmoids[0, row], HALF, 2),
        (_("One softmax"), found.softmax[0, row], threshold, 1),
    )
    panels = [
        Bars(
            title, _("what is beyond {level} is said", level=f"{level:.2f}"), 0, 1, said.tolist(),
            [f"{one:.2f}" for one in said], colours.categorical[colour], level=level,
        )
        for title, said, level, colour in kinds
    ]  # fmt: skip
    told = _(
        "It holds: **{held}**. The sigmoids say: **{sigmoids}**. Softmax says: **{softmax}**.",
        held=_set(held), sigmoids=_set(np.flatnonzero(kinds[0][1] > HALF).tolist()),
        softmax=_set(np.flatnonzero(kinds[1][1] > threshold).tolist()),
    )  # fmt: skip
    picture = Grey(
        found.shown.inputs[row].reshape(HEIGHT, ACROSS),
        _("A picture that holds: {held}.", held=_set(held)),
    )
    return logits_message(SEVERAL, NAMES, panels, [told], number=number, bold=held, picture=picture)


def _set(classes: list[int]) -> str:
    return ", ".join(map(str, classes)) or _("none of the eight")


def _counted(found: Learned) -> None:
    """The share of pictures whose whole set is right, for each count of classes and for all."""
    exact = found.exact()
    exact = np.concatenate([exact, exact.mean(1, keepdims=True)], 1)
    rows = []
    for place, title in enumerate((_("none"), _("one"), _("two"), _("all pictures"))):
        mean, low, high = interval((exact[0, place] - exact[1, place]).tolist())
        verdict = judged(low, high)
        told = _(NOISE) if verdict == NOISE else signed(100 * mean)
        rows.append([title, *(percent(one) for one in exact[:, place].mean(-1)), told])
    heads = [_("classes in it"), _("sigmoids"), _("softmax"), _("difference (points)")]
    st.markdown(
        _(
            "**The whole set is right**, on {count} fresh pictures, mean of {seeds} seeds. Both "
            "from {learned} pictures, from the same weights, on the same batches. Softmax’s "
            "threshold is the best one on other pictures.\n\nOf pictures with two classes, both "
            "have more than {sure}: sigmoids **{both}**, softmax **{neither}**. In a picture "
            "without any, the largest probability is on average {none} with sigmoids, {some} with "
            "softmax.",
            count=len(found.shown.held), seeds=len(found.sigmoids), learned=f"{LEARNED:,}",
            sure=f"{SURE:g}",
            both=percent(float(found.both_above(SURE)[0].mean())),
            neither=percent(float(found.both_above(SURE)[1].mean())),
            none=percent(float(found.largest_of_none()[0].mean())),
            some=percent(float(found.largest_of_none()[1].mean())),
        )
    )  # fmt: skip
    table(heads, rows, caption=_("How often the whole set of classes is right"))
