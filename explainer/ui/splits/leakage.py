"""How does the answer get into the test? Four leaks, what they report, and what is true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.theme import Theme
from explainer.evaluation.leakage import LEAKS, SEEDS, Leak, Measured, measured
from explainer.evaluation.leakage_script import FILES, leak_file, leak_script
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.messages import number as number_in
from explainer.training.instruments.student import interval
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mount, pack, unread
from explainer.ui.common.curves import Mark
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import sent_values
from explainer.ui.overfitting.capacity import (
    Scales,
    capacity_chart,
    capacity_message,
    clicked_number,
)
from explainer.ui.overfitting.legends import legends
from explainer.ui.splits.bands import banded
from explainer.ui.splits.judgement import judgement
from explainer.ui.splits.leak_pictures import LEAK_PICTURES
from explainer.words import N_, _

KEY = "splits"
DOTS = f"{KEY}.leak_dots"
Found = Mapping[str, Measured]
KEPT: Kept[str, Found] = Kept(
    MEGABYTE, lambda found: sum(3 * one.truth.nbytes for one in found.values())
)
LINES = ((N_("reported with the leak"), 1), (N_("reported without it"), 2), (N_("true"), 0))
SPAN, MOST_TICKS = (0.2, 1.0), 20


def leakage_section(*_given: object) -> None:
    """All leaks as rows of dots, the chosen one over its control, and what it looks like."""
    say(KEY, "leakage")
    slug = choice(_("Leak"), LEAKS, key=f"{KEY}.leak", widget=st.segmented_control)
    leak, slot = LEAKS[slug], st.container()
    name, so_far = _name(leak), st.empty()
    words = _("Each leak is measured on {count} draws", count=len(SEEDS))
    found = waited(
        KEPT, "all", words,
        lambda told: measured(told=told, seen=lambda found: _so_far(so_far, found, leak)),
    )  # fmt: skip
    so_far.empty()
    clicked = number_in(sent_values(unread(f"{name}.chart", "moved")).get("place"))
    if clicked is not None:
        live.put(name, leak.control, leak.settings[int(clicked) % len(leak.settings)])
    moves = {one.slug: live.values(_name(one), (one.control,)) for one in LEAKS}
    settings = {one.slug: moves[one.slug].values[one.control.name] for one in LEAKS}
    shown = _Shown(found, leak, settings, theme())
    address = live.live_picture(name, _renderer(shown))
    with slot:
        live.sliders(name, (leak.control,), moves[slug], address=address)
    for one in LEAKS:
        live.write_to_url(_name(one), (one.control,), moves[one.slug].values)
    number = max(moves[slug].number, clicked_number(name))
    legends({_(title): shown.colours.categorical[place] for title, place in LINES})
    left, right = st.columns([1, 1.15], gap="medium")
    with left:
        mount("two_dots", key=f"{DOTS}.rows", data=_dots(shown, settings[slug], number))
    with right:
        capacity_chart(name, _curves(shown, settings[slug], number))
    setting = int(settings[slug])
    st.markdown(_said(found[slug], found[slug].place(setting)))
    if slug in LEAK_PICTURES:
        LEAK_PICTURES[slug](setting)
    say(KEY, f"leakage_{slug}")
    _code(leak, setting)
    st.caption(
        _(
            "The nearest neighbour, five folds, {count} draws with their intervals of 95 %. "
            "*True* is measured on fresh data; without the leak means: {remedy}.",
            count=len(SEEDS), remedy=_(leak.remedy),
        )
    )  # fmt: skip
    say(KEY, "leakage_notice")


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while a slider is moved: all results, the open leak, and where the others are."""

    found: Found
    leak: Leak
    settings: Mapping[str, float]
    colours: Theme


def _so_far(slot: DeltaGenerator, found: Found, leak: Leak) -> None:
    settings = {one.slug: one.control.default for one in LEAKS}
    with slot.container():
        legends({_(title): theme().categorical[place] for title, place in LINES})
        mount(
            "two_dots",
            key=f"{DOTS}_{len(found)}",
            data=_dots(_Shown(found, leak, settings, theme()), settings[leak.slug], 0),
        )


def _name(leak: Leak) -> str:
    return f"{KEY}.leak_{leak.slug}"


def _renderer(shown: _Shown) -> Render:
    control = shown.leak.control
    held = {control.name: shown.settings[shown.leak.slug]}

    def render(moved: Mapping[str, object], number: int) -> bytes:
        setting = live.first_sound(control, [moved, held])
        return _curves(shown, setting, number, (DOTS, _dots(shown, setting, number)))

    return render


def _curves(
    shown: _Shown, setting: float, number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    one = shown.found[shown.leak.slug]
    settings = shown.leak.settings
    series = [
        banded(_(title), place, values, shown.colours)
        for (title, place), values in zip(LINES, (one.reported, one.closed, one.truth), strict=True)
    ]
    axis = _(shown.leak.control.label)
    if unit := shown.leak.control.unit:
        axis = _("{label} ({unit})", label=axis, unit=unit)
    round_ones = 1 if len(settings) < MOST_TICKS else 10 * int(shown.leak.control.step)
    scales = Scales(_("Right (%)"), axis, settings, (100 * SPAN[0], 100 * SPAN[1]), even=True,
                    height=292, decimals=1,
                    ticks=[one for one in settings if one % round_ones == 0])  # fmt: skip
    return capacity_message(
        _name(shown.leak), scales, series, at=one.place(setting), number=number,
        band=_("interval of 95 %"), marks=[Mark(setting, "")], also=also,
        alt=_("What is reported with and without the leak, and what is true, over its control."),
    )  # fmt: skip


def _dots(shown: _Shown, setting: float, number: int) -> bytes:
    rows = []
    for leak in (one for one in LEAKS if one.slug in shown.found):
        one, here = shown.found[leak.slug], leak is shown.leak
        place = one.place(setting if here else shown.settings[leak.slug])
        values = (one.reported, one.closed, one.truth)
        rows.append({
            "title": _(leak.title),
            "dots": [interval(each[:, place].tolist()) for each in values],
            "said": judgement(one.excess(place)),
            "now": here,
        })  # fmt: skip
    header = {
        "name": DOTS, "number": number, "rows": rows, "span": SPAN, "axis": _("right"),
        "colours": [shown.colours.categorical[place] for __, place in LINES],
        "alt": _("What each leak reports above the truth."),
    }  # fmt: skip
    return pack(header)


def _said(one: Measured, place: int) -> str:
    excess = judgement(one.excess(place))
    if one.leak.paired:
        added = (one.reported - one.closed)[:, place].tolist()
        return _(
            "Against the truth: {excess}. Against the same draws without the leak, a sharper "
            "comparison: **{added}**.",
            excess=excess, added=judgement(interval(added)),
        )  # fmt: skip
    return _(
        "Against the truth: **{excess}**. Without the leak: {closed}.",
        excess=excess, closed=judgement(one.excess(place, closed=True)),
    )  # fmt: skip


def _code(leak: Leak, setting: int) -> None:
    fold = code_fold(_("One draw in Python"), f"{_name(leak)}.code")
    if fold.open:
        with fold:
            row = show_script(KEY, leak_script(leak.slug, setting), f"deepglass_{leak.slug}")
            if file := FILES.get(leak.slug):
                row.download_button(
                    _("Its data, to lie beside it"), lambda: leak_file(leak.slug, setting), file,
                    key=f"{_name(leak)}.data", icon=":material/database:", on_click="ignore",
                )  # fmt: skip
