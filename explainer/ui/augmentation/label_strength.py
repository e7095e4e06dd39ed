"""Each change over its strength: pictures that follow the hand, and how many keep their answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.images.picture import Picture
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.powers import percent, short
from explainer.regularisation.augmentation.judges import (
    MATERIALS,
    Judge,
    Material,
    as_picture,
)
from explainer.regularisation.augmentation.survival import (
    CHANGES,
    HALF,
    Change,
    Survival,
    share_interval,
    survival,
)
from explainer.ui.augmentation.tiles import Tile, tiles, tiles_message
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.curves import (
    Line,
    Mark,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import chosen_picture
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.words import N_, _

KEY = "augmentation"
STRENGTH, TILES = f"{KEY}.strength", f"{KEY}.strength_tiles"
SURVIVALS: Kept[tuple[str, str], Survival] = Kept(MEGABYTE, lambda one: one.same.nbytes)
PANEL = Panel(N_("The same answer as unchanged (%)"), "%", 250, (0, 100))
TEN, FOUR = 10, 4


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the strength is moved; `plain` are the answers to unchanged pictures."""

    material: Material
    change: Change
    judge: Judge
    pictures: Tensor
    plain: tuple[int, ...]
    found: Survival
    colours: Theme


def strength() -> None:
    """Choose a change and drag its strength; below, where half of the answers are lost."""
    material, change, judge = _chosen()
    own = chosen_picture().picture if not material.judges[0].of_digits else None
    parameter = change.strength
    if (pinned := pinned_x(STRENGTH)) is not None:
        live.put(STRENGTH, parameter, pinned, scope=change.slug)
    moved = live.values(STRENGTH, [parameter], scope=change.slug)
    at, number = moved.values[parameter.name], max(moved.number, pinned_number(STRENGTH))
    pictures = remembered(
        f"{STRENGTH}.pictures", (material.slug, own and own.digest), lambda: _some(material, own)
    )
    plain = tuple(judge.answers(pictures).tolist())
    left, right = st.columns([1, 1.5], gap="large")
    sliders = left.container()
    with left:
        place = st.container()
    with right:
        found = _survival(material, change)
    shown = _Shown(material, change, judge, pictures, plain, found, theme())
    address = live.live_picture(STRENGTH, _renderer(shown, moved.values))
    with sliders:
        live.sliders(STRENGTH, [parameter], moved, scope=change.slug, address=address)
        st.caption(_(change.meaning))
    with place:
        tiles(TILES, _tiles(shown, at, number))
    with right:
        curves(STRENGTH, _curves(shown, at, number))
        st.caption(_said(shown))
    live.write_to_url(STRENGTH, [parameter], moved.values)
    _all(material)
    say(KEY, "label_strength_notice")


def _chosen() -> tuple[Material, Change, Judge]:
    there = [one for one in MATERIALS if one.there()]
    changed = choice(_("Transformation"), CHANGES, key=f"{KEY}.change", widget=st.segmented_control)
    first, second = st.columns([1, 2], gap="medium")
    with first:
        slug = choice(_("Pictures"), there, key=f"{KEY}.material", widget=st.segmented_control)
    with second:
        judge = _judge(MATERIALS[slug])
    return MATERIALS[slug], CHANGES[changed], judge


def _judge(material: Material) -> Judge:
    slug = choice(
        _("Whose answers stand below the pictures"), material.judges,
        key=f"{KEY}.below_{'digits' if material.judges[0].of_digits else 'photos'}",
        widget=st.segmented_control, default=material.judges[-2].slug,
    )  # fmt: skip
    return next(one for one in material.judges if one.slug == slug)


def _some(material: Material, own: Picture | None) -> Tensor:
    """Ten digits, one of each; or one's own photo first and three of the material."""
    with st.spinner(_("Pictures are read …")):
        pictures = material.pictures()
    if own is None:
        return pictures[:TEN]
    mine, stride = as_picture(own.codes), 3 if material.labels is None else 1
    others = [one for one in pictures[::stride] if not torch.equal(one, mine[0])][: FOUR - 1]
    return torch.cat([mine, torch.stack(others)])


def _survival(material: Material, change: Change) -> Survival:
    words = _("{change}: three networks read changed pictures …", change=_(change.title))
    return waited(
        SURVIVALS, (material.slug, change.slug), words,
        lambda told: survival(material, change, told),
    )  # fmt: skip


def _tiles(shown: _Shown, at: float, number: int) -> bytes:
    changed = shown.change.changed(shown.pictures, at)
    chances = shown.judge.probabilities(changed).numpy()
    rows = []
    for place, (before, row) in enumerate(zip(shown.plain, chances, strict=True), start=1):
        best = int(row.argmax())
        said = (shown.judge.classes[best], best != before), (percent(float(row[best])), False)
        alt = _("Picture {number}, read as {answer}", number=place, answer=said[0][0])
        rows.append(Tile(said, alt))
    return tiles_message(
        TILES, changed, rows, number=number, alt=_("Changed pictures with the network’s answers")
    )


def _curves(shown: _Shown, at: float, number: int, also: tuple[str, bytes] | None = None) -> bytes:
    found, judges = shown.found, shown.material.judges
    lines = [
        Line(_(judge.title), stroke(row, shown.colours), np.round(100 * found.same[row][None], 1))
        for row, judge in enumerate(judges)
    ]
    half = found.half(judges.index(shown.judge))
    marks = [] if half is None else [Mark(half, _("half lost"))]
    return curves_message(
        STRENGTH, [PANEL], lines, low=0, reach=shown.change.strength.maximum, at=at, number=number,
        marks=marks, symbol=_(shown.change.strength.label), also=also,
        alt=_("The share of pictures with the same answer, over the strength of the change."),
    )  # fmt: skip


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held, parameter = dict(resting), shown.change.strength

    def render(moved: Mapping[str, object], number: int) -> bytes:
        at = live.first_sound(parameter, [moved, held])
        return _curves(shown, at, number, (TILES, _tiles(shown, at, number)))

    return render


def _said(shown: _Shown) -> str:
    """How many pictures, and how far a share of one half may be off."""
    count = shown.found.count
    low, high = share_interval(HALF * count, count)
    return _(
        "{count} pictures; a share near one half may be off by {points} points either way (95 %)."
        " Underlined: another answer than for the unchanged picture.",
        count=count, points=f"{100 * (high - low) / 2:.0f}",
    )  # fmt: skip


def _all(material: Material) -> None:
    fold = st.expander(
        _("Where half of the answers are lost: all nine"), key=f"{KEY}.all_changes",
        icon=":material/table_chart:", bind="query-params",
    )  # fmt: skip
    if not fold.open:
        return
    with fold:
        rows = []
        for change in CHANGES:
            found = _survival(material, change)
            halves = [found.half(row) for row in range(len(material.judges))]
            unit = change.strength.unit
            rows.append(
                [_(change.title), _(change.strength.label), *(_half(one, unit) for one in halves)]
            )
        heads = [_("Transformation"), _("strength"), *(_(one.title) for one in material.judges)]
        table(heads, rows, caption=_("The strength at which half of the answers are lost"))


def _half(value: float | None, unit: str) -> str:
    return _("never") if value is None else f"{short(value, 2)}{unit}"
