"""What augmentation teaches: a photo and its changed copy, compared layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.networks.zoo.shared import shared_network
from explainer.networks.zoo.shipped import SHIPPED
from explainer.powers import percent, short
from explainer.regularisation.augmentation.invariance import (
    CHANGES,
    NETWORKS,
    Change,
    Floats64,
    Followed,
    followed,
    halvings,
    layer_names,
    of_bundled,
    sides,
    small,
)
from explainer.ui.augmentation.tiles import Tile, tiles, tiles_message
from explainer.ui.augmentation.trained_pair import trained_pair_part
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
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
from explainer.ui.common.waiting import waited
from explainer.words import N_, _

KEY = "augmentation"
MOST_SAID = 1.5  # so far the chart goes
NAME = f"{KEY}.invariance"
PICTURE = f"{NAME}_picture"
MEASURES = (Named("cosine", N_("cosine")), Named("l2", N_("relative L2")))
PANEL = Panel(
    N_("Distance (1: another photo)"), N_("share"), 330
)  # fmt: skip
WIDE = 160
KEPT: Kept[tuple[str, str], Floats64] = Kept(2 * MEGABYTE, lambda one: one.nbytes)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the strength is moved."""

    slug: str
    change: Change
    measure: int
    photo: Tensor
    own: Followed
    bundled: Floats64
    colours: Theme

    def place(self, strength: float) -> int:
        """Where that strength stands among those that were computed."""
        return int(np.abs(self.change.strengths - strength).argmin())


def invariance_section(*_given: object) -> None:
    """The photo, its change and the layers; then small networks trained with and without it."""
    say(KEY, "invariance")
    chosen = chosen_picture()
    with st.container(horizontal=True, gap="large"):
        slug = choice(_("Network"), NETWORKS, key=f"{NAME}_network", widget=st.segmented_control)
        measure = choice(
            _("Distance"), MEASURES, key=f"{NAME}_distance", widget=st.segmented_control
        )
    change = CHANGES[choice(_("Change"), CHANGES, key=f"{NAME}_change", widget=st.pills)]
    left, right = st.columns([1, 1.7], gap="large")
    with right:
        words = _("The photos that come with the app go through the network")
        bundled = waited(
            KEPT, (slug, change.slug), words, lambda told: of_bundled(slug, change, told)
        )  # fmt: skip
    photo = remembered(
        f"{NAME}.photo", (slug, chosen.picture.digest), lambda: small(chosen.picture.codes, slug)
    )  # fmt: skip
    own = remembered(
        f"{NAME}.own", (slug, change.slug, chosen.picture.digest),
        lambda: followed(slug, photo, change),
    )  # fmt: skip
    place = [one.slug for one in MEASURES].index(measure)
    shown = _Shown(slug, change, place, photo, own, bundled, theme())
    _follow(shown, left, right)
    say(KEY, "invariance_notice")
    trained_pair_part()


def _follow(shown: _Shown, left: DeltaGenerator, right: DeltaGenerator) -> None:
    parameter = shown.change.strength
    moved = live.values(NAME, [parameter], scope=shown.change.slug)
    at = _pinned(shown.slug)
    address = live.live_picture(NAME, _renderer(shown, moved.values, at))
    number, strength = max(moved.number, pinned_number(NAME)), moved.values[parameter.name]
    with left:
        live.sliders(NAME, [parameter], moved, scope=shown.change.slug, address=address)
        tiles(PICTURE, _picture_message(shown, strength, number))
    with right:
        curves(NAME, _curves_message(shown, strength, number, at))
        names = ["pixels", *layer_names(shared_network(shown.slug))]
        place = min(round(at), len(names) - 1)
        st.caption(_(
            "Layer {place} is `{name}`; 0 are the pixels, {last} the logits. Lines upright: maps "
            "become smaller there.",
            place=place, name=names[place], last=len(names) - 1,
        ))  # fmt: skip
        st.markdown(_said(shown, strength))
    live.write_to_url(NAME, [parameter], moved.values)


def _pinned(slug: str) -> float:
    """The layer that is pinned; at first the last with maps."""
    kept, last = f"{NAME}.at", len(sides(slug)) - 1
    pinned = pinned_x(NAME)
    if pinned is not None:
        st.session_state[kept] = pinned
    first = max(place for place, side in enumerate(sides(slug)) if side > 1)
    return float(min(max(st.session_state.get(kept, first), 0), last))


def _renderer(shown: _Shown, resting: Mapping[str, float], at: float) -> Render:
    """What answers a drag: the curves, and with them the picture."""
    held, parameter = dict(resting), shown.change.strength

    def render(moved: Mapping[str, object], number: int) -> bytes:
        strength = live.first_sound(parameter, [moved, held])
        also = (PICTURE, _picture_message(shown, strength, number))
        return _curves_message(shown, strength, number, at, also)

    return render


def _picture_message(shown: _Shown, strength: float, number: int) -> bytes:
    changed = shown.change.apply(shown.photo, strength)
    unit = shown.change.strength.unit
    said = short(strength, 3) + (f" {unit}" if unit else "")
    classes, before = SHIPPED[shown.slug].classes, shown.own.read[0]
    after = shown.own.read[1 + shown.place(strength)]
    rows = ((_("original"), before, False), (said, after, after != before))
    found = [
        Tile([(title, False), (_("read as: {name}", name=classes[read]), other)], title)
        for title, read, other in rows
    ]
    alt = _("The photo as the network sees it, and the changed copy.")
    both = torch.cat([shown.photo, changed])
    return tiles_message(PICTURE, both, found, number=number, alt=alt, shown=WIDE)


def _curves_message(
    shown: _Shown, strength: float, number: int, at: float, also: tuple[str, bytes] | None = None
) -> bytes:
    place, measure = shown.place(strength), shown.measure
    rows = [
        (_("this photo"), 0, shown.own.share[measure, place]),
        (_("median of the app’s photos"), 7, shown.bundled[measure, place]),
    ]
    if shown.change.matrix is not None:
        back = shown.own.share_back[measure, place]
        rows.append((_("this photo, maps moved along"), 2, back))
    lines = [Line(title, stroke(colour, shown.colours), row[None]) for title, colour, row in rows]
    last = len(rows[0][2]) - 1
    panel = Panel(PANEL.title, _(PANEL.short), PANEL.height, (0, 1.5))
    return curves_message(
        NAME, [panel], lines, low=0, reach=last, at=at, number=number, symbol=_("layer"), also=also,
        marks=[Mark(one, f"{side} × {side}") for one, side in _smaller(shown.slug)],
        alt=_("The distance between the photo's features and its changed copy's, over the layers."),
    )  # fmt: skip


def _smaller(slug: str) -> list[tuple[float, int]]:
    """Where maps become smaller, and their side from there on."""
    found = sides(slug)
    return [(float(place), found[place]) for place in halvings(found)]


def _said(shown: _Shown, strength: float) -> str:
    """The pixels, the last maps and the logits of this photo."""
    share = shown.own.share[shown.measure, shown.place(strength)]
    maps = max(place for place, side in enumerate(sides(shown.slug)) if side > 1)
    if not np.isfinite(share).all() or share[0] > MOST_SAID:
        return _("So changed, the photo is further away than another photo is.")
    return _(
        "Of the way to another photo: **{pixels}** in the pixels, **{maps}** in the last maps, "
        "**{logits}** in the logits.",
        pixels=percent(float(share[0])), maps=percent(float(share[maps])),
        logits=percent(float(share[-1])),
    )  # fmt: skip
