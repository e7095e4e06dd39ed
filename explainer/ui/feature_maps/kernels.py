"""The first layer's kernels beside the hand-made ones: all by likeness, one of them closely."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import nn

from explainer.charts.feature_maps.kernel_likeness import (
    BETWEEN,
    chance_points,
    chance_spec,
    hand_made_weights,
    large_pattern,
    pairs,
)
from explainer.charts.maps import painted, span_of
from explainer.charts.montage import kernel_picture
from explainer.charts.theme import Theme
from explainer.convolution import grid
from explainer.convolution.bank import Bank, bank
from explainer.convolution.kernels import KERNELS
from explainer.messages import linked_whole
from explainer.networks.visualisation.first_kernels import (
    READINGS,
    Compared,
    Pattern,
    Reading,
    compared,
    first_convolution,
    responses,
)
from explainer.networks.zoo.preprocessing import as_input
from explainer.ui.common.appearance import theme
from explainer.ui.common.maps import maps_montage
from explainer.ui.common.picture import Chosen
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import escaped, say
from explainer.ui.common.tables import table
from explainer.ui.feature_maps.page import KEY, Subject
from explainer.ui.filters.controls import OWN

COLUMNS, SIDE, GAP = 6, 48, 12
KERNEL, RESPONSE = 100, 208
MOST_TAPS_LISTED = 25
DIGITS = 4
COLOURS = ("red", "green", "blue")


def first_kernels(looked: Subject, chosen: Chosen) -> None:
    """The comparison, on demand; nothing for a network that does not begin with a convolution."""
    convolution = first_convolution(looked.network, looked.layers)
    if convolution is None:
        return
    say(KEY, "kernels")
    if not st.toggle(
        "Compare its first kernels with hand-made ones",
        key=f"{KEY}.kernels",
        bind="query-params",
        persist_state="session",
    ):
        return
    reading = _reading()
    found, among = compared(convolution, reading), bank(convolution.kernel_size[0])
    _verdict(found, among)
    one = _choice(found, among)
    if one.match is None:
        st.info(f"The colours of kernel {one.index} cancel on grey: nothing is left to compare.")
        return
    _closely(one, among, chosen)
    _side_by_side(looked, convolution, one)
    _arithmetic(one)
    say(KEY, "chance")
    _chance(found, among)


def _reading() -> Reading:
    titles = {one.title: one for one in READINGS}
    title = st.segmented_control(
        "Compared", list(titles), default=READINGS[0].title, required=True,
        key=f"{KEY}.reading", bind="query-params", persist_state="session",
        help=" ".join(f"{one.title.capitalize()}: {one.meaning}" for one in READINGS),
    )  # fmt: skip
    return titles[str(title)]


def _verdict(found: Sequence[Compared], among: Bank) -> None:
    close = sum(one.strength >= among.threshold for one in found)
    by_chance = 0.05 * len(found)
    st.markdown(
        f"**{close} of {len(found)}** kernels are closer to a hand-made one than 95 % of random "
        f"{among.size} × {among.size} kernels are (|r| ≥ {among.threshold:.2f}); by chance it "
        f"would be {by_chance:.1f}. Left in each pair is the learned kernel, right the closest of "
        f"{len(among.kernels)} hand-made ones, pale where it is not that close."
    )


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
        selected=indices.index(current) if current in indices else 0,
        alt="Learned kernels, each beside the hand-made one it resembles most, the closest first.",
    )
    one = found[place or 0]
    st.session_state[kept] = one.index
    st.query_params[f"{KEY}.kernel"] = str(one.index)
    return one


def _linked(indices: Sequence[int]) -> int:
    found = linked_whole(st.query_params.get(f"{KEY}.kernel"), 0, max(indices))
    return found if found is not None and found in indices else indices[0]


def _label(one: Compared, among: Bank) -> str:
    if one.match is None:
        return f"Kernel {one.index}: its colours cancel"
    if one.strength < among.threshold:
        return f"Kernel {one.index}: nothing close, r = {_signed(one.match.correlation)}"
    return f"Kernel {one.index}: {_words(one)}, r = {_signed(one.match.correlation)}"


def _words(one: Compared) -> str:
    assert one.match is not None
    return ("− " if one.match.correlation < 0 else "") + one.match.kernel.words


def _closely(one: Compared, among: Bank, chosen: Chosen) -> None:
    assert one.match is not None
    correlation, colours = one.match.correlation, theme()
    if one.strength >= among.threshold:
        verdict = f"Kernel {one.index} is close to **{escaped(_words(one))}**"
    else:
        verdict = (
            f"**Nothing hand-made is close to kernel {one.index}.** The nearest is "
            f"{escaped(_words(one))}"
        )
    st.markdown(
        f"{verdict}: r = {_signed(correlation, 3)}. Of {len(among.by_chance):,} random kernels, "
        f"{_chance_words(one, among)} close to one."
    )
    entries = _kernel_figures(one, colours)
    figures(entries, width=KERNEL + 8)
    if correlation < 0:
        st.caption(
            "The hand-made kernel is shown with its sign turned: the same detector, negated."
        )
    with st.container(horizontal=True, gap="small"):
        st.link_button(
            f"{one.match.kernel.title} on the Filters page", hand_made_link(one, chosen),
            icon=":material/open_in_new:",
        )  # fmt: skip
        st.link_button(
            "The learned kernel there", own_link(one.pattern.weights, chosen),
            icon=":material/open_in_new:",
        )  # fmt: skip


def _chance_words(one: Compared, among: Bank) -> str:
    count = round((1 - one.unlikely) * len(among.by_chance))
    return f"{count:,} {'is' if count == 1 else 'are'} that" if count else "none is that"


def _kernel_figures(one: Compared, colours: Theme) -> list[tuple[str, str]]:
    taps = np.ascontiguousarray(one.kernel.transpose(1, 2, 0))
    reach = float(np.abs(taps).max()) or 1.0
    learned = inline(kernel_picture(taps, reach, colours), alt="The kernel.", height=KERNEL)
    pattern = inline(
        large_pattern(one.pattern.weights, colours), alt="Its one pattern.", height=KERNEL
    )
    made = inline(
        large_pattern(hand_made_weights(one), colours), alt="The hand-made one.", height=KERNEL
    )
    mixture = _mixture(one.pattern) if len(one.kernel) == len(COLOURS) else ""
    return [
        (learned, "<b>learned</b>" + (", grey is zero" if len(one.kernel) == 3 else "")),
        (pattern, f"its pattern: {one.pattern.share:.0%} of it{escape(mixture)}"),
        (made, f"<b>hand-made</b>: {escape(_words(one))}"),
    ]


def _mixture(pattern: Pattern) -> str:
    shares = zip(COLOURS, pattern.mixture, strict=True)
    return ", over " + ", ".join(f"{name} {_signed(value)}" for name, value in shares)


def hand_made_link(one: Compared, chosen: Chosen) -> str:
    """The Filters page with the hand-made kernel: by name with its parameters, or as weights."""
    assert one.match is not None
    made = one.match.kernel
    if not made.slug:
        return own_link(made.weights, chosen)
    query = {"filters.kernel": KERNELS[made.slug].title}
    query |= {f"filters.{name}": f"{value:g}" for name, value in made.parameters}
    return _filters(query, chosen)


def own_link(weights: NDArray[np.float64], chosen: Chosen) -> str:
    """The Filters page with these weights as one's own, the largest of them 1 or −1."""
    scaled = np.round(weights / (np.abs(weights).max() or 1.0), DIGITS)
    query = {"filters.kernel": OWN, "filters.weights": grid.format(scaled)}
    return _filters(query, chosen)


