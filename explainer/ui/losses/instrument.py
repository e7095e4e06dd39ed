"""The instrument of the page on losses: draw the noise, and the line follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.likelihood.drawn import HIGHEST, KNOTS, LOWEST, NONE, Drawn, Heights
from explainer.likelihood.lines import likely_scale
from explainer.likelihood.noise import NOISES, SCALE, Noise
from explainer.likelihood.noise_script import script
from explainer.live_pictures import Render
from explainer.messages import number as number_in
from explainer.messages import whole
from explainer.parameters import Parameter
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, reported, unread
from explainer.ui.common.fold import kept, one_of
from explainer.ui.common.memory import remembered
from explainer.ui.inputs.places import kept_whole, next_whole, sent_values
from explainer.ui.losses.noise import REACH, Asked, noise_message
from explainer.ui.losses.sensitivity import sensitivity
from explainer.words import N_, _, language

KEY = "losses"
NOISE = f"{KEY}.noise"
NAME, HANDLES, OUTLIER, SEED = (
    f"{NOISE}.{name}" for name in ("picture", "handles", "outlier", "patients")
)
SEEDS = 99
WAYS = (Named("noise", N_("Noises")), Named("loss", N_("Losses")))
PLACE = (2.2, -3.2)
Place = tuple[float, float]


@st.fragment
def instrument() -> None:
    """The menus and sliders, the three pictures below, and folds."""
    news = unread(NAME, "moved")
    sent = sent_values(news)
    top = st.container()
    left, right = st.columns([1, 1.1], gap="medium", vertical_alignment="bottom")
    with right, st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        noise = _menus(top)
        moved = live.values(NOISE, noise.parameters, scope=noise.slug)
        symmetric = bool(
            kept(st.toggle, _("Both sides alike"), key=f"{NOISE}.symmetric", usual=True,
                 read=one_of((True, False)), disabled=noise.is_skewed)
        ) and not noise.is_skewed  # fmt: skip
        seed = kept_whole(SEED, SEEDS)
        drawn = _drawn(noise, moved.values, sent, symmetric=symmetric)
        asked = Asked(drawn, seed, _outlier(sent))
        _buttons(asked)
    address = live.live_picture(NOISE, _renderer(asked, moved.values, symmetric=symmetric))
    with left:
        live.sliders(NOISE, noise.parameters, moved, scope=noise.slug, address=address)
    number = max(moved.number, number_of(NAME, news))
    message = remembered(
        f"{NOISE}.message", (asked, number, address, theme(), language()),
        lambda: noise_message(NOISE, asked, theme(), number, address),
    )  # fmt: skip
    mount("noise", key=NAME, data=message, on_moved_change=reported)
    mark_read(NAME, news)
    live.write_to_url(NOISE, noise.parameters, moved.values)
    sensitivity(asked)
    fold = code_fold(_("The same in Python"), f"{NOISE}.code")
    if fold.open:
        with fold:
            show_script(KEY, script(drawn, seed, asked.outlier), "deepglass_noise")


def _menus(top: DeltaGenerator) -> Noise:
    """Which noise, by its own name or by its loss's; the nine stand in the row at the top."""
    way = choice(
        _("Names of"), WAYS, key=f"{NOISE}.by", widget=st.segmented_control,
        label_visibility="collapsed",
    )  # fmt: skip
    by_noise = way == WAYS[0].slug
    entries = [Named(one.slug, one.name if by_noise else one.title) for one in NOISES]
    with top:
        label = _("Begin with the noise") if by_noise else _("Begin with the loss")
        slug = choice(label, entries, key=f"{NOISE}.shape", widget=st.segmented_control)
    return NOISES[slug]


def _buttons(asked: Asked) -> None:
    st.button(
        _("Reset"), key=f"{NOISE}.free", icon=":material/undo:", on_click=_forget_handles,
        disabled=not asked.drawn.is_moved, help=_("All handles back where the noise has them."),
    )  # fmt: skip
    more = st.popover(_("More"), key=f"{NOISE}.more", on_change="rerun")
    if not more.open:
        return
    with more:
        st.button(
            _("Take the likeliest scale"), key=f"{NOISE}.likely", on_click=_take_likely_scale,
            args=(asked,), help=_("The scale at which these points are likeliest."),
        )  # fmt: skip
        st.button(
            _("New patients"), key=f"{NOISE}.again", icon=":material/casino:",
            on_click=next_whole, args=(SEED, SEEDS),
        )  # fmt: skip


