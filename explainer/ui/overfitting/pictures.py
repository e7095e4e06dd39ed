"""Bias and variance of networks, trees and neighbours on digits, and one digit read by all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.activations.curves import Stroke, stroke
from explainer.charts.theme import Theme
from explainer.generalisation.decomposition import WAYS, Parts, Way
from explainer.generalisation.pictures import (
    DRAWS,
    KINDS,
    TRAINING,
    Kind,
    Least,
    Measured,
    digits,
    least,
    measured,
)
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.training.instruments.student import NOISE, judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.overfitting.capacity import (
    Scales,
    Series,
    capacity_chart,
    capacity_message,
    clicked_number,
    kept_place,
)
from explainer.ui.overfitting.one_digit import one_digit
from explainer.words import N_, _, language

KEY = "overfitting"
NOISES = (Named("0", N_("0 %")), Named("0.2", N_("20 %")))
KEPT: Kept[tuple[str, float], Measured] = Kept(
    48 * MEGABYTE, lambda one: sum(each.nbytes for each in one.outputs)
)
PARTS: Kept[tuple[str, float, str], tuple[Parts, ...]] = Kept(
    8 * MEGABYTE, lambda some: sum(6 * one.error.nbytes for one in some)
)
VARIANCE, BIAS, GREY = 0, 6, 7  # as in the cloud


def pictures_section(*_given: object) -> None:
    """The menus, the areas over capacity, what they say, and one digit at the kept capacity."""
    say(KEY, "pictures")
    kind, way, wrong = _menus()
    slot = st.empty()
    found = waited(
        KEPT, (kind.slug, wrong), _("{draws} models learn at each capacity", draws=DRAWS),
        lambda told: measured(
            kind, digits(wrong), told, lambda so_far: _so_far(slot, so_far, way)
        ),
    )  # fmt: skip
    slot.empty()
    parts = _parts(found, way)
    best = remembered(f"{KEY}.least", (found, way), lambda: least(found, way))
    left, right = st.columns([1.45, 1], gap="large")
    with left:
        key = f"{KEY}.{kind.slug}"
        at = kept_place(key, len(found.capacities), best.place)
        number = clicked_number(key)
        message = remembered(
            f"{KEY}.areas", (found, way, at, number, theme(), language()),
            lambda: _message(key, found, parts, way, at, number, theme()),
        )  # fmt: skip
        capacity_chart(key, message)
    with right:
        _table(found, parts[at], way, at)
        st.markdown(_said(kind, way, best))
        st.caption(
            _(
                "{draws} models at each capacity, each learned {count} digits that no other saw; "
                "all answered the same 1,000 others. Pictures of 14 × 14 pixels.",
                draws=DRAWS, count=TRAINING,
            )
        )  # fmt: skip
    one_digit(found, at)
    say(KEY, "pictures_notice")


def _menus() -> tuple[Kind, Way, float]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = choice(_("Models"), KINDS, key=f"{KEY}.kind", widget=st.segmented_control)
        way = choice(_("Error"), WAYS, key=f"{KEY}.way", widget=st.segmented_control)
        wrong = choice(
            _("Labels drawn wrong"), NOISES, key=f"{KEY}.wrong", widget=st.segmented_control
        )
    return KINDS[kind], WAYS[way], float(wrong)


def _parts(found: Measured, way: Way) -> tuple[Parts, ...]:
    """The parts of each capacity, worked out once for all visitors."""
    key = (found.kind.slug, found.digits.wrong, way.slug)
    kept = PARTS.get(key)
    if kept is None or len(kept) != len(found.outputs):
        kept = _of_all(found, way)
        PARTS.put(key, kept)
    return kept


def _of_all(found: Measured, way: Way) -> tuple[Parts, ...]:
    data = found.digits
    return tuple(way.parts(one, data.test_labels, data.wrong) for one in found.outputs)


def _so_far(slot: DeltaGenerator, found: Measured, way: Way) -> None:
    key, last = f"{KEY}.so_far_{len(found.outputs)}", len(found.outputs) - 1
    with slot.container():
        parts = _of_all(found, way)
        capacity_chart(key, _message(key, found, parts, way, last, 0, theme()))


def _message(
    key: str,
    found: Measured,
    parts: Sequence[Parts],
    way: Way,
    at: int,
    number: int,
    colours: Theme,
) -> bytes:
    noise, bias, variance, error = (
        np.array([getattr(one, name).mean() for one in parts])
        for name in ("noise", "bias", "variance", "error")
    )
    flat = np.zeros_like(noise)
    net = _("variance") if way is WAYS["squared"] else _("c · variance")
    series = [
        _area(_("bias²") if way is WAYS["squared"] else _("bias"), BIAS, noise, bias, colours),
        _area(net, VARIANCE, noise + bias, variance, colours),
        Series(_("error, measured"), Stroke(colours.text, "", ""), np.stack([error] * 3)),
    ]
    if found.digits.wrong:
        series.insert(0, _area(_("noise of the labels"), GREY, flat, noise, colours))
    top = 1.1 * max(float(error.max()), 0.1)
    scales = Scales(
        _(way.title), _(found.kind.capacity), found.kind.capacities, (0.0, top),
        even=True,
    )  # fmt: skip
    return capacity_message(
        key, scales, [_whole(one, len(found.kind.capacities)) for one in series], at=at,
        number=number,
        alt=_("Noise, bias and variance on one another over capacity; their sum is the error."),
    )  # fmt: skip


def _whole(one: Series, count: int) -> Series:
    """As many places as there will be; those still to come are empty."""
    missing = count - one.values.shape[1]
    values = np.pad(one.values, ((0, 0), (0, missing)), constant_values=np.nan)
    return Series(one.title, one.stroke, values, one.area)


def _area(title: str, place: int, begin: np.ndarray, size: np.ndarray, colours: Theme) -> Series:
    return Series(title, stroke(place, colours), np.stack([begin, size, begin + size]), area=True)


def _table(found: Measured, parts: Parts, way: Way, at: int) -> None:
    """The sum at the kept capacity, and beside it what is measured on labels as they were drawn."""
    data = found.digits
    squared = way is WAYS["squared"]
    rows = [
        [_("bias²") if squared else _("bias"), f"{parts.bias.mean():.3f}"],
        [_("variance") if squared else _("c · variance"), f"{parts.variance.mean():.3f}"],
        [_("<b>their sum</b>"), f"<b>{_sum(parts):.3f}</b>"],
        [_("error, measured (± standard error)"), _with_error(parts.error)],
    ]
    if data.wrong:
        rows.insert(0, [_("noise of the labels"), f"{parts.noise.mean():.3f}"])
        drawn = way.against(found.outputs[at], data.test_drawn)
        rows.append([_("on labels as they were drawn"), _with_error(drawn)])
    heading = f"{_(found.kind.capacity)}: {found.capacities[at]}"
    table([heading, _(way.unit)], rows, caption=_("The parts of the error and their sum"))
    if not squared:
        st.caption(
            _(
                "The variance alone is {apart}: so often a model differs from the most frequent "
                "answer. It counts with the factor c = {factor}.",
                apart=f"{parts.apart.mean():.3f}", factor=f"{parts.factor:.2f}".replace("-", "−"),
            )
        )  # fmt: skip


def _sum(parts: Parts) -> float:
    return float((parts.noise + parts.bias + parts.variance).mean())


def _with_error(values: np.ndarray) -> str:
    """A mean over test digits, and its standard error."""
    error = float(values.std(ddof=1)) / len(values) ** 0.5
    return f"{values.mean():.3f} ± {error:.3f}"


def _said(kind: Kind, way: Way, best: Least) -> str:
    """Where the error is least, how much of it is bias, and whether it rises again."""
    named = f"{_(kind.capacity)}: {best.capacity}"
    first = _(
        "**{title}:** the least error is {error}, at *{capacity}*; **{share}** of it is bias.",
        title=_(kind.title), error=f"{best.error:.3f}", capacity=named, share=percent(best.bias),
    )  # fmt: skip
    if best.capacity == best.last:
        last = _("It is the largest capacity that was tried.")
        return f"{first} {last}"
    numbers = {
        name: f"{value:z.3f}".replace("-", "−")
        for name, value in (("loss", best.loss), ("low", best.low), ("high", best.high))
    }
    verdict = judged(best.low, best.high)
    told = _("within noise") if verdict == NOISE else _("more than noise")
    rises = _(
        "From there to the largest capacity it changes by {loss} (95 %: {low} to {high}): "
        "**{verdict}**.", verdict=told, **numbers,
    )  # fmt: skip
    return f"{first} {rises}"