def _filters(query: dict[str, str], chosen: Chosen) -> str:
    if chosen.slug:
        query = {"picture": chosen.slug, **query}
    return f"filters?{urlencode(query)}"


def _side_by_side(looked: Subject, convolution: nn.Conv2d, one: Compared) -> None:
    say(KEY, "responses")
    given = responses(convolution, as_input(looked.photo, looked.entry), one)
    both = np.stack([given.learned, given.hand_made])
    span, colours = span_of(both), theme()
    entries = [(inline(looked.photo, alt="The photo.", height=RESPONSE, smooth=True), "the photo")]
    for name, values in (("the learned kernel", both[0]), ("the hand-made one", both[1])):
        codes = painted(np.ascontiguousarray(values), span, colours)
        entries.append((inline(codes, alt=f"What {name} gives.", height=RESPONSE), name))
    figures(entries)
    if np.isfinite(given.correlation):
        st.caption(
            f"Both on one scale, blue below zero, red above. From pixel to pixel the two answers "
            f"correlate with {_signed(given.correlation)}. A photo is smooth and its colours go "
            "together, so this can be more or less than the likeness of the kernels."
        )


def _arithmetic(one: Compared) -> None:
    assert one.match is not None
    a, b = one.pattern.weights.ravel(), one.match.kernel.weights.ravel()
    if len(a) > MOST_TAPS_LISTED:
        return
    with st.expander("The arithmetic of r"):
        a, b, side = a / np.linalg.norm(a), b / np.linalg.norm(b), len(one.pattern.weights)
        rows = [
            [
                f"{place // side + 1}, {place % side + 1}",
                *(_signed(value, 3) for value in (x, y, x * y)),
            ]
            for place, (x, y) in enumerate(zip(a, b, strict=True))
        ]
        rows.append(["sum", "", "", f"<b>{_signed(float(a @ b), 3)}</b>"])
        table(["row, column", "learned / its length", "hand-made / its length", "product"], rows)


def _chance(found: Sequence[Compared], among: Bank) -> None:
    st.vega_lite_chart(
        chance_points(found, among),
        chance_spec(theme()),
        key=f"{KEY}.chance",
        alt="How close random kernels and the learned kernels come to a hand-made one.",
    )
    half = float(np.median(among.by_chance))
    st.caption(
        f"{len(among.by_chance):,} random kernels of {among.size} × {among.size} independent "
        f"normal weights against the same {len(among.kernels)} hand-made ones: half of them find "
        f"one with |r| ≥ {half:.2f}, one in twenty with |r| ≥ {among.threshold:.2f} (dashed)."
    )


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace("-", "−")
