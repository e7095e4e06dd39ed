"""Small networks trained here with a change and without: which layers learned to forgive it?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import signed
from explainer.regularisation.augmentation.robustness import SIZE, TESTS
from explainer.regularisation.augmentation.trained_pair import (
    LAYERS,
    SEEDS,
    TrainedPair,
    trained_pair,
)
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.curves import Line, Mark, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.words import N_, _

KEY = "augmentation"
NAME = f"{KEY}.pair"
KEPT: Kept[str, TrainedPair] = Kept(MEGABYTE, lambda one: one.share.nbytes)
PANEL = Panel(N_("Distance (1: another digit)"), N_("share"), 260)
LAST = LAYERS - 1
NAMES = (
    N_("pixels"), N_("first convolution"), N_("first pooling"), N_("second convolution"),
    N_("second pooling"), N_("logits"),
)  # fmt: skip


def trained_pair_part() -> None:
    """Choose a change; eight networks learn; the chart follows the strength."""
    say(KEY, "invariance_pair")
    slug = choice(_("Learned"), TESTS, key=f"{NAME}_change", widget=st.segmented_control)
    words = _("{count} networks learn {size} digits", count=2 * len(SEEDS), size=SIZE)
    found = waited(KEPT, slug, words, lambda told: trained_pair(slug, told=told))
    parameter = strength_of(slug)
    moved = live.values(NAME, [parameter], scope=slug)
    address = live.live_picture(NAME, _renderer(found, slug, moved.values))
    left, right = st.columns([1, 1.7], gap="large")
    place = _place(slug, moved.values[parameter.name])
    with left:
        live.sliders(NAME, [parameter], moved, scope=slug, address=address)
        st.markdown(_said(found, slug, place))
    with right:
        number = max(moved.number, pinned_number(NAME))
        curves(NAME, _message(found, place, number, theme()))
        named = ", ".join(f"{place} {_(name)}" for place, name in enumerate(NAMES))
        st.caption(_("Layers: {named}.", named=named))
    live.write_to_url(NAME, [parameter], moved.values)
    say(KEY, "invariance_pair_notice")


def strength_of(slug: str) -> Parameter:
    """The strengths at which that change was measured; at first the most that training showed."""
    test = TESTS[slug]
    least, following, *_others, most = test.strengths
    return Parameter("strength", _(test.axis), test.trained, least, most, following - least)


def _place(slug: str, strength: float) -> int:
    return int(np.abs(np.array(TESTS[slug].strengths) - strength).argmin())


def _renderer(found: TrainedPair, slug: str, resting: Mapping[str, float]) -> Render:
    held, colours, parameter = dict(resting), theme(), strength_of(slug)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        place = _place(slug, live.first_sound(parameter, [moved, held]))
        return _message(found, place, number, colours)

    return render


def _message(found: TrainedPair, place: int, number: int, colours: Theme) -> bytes:
    titles = (_("learned without it"), _("learned with it"))
    lines = [
        Line(title, stroke(line, colours), found.share[line, 0, place].mean(-1)[None])
        for line, title in enumerate(titles)
    ]
    panel = Panel(PANEL.title, _(PANEL.short), PANEL.height, (0, 1.5))
    return curves_message(
        NAME, [panel], lines, low=0, reach=LAST, at=LAST, number=number, symbol=_("layer"),
        marks=[Mark(2, "7 × 7"), Mark(4, "3 × 3")],
        alt=_("The distance between a digit's features and its changed copy's, over the layers."),
    )  # fmt: skip


def _said(found: TrainedPair, slug: str, place: int) -> str:
    """What was learned at the logits with that strength, and whether it is more than noise."""
    gain = found.gain(0, place, LAST)
    without, with_it = found.share[:, 0, place, LAST].mean(-1)
    numbers = {
        "strength": f"{TESTS[slug].strengths[place]:g}",
        "without": f"{without:.2f}", "with_it": f"{with_it:.2f}",
        "gain": signed(gain.mean, 2), "low": signed(gain.low, 2), "high": signed(gain.high, 2),
    }  # fmt: skip
    if not np.isfinite(gain.low) or gain.verdict == 0:
        return _(
            "At strength {strength} the logits are {without} away without it in training and "
            "{with_it} with it: {gain} nearer (95 %: {low} to {high}), **within noise**.",
            **numbers,
        )
    return _(
        "At strength {strength} the logits are {without} away without it in training and "
        "{with_it} with it: {gain} nearer (95 %: {low} to {high}), **more than noise**.",
        **numbers,
    )