def _take_likely_scale(asked: Asked) -> None:
    found = likely_scale(asked.drawn, asked.points)
    live.put(NOISE, SCALE, found, scope=asked.drawn.noise.slug)


def _forget_handles() -> None:
    st.session_state[HANDLES] = ("", NONE)
    keep_in_link(HANDLES, "")


def _drawn(
    noise: Noise, values: Mapping[str, float], sent: Mapping[str, Any], *, symmetric: bool
) -> Drawn:
    """The noise with the handles as a new link says, as kept, and as was sent now."""
    slug, heights = _read(linked(HANDLES)) or st.session_state.get(HANDLES, ("", NONE))
    drawn = _scaled(Drawn(noise, 1.0, 0.0, heights if slug == noise.slug else NONE), values)
    drawn = _with_handle(drawn, sent, symmetric=symmetric)
    st.session_state[HANDLES] = (noise.slug, drawn.heights)
    keep_in_link(HANDLES, _written(drawn) if drawn.is_moved else "")
    return drawn


def _scaled(drawn: Drawn, values: Mapping[str, float]) -> Drawn:
    own = drawn.noise.own
    return replace(drawn, scale=values[SCALE.name], own=values[own.name] if own else 0.0)


def _with_handle(drawn: Drawn, sent: Mapping[str, Any], *, symmetric: bool) -> Drawn:
    """The same with the handle that is `sent`: where it is put, or back where it was."""
    index = whole(sent.get("index"), 0, len(KNOTS) - 1)
    if index is None:
        return drawn
    loss = number_in(sent.get("loss"))
    if loss is None:
        return drawn.without_handle(index, symmetric=symmetric)
    return drawn.with_handle(index, loss, symmetric=symmetric)


def _written(drawn: Drawn) -> str:
    heights = ("" if one is None else f"{one:g}" for one in drawn.heights)
    return ",".join([drawn.noise.slug, *heights])


def _read(text: str) -> tuple[str, Heights] | None:
    """What a link says of handles: a noise and each one's height, or nothing; None for none."""
    slug, *parts = text.split(",")
    try:
        heights = tuple(float(one) if one else None for one in parts)
    except ValueError:
        return None
    sound = all(one is None or LOWEST <= one <= HIGHEST for one in heights)
    return (slug, heights) if sound and slug in NOISES and len(heights) == len(KNOTS) else None


def _outlier(sent: Mapping[str, Any]) -> Place:
    """Where the outlier stands: as was sent now, as a new link says, or as kept."""
    x, __, y = linked(OUTLIER).partition(",")
    try:
        place = _placed(float(x), float(y))
    except ValueError:
        place = None
    place = _placed(sent.get("x"), sent.get("y")) or place or st.session_state.get(OUTLIER, PLACE)
    st.session_state[OUTLIER] = place
    keep_in_link(OUTLIER, f"{place[0]:g},{place[1]:g}", f"{PLACE[0]:g},{PLACE[1]:g}")
    return place


def _placed(x: object, y: object) -> Place | None:
    across, up = number_in(x), number_in(y)
    if across is None or up is None:
        return None
    return _within(across, REACH[0]), _within(up, REACH[1])


def _within(value: float, reach: float) -> float:
    return round(min(max(value, -reach), reach), 2) + 0.0


def _renderer(asked: Asked, resting: Mapping[str, float], *, symmetric: bool) -> Render:
    """What answers a drag: of a slider, of a handle, or of the outlier."""
    held, colours = dict(resting), theme()
    parameters: tuple[Parameter, ...] = asked.drawn.noise.parameters

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in parameters}
        drawn = _with_handle(_scaled(asked.drawn, values), moved, symmetric=symmetric)
        outlier = _placed(moved.get("x"), moved.get("y")) or asked.outlier
        return noise_message(NOISE, replace(asked, drawn=drawn, outlier=outlier), colours, number)

    return render
