"""IoU, GIoU and DIoU of one detection with all truths as a script of its own, with torchvision."""

from __future__ import annotations

from explainer.metrics.boxes.iou import Values
from explainer.metrics.boxes.scene import Scene

SCRIPT = '''"""How well one detection agrees with each truth."""

import torch
from torchvision.ops import box_iou, distance_box_iou, generalized_box_iou

# x0, y0, x1, y1 in pixels
truths = torch.tensor([{truths}], dtype=torch.float64).reshape(-1, 4)
detection = torch.tensor([{detection}], dtype=torch.float64).reshape(-1, 4)

for name, measure in (
    ("IoU", box_iou), ("GIoU", generalized_box_iou), ("DIoU", distance_box_iou)
):
    for box, values in enumerate(measure(truths, detection).tolist()):
        for value in values:
            print(f"{{name}} with truth {{box + 1}}: {{value:.4f}}")

# The same by hand: what both cover, and what at least one does.
low = torch.maximum(truths[:, :2], detection[:, :2])
high = torch.minimum(truths[:, 2:], detection[:, 2:])
shared = (high - low).clamp(min=0).prod(dim=1)
area = lambda boxes: (boxes[:, 2:] - boxes[:, :2]).prod(dim=1)
union = area(truths) + area(detection) - shared
by_hand, theirs = shared / union, box_iou(truths, detection)[:, 0]
torch.testing.assert_close(by_hand, theirs, equal_nan=True)
'''


def script(scene: Scene, shown: int | None) -> str:
    """The script for the detection `shown`, and a box in the corner where there is none."""
    box = scene.detections[shown] if shown is not None else None
    detection = "[0, 0, 10, 10]" if box is None else _row(box)
    rows = "".join(f"\n    {_row(truth)}," for truth in scene.truths)
    return SCRIPT.format(truths=f"{rows}\n" if rows else "", detection=detection)


def _row(box: Values) -> str:
    return "[" + ", ".join(f"{value:.6g}" for value in box.tolist()) + "]"
