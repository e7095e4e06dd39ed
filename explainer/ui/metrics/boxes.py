"""Boxes on a photo: how well two of them agree, and would, wherever one of them stood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from explainer.charts.theme import Theme
from explainer.images.gallery import gallery_picture
from explainer.images.picture import Picture
from explainer.live_pictures import Render
from explainer.metrics.boxes.iou import MEASURES, agreement
from explainer.metrics.boxes.iou_script import script
from explainer.metrics.boxes.puzzles import crowded
from explainer.metrics.boxes.scene import SCENES, Scene
from explainer.parameters import Parameter
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, reported, unread
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import picture_input, send_pixels
from explainer.ui.common.prose import say
from explainer.ui.inputs.places import sent_values
from explainer.ui.metrics.average_precision import told
from explainer.ui.metrics.average_precision_part import average_precision_part
from explainer.ui.metrics.box_edits import KEY, OWN_PHOTO, begun, fits, put, state_now
from explainer.ui.metrics.boxes_picture import HALF, NONE, Asked, boxes_message
from explainer.ui.metrics.shift import shift_part
from explainer.words import N_, _, language

PAGE = "metrics"
NAME = f"{KEY}.picture"
FIRST = "large"
THRESHOLD = Parameter("threshold", N_("IoU threshold"), HALF, 0.05, 0.95, 0.05)
PHOTOS = (*SCENES, Named(OWN_PHOTO, N_("A photo of your choice")))
FIELDS = (*MEASURES, Named(NONE, N_("none")))


def boxes_section(*_given: object) -> None:
    """The photo with its boxes and the precision that follows, then what one pixel costs."""
    say(PAGE, "boxes")
    news = unread(NAME, "moved")
    columns = st.columns([1.2, 1, 1.2], gap="medium", vertical_alignment="bottom")
    with columns[0]:
        slug = choice(_("Photo"), PHOTOS, key=f"{KEY}.scene", default=FIRST)
    with columns[1]:
        drawn = choice(
            _("The field shows"), FIELDS, key=f"{KEY}.field", widget=st.segmented_control
        )
    picture = _picture(slug)
    moved = live.values(KEY, (THRESHOLD,))
    asked = _asked(slug, picture, drawn, moved.values[THRESHOLD.name], sent_values(news))
    scene = asked.state.scene
    address = live.live_picture(KEY, _renderer(asked))
    with columns[2]:
        live.sliders(KEY, (THRESHOLD,), moved, address=address)
    number = max(moved.number, number_of(NAME, news))
    message = remembered(
        f"{KEY}.message", (asked.known, number, address, theme(), language()),
        lambda: _message(asked, theme(), number, address),
    )  # fmt: skip
    mount("precision_recall", key=NAME, family="boxes", data=message, on_moved_change=reported)
    mark_read(NAME, news)
    send_pixels(picture)
    live.write_to_url(KEY, (THRESHOLD,), moved.values)
    say(PAGE, "boxes_notice")
    fold = code_fold(_("The same in Python"), f"{KEY}.code")
    if fold.open:
        with fold:
            show_script(PAGE, script(scene, asked.state.shown), "deepglass_iou")
    rule, crowd = asked.state.ask
    whole = scene if crowd is None else crowded(scene, crowd)
    average_precision_part(whole, asked.threshold, rule)
    shift_part()


def _picture(slug: str) -> Picture:
    """The photo of a scene, or the one that the visitor chose."""
    example = SCENES.get(slug)
    return picture_input().picture if example is None else gallery_picture(example.photo)


def _asked(
    slug: str, picture: Picture, drawn: str, threshold: float, moved: Mapping[str, Any]
) -> Asked:
    height, width = picture.codes.shape[:2]
    state = state_now(slug, (width, height), moved, _nearest_miss(begun(slug)))
    if not fits(state.scene, (width, height)):  # of a photo that was larger
        put(slug, begun(slug))
        state = state_now(slug, (width, height), {}, 0)
    return Asked(slug, picture, state, drawn, threshold)


def _nearest_miss(scene: Scene) -> int:
    """The detection that is nearest to being just good enough; the first where there is none."""
    if not len(scene.truths) or not len(scene.detections):
        return 0
    best = agreement(scene.detections, scene.truths).max(axis=1)
    return int(np.abs(best - HALF).argmin())


def _message(asked: Asked, colours: Theme, number: int, address: str = "") -> bytes:
    state = asked.state
    start = None if asked.slug == OWN_PHOTO else begun(asked.slug)
    panel = told(
        state.scene, asked.threshold, state.step, colours, state.asked, start, own=state.own
    )
    return boxes_message(KEY, asked, panel, colours, number, address)


def _renderer(asked: Asked) -> Render:
    """What answers a drag: of a box, or of the threshold."""
    colours = theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        state = asked.state.after(asked.slug, asked.size, moved)
        threshold = live.first_sound(THRESHOLD, [moved, {THRESHOLD.name: asked.threshold}])
        return _message(replace(asked, state=state, threshold=threshold), colours, number)

    return render
