"""The first layer of a network over λ: the length of each unit's weights, and their pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.activations.curves import stroke
from explainer.charts.penalties.pixel_weights import weight_picture
from explainer.charts.theme import Theme, centred
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent, power_of_ten, short
from explainer.regularisation.network_path import (
    COUNT,
    HIDDEN,
    HIGHEST,
    LOWEST,
    PER_DECADE,
    POWERS,
    SIDE,
    STEPS,
    TRAINING,
    VALIDATED,
    NetworkPath,
    network_path,
)
from explainer.ui.augmentation.tiles import Tile, tiles, tiles_message
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.curves import (
    Line,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.pictures import colour_bar
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.words import N_, _, ngettext

KEY = "penalties"
NETWORK, TILES = f"{KEY}.network", f"{KEY}.network_tiles"
PENALTIES = (Named("l1", N_("L1")), Named("l2", N_("L2")))
PANEL = (Panel(N_("Length of each unit’s weights, over λ"), N_("length"), 300),)
KEPT: Kept[str, NetworkPath] = Kept(4 * MEGABYTE, lambda one: one.weights.nbytes)
SHOWN, LARGER = 72, 4
PARAMETERS = (STRENGTH,) = (
    Parameter("power", N_("log₁₀ λ"), -2.25, LOWEST, HIGHEST, 1 / PER_DECADE),
)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the slider is moved: the networks, which penalty, and the colours."""

    found: NetworkPath
    penalty: int
    colours: Theme


def network_fold() -> None:
    """A fold; where it is open, the first layer of networks that learned with many λ."""
    fold = st.expander(
        _("The same in a network: its first layer"), key=f"{KEY}.network_fold",
        icon=":material/hub:", bind="query-params",
    )  # fmt: skip
    if fold.open:
        with fold:
            say(KEY, "network")
            _first_layer()


def _first_layer() -> None:
    slug = choice(
        _("Penalty"), PENALTIES, key=f"{KEY}.network_by", widget=st.segmented_control
    )  # fmt: skip
    penalty = [one.slug for one in PENALTIES].index(slug)
    if (pinned := pinned_x(NETWORK)) is not None:
        live.put(NETWORK, STRENGTH, pinned)
    moved, colours, slot = live.values(NETWORK, PARAMETERS), theme(), st.empty()
    at = _place(moved.values)
    found = waited(
        KEPT, "digits", _("{count} networks learn", count=COUNT),
        lambda told: network_path(
            told=told, seen=lambda so_far: _so_far(slot, _Shown(so_far, penalty, colours), at)
        ),
    )  # fmt: skip
    slot.empty()
    shown = _Shown(found, penalty, colours)
    address = live.live_picture(NETWORK, _renderer(moved.values, shown))
    left, right = st.columns([1.4, 1], gap="medium")
    number = max(moved.number, pinned_number(NETWORK))
    with left:
        curves(NETWORK, _curves_message(shown, at, number))
    with right:
        live.sliders(NETWORK, PARAMETERS, moved, address=address)
        tiles(TILES, _tiles_message(shown, at, number))
        first, last = _("negative weights"), _("positive; each unit has its own scale")
        st.html(colour_bar(centred(colours), first, last))
    live.write_to_url(NETWORK, PARAMETERS, moved.values)
    st.markdown("\n".join(f"- {_said(found, one, at)}" for one in (0, 1)))
    st.caption(
        _(
            "Digits of {side} × {side} pixels, {units} hidden units (ReLU), {training} pictures, "
            "{steps} steps over all of them, one start for all; accuracy on {validated} others.",
            side=SIDE, units=HIDDEN, training=TRAINING, steps=STEPS, validated=f"{VALIDATED:,}",
        )
    )  # fmt: skip
    say(KEY, "network_notice")


def _place(values: Mapping[str, float]) -> int:
    """Which of the networks has the strength that is chosen."""
    return round((values[STRENGTH.name] - LOWEST) * PER_DECADE)


