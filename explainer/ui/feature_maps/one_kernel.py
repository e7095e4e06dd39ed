"""One of the first kernels closely: beside the nearest hand-made one, and what both give."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from torch import nn

from explainer.charts.feature_maps.kernel_likeness import hand_made_weights, large_pattern
from explainer.charts.maps import painted, span_of
from explainer.charts.montage import kernel_picture
from explainer.charts.theme import Theme
from explainer.convolution import grid
from explainer.convolution.bank import Bank
from explainer.networks.visualisation.first_kernels import Compared, Pattern, responses
from explainer.networks.zoo.preprocessing import as_input
from explainer.ui.common.appearance import theme
from explainer.ui.common.picture import Chosen
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import escaped, say
from explainer.ui.common.tables import table
from explainer.ui.feature_maps.subject import KEY, Subject
from explainer.ui.filters.controls import OWN
from explainer.words import N_, _, ngettext

KERNEL, RESPONSE = 100, 208
MOST_TAPS_LISTED = 25
DIGITS = 4
COLOURS = (N_("red {share}"), N_("green {share}"), N_("blue {share}"))


def closely(one: Compared, among: Bank, chosen: Chosen) -> None:
    """The kernel, its pattern and the hand-made one, how close by chance, and links to Filters."""
    assert one.match is not None
    correlation, colours = one.match.correlation, theme()
    known = {"index": one.index, "name": escaped(words_of(one)), "r": signed(correlation)}
    if one.strength >= among.threshold:
        verdict = _("Kernel {index} is close to **{name}**: r = {r}.", **known)
    else:
        verdict = _(
            "**Nothing hand-made is close to kernel {index}.** The nearest is {name}: r = {r}.",
            **known,
        )
    st.markdown(f"{verdict} {_chance_words(one, among)}")
    entries = _kernel_figures(one, colours)
    figures(entries, width=KERNEL + 8)
    if correlation < 0:
        st.caption(
            _("The hand-made kernel is shown with its sign turned: the same detector, negated.")
        )
    with st.container(horizontal=True, gap="small"):
        st.link_button(
            _("{kernel} on the Filters page", kernel=one.match.kernel.title),
            hand_made_link(one, chosen), icon=":material/open_in_new:",
        )  # fmt: skip
        st.link_button(
            _("The learned kernel there"), own_link(one.pattern.weights, chosen),
            icon=":material/open_in_new:",
        )  # fmt: skip


def _chance_words(one: Compared, among: Bank) -> str:
    count = round((1 - one.unlikely) * len(among.by_chance))
    total = f"{len(among.by_chance):,}"
    if not count:
        return _("Of {total} random kernels, none is that close to one.", total=total)
    return ngettext(
        "Of {total} random kernels, {shown} is that close to one.",
        "Of {total} random kernels, {shown} are that close to one.",
        count, shown=f"{count:,}", total=total,
    )  # fmt: skip


def _kernel_figures(one: Compared, colours: Theme) -> list[tuple[str, str]]:
    taps = np.ascontiguousarray(one.kernel.transpose(1, 2, 0))
    reach = float(np.abs(taps).max()) or 1.0
    learned = inline(kernel_picture(taps, reach, colours), alt=_("The kernel."), height=KERNEL)
    pattern = inline(
        large_pattern(one.pattern.weights, colours), alt=_("Its one pattern."), height=KERNEL
    )
    made = inline(
        large_pattern(hand_made_weights(one), colours), alt=_("The hand-made one."), height=KERNEL
    )
    words = _("<b>hand-made</b>: {name}", name=escape(words_of(one)))
    coloured = len(one.kernel) == len(COLOURS)
    title = _("<b>learned</b>, grey is zero") if coloured else _("<b>learned</b>")
    return [(learned, title), (pattern, _pattern_words(one.pattern)), (made, words)]


def _pattern_words(pattern: Pattern) -> str:
    share = f"{pattern.share:.0%}"
    if len(pattern.mixture) != len(COLOURS):
        return _("its pattern: {share} of it", share=share)
    shares = zip(COLOURS, pattern.mixture, strict=True)
    mixture = ", ".join(_(message, share=signed(value)) for message, value in shares)
    return _("its pattern: {share} of it, over {mixture}", share=share, mixture=mixture)


def hand_made_link(one: Compared, chosen: Chosen) -> str:
    """The Filters page with the hand-made kernel: by name with its parameters, or as weights."""
    assert one.match is not None
    made = one.match.kernel
    if not made.slug:
        return own_link(made.weights, chosen)
    query = {"filters.kernel": made.slug}
    query |= {f"filters.{name}": f"{value:g}" for name, value in made.parameters}
    return _filters(query, chosen)


def own_link(weights: NDArray[np.float64], chosen: Chosen) -> str:
    """The Filters page with these weights as one's own, the largest of them 1 or −1."""
    scaled = np.round(weights / (np.abs(weights).max() or 1.0), DIGITS)
    query = {"filters.kernel": OWN.slug, "filters.weights": grid.format(scaled)}
    return _filters(query, chosen)


