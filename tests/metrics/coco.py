"""Scenes for tests, random ones with ties among them, and what pycocotools says of scenes."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from explainer.metrics.boxes.scene import Array, Scene

SIDE = 12


@st.composite
def boxes(draw: st.DrawFn, most: int) -> Array:
    """Boxes with an area on a coarse grid, so that equal IoUs and equal boxes are among them."""
    corner = st.integers(0, SIDE - 2)
    found = []
    for __ in range(draw(st.integers(0, most))):
        x, y = draw(corner), draw(corner)
        found.append([x, y, draw(st.integers(x + 1, SIDE)), draw(st.integers(y + 1, SIDE))])
    return np.array(found, dtype=np.float64).reshape(-1, 4)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Up to six truths and twelve detections, some of them close to a truth, scores of tenths."""
    truths, said = draw(boxes(6)), draw(boxes(8))
    if len(truths):
        near = draw(st.lists(st.integers(0, len(truths) - 1), max_size=4))
        said = np.concatenate([said, truths[near] + np.array([0, 0, 0, draw(st.integers(0, 2))])])
    scores = draw(st.lists(st.integers(0, 10), min_size=len(said), max_size=len(said)))
    return Scene(truths, said, np.array(scores) / 10)


def evaluated(pictures: Sequence[Scene], thresholds: Sequence[float]) -> COCOeval:
    """pycocotools at work on the scenes of several pictures, of all areas, with no limit."""
    known, said = COCO(), COCO()
    common = {
        "images": [{"id": place} for place in range(len(pictures))],
        "categories": [{"id": 1}],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        for coco, part in ((known, "truths"), (said, "detections")):
            rows = [
                {
                    "image_id": place, "category_id": 1, "iscrowd": 0, "score": score,
                    "bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0),
                }
                for place, scene in enumerate(pictures)
                for (x0, y0, x1, y1), score in zip(
                    getattr(scene, part).tolist(),
                    scene.scores.tolist() if part == "detections" else [0.0] * len(scene.truths),
                    strict=True,
                )
            ]  # fmt: skip
            coco.dataset = {**common, "annotations": [
                {**row, "id": place + 1} for place, row in enumerate(rows)
            ]}  # fmt: skip
            coco.createIndex()
        test = COCOeval(known, said, "bbox")
        test.params.iouThrs = np.array(thresholds)
        test.params.maxDets = [max(1, *(len(scene.scores) for scene in pictures), 1)]
        test.params.areaRng, test.params.areaRngLbl = [[0, 1e10]], ["all"]
        test.evaluate()
        test.accumulate()
    return test
