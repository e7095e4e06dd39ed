"""The first layer's kernels beside the hand-made ones: all by likeness, one of them closely."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explainer.charts.feature_maps.kernel_likeness import (
    BETWEEN,
    chance_points,
    chance_spec,
    pairs,
)
from explainer.convolution.bank import Bank, bank
from explainer.messages import linked_whole
from explainer.networks.visualisation.first_kernels import (
    READINGS,
    Compared,
    Reading,
    compared,
    first_convolution,
)
from explainer.ui.common.address import keep_in_link
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import choice
from explainer.ui.common.maps import maps_montage
from explainer.ui.common.picture import Chosen
from explainer.ui.common.prose import say
from explainer.ui.feature_maps.one_kernel import (
    arithmetic,
    closely,
    side_by_side,
    signed,
    words_of,
)
from explainer.ui.feature_maps.subject import KEY, Subject
from explainer.words import _

COLUMNS, SIDE, GAP = 6, 48, 12


def first_kernels(looked: Subject, chosen: Chosen) -> None:
    """The comparison, or that the network does not begin with a convolution."""
    convolution = first_convolution(looked.network, looked.layers)
    if convolution is None:
        st.info(_("This network does not begin with a convolution of square kernels."))
        return
    say(KEY, "kernels")
    reading = _reading()
    found, among = compared(convolution, reading), bank(convolution.kernel_size[0])
    _verdict(found, among)
    one = _choice(found, among)
    if one.match is None:
        st.info(
            _(
                "The colours of kernel {index} cancel on grey: nothing is left to compare.",
                index=one.index,
            )
        )
        return
    closely(one, among, chosen)
    side_by_side(looked, convolution, one)
    arithmetic(one)
    say(KEY, "chance")
    _chance(found, among)


def _reading() -> Reading:
    slug = choice(
        _("Compared"), READINGS, key=f"{KEY}.reading", widget=st.segmented_control,
        help="\n\n".join(f"**{_(one.title)}:** {_(one.meaning)}" for one in READINGS),
    )  # fmt: skip
    return READINGS[slug]


def _verdict(found: Sequence[Compared], among: Bank) -> None:
    close = sum(one.strength >= among.threshold for one in found)
    by_chance = 0.05 * len(found)
    st.markdown(
        _(
            "**{close} of {count}** kernels are closer to a hand-made one than 95 % of random "
            "{size} × {size} kernels are (|r| ≥ {threshold}); by chance it would be {by_chance}. "
            "Left in each pair is the learned kernel, with the number of the map it makes, right "
            "the closest of {made} hand-made ones, pale where it is not that close.",
            close=close, count=len(found), size=among.size, threshold=f"{among.threshold:.2f}",
            by_chance=f"{by_chance:.1f}", made=len(among.kernels),
        )
    )  # fmt: skip


def _choice(found: Sequence[Compared], among: Bank) -> Compared:
    indices = [one.index for one in found]
    kept = f"{KEY}.kernel_chosen"
    current = int(st.session_state.get(kept, _linked(indices)))
    columns = min(COLUMNS, len(found))
    place = maps_montage(
        f"{KEY}.kernels",
        pairs(found, among, theme(), side=SIDE, columns=columns, gap=GAP),
        columns=columns,
        tile=(SIDE, 2 * SIDE + BETWEEN),
        gap=GAP,
        labels=[_label(one, among) for one in found],
        numbers=indices,
        selected=indices.index(current) if current in indices else 0,
        alt=_(
            "Learned kernels, each beside the hand-made one it resembles most, the closest first."
        ),
    )
    one = found[place or 0]
    st.session_state[kept] = one.index
    keep_in_link(f"{KEY}.kernel", str(one.index))
    return one


def _linked(indices: Sequence[int]) -> int:
    found = linked_whole(st.query_params.get(f"{KEY}.kernel"), 0, max(indices))
    return found if found is not None and found in indices else indices[0]


def _label(one: Compared, among: Bank) -> str:
    if one.match is None:
        return _("Kernel {index}: its colours cancel", index=one.index)
    r = signed(one.match.correlation)
    if one.strength < among.threshold:
        return _("Kernel {index}: nothing close, r = {r}", index=one.index, r=r)
    return _("Kernel {index}: {name}, r = {r}", index=one.index, name=words_of(one), r=r)


def _chance(found: Sequence[Compared], among: Bank) -> None:
    chart(
        chance_points(found, among),
        chance_spec(theme()),
        key=f"{KEY}.chance",
        alt=_("How close random kernels and the learned kernels come to a hand-made one."),
    )
    half = float(np.median(among.by_chance))
    st.caption(
        _(
            "{count} random kernels of {size} × {size} independent normal weights against the same "
            "{made} hand-made ones: half of them find one with |r| ≥ {half}, one in twenty with "
            "|r| ≥ {threshold} (dashed).",
            count=f"{len(among.by_chance):,}", size=among.size, made=len(among.kernels),
            half=f"{half:.2f}", threshold=f"{among.threshold:.2f}",
        )
    )  # fmt: skip
