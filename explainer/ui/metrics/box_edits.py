"""The boxes on the photo as a hand left them: kept for the visit, and in the link.

A link has the scene's name, then the truths, then the detections with their scores:
`large_18,232,74,287_138,181,173,216,0.35`; nothing where all is as the scene has it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explainer.messages import linked_whole, whole
from explainer.messages import number as number_in
from explainer.metrics.boxes.iou import Values, boxes_of
from explainer.metrics.boxes.matching import RULES
from explainer.metrics.boxes.scene import SCENES, Scene
from explainer.ui.common.address import keep_in_link, linked

KEY = "metrics.boxes"
EDITED, SHOWN, STEP, ASK = (f"{KEY}.{name}" for name in ("edited", "shown", "step", "ask"))
OWN = f"{ASK}.own"
OWN_PHOTO = "photo"
MOST_TRUTHS, MOST_DETECTIONS = 60, 120
EMPTY = Scene()
Size = tuple[int, int]


@dataclass(frozen=True, eq=False)
class State:
    """What a hand sets on the photo and beside it.

    The boxes, whose field is `shown` (None where there is no detection), how many detections of the
    curve are looked at, and what the panel asks for: a rule, and the score of a crowd, which is the
    reader's `own` unless it is still the one of a link.
    """

    scene: Scene
    shown: int | None
    step: int
    ask: tuple[str, float | None]
    own: bool = True

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked, as the browser has it."""
        return {"rule": self.ask[0], "crowd": self.ask[1]}

    def after(self, slug: str, size: Size, sent: Mapping[str, Any]) -> State:
        """With what a browser sent of the scene `slug` on a photo of that (width, height).

        What was sent for another scene, or is none, changes nothing.
        """
        if sent.get("scene") != slug:
            return self
        found = _scene(sent.get("truths"), sent.get("detections"), size)
        scene = begun(slug) if sent.get("begun") is True else self.scene if found is None else found
        step = whole(sent.get("step"), 0, 2 * MOST_DETECTIONS)
        said = sent.get("ask")
        ask = _ask(said.get("rule"), said.get("crowd")) if isinstance(said, Mapping) else self.ask
        return State(
            scene, _sound(sent.get("shown"), scene, self.shown or 0),
            self.step if step is None else step, ask, self.own or ask[1] != self.ask[1],
        )  # fmt: skip


def state_now(slug: str, size: Size, sent: Mapping[str, Any], usual: int) -> State:
    """As `sent` now, as linked, as kept, or as the scene begins, `usual` shown."""
    found = _read(slug, size, linked(EDITED))
    scene = found or _edited().get(slug) or begun(slug)
    kept = st.session_state
    at = linked_whole(linked(SHOWN), 0, MOST_DETECTIONS)
    at = kept.get(SHOWN, {}).get(slug, usual) if at is None else at
    step = linked_whole(linked(STEP), 0, 2 * MOST_DETECTIONS)
    step = kept.get(STEP, 0) if step is None else step
    rule, __, crowd = linked(ASK).partition(",")
    ask = _ask(rule, _figure(crowd)) if rule else kept.get(ASK, _ask(None, None))
    own = not rule and kept.get(OWN, True)
    state = State(scene, _sound(at, scene, usual), step, ask, own).after(slug, size, sent)
    put(slug, state.scene)
    kept.setdefault(SHOWN, {})[slug] = usual if state.shown is None else state.shown
    kept[STEP], kept[ASK], kept[OWN] = state.step, state.ask, state.own
    keep_in_link(SHOWN, str(kept[SHOWN][slug]), str(usual))
    keep_in_link(STEP, str(state.step), "0")
    rule, crowd_score = state.ask
    said = rule if crowd_score is None else f"{rule},{crowd_score:g}"
    keep_in_link(ASK, said, RULES.slugs[0])
    return state


