"""The average precision of a scene as a script, in NumPy, and in pycocotools if it is there."""

from __future__ import annotations

from explainer.metrics.boxes.scene import Array, Scene

BEST = {
    "coco": """    free = np.where(taken, -1, overlaps[turn])  # COCO: the best that is free
    best = len(truths) - 1 - free[::-1].argmax() if len(truths) else -1""",
    "voc": """    best = overlaps[turn].argmax() if len(truths) else -1  # VOC: its best alone""",
}

SCRIPT = '''"""Average precision at one threshold of IoU: who is a hit, and five ways to sum."""

import contextlib
import io

import numpy as np

THRESHOLD = {threshold!r}
truths = np.array({truths}, dtype=float).reshape(-1, 4)  # x0, y0, x1, y1
detections = np.array({detections}, dtype=float).reshape(-1, 4)
scores = np.array({scores}, dtype=float)

low = np.maximum(detections[:, None, :2], truths[:, :2])
high = np.minimum(detections[:, None, 2:], truths[:, 2:])
shared = np.clip(high - low, 0, None).prod(axis=2)
area = lambda boxes: (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
union = area(detections)[:, None] + area(truths) - shared
overlaps = shared / np.where(union > 0, union, 1)

order = np.argsort(-scores, kind="stable")  # the best score first
taken = np.zeros(len(truths), dtype=bool)
hits = np.zeros(len(order), dtype=bool)
for place, turn in enumerate(order):
{best}
    if best >= 0 and not taken[best] and overlaps[turn, best] >= THRESHOLD:
        hits[place] = taken[best] = True

if not len(truths):
    raise SystemExit("no truth: recall, and with it AP, is undefined")
found = np.cumsum(hits)
precision, recall = found / np.arange(1, len(hits) + 1), found / len(truths)
ceiling = np.maximum.accumulate(precision[::-1])[::-1]


def at(wanted):  # the best precision at this recall or more, 0 beyond what was found
    return np.append(ceiling, 0)[np.searchsorted(recall, wanted)]


last = np.append(np.diff(scores[order]) != 0, True)[: len(hits)]  # ties are one threshold
r, p = np.append(0, recall[last]), np.append(1, precision[last])
average = {{
    "11 points": at(np.arange(11) / 10).mean(),
    "101 points": at(np.linspace(0, 1, 101)).mean(),
    "all points": np.sum(np.diff(np.append(0, recall)) * ceiling),
    "step": np.sum(np.diff(r) * p[1:]),
    "trapezoid": np.sum(np.diff(r) * (p[1:] + p[:-1]) / 2),
}}
for name, value in average.items():
    print(f"{{name:12s}} {{value:.4f}}")
{oracle}'''

ORACLE = """
try:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
except ImportError:
    print("pycocotools is not installed")
else:
    wide = lambda box: [*map(float, (*box[:2], *(box[2:] - box[:2])))]  # x, y, width, height
    common = {"image_id": 1, "category_id": 1}
    images = {"images": [{"id": 1}], "categories": [{"id": 1}]}
    known = [
        dict(common, id=i + 1, bbox=wide(box), area=1.0, iscrowd=0)
        for i, box in enumerate(truths)
    ]
    said = [
        dict(common, bbox=wide(box), score=float(score))
        for box, score in zip(detections, scores)
    ]
    if said:
        with contextlib.redirect_stdout(io.StringIO()):
            coco = COCO()
            coco.dataset = dict(images, annotations=known)
            coco.createIndex()
            test = COCOeval(coco, coco.loadRes(said), "bbox")
            test.params.iouThrs = np.array([THRESHOLD])
            test.params.maxDets = [len(said)]
            test.params.areaRng, test.params.areaRngLbl = [[0, 1e10]], ["all"]
            test.evaluate()
            test.accumulate()
        print(f"pycocotools  {test.eval['precision'].mean():.4f}")
"""


def script(scene: Scene, threshold: float, rule: str = "coco") -> str:
    """The averages of `scene` at that threshold; pycocotools' beside them under COCO's rule."""
    return SCRIPT.format(
        threshold=threshold,
        truths=_listed(scene.truths),
        detections=_listed(scene.detections),
        scores=[float(f"{score:.6g}") for score in scene.scores.tolist()],
        best=BEST[rule],
        oracle=ORACLE if rule == "coco" else "",
    )


def _listed(boxes: Array) -> str:
    rows = (", ".join(f"{value:.6g}" for value in box) for box in boxes.tolist())
    return "[\n" + "".join(f"    [{row}],\n" for row in rows) + "]" if len(boxes) else "[]"
