"""The instrument of the page on augmentation: a pipeline, and the wall of what it makes of a photo.

Chips are dragged into order in the browser, the sliders are those of the chosen one; while either
moves, the wall follows, and the draws stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from explainer.images.gallery import GALLERY, gallery_entry, gallery_picture
from explainer.images.thumbnails import encode_jpeg, encode_png
from explainer.live_pictures import Render
from explainer.regularisation.augmentation.transformation import SIDE
from explainer.regularisation.augmentation.wall import (
    COLUMNS,
    DEFAULT,
    MOST_STEPS,
    SAMPLES,
    TRANSFORMATIONS,
    Pipeline,
    Sample,
    Wall,
    ordered,
    read,
    square,
    step,
    written,
)
from explainer.regularisation.augmentation.wall_script import script
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.choice import choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, pack, reported, unread
from explainer.ui.common.memory import remembered
from explainer.ui.common.picture import Chosen, offer_picture, picture_input
from explainer.ui.inputs.places import kept_whole, next_whole, sent_values
from explainer.words import _

KEY = "augmentation"
WALL = f"{KEY}.wall"
STEPS, CHOSEN, SEED, TILE, SECOND = (
    f"{KEY}.{name}" for name in ("steps", "step", "seed", "tile", "second")
)
SEEDS, FIRST_TILE = 10_000, 1
OTHERS = ("coffee", "chelsea")
QUALITY = 88


@dataclass(frozen=True)
class Scene:
    """What is looked at: the wall of a photo, and the names of both labels."""

    wall: Wall
    steps: Pipeline
    chosen: str
    labels: tuple[str, str]


def instrument() -> None:
    """The photo, the controls of the chosen step, and the pipeline above its wall."""
    photo = picture_input()
    news = unread(WALL, "moved")
    steps, seed = _steps(news), kept_whole(SEED, SEEDS - 1)
    chosen = _chosen(news, steps)
    tile = kept_whole(TILE, SAMPLES, FIRST_TILE, sent_values(news).get("tile"))
    left, right = st.columns([1, 3], gap="medium")
    with left:
        about = st.container()
        second = _second(photo, steps)
        sliders = st.container()
        st.button(
            _("New draws"), key=f"{KEY}.others", icon=":material/casino:",
            on_click=next_whole, args=(SEED, SEEDS - 1),
            help=_("Another seed for all samples; the pipeline stays."),
        )  # fmt: skip
    entry = TRANSFORMATIONS.get(chosen)
    parameters = entry.settings if entry else ()
    moved = live.values(WALL, parameters, scope=chosen)
    steps = _with(steps, chosen, moved.values)
    _keep(steps)
    labels = (_(photo.picture.title), _(gallery_entry(second).title))
    wall = remembered(
        f"{KEY}.samples", (photo.picture.digest, second, seed), lambda: _wall(photo, second, seed)
    )
    sheet = remembered(f"{KEY}.sheet", (id(wall), steps), lambda: _sheet(wall, steps))
    scene = Scene(wall, steps, chosen, labels)
    address = live.live_picture(WALL, _renderer(scene))
    with about:
        _about(steps, chosen)
    with sliders:
        if parameters:
            live.sliders(WALL, parameters, moved, scope=chosen, address=address)
    header = {
        "name": WALL, "number": max(moved.number, number_of(WALL, news)), "address": address,
        "chosen": chosen, "tile": tile, "menu": _menu(), "most": MOST_STEPS,
        "mixing": [one.slug for one in TRANSFORMATIONS if one.mixes],
    }  # fmt: skip
    with right:
        mount(
            "wall", key=WALL, data=_message(scene, steps, header, sheet), on_moved_change=reported
        )
    mark_read(WALL, news)
    _code(photo, second, steps, seed)


def _wall(photo: Chosen, second: str, seed: int) -> Wall:
    return Wall(square(photo.picture.codes), square(gallery_picture(second).codes), seed)


def _about(steps: Pipeline, chosen: str) -> None:
    """What the chosen transformation is, and what becomes of the label."""
    entry = TRANSFORMATIONS.get(chosen)
    if entry is None:
        said = _("Add a transformation.") if not steps else _("Click on a step to set it.")
        st.caption(said)
        return
    source = f" ({entry.source})" if entry.source else ""
    st.markdown(f"**{_(entry.title)}**{source}  \n{_(entry.label)}")


def _second(photo: Chosen, steps: Pipeline) -> str:
    """The slug of the picture that is mixed in; a menu where one is."""
    usual = next(slug for slug in OTHERS if slug != photo.slug)
    if any(one.entry.mixes for one in steps):
        return choice(_("Second picture"), GALLERY, key=SECOND, default=usual)
    kept = st.session_state.get(SECOND, usual)
    return kept if kept in {one.slug for one in GALLERY} else usual


def _code(photo: Chosen, second: str, steps: Pipeline, seed: int) -> None:
    fold = code_fold(_("The same in Python"), f"{KEY}.code")
    if not fold.open:
        return
    with fold:
        row = show_script(KEY, script(steps, seed), "deepglass_wall")
        with row:
            offer_picture(photo)
            if any(one.entry.mixes for one in steps):
                st.download_button(
                    _("Download the second picture"),
                    lambda: encode_png(gallery_picture(second).codes),
                    "second.png", "image/png", icon=":material/image:", on_click="ignore",
                )  # fmt: skip


def _steps(news: Mapping[str, Any]) -> Pipeline:
    """The pipeline: as a new link says, else as kept; and then as it was arranged by hand."""
    kept: Pipeline = st.session_state.get(f"{STEPS}.now", DEFAULT)
    if linked(STEPS):
        found = read(linked(STEPS))
        kept = DEFAULT if found is None else found
    return arranged(kept, sent_values(news).get("steps"))


def arranged(steps: Pipeline, slugs: object) -> Pipeline:
    """The steps in the order of `slugs`: those that are not named go, new ones are as usual.

    What is no list of names changes nothing; a name that there is not is passed over.
    """
    if not isinstance(slugs, list):
        return steps
    known = {one.slug: one for one in steps}
    names = [slug for slug in slugs if isinstance(slug, str) and slug in TRANSFORMATIONS]
    return ordered([known.get(slug) or step(slug) for slug in names])


def _with(steps: Pipeline, chosen: str, values: Mapping[str, float]) -> Pipeline:
    """The steps, the chosen one with these values."""
    return tuple(step(chosen, **values) if one.slug == chosen else one for one in steps)


def _keep(steps: Pipeline) -> None:
    st.session_state[f"{STEPS}.now"] = steps
    keep_in_link(STEPS, written(steps), written(DEFAULT))


def _chosen(news: Mapping[str, Any], steps: Pipeline) -> str:
    """The slug of the step whose sliders are shown, which then begin with its values."""
    slugs = [one.slug for one in steps]
    asked = sent_values(news).get("chosen") or linked(CHOSEN)
    chosen = asked if asked in slugs else st.session_state.get(f"{CHOSEN}.now")
    usual = "rotation" if "rotation" in slugs else next(iter(slugs), "")
    chosen = str(chosen) if chosen in slugs else usual
    st.session_state[f"{CHOSEN}.now"] = chosen
    keep_in_link(CHOSEN, chosen, usual)
    store = st.session_state.setdefault(f"{WALL}.values", {})
    store.update({one.slug: dict(one.values) for one in steps})
    return chosen


def _menu() -> list[dict[str, Any]]:
    """All transformations, family by family."""
    families = dict.fromkeys(one.family for one in TRANSFORMATIONS)
    return [
        {
            "title": _(family),
            "entries": [
                {"slug": one.slug, "title": _(one.title)}
                for one in TRANSFORMATIONS
                if one.family == family
            ],
        }
        for family in families
    ]


def _sheet(wall: Wall, steps: Pipeline) -> bytes:
    """All samples as one JPEG."""
    return encode_jpeg(wall.sheet(wall.samples(steps)), QUALITY)


def _message(scene: Scene, steps: Pipeline, header: Mapping[str, Any], sheet: bytes) -> bytes:
    """What the component draws: the sheet of all samples, and what was drawn for each."""
    samples = scene.wall.samples(steps)
    said = {
        "steps": [{"slug": one.slug, "title": _(one.entry.title)} for one in steps],
        "told": [[_("the photo itself")], *(list(one.told) or [_("as it was")] for one in samples)],
        "shares": ["", *(_share(one, scene.labels) for one in samples)],
        "side": SIDE,
        "columns": COLUMNS,
    }
    return pack({**header, **said}, sheet)


def _share(sample: Sample, labels: tuple[str, str]) -> str:
    """The label of a mixed sample; nothing where nothing is mixed."""
    if sample.labels is None:
        return ""
    first, second = sample.share, 1 - sample.share
    return _(
        "label: {first} {one}, {second} {other}",
        first=f"{first:.2f}", one=labels[0], second=f"{second:.2f}", other=labels[1],
    )  # fmt: skip


def _renderer(scene: Scene) -> Render:
    """What answers a drag of a slider, or of a chip."""
    entry = TRANSFORMATIONS.get(scene.chosen)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        steps = scene.steps
        if entry:
            now = next(dict(one.values) for one in steps if one.slug == entry.slug)
            values = {one.name: live.first_sound(one, [moved, now]) for one in entry.settings}
            steps = _with(steps, entry.slug, values)
        steps = arranged(steps, moved.get("steps"))
        header = {"name": WALL, "number": number}
        return _message(scene, steps, header, _sheet(scene.wall, steps))

    return render
