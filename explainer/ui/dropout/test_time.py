"""Test time: the factor that undoes dropout, what a mix-up costs, a mean and a bend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from explainer.charts.activations.curves import Stroke, stroke
from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent, short
from explainer.regularisation.dropout.small_network import KEEP, PLACES, digits, leaky, trained
from explainer.regularisation.dropout.test_time import (
    FACTORS,
    KEEPS,
    Bend,
    Factors,
    factors,
    mask_chances,
)
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.curves import Line, Mark, Panel, curves, curves_message, pinned_number
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.chart_places import place_in_view
from explainer.words import N_, _

KEY = "dropout"
FACTOR, BEND = f"{KEY}.factor", f"{KEY}.bend"
FIRST_KEEP = 0.9
BINS, REACH = 97, 12.0
Values = NDArray[np.float64]
KEPT: Kept[float, Factors] = Kept(MEGABYTE, lambda one: one.accuracy.nbytes + one.loss.nbytes)
BENT: Kept[str, Bend] = Kept(16 * MEGABYTE, lambda one: one.inputs.nbytes)
PANELS = (
    Panel(N_("Accuracy on 1,000 new digits (%)"), N_("accuracy"), 210, (0, 100)),
    Panel(N_("Loss there (nats)"), N_("loss"), 170),
)
BEND_PANELS = (
    Panel(N_("How probable each z is, over all 4,096 masks"), "P", 150),
    Panel(N_("Leaky ReLU"), "f", 210, (-1, REACH)),
)
Q, UNIT, DIGIT = PARAMETERS = (
    Parameter("q", N_("keep probability q"), KEEP, 0.05, 1, 0.05),
    Parameter("unit", N_("unit of the third layer"), 9, 1, 12, 1),
    Parameter("digit", N_("digit"), 3, 0, 9, 1),
)


def test_time_section(*_given: object) -> None:
    """The factor and its cost; below it a mean before and after a bend, which follows the hand."""
    say(KEY, "test_time")
    entries = [Named(f"{keep:g}", f"{keep:g}") for keep in KEEPS]
    keep = float(
        choice(_("keep probability q"), entries, key=f"{KEY}.q", widget=st.segmented_control)
    )
    words = _("Three networks learn with a keep probability of {keep}", keep=f"{keep:g}")
    found = waited(KEPT, keep, words, lambda told: factors(keep, told))
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        _chart(found)
    with right:
        _rules(found)
    say(KEY, "test_time_notice")
    _bend()
    fold = code_fold(_("Both forms in PyTorch"), f"{KEY}.test_time_code")
    if fold.open:
        with fold:
            show_script(KEY, SCRIPT, "deepglass_test_time")


def _chart(found: Factors) -> None:
    if st.session_state.get(f"{FACTOR}.of") not in (None, found.keep):
        st.session_state.pop(f"{FACTOR}.factor", None)
    st.session_state[f"{FACTOR}.of"] = found.keep
    at = place_in_view(FACTOR, "factor", 0, float(FACTORS[-1]), found.keep)
    values = np.stack([100 * found.accuracy.mean(0), found.loss.mean(0)])
    line = Line(_("mean of three networks"), stroke(0, theme()), values)
    marks = [Mark(found.keep, "q"), Mark(1.0, "1")]
    if found.keep != 1 - found.keep:
        marks.insert(0, Mark(round(1 - found.keep, 9), "1 − q"))
    message = curves_message(
        FACTOR, [replace(one, short=_(one.short)) for one in PANELS], [line], low=0,
        reach=float(FACTORS[-1]), at=at, number=pinned_number(FACTOR), marks=marks,
        symbol=_("factor"),
        alt=_("Accuracy and loss over the factor by which activations are multiplied."),
    )  # fmt: skip
    curves(FACTOR, message)


def _rules(found: Factors) -> None:
    rules = (
        (_("q, the keep probability"), found.keep),
        (_("1 − q, the drop probability"), 1 - found.keep),
        (_("1, nothing is done"), 1.0),
    )
    rows = []
    for title, factor in rules:
        accuracy, loss = found.at(factor)
        right = percent(float(accuracy.mean()))
        rows.append([title, f"{factor:.1f}", right, f"{loss.mean():.2f}"])
    heads = [_("times"), _("factor"), _("accuracy"), _("loss")]
    table(heads, rows, caption=_("Three rules for test time"))
    right, mixed = (found.at(factor)[0].mean() for factor in (found.keep, 1 - found.keep))
    if found.keep == 1 - found.keep:
        st.markdown(_("At one half q and 1 − q are the same, so nobody notices a mix-up."))
    else:
        lost = f"{100 * (right - mixed):.0f}"
        st.markdown(_("**The mix-up costs {points} points of accuracy here.**", points=lost))


def _bend() -> None:
    say(KEY, "bend")
    found = waited(BENT, "digits", _("A network learns"), _learned)
    moved = live.values(BEND, PARAMETERS)
    address = live.live_picture(BEND, _renderer(found, moved.values))
    controls, beside = st.columns([1, 2.4], gap="medium")
    with controls:
        live.sliders(BEND, PARAMETERS, moved, address=address)
        _over_all(found, moved.values[Q.name])
    with beside:
        number = max(moved.number, pinned_number(BEND))
        at = place_in_view(BEND, "z", -REACH, REACH, 0)
        curves(BEND, _bend_message(found, moved.values, number, at, theme()))
    live.write_to_url(BEND, PARAMETERS, moved.values)
    say(KEY, "bend_notice")


def _learned(told: Callable[[float], None]) -> Bend:
    network = trained(PLACES["before"], told=told)
    found = Bend(network, network.activations(digits().validation_inputs, 2))
    found.means(KEEP)
    return found


def _over_all(found: Bend, keep: float) -> None:
    before, after = found.means(keep)
    scaled = found.scaled(keep)
    bent = leaky(scaled)
    more = (after - bent).mean() / bent.mean()
    rows = [
        [_("z, before the bend"), short(float(np.abs(before - scaled).max()), 1)],
        [_("f(z), after it"), short(float(np.abs(after - bent).max()), 2)],
    ]
    heads = [_("1,000 digits, 12 units"), _("mean − scaled, at most")]
    table(heads, rows, caption=_("The mean over all masks against the scaled network"))
    st.caption(
        _("On average the mean is {share} larger than what the scaled network gives.",
          share=percent(float(more)))
    )  # fmt: skip


@cache
def _pictures() -> tuple[int, ...]:
    """The first digit of each class among those that were never learned."""
    labels = digits().validation_labels
    return tuple(int(np.flatnonzero(labels == digit)[0]) for digit in range(10))


def _bend_message(
    found: Bend, values: Mapping[str, float], number: int, at: float, colours: Theme
) -> bytes:
    keep, unit = values[Q.name], round(values[UNIT.name]) - 1
    picture = _pictures()[round(values[DIGIT.name])]
    sums, chances = found.sums(picture, unit), mask_chances(keep)
    mean, bent = float(chances @ sums), float(chances @ leaky(sums))
    edges = np.linspace(-REACH, REACH, BINS + 1)
    density = np.histogram(np.clip(sums, -REACH, REACH), edges, weights=chances)[0]
    places = np.linspace(-REACH, REACH, BINS)
    none = np.full(BINS, np.nan)
    after = float(leaky(np.array(mean)))

    def dot(title: str, look: Stroke, height: float) -> Line:
        return Line(title, look, np.stack([none, none]), points=[[], [(mean, height)]])

    lines = [
        Line(_("each mask"), stroke(0, colours), np.stack([density, none])),
        Line("f", stroke(7, colours), np.stack([none, leaky(places)])),
        dot(_("mean of f(z): {value}", value=short(bent, 3)), stroke(1, colours), bent),
        dot(_("f of the mean: {value}", value=short(after, 3)), stroke(3, colours), after),
    ]
    marks = [Mark(mean, _("mean of z: {value}", value=short(mean, 3)))]
    return curves_message(
        BEND, [replace(one, short=_(one.short)) for one in BEND_PANELS], lines, reach=REACH, at=at,
        number=number, marks=marks, symbol="z",
        alt=_("The distribution of a unit's sum over all masks, and its mean before and after."),
    )  # fmt: skip


def _renderer(found: Bend, resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()
    at = place_in_view(BEND, "z", -REACH, REACH, 0)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _bend_message(found, values, number, at, colours)

    return render


SCRIPT = '''"""Dropout by hand, in both forms: scaled at test time, and inverted as in PyTorch."""

import torch

torch.manual_seed(0)
KEEP = 0.7  # q, the probability to be kept; nn.Dropout is given 1 - q
layer = torch.nn.Linear(1000, 5)
inputs = torch.rand(1, 1000)

masks = (torch.rand(4000, 1000) < KEEP).float()
with torch.no_grad():
    classic = layer(masks * inputs).mean(0)  # in training: nothing is divided
    at_test = layer(KEEP * inputs)[0]  # at test time: times q, not times 1 - q
    inverted = layer(masks * inputs / KEEP).mean(0)  # in training: divided by q
    plain = layer(inputs)[0]  # at test time: as it is

    dropout = torch.nn.Dropout(p=1 - KEEP)
    library = layer(dropout(inputs.expand(4000, -1))).mean(0)

print("scaled at test time:", (classic - at_test).abs().max().item())
print("inverted:           ", (inverted - plain).abs().max().item())
print("torch.nn.Dropout:   ", (library - plain).abs().max().item())
assert (classic - at_test).abs().max() < 0.02
assert (inverted - plain).abs().max() < 0.03
assert (library - plain).abs().max() < 0.03
'''
