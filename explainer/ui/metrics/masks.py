"""Masks: one is painted on a photo, and what it scores follows the brush."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from explainer.live_pictures import Render
from explainer.metrics.mask_scenes import SCENES, STARTS, View, own
from explainer.metrics.mask_script import FILE, data, script
from explainer.parameters import Parameter
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, reported, unread
from explainer.ui.common.picture import chosen_picture
from explainer.ui.common.prose import say
from explainer.ui.inputs.places import sent_values
from explainer.ui.metrics.mask_set import mask_set_part
from explainer.ui.metrics.painting import Painted, painted_message, unpacked
from explainer.words import N_, _

KEY = "metrics"
PAINT = f"{KEY}.paint"
NAME, HELD = f"{PAINT}.picture", f"{PAINT}.held"
OWN = Named("own", N_("your photo"))
TOLERANCE = Parameter("tolerance", N_("boundary: pixels apart that pass"), 2, 0, 10, 0.5)
BY = Parameter("by", N_("shift or erosion in pixels"), 6, 0, 30, 1)


def masks_section(*_given: object) -> None:
    """The photo with its mask, the numbers beside it, and a whole set of pictures below."""
    say(KEY, "masks")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        scene = choice(_("Picture"), [*SCENES, OWN], key=f"{PAINT}.scene",
                       widget=st.segmented_control)  # fmt: skip
        start = choice(_("Begin with"), STARTS, key=f"{PAINT}.start", widget=st.segmented_control)
    parameters = (BY, TOLERANCE) if STARTS[start].moves else (TOLERANCE,)
    news = unread(NAME, "moved")
    moved = live.values(PAINT, parameters)
    made = _held(scene, start, moved.values)
    _take(made, sent_values(news))
    _begin(made, moved.values)
    is_own = scene == OWN.slug
    address = live.live_picture(PAINT, _renderer(made, moved.values, own=is_own))
    live.sliders(PAINT, parameters, moved, address=address)
    number = max(moved.number, number_of(NAME, news))
    message = painted_message(
        PAINT, made, moved.values[TOLERANCE.name], theme(), number, own=is_own, address=address
    )
    mount("painting", key=NAME, data=message, on_moved_change=reported)
    mark_read(NAME, news)
    live.write_to_url(PAINT, parameters, moved.values)
    if is_own:
        st.caption(_("Your photo is the one chosen on the pages with a picture; both masks are "
                     "yours to paint. The truth begins as Otsu’s threshold makes it."))  # fmt: skip
    else:
        st.caption(_(SCENES[scene].recipe))
    say(KEY, "masks_notice")
    fold = code_fold(_("The same in Python"), f"{PAINT}.code")
    if fold.open:
        with fold:
            row = show_script(KEY, script(moved.values[TOLERANCE.name]), "deepglass_masks")
            row.download_button(
                _("Its data, to lie beside it"), lambda: data(made.truth, made.answer), FILE,
                key=f"{PAINT}.data", icon=":material/database:", on_click="ignore",
            )  # fmt: skip
    mask_set_part()


def _held(scene: str, start: str, values: Mapping[str, float]) -> Painted:
    """What is being painted; a new one where another picture or another start is asked for."""
    chosen = chosen_picture().picture if scene == OWN.slug else None
    of = (scene if chosen is None else f"{OWN.slug} {chosen.digest}", start)
    kept: Painted | None = st.session_state.get(HELD)
    if kept is not None and kept.of == of:
        return kept
    view: View = SCENES[scene].load() if chosen is None else own(chosen.codes)
    if kept is not None and kept.of[0] == of[0]:
        view = replace(view, truth=kept.truth)
    by = round(values.get(BY.name, 0))
    made = Painted(of, by, view, STARTS[start].make(view, by), view.truth)
    st.session_state[HELD] = made
    return made


def _begin(made: Painted, values: Mapping[str, float]) -> None:
    """The mask to begin with anew, where the slider says another number of pixels."""
    by = round(values.get(BY.name, made.by))
    if by != made.by:
        made.by = by
        made.answer = STARTS[made.of[1]].make(replace(made.view, truth=made.truth), by)


def _take(made: Painted, sent: Mapping[str, object]) -> None:
    """The mask that the browser sent, where it is one of this picture."""
    mask = unpacked(sent.get("bits"), (made.answer.shape[0], made.answer.shape[1]))
    if mask is None:
        return
    if sent.get("target") == "truth":
        if made.of[0].startswith(OWN.slug):
            made.truth = mask
    else:
        made.answer = mask


def _renderer(made: Painted, resting: Mapping[str, float], *, own: bool) -> Render:
    """What answers the brush and the sliders; what is painted stays in the session."""
    held, colours = dict(resting), theme()
    moving = [one for one in (BY, TOLERANCE) if one.name in held]

    def render(moved: Mapping[str, object], number: int) -> bytes:
        held.update({one.name: live.first_sound(one, [moved, held]) for one in moving})
        _take(made, moved)
        _begin(made, held)
        return painted_message(
            PAINT, made, held[TOLERANCE.name], colours, number, own=own, photo=False
        )

    return render