def _filters(query: dict[str, str], chosen: Chosen) -> str:
    if chosen.slug:
        query = {"picture": chosen.slug, **query}
    return f"filters?{urlencode(query)}"


def side_by_side(looked: Subject, convolution: nn.Conv2d, one: Compared) -> None:
    """What the learned kernel and the hand-made one give for the photo, on one scale."""
    say(KEY, "responses")
    given = responses(convolution, as_input(looked.photo, looked.entry), one)
    both = np.stack([given.learned, given.hand_made])
    span, colours = span_of(both), theme()
    photo = inline(looked.photo, alt=_("The photo."), height=RESPONSE, smooth=True)
    learned, made = (painted(np.ascontiguousarray(one), span, colours) for one in both)
    entries = [
        (photo, _("the photo")),
        (inline(learned, alt=_("What the learned kernel gives."), height=RESPONSE),
         _("the learned kernel")),
        (inline(made, alt=_("What the hand-made one gives."), height=RESPONSE),
         _("the hand-made one")),
    ]  # fmt: skip
    figures(entries)
    if np.isfinite(given.correlation):
        st.caption(
            _(
                "Both on one scale, blue below zero, red above. From pixel to pixel the two "
                "outputs correlate with {r}. A photo is smooth and its colours go together, so "
                "this can be more or less than the likeness of the kernels.",
                r=signed(given.correlation),
            )
        )


def arithmetic(one: Compared) -> None:
    """The products whose sum is r, a row for each tap; of more than 25 taps nothing."""
    assert one.match is not None
    a, b = one.pattern.weights.ravel(), one.match.kernel.weights.ravel()
    if len(a) > MOST_TAPS_LISTED:
        return
    with st.expander(_("The arithmetic of r")):
        a, b, side = a / np.linalg.norm(a), b / np.linalg.norm(b), len(one.pattern.weights)
        rows = [
            [
                f"{place // side + 1}, {place % side + 1}",
                *(signed(value, 3) for value in (x, y, x * y)),
            ]
            for place, (x, y) in enumerate(zip(a, b, strict=True))
        ]
        sum_, r = (signed(float(a @ b), digits) for digits in (3, 2))
        rows.append([_("sum"), "", "", f"<b>{sum_} ≈ {r}</b>"])
        headings = [
            _("row, column"), _("learned / its length"), _("hand-made / its length"), _("product"),
        ]  # fmt: skip
        table(headings, rows)


def words_of(one: Compared) -> str:
    """What its nearest hand-made kernel is called, with a minus where that is negated."""
    assert one.match is not None
    return ("− " if one.match.correlation < 0 else "") + one.match.kernel.words


def signed(value: float, digits: int = 2) -> str:
    """A number with so many digits behind the point, and a true minus."""
    return f"{value:.{digits}f}".replace("-", "−")