def put(slug: str, scene: Scene) -> None:
    """Let `scene` be what is drawn on the photo of the scene `slug`; as it was begun, nothing."""
    if same(scene, begun(slug)):
        _edited().pop(slug, None)
        keep_in_link(EDITED, "")
    else:
        _edited()[slug] = scene
        keep_in_link(EDITED, _written(slug, scene))


def begun(slug: str) -> Scene:
    """What is on the photo before a hand was at it; nothing on the visitor's own choice."""
    found = SCENES.get(slug)
    return EMPTY if found is None else found.scene


def same(one: Scene, other: Scene) -> bool:
    """Whether two scenes have the same boxes and scores."""
    return all(
        np.array_equal(getattr(one, part), getattr(other, part))
        for part in ("truths", "detections", "scores")
    )


def fits(scene: Scene, size: Size) -> bool:
    """Whether each box has its middle in a photo of that (width, height)."""
    return _within(np.vstack([scene.truths, scene.detections]), size)


def _within(boxes: Values, size: Size) -> bool:
    """A box may reach beyond the photo, as detectors' do, by less than the photo is large."""
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2
    sides = boxes[:, 2:] - boxes[:, :2]
    return bool(((middles >= 0) & (middles <= size) & (sides <= 2 * np.array(size))).all())


def _edited() -> dict[str, Scene]:
    found: dict[str, Scene] = st.session_state.setdefault(f"{EDITED}.scenes", {})
    return found


def _sound(value: object, scene: Scene, usual: int) -> int | None:
    """Which detection is shown: `value` where there is such a one, else `usual`, else the last."""
    last = len(scene.detections) - 1
    if last < 0:
        return None
    found = whole(value, 0, last)
    return min(usual, last) if found is None else found


def _ask(rule: object, crowd: object) -> tuple[str, float | None]:
    score = number_in(crowd)
    known = rule if isinstance(rule, str) and rule in RULES else RULES.slugs[0]
    return known, None if score is None else float(min(max(score, 0), 1))


def _figure(text: str) -> float | None:
    try:
        return number_in(float(text))
    except ValueError:
        return None


def _scene(truths: object, detections: object, size: Size) -> Scene | None:
    known = _rows(truths, 4, MOST_TRUTHS, size)
    said = _rows(detections, 5, MOST_DETECTIONS, size)
    if known is None or said is None:
        return None
    return Scene(known, said[:, :4], said[:, 4])


def _rows(rows: object, columns: int, most: int, size: Size) -> Values | None:
    """Boxes on the photo, and their scores in [0, 1]; None where one of them is no such thing."""
    if not isinstance(rows, list) or len(rows) > most:
        return None
    if any(not isinstance(row, list) or len(row) != columns for row in rows):
        return None
    values = [[number_in(value) for value in row] for row in rows]
    if any(value is None for row in values for value in row):
        return None
    found = np.array(values, dtype=np.float64).reshape(-1, columns)
    boxes, scores = found[:, :4], found[:, 4:]
    try:
        boxes_of(boxes)
    except ValueError:
        return None
    return found if _within(boxes, size) and ((scores >= 0) & (scores <= 1)).all() else None


def _written(slug: str, scene: Scene) -> str:
    said = np.column_stack([scene.detections, scene.scores])
    return "_".join([slug, _texts(scene.truths), _texts(said)])


def _texts(rows: Values) -> str:
    return "/".join(",".join(f"{value:.6g}" for value in row) for row in rows.tolist())


def _read(slug: str, size: Size, text: str) -> Scene | None:
    """What a link says of the scene `slug`: None where it speaks of another, or of no scene."""
    name, *parts = text.split("_")
    if name != slug or len(parts) != 2:
        return None
    try:
        rows: Sequence[list[list[float]]] = [
            [[float(value) for value in row.split(",")] for row in part.split("/") if row]
            for part in parts
        ]
    except ValueError:
        return None
    return _scene(rows[0], rows[1], size)
