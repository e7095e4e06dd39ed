"""What is drawn of the boxes on a photo: the boxes, the field of one of them, and its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np

from explainer.charts.theme import Theme
from explainer.images.picture import Picture
from explainer.metrics.boxes.iou import IOU, MEASURES, Measure, Values, agreement
from explainer.metrics.boxes.iou_field import Best, Grid, best_truth, climb, field
from explainer.metrics.boxes.scene import Scene
from explainer.powers import percent
from explainer.ui.common.components import pack
from explainer.ui.metrics.box_edits import State, begun, same
from explainer.words import _

HALF, STRICT = 0.5, 0.75
TOP = 65_535
TRUTH, HIT, FALSE = 2, 0, 1
NONE = "none"


@dataclass(frozen=True, eq=False)
class Asked:
    """The photo of the scene `slug` with what a hand set on it, and what the field is of.

    `field` is the slug of a measure, or of none; at `threshold` a detection agrees well enough.
    """

    slug: str
    picture: Picture
    state: State
    field: str
    threshold: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the photo."""
        height, width = self.picture.codes.shape[:2]
        return width, height

    @property
    def grid(self) -> Grid:
        """The places over the photo."""
        return Grid.over(*self.size)

    @property
    def known(self) -> tuple[object, ...]:
        """All of it, so that it can be compared."""
        state = self.state
        parts = (state.scene.truths, state.scene.detections, state.scene.scores)
        return (
            self.slug, self.picture.digest, *(part.tobytes() for part in parts), state.shown,
            state.step, state.ask, state.own, self.field, self.threshold,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Fields:
    """Over all places of the box: its IoU, and the measure that is drawn."""

    iou: Values
    drawn: Values


def boxes_message(
    name: str, asked: Asked, told: dict[str, Any], colours: Theme, number: int, address: str = ""
) -> bytes:
    """All that is drawn; `told` is what is said of precision and recall.

    With the field, where there is one, and that of IoU where it is another's: rows of uint16, 0 for
    the least and 65,535 for 1.
    """
    measure = MEASURES.get(asked.field) or IOU
    scene, shown = asked.state.scene, asked.state.shown
    box = None if shown is None else scene.detections[shown]
    best = None if box is None else best_truth(box, scene.truths, measure)
    fields = None if box is None or best is None else _fields(box, scene, asked.grid, measure)
    way = [] if box is None or fields is None else _way(box, fields, asked)
    (width, height), grid = asked.size, asked.grid
    drawn = [] if fields is None or asked.field == NONE else [_codes(fields.drawn, measure)]
    if drawn and fields and measure is not IOU:
        drawn.append(_codes(fields.iou, IOU))
    header: dict[str, Any] = {
        "name": name, "number": number, "address": address, "scene": asked.slug,
        "digest": asked.picture.digest, "width": width, "height": height,
        "alt": _(asked.picture.alt),
        "truths": scene.truths.tolist(),
        "detections": np.column_stack([scene.detections, scene.scores]).tolist(),
        "shown": shown, "best": None if best is None else best.truth,
        "beside": "" if best is None else _beside(best),
        "way": [] if asked.field == NONE else way, "field": crc32(b"".join(drawn)),
        "edited": not same(scene, begun(asked.slug)), "step": asked.state.step,
        "ask": asked.state.asked,
        "grid": {"rows": len(grid.down), "columns": len(grid.across), "step": grid.step,
                 "low": measure.low},
        "levels": [
            {"value": level, "now": level == asked.threshold,
             "says": _of_line(level, asked.threshold)}
            for level in sorted({HALF, STRICT, asked.threshold})
        ],
        "legend": _legend(measure, colours),
        "colours": {
            "truth": colours.categorical[TRUTH], "hit": colours.categorical[HIT],
            "false": colours.categorical[FALSE],
        },
        "told": _told(asked, measure, best, fields, way),
        "ap": told,
    }  # fmt: skip
    return pack(header, *drawn)


def _of_line(level: float, threshold: float) -> str:
    """What the line of that IoU is; where it is the threshold's, that one alone is drawn."""
    if level == threshold:
        return _("thick line: IoU of the threshold, {level}", level=f"{level:.2f}")
    if level == STRICT:
        return _("dashed line: IoU {level}", level=f"{level:.2f}")
    return _("thin line: IoU {level}", level=f"{level:.2f}")


def _legend(measure: Measure, colours: Theme) -> dict[str, Any]:
    stops = colours.sequential if measure.low == 0 else colours.diverging
    return {
        "stops": stops, "low": f"{measure.low:.0f}".replace("-", "−"), "high": "1",
        "title": _("{measure} with its best truth, for each place of the centre",
                   measure=_(measure.title)),
    }  # fmt: skip


def _codes(values: Values, measure: Measure) -> bytes:
    scaled = (values - measure.low) / (1 - measure.low)
    return np.round(TOP * np.clip(np.nan_to_num(scaled), 0, 1)).astype("<u2").tobytes()


def _fields(box: Values, scene: Scene, grid: Grid, measure: Measure) -> Fields:
    size = (float(box[2] - box[0]), float(box[3] - box[1]))
    truths = np.ascontiguousarray(scene.truths).tobytes()
    return Fields(_field(size, truths, grid, IOU.slug), _field(size, truths, grid, measure.slug))


@lru_cache(maxsize=32)
def _field(size: tuple[float, float], truths: bytes, grid: Grid, slug: str) -> Values:
    """As `field` says; a box that is moved, and not resized, has the same."""
    return field(size, np.frombuffer(truths).reshape(-1, 4), grid, MEASURES[slug])


def _way(box: Values, fields: Fields, asked: Asked) -> list[tuple[float, float]]:
    """Up the field that is drawn from the middle of the box; nothing where it is flat."""
    x, y = (box[:2] + box[2:]) / 2
    found = climb(np.nan_to_num(fields.drawn), float(x), float(y), asked.grid)
    return found if len(found) > 1 else []


def _beside(best: Best) -> str:
    return _("IoU {iou}", iou=_number(best.iou))


def _number(value: float | None) -> str:
    return "–" if value is None or not np.isfinite(value) else f"{value:z.3f}".replace("-", "−")


def _told(
    asked: Asked, measure: Measure, best: Best | None, fields: Fields | None,
    way: list[tuple[float, float]],
) -> list[str]:  # fmt: skip
    """The numbers of the box that is shown, then what its field says."""
    shown, scene = asked.state.shown, asked.state.scene
    if shown is None and not len(scene.truths):
        return [_("Draw a box around something on the photo: that is the truth. Then draw a "
                  "detection.")]  # fmt: skip
    if shown is None:
        return [_("There is no detection yet: draw one on the photo.")]
    if best is None or fields is None:
        return [_("There is no truth, so IoU is undefined (–): draw one on the photo.")]
    pair = scene.detections[shown][None], scene.truths[best.truth][None]
    others = ", ".join(
        f"{_(one.title)} {_number(float(agreement(*pair, one)[0, 0]))}"
        for one in MEASURES
        if one is not IOU
    )
    said = [
        _("Detection {place}, score {score}: IoU {iou} = intersection {shared} ÷ union {union} "
          "square pixels. {others}.", place=shown + 1, score=f"{scene.scores[shown]:.2f}",
          iou=_number(best.iou), shared=f"{best.shared:,.0f}", union=f"{best.union:,.0f}",
          others=others)
    ]  # fmt: skip
    if best.iou is None:
        said.append(_("Neither box has an area, so there is nothing to divide by."))
    return [*said, " ".join(_of_field(asked, measure, best, fields, way))]


def _of_field(
    asked: Asked, measure: Measure, best: Best, fields: Fields, way: list[tuple[float, float]]
) -> list[str]:
    half, strict, none = (
        percent(float(np.mean(where)))
        for where in (fields.iou >= HALF, fields.iou >= STRICT, fields.iou == 0)
    )
    said = [
        _("Of all places where a box of this size could stand, {half} reach IoU 0.5 and {strict} "
          "reach 0.75; at {none} IoU is 0.", half=half, strict=strict, none=none)
    ]  # fmt: skip
    if asked.field == NONE:
        return said
    name = _(measure.title)
    if way:
        x, y = way[-1]
        top = fields.drawn[int(y / asked.grid.step), int(x / asked.grid.step)]
        said.append(
            _("The dotted way follows the slope of {measure}, to {top}.", measure=name,
              top=_number(float(top)))
        )  # fmt: skip
    elif measure is IOU and best.shared == 0:
        said.append(_("Here IoU is 0 and stays so with every small move: no slope to follow."))
    else:
        said.append(_("No small move betters {measure} here.", measure=name))
    return said
