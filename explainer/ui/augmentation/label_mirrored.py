"""Mirrors: digits class by class, photos together, and letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

import streamlit as st

from explainer.charts.augmentation.mirrored import mirrored_points, mirrored_spec
from explainer.kept import MEGABYTE
from explainer.kept import Kept as KeptValues
from explainer.powers import percent
from explainer.regularisation.augmentation.judges import DIGIT_JUDGES, MATERIALS, Judge, Material
from explainer.regularisation.augmentation.mirrored import (
    ALIKE,
    FLIPS,
    Kept,
    kept_answers,
    kept_by_class,
    mirrored_letters,
)
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import choice
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.words import _

KEY = "augmentation"
MIRRORED: KeptValues[str, tuple[Kept, ...]] = KeptValues(MEGABYTE, len)


def mirrored() -> None:
    """Which digits a network still reads in a mirror; beside it photos, and letters."""
    slug = choice(
        _("Network that reads mirrored digits"), DIGIT_JUDGES, key=f"{KEY}.mirrored",
        default="digit-cnn", widget=st.segmented_control,
    )  # fmt: skip
    judge = next(one for one in DIGIT_JUDGES if one.slug == slug)
    left, right = st.columns([1, 1.1], gap="medium")
    with left:
        alt = _("For each digit the share that is still read as it when it is mirrored.")
        rows = mirrored_points(dict(_digits(slug)), judge.classes)
        chart(rows, mirrored_spec(theme()), alt=alt, key=f"{KEY}.mirrored_chart")
    with right:
        _photos()
        _letters()
    say(KEY, "label_mirrored_notice")


@cache
def _digits(slug: str) -> tuple[tuple[str, tuple[Kept, ...]], ...]:
    material = MATERIALS["digits"]
    judge = next(one for one in material.judges if one.slug == slug)
    assert material.labels is not None
    pictures, labels = material.pictures(), material.labels()
    return tuple((one.slug, kept_by_class(judge, one, pictures, labels)) for one in FLIPS)


@cache
def _kept(judge: str) -> tuple[Kept, ...]:
    material = MATERIALS["photos"]
    reader = next(one for one in material.judges if one.slug == judge)
    return _kept_in(material, reader, lambda share: None)


def _photos() -> None:
    """How many pictures keep their answer: windows of photos, and CIFAR-10 where it lies."""
    material = MATERIALS["photos"]
    _table(material, {judge.slug: _kept(judge.slug) for judge in material.judges})
    st.caption(
        _(
            "{count} windows of 14 sample photos; behind each share the interval of 95 %.",
            count=len(material.pictures()),
        )
    )
    if not MATERIALS["cifar-10"].there():
        return
    fold = st.expander(
        _("On test pictures of CIFAR-10"), key=f"{KEY}.mirrored_cifar", bind="query-params"
    )
    if fold.open:
        with fold:
            _cifar(MATERIALS["cifar-10"])


def _cifar(material: Material) -> None:
    """The same on pictures that networks know, worked out once for all."""
    found = {}
    for judge in material.judges:
        words = _("{network} reads mirrored pictures …", network=_(judge.title))
        found[judge.slug] = waited(MIRRORED, judge.slug, words, partial(_kept_in, material, judge))
    _table(material, found)


def _kept_in(material: Material, judge: Judge, told: Callable[[float], None]) -> tuple[Kept, ...]:
    rows = []
    for flip in FLIPS:
        rows.append(kept_answers(judge, flip, material.pictures()))
        told(len(rows) / len(FLIPS))
    return tuple(rows)


def _table(material: Material, found: Mapping[str, Sequence[Kept]]) -> None:
    rows = [
        [
            _(judge.title),
            *(
                f"{percent(one.share)} ({100 * one.interval[0]:.0f}–{100 * one.interval[1]:.0f})"
                for one in found[judge.slug]
            ),
        ]
        for judge in material.judges
    ]
    heads = [_("the same answer, mirrored"), *(_(one.title) for one in FLIPS)]
    table(heads, rows, caption=_("Pictures that keep their answer in a mirror"))


def _letters() -> None:
    rows = []
    for flip in FLIPS:
        found = mirrored_letters(flip.slug)
        sure = [(name, other) for name, other, alike in found if alike >= ALIKE]
        swapped = ", ".join(f"{name} → {other}" for name, other in sure if name != other)
        same = " ".join(name for name, other in sure if name == other)
        spans = [f'<span translate="no">{text}</span>' for text in (swapped, same)]
        rows.append([_(flip.title), *spans, str(len(found) - len(sure))])
    heads = [_("26 letters"), _("become another"), _("stay"), _("no letter")]
    table(heads, rows, caption=_("What a mirror makes of small letters"))
