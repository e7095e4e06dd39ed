"""Learning by heart: labels that mean nothing, learned, and one digit watched meanwhile."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.overfitting.by_heart import (
    GAP,
    PANELS,
    SAID,
    kind_colours,
    said_points,
    said_spec,
    step_points,
    step_spec,
    tile_wall,
)
from explainer.generalisation.by_heart import KINDS, SEEDS, ByHeart, Tiles, by_heart, first_tiles
from explainer.generalisation.memorising import BATCH, PICTURES, UNITS
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, Part, choice
from explainer.ui.common.maps import maps_montage
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import kept_whole
from explainer.ui.overfitting.legends import legends
from explainer.ui.overfitting.one_parameter import one_parameter_part
from explainer.ui.overfitting.remedies import remedies_part
from explainer.ui.overfitting.smaller import smaller_part
from explainer.words import N_, _, language

KEY = "overfitting"
NAME = f"{KEY}.by_heart"
COLUMNS = 8
KEPT: Kept[str, ByHeart] = Kept(
    2 * MEGABYTE,
    lambda one: 2 * one.training.nbytes + sum(each.said.nbytes for each in one.tiles.values()),
)
GUESSES = (
    Named("none", N_("not yet")),
    Named("chance", N_("about 10 %, chance")),
    Named("some", N_("about 50 %")),
    Named("all", N_("100 %")),
)
WRONG = {kind.slug: kind for kind in KINDS if kind.share}


def by_heart_section(*_given: object) -> None:
    """One of four questions; only the one that is open is computed."""
    asked = {one.slug: one for one in QUESTIONS}
    slug = choice(_("What is asked"), QUESTIONS, key=NAME, widget=st.segmented_control)
    asked[slug].show()


def _labels_part() -> None:
    say(KEY, "by_heart")
    guess = choice(
        _("Training accuracy with random labels, your guess"), GUESSES, key=f"{KEY}.guess",
        widget=st.segmented_control,
    )  # fmt: skip
    if guess == "none":
        st.markdown(_("Some of the digits, each with the label that it is given. Guess first."))
        _wall(first_tiles(), "asked")
        return
    count, slot = len(KINDS) * len(SEEDS), st.empty()
    found = waited(
        KEPT, "labels", _("{count} networks learn, all at once", count=count),
        lambda told: by_heart(told=told, seen=lambda so_far: _so_far(slot, so_far)),
    )  # fmt: skip
    slot.empty()
    _answered(found, guess)
    _curves(found, "whole")
    st.caption(
        _(
            "Means of {seeds} seeds in bands from the least to the largest. The same network, "
            "start and batches for all: {units} hidden units, {pictures} digits at half their "
            "size, {batch} of them a step.",
            seeds=len(SEEDS), units=UNITS, pictures=PICTURES, batch=BATCH,
        )
    )  # fmt: skip
    _watched(found)
    say(KEY, "by_heart_notice")


def _so_far(slot: DeltaGenerator, found: ByHeart) -> None:
    with slot.container():
        _curves(found, "")


def _curves(found: ByHeart, key: str) -> None:
    colours = zip(kind_colours(theme()), KINDS, strict=True)
    legends({_(kind.title): colour for colour, kind in colours})
    for column, panel in zip(st.columns(2, gap="medium"), PANELS, strict=True):
        points = remembered(
            f"{NAME}_{panel}_points", (found, panel), partial(step_points, found, panel)
        )
        with column:
            chart(
                points, step_spec(theme(), panel), key=f"{NAME}_{panel}" if key else None,
                alt=_("Accuracy step by step, one line for each kind of labels."),
            )  # fmt: skip


def _answered(found: ByHeart, guess: str) -> None:
    place = [kind.slug for kind in KINDS].index("all")
    reached, outside = (one[place, :, -1].mean() for one in (found.training, found.validation))
    truth = "all" if reached > 0.9 else "chance" if reached < 0.2 else "some"
    said = _("As you guessed:") if guess == truth else _("It is otherwise:")
    st.markdown(
        _(
            "{said} with random labels **{reached}** of the training labels are right at the end, "
            "and **{outside}** of new digits, where chance gives 10 %.",
            said=said, reached=percent(float(reached)), outside=percent(float(outside)),
        )
    )  # fmt: skip


def _watched(found: ByHeart) -> None:
    """Digits with wrong labels, and what the network said of one of them over the steps."""
    entries = [Named(kind.slug, kind.title) for kind in WRONG.values() if kind.slug in found.tiles]
    st.markdown(
        _(
            "**Digits with the wrong label that each was given**, first those that the network "
            "knew best on the way. Choose one:"
        )
    )
    slug = choice(
        _("Learned from labels of which"), entries, key=f"{KEY}.learned", default="fifth",
        widget=st.segmented_control,
    )  # fmt: skip
    left, right = st.columns([1.25, 1], gap="medium")
    tiles = found.tiles[slug]
    with left:
        place = _wall(tiles, slug)
    with right:
        points = remembered(
            f"{NAME}_said", (tiles, place), lambda: said_points(tiles, place)
        )  # fmt: skip
        st.markdown(
            _("A **{truth}** that it was told is a **{label}**:",
              truth=tiles.truth[place], label=tiles.labels[place])
        )  # fmt: skip
        colours = zip(theme().categorical, SAID.values(), strict=False)
        legends({_(title): colour for colour, title in colours})
        chart(
            points, said_spec(theme()), key=f"{NAME}_probability",
            alt=_("How probable the network finds the true and the given label, step by step."),
        )  # fmt: skip


def _wall(found: Tiles, slug: str) -> int:
    """Show the digits; which of them is chosen."""
    now, kept, most = theme(), f"{KEY}.digit", len(found.labels) - 1
    codes, side = remembered(
        f"{NAME}_wall", (found, now.name), lambda: tile_wall(found, now, COLUMNS)
    )
    labels = remembered(f"{NAME}_wall_labels", (found, language()), lambda: [
        _("{truth}, with the label {label}", truth=truth, label=label)
        for truth, label in zip(found.truth.tolist(), found.labels.tolist(), strict=True)
    ])  # fmt: skip
    chosen = maps_montage(
        f"{NAME}_{slug}", codes, columns=COLUMNS, tile=(side, side), gap=GAP, labels=labels,
        selected=kept_whole(kept, most), numbers=found.labels.tolist(),
        alt=_("Digits, each with the label that the network was given."),
    )  # fmt: skip
    return kept_whole(kept, most, sent=chosen)


QUESTIONS = (
    Part("labels", N_("Labels that mean nothing"), _labels_part),
    Part("remedies", N_("What keeps it from that?"), remedies_part),
    Part("smaller", N_("A smaller model?"), smaller_part),
    Part("one", N_("One parameter"), one_parameter_part),
)