def _so_far(slot: DeltaGenerator, shown: _Shown, at: int) -> None:
    """The weights while they are learned, and after how many steps they are so."""
    with slot.container():
        st.caption(
            ngettext(
                "λ = {strength}, after {count} step", "λ = {strength}, after {count} steps",
                shown.found.steps, strength=_strength(at),
            )
        )  # fmt: skip
        montage = np.hstack([np.pad(one, ((0, 0), (0, 4), (0, 0))) for one in _pictures(shown, at)])
        st.image(montage, width=HIDDEN * (SIDE * LARGER + 4))


def _renderer(resting: Mapping[str, float], shown: _Shown) -> Render:
    """What answers a drag: the lines with the λ that is read, and with them the pictures."""
    resting = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        at = _place({one.name: live.first_sound(one, [moved, resting]) for one in PARAMETERS})
        return _curves_message(shown, at, number, (TILES, _tiles_message(shown, at, number)))

    return render


def _curves_message(
    shown: _Shown, at: int, number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    norms = shown.found.norms[shown.penalty]
    lines = [
        Line(_("unit {number}", number=unit + 1), stroke(unit, shown.colours), norms[None, :, unit])
        for unit in range(HIDDEN)
    ]
    span = (0.0, float(shown.found.norms.max()))
    return curves_message(
        NETWORK, [replace(one, short=_(one.short), span=span) for one in PANEL], lines,
        reach=HIGHEST, low=LOWEST, at=float(POWERS[at]), number=number, symbol=_("log₁₀ λ"),
        also=also, alt=_("The length of each unit's weights in the first layer, over λ."),
    )  # fmt: skip


def _tiles_message(shown: _Shown, at: int, number: int) -> bytes:
    weights = shown.found.weights[shown.penalty, at]
    zeros, name = (weights == 0).sum(-1), _(PENALTIES[shown.penalty].title)
    pictures = torch.from_numpy(np.stack(_pictures(shown, at))).permute(0, 3, 1, 2) / 255
    said = [
        Tile(
            [
                (_("unit {number}", number=unit + 1), False),
                (_zeros(int(none)), bool(none == SIDE**2)),
            ],
            _("Unit {number}: {zeros}", number=unit + 1, zeros=_zeros(int(none))),
        )
        for unit, none in enumerate(zeros)
    ]
    alt = _(
        "The weights of each unit at λ = {strength}, {penalty}.", strength=_strength(at),
        penalty=name,
    )  # fmt: skip
    return tiles_message(TILES, pictures, said, number=number, alt=alt, shown=SHOWN)


def _zeros(count: int) -> str:
    return _("all 0") if count == SIDE**2 else ngettext("{count} zero", "{count} zeros", count)


def _pictures(shown: _Shown, at: int) -> Sequence[np.ndarray]:
    """The weights of each unit in colours, larger, RGB `(H, W, 3)`; where they are 0, the page."""
    empty = np.zeros((SIDE, SIDE))
    return [
        weight_picture(one.reshape(SIDE, SIDE), empty, shown.colours)
        .repeat(LARGER, 0)
        .repeat(LARGER, 1)
        for one in shown.found.weights[shown.penalty, at]
    ]


def _strength(at: int) -> str:
    return short(float(10 ** POWERS[at]), 2)


def _said(found: NetworkPath, penalty: int, at: int) -> str:
    """How many weights and units are 0 at this λ, how right that is, and where it is best."""
    best = int(found.accuracy[penalty].argmax())
    return _(
        "**{name}** at λ = {strength}: **{zeros} of {all}** weights of the first layer are exactly "
        "0, {idle} of {units} units have no other; the smallest weight that is left is {least}. "
        "{accuracy} of validation is right; at the best λ, {best}, {most}.",
        name=_(PENALTIES[penalty].title), strength=_strength(at),
        zeros=int(found.zeros[penalty, at]), all=HIDDEN * SIDE**2,
        idle=int(found.idle[penalty, at]), units=HIDDEN,
        least=_least(found.weights[penalty, at]),
        accuracy=percent(float(found.accuracy[penalty, at])), best=_strength(best),
        most=percent(float(found.accuracy[penalty, best])),
    )  # fmt: skip


def _least(weights: np.ndarray) -> str:
    left = np.abs(weights[weights != 0])
    return power_of_ten(float(left.min())) if len(left) else _("none")
