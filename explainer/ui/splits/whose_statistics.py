"""With whose numbers? Accuracy of the training part's mean and deviation, and of a test part's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.evaluation.whose_statistics import (
    KINDS,
    SEEDS,
    SIZES,
    TRAINING,
    USUAL,
    Compared,
    Trained,
    compared,
    swayed,
    trained,
)
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.messages import whole
from explainer.parameters import Parameter
from explainer.powers import percent, signed
from explainer.training.instruments.student import AHEAD, BEHIND, judged
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.components import unread
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import sent_values
from explainer.ui.overfitting.capacity import (
    Scales,
    Series,
    capacity_chart,
    capacity_message,
    clicked_number,
)
from explainer.ui.splits.bands import ranges
from explainer.ui.splits.gaps import Row, gaps, gaps_message
from explainer.words import N_, _

KEY = "splits"
WHOSE, ROWS = f"{KEY}.whose", f"{KEY}.whose_rows"
KEPT: Kept[str, Trained] = Kept(
    32 * MEGABYTE, lambda one: one.crowd.nbytes + one.others.nbytes + one.order.nbytes
)
SIZE, CROWDED, HAZE = PARAMETERS = (
    Parameter("size", N_("tested together: 2 to the power of"), 3, 0, len(SIZES) - 1, 1),
    Parameter("crowd", N_("ones among them, in %"), 100 * USUAL, 0, 100, 5, unit="%"),
    Parameter("haze", N_("haze of the test’s camera, in %"), 0, 0, 80, 5, unit="%"),
)
OWN, TRAINED, PICTURE = 1, 0, 3


def whose_statistics() -> None:
    """Sliders, the accuracy over the size of the test part, and what one size comes to."""
    say(KEY, "scaling_whose")
    left, right = st.columns([1, 2.2], gap="medium")
    with left:
        slug = choice(_("Normalised with"), KINDS, key=f"{KEY}.kind", widget=st.segmented_control)
    words = _("{count} networks learn digits", count=len(SEEDS))
    found = waited(KEPT, slug, words, lambda told: trained(KINDS[slug]))
    clicked = sent_values(unread(f"{WHOSE}.chart", "moved")).get("place")
    if (place := whole(clicked, 0, len(SIZES) - 1)) is not None:
        live.put(WHOSE, SIZE, place)
    moved = live.values(WHOSE, PARAMETERS)
    share, haze = (moved.values[one.name] / 100 for one in (CROWDED, HAZE))
    measured = remembered(
        f"{WHOSE}.measured", (slug, share, haze), lambda: compared(found, share, haze)
    )
    shown = _Shown(found, measured, (share, haze), theme())
    address = live.live_picture(WHOSE, _renderer(shown, moved.values))
    with right:
        live.sliders(WHOSE, PARAMETERS, moved, address=address)
    place, number = round(moved.values[SIZE.name]), max(moved.number, clicked_number(WHOSE))
    left, right = st.columns([1, 1.2], gap="medium")
    with left:
        capacity_chart(WHOSE, _chart(shown, place, number))
    with right:
        message = remembered(
            f"{WHOSE}.rows", (shown.found, shown.measured, place, number, shown.colours),
            lambda: _rows(shown, place, number),
        )  # fmt: skip
        gaps(ROWS, message)
    live.write_to_url(WHOSE, PARAMETERS, moved.values)
    st.caption(
        _(
            "{seeds} networks, each trained on {count} digits of its own; means, and bands from "
            "the lowest to the highest. A deviation below 0.1 counts as 0.1.",
            seeds=len(SEEDS), count=f"{TRAINING:,}",
        )
    )  # fmt: skip
    say(KEY, "scaling_whose_notice")


@dataclass(frozen=True, eq=False)
class _Shown:
    """The networks, and what was measured at a share of ones and a haze."""

    found: Trained
    measured: Compared
    asked: tuple[float, float]
    colours: Theme


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held, last = dict(resting), shown

    def render(moved: Mapping[str, object], number: int) -> bytes:
        nonlocal last
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        asked = (values[CROWDED.name] / 100, values[HAZE.name] / 100)
        if last.asked != asked:
            measured = compared(shown.found, *asked)
            last = _Shown(shown.found, measured, asked, shown.colours)
        now, place = last, round(values[SIZE.name])
        return _chart(now, place, number, (ROWS, _rows(now, place, number)))

    return render


def _chart(
    shown: _Shown, place: int, number: int, also: tuple[str, bytes] | None = None
) -> bytes:  # fmt: skip
    one = shown.measured
    lines = (
        (_("the training part’s numbers"), TRAINED, np.repeat(one.training[None], len(SIZES), 0)),
        (_("the test part’s own"), OWN, one.own),
    )
    series = [
        Series(title, stroke(colour, shown.colours), 100 * ranges(values))
        for title, colour, values in lines
    ]
    scales = Scales(
        _("Right (%)"), _("pictures tested together"), SIZES, (0, 100), logarithmic=False,
        height=300, decimals=1,
    )  # fmt: skip
    return capacity_message(
        WHOSE, scales, series, at=place, number=number, band=_("all networks"), also=also,
        alt=_("Accuracy over the number of pictures that are normalised together."),
    )  # fmt: skip


def _rows(shown: _Shown, place: int, number: int) -> bytes:
    one, colours = shown.measured, shown.colours.categorical
    rows = [
        Row(_("the training part’s"), 0, float(one.training.mean()), colours[TRAINED],
            percent(float(one.training.mean())), note=_("the same for every picture")),
        _own(one, place, _("the test part’s own"), _("of {count} pictures", count=SIZES[place]),
             colours[OWN]),
        _own(one, 0, _("one picture’s own"), _("whatever else is tested"), colours[PICTURE]),
    ]  # fmt: skip
    changed = swayed(shown.found, one, place)
    told = _(
        "In other company, drawn anew from the same pictures, **{share}** of them get another "
        "answer with the test part’s own numbers; with the training part’s, none.",
        share=percent(changed),
    )  # fmt: skip
    return gaps_message(
        ROWS, rows, most=1, told=told, number=number,
        alt=_("Accuracy by whose mean and deviation are used."),
    )  # fmt: skip


def _own(one: Compared, place: int, title: str, note: str, colour: str) -> Row:
    gain = one.ahead(place)
    mean, low, high = (signed(100 * each) for each in gain)
    verdict = judged(*gain[1:])
    says = _(
        "{mean} points ({low} to {high}): {verdict}", mean=mean, low=low, high=high,
        verdict=_(verdict),
    )  # fmt: skip
    right = float(one.own[place].mean())
    return Row(
        title, 0, right, colour, percent(right), says, note, strong=verdict in (AHEAD, BEHIND)
    )
