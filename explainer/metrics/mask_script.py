"""The numbers of a painted mask as a script of its own, which reads both masks from a file."""

from __future__ import annotations

import io

import numpy as np

from explainer.metrics.masks import Mask

FILE = "deepglass_masks.npz"
PROGRAM = '''"""Pixel accuracy, IoU, Dice and boundary F of a mask."""

import numpy as np
from scipy.ndimage import binary_erosion, distance_transform_edt
from sklearn.metrics import accuracy_score, f1_score, jaccard_score

TOLERANCE = {tolerance!r}  # pixels
masks = np.load("{file}")
truth, answer = masks["truth"], masks["answer"]  # (H, W), True where the object is

accuracy = accuracy_score(truth.ravel(), answer.ravel())
iou = dice = np.nan  # 0 / 0 where both masks are empty
if truth.any() or answer.any():
    iou = jaccard_score(truth.ravel(), answer.ravel())
    dice = f1_score(truth.ravel(), answer.ravel())  # the F1 of the pixels


def boundary(mask):  # pixels with one beside them that is not of the mask
    return mask & ~binary_erosion(mask, border_value=1)


def near(points, others):  # the share of points that lie near others
    return (distance_transform_edt(~others)[points] <= TOLERANCE).mean()


true_edge, given_edge = boundary(truth), boundary(answer)
if true_edge.any() and given_edge.any():
    precision, recall = near(given_edge, true_edge), near(true_edge, given_edge)
    both = precision + recall
    boundary_f = 2 * precision * recall / both if both else 0.0
else:  # of one edge alone nothing is near; of none at all there is nothing to ask
    boundary_f = 0.0 if true_edge.any() or given_edge.any() else np.nan

print("pixel accuracy", accuracy)
print("IoU           ", iou)
print("Dice          ", dice)
print("boundary F    ", boundary_f)
'''


def script(tolerance: float) -> str:
    """It leaves `accuracy`, `iou`, `dice` and `boundary_f` in its names."""
    return PROGRAM.format(tolerance=tolerance, file=FILE)


def data(truth: Mask, answer: Mask) -> bytes:
    """The two masks as the file that the script reads."""
    file = io.BytesIO()
    np.savez_compressed(file, truth=truth, answer=answer)
    return file.getvalue()
