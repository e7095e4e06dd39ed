"""What augmentation buys: over data size, one by one, under changes at test, before backgrounds."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.augmentation.gains import (
    price_points,
    price_spec,
    robust_points,
    robust_spec,
    size_points,
    size_spec,
)
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, signed
from explainer.regularisation.augmentation import backgrounds as shapes
from explainer.regularisation.augmentation.gains import (
    PRICE_SEEDS,
    PRICED,
    SEEDS,
    BySize,
    Gain,
    Prices,
    by_size,
    gain_of,
    prices,
    sizes_of,
)
from explainer.regularisation.augmentation.robustness import SIZE, TESTS, Robustness, robustness
from explainer.regularisation.augmentation.small_networks import (
    BATCH,
    PICTURES,
    STEPS,
    divided,
    there,
)
from explainer.training.augmentation.pipeline import AUGMENTATIONS
from explainer.training.instruments.student import judged
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, Part, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.words import N_, _, language

KEY = "augmentation"
TENTH = 0.001  # of a point; an end nearer to 0 is given another decimal
NAME = f"{KEY}.gain"
SIZED: Kept[str, BySize] = Kept(MEGABYTE, lambda one: 2 * one.plain.nbytes)
PRICES: Kept[str, Prices] = Kept(MEGABYTE, lambda one: one.changed.nbytes)
ROBUST: Kept[str, Robustness] = Kept(
    MEGABYTE, lambda one: sum(values.nbytes for values in one.accuracy.values())
)
SHAPES: Kept[str, shapes.Backgrounds] = Kept(MEGABYTE, lambda one: one.accuracy.nbytes)
LAB = ("training_lab", {"training_lab.preset": "other-background"})
EXAMPLES, HIGH = 5, 84


def gain_section(*_given: object) -> None:
    """One of four questions; only the one that is open is computed."""
    say(KEY, "gain")
    asked = {one.slug: one for one in QUESTIONS}
    slug = choice(_("What is asked"), QUESTIONS, key=NAME, widget=st.segmented_control)
    asked[slug].show()
    say(KEY, f"gain_{slug}_notice")
    say(KEY, "gain_notice")


def _pictures() -> str:
    entries = [Named(one.slug, one.title) for one in there()]
    return choice(_("Pictures"), entries, key=f"{NAME}_data", widget=st.segmented_control)


def _sizes() -> None:
    say(KEY, "gain_sizes")
    slug = _pictures()
    most, slot = len(divided(slug).labels), st.empty()

    def drawn(found: BySize, place: DeltaGenerator) -> None:
        with place.container():
            chart(size_points(found), size_spec(theme(), most), alt=_(
                "Accuracy over the number of pictures, without and with augmentation."
            ))  # fmt: skip

    count = 2 * len(SEEDS) * len(sizes_of(slug))
    words = _("{count} networks learn, the least data first", count=count)
    found = waited(
        SIZED, slug, words,
        lambda told: by_size(slug, told=told, seen=lambda so_far: drawn(so_far, slot)),
    )  # fmt: skip
    drawn(found, slot)
    usual = ", ".join(_(one.record.title) for one in PICTURES[slug].usual)
    st.caption(_(
        "With it: {usual}, each as strong as the training lab has it at first. Means of {seeds} "
        "seeds, bands from the least to the largest; {steps} steps of {batch} pictures, whatever "
        "the size. Validated on {count} other pictures.",
        usual=usual, seeds=len(SEEDS), steps=STEPS, batch=BATCH,
        count=f"{PICTURES[slug].validated:,}",
    ))  # fmt: skip
    said = remembered(
        f"{NAME}.sizes_said", (found, language()),
        lambda: "\n".join(
            f"- {_of_size(size, found.gain(place))}" for place, size in enumerate(found.sizes)
        ),
    )  # fmt: skip
    st.markdown(said)


def _of_size(size: int, gain: Gain) -> str:
    return _("**{size}** pictures: {gain}", size=f"{size:,}", gain=_points(gain))


def _points(gain: Gain) -> str:
    """A gain in points with its interval, and whether it is more than noise."""
    digits = 2 if min(abs(gain.low), abs(gain.high)) < TENTH / 2 else 1
    numbers = {name: signed(100 * getattr(gain, name), digits) for name in ("mean", "low", "high")}
    word = _(judged(gain.low, gain.high))
    return _("{mean} points (95 %: {low} to {high}): **{verdict}**", verdict=word, **numbers)


def _prices() -> None:
    say(KEY, "gain_prices")
    slug, slot = _pictures(), st.empty()

    def drawn(found: Prices, place: DeltaGenerator) -> None:
        with place.container():
            chart(price_points(found), price_spec(theme()), alt=_(
                "The gain of each augmentation alone, with an interval of 95 %, the largest first."
            ))  # fmt: skip

    count = (1 + len(list(AUGMENTATIONS))) * len(PRICE_SEEDS)
    words = _("{count} networks learn, one augmentation after another", count=count)
    found = waited(
        PRICES, slug, words,
        lambda told: prices(slug, told=told, seen=lambda so_far: drawn(so_far, slot)),
    )  # fmt: skip
    drawn(found, slot)
    st.caption(_(
        "{size} pictures, {seeds} seeds; without any augmentation {plain} are right. Each as "
        "strong as the training lab has it at first: another strength has another price.",
        size=PRICED, seeds=len(PRICE_SEEDS), plain=percent(float(found.plain.mean())),
    ))  # fmt: skip
    best, *_others, worst = found.sorted()
    st.markdown(_(
        "Best: **{best}**, {gain}.  \nWorst: **{worst}**, {loss}.",
        best=_(AUGMENTATIONS[best[0]].title), gain=_points(best[1]),
        worst=_(AUGMENTATIONS[worst[0]].title), loss=_points(worst[1]),
    ))  # fmt: skip


def _robust() -> None:
    say(KEY, "gain_robust")
    count = (1 + len(list(TESTS))) * len(SEEDS)
    words = _("{count} networks learn {size} digits", count=count, size=SIZE)
    found = waited(ROBUST, "digits", words, lambda told: robustness(told=told))
    slugs = [one.slug for one in TESTS]
    for row in (slugs[:2], slugs[2:]):
        for column, slug in zip(st.columns(2, gap="medium"), row, strict=True):
            with column:
                points = remembered(
                    f"{NAME}.robust_{slug}", found, partial(robust_points, found, slug)
                )
                chart(points, robust_spec(theme(), slug), key=f"{NAME}.chart_{slug}", alt=_(
                    "Accuracy over the strength of {change}.", change=_(TESTS[slug].title)
                ))  # fmt: skip
    st.caption(_(
        "{size} digits, {seeds} seeds: means, and bands from the least to the largest. The dashed "
        "line is the most that training has shown.",
        size=SIZE, seeds=len(SEEDS),
    ))  # fmt: skip
    rows = []
    for slug in slugs:
        without, with_it = found.mean_over(slug)
        upright = gain_of(found.accuracy[slug][0, 1], found.accuracy[slug][0, 0])
        rows.append([
            _(TESTS[slug].title), percent(float(without.mean())),
            _points(gain_of(with_it, without)).replace("**", ""),
            _points(upright).replace("**", ""),
        ])  # fmt: skip
    heads = [_("change"), _("without"), _("gained with it"), _("gained on unchanged digits")]
    table(heads, rows, caption=_("Mean accuracy over all strengths, and what is gained"))


def _backgrounds() -> None:
    say(KEY, "gain_backgrounds")
    made = {name: shapes.shapes_before(name) for name in ("class", "random")}
    pictures = [
        _row_of(made[name].validation_inputs[:EXAMPLES].permute(0, 2, 3, 1).numpy())
        for name in made
    ]
    titles = (_("The background of its class"), _("Any background"))
    figures([(inline(one, alt=title, height=HIGH), title)
             for one, title in zip(pictures, titles, strict=True)])  # fmt: skip
    count = len(shapes.ARMS) * len(shapes.SEEDS)
    words = _("{count} networks learn shapes", count=count)
    found = waited(SHAPES, "shapes", words, lambda told: shapes.backgrounds(told=told))
    rows = []
    for place, arm in enumerate(shapes.ARMS):
        own, other = found.accuracy[place].mean(axis=1)
        gain = _points(found.gain(place)).replace("**", "") if place else ""
        rows.append([_(arm.title), percent(float(own)), percent(float(other)), gain])
    heads = [_("in training"), _("own background"), _("any background"), _("gained there")]
    table(heads, rows, caption=_("Five shapes told apart, where chance gives 20 %"))
    page, query = LAB
    st.page_link(
        f"../pages/{page}.py", label=_("The same race, live: same object, other background"),
        icon=":material/play_arrow:", query_params=query,
    )  # fmt: skip


def _row_of(pictures: np.ndarray) -> np.ndarray:
    """Pictures `(N, H, W, 3)` in [0, 1] side by side as codes."""
    return np.concatenate(list((255 * pictures).round().astype(np.uint8)), axis=1)


QUESTIONS = (
    Part("sizes", N_("How much data?"), _sizes),
    Part("prices", N_("Which one?"), _prices),
    Part("robust", N_("Against which change?"), _robust),
    Part("backgrounds", N_("Another background"), _backgrounds),
)
