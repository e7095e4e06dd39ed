"""Which detection is a hit: the best score chooses first, and a truth is given away once.

Detections of one score come in the order of their list. COCO (Lin et al. 2014) gives a detection
the best truth that is *still free*; PASCAL VOC (Everingham et al. 2010) looks at its best truth
alone, and where another has taken it the detection is a false alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.metrics.boxes.iou import agreement
from explainer.metrics.boxes.scene import Scene
from explainer.registry import Registry
from explainer.words import N_

Array = NDArray[np.float64]
Whole = NDArray[np.intp]

ALMOST_ONE = 1 - 1e-10
"""The largest threshold in effect, as in pycocotools: a box on its truth may miss 1 by rounding."""


@dataclass(frozen=True)
class Rule:
    """A rule of matching: its name in links and its name on screen, and what it says."""

    slug: str
    title: str
    says: str


RULES = Registry(
    N_("rule of matching"),
    Rule("coco", "COCO", N_("A detection gets the best truth that is still free.")),
    Rule("voc", "PASCAL VOC", N_("A detection may have its best truth alone, or none.")),
)


@dataclass(frozen=True, eq=False)
class Matching:
    """What became of each detection of a scene with `truths` truths, at one threshold.

    `order` (D,) is the detections' indices, the best score first; by a detection's index, `truth`
    (D,) is the truth that it found, or −1, and `best` (D,) its largest IoU with any truth, in
    [0, 1], with truth `nearest` (D,), or −1 where it touches none.
    """

    order: Whole
    truth: Whole
    best: Array
    nearest: Whole
    scores: Array
    truths: int

    @property
    def hits(self) -> NDArray[np.bool_]:
        """Whether each detection, in the order of its turn, is a hit (D,)."""
        return self.truth[self.order] >= 0


class Matcher:
    """The IoU of every detection with every truth, computed once for all thresholds and rules."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.scores, self.truths = scene, scene.scores, len(scene.truths)
        self.overlaps = np.nan_to_num(agreement(scene.detections, scene.truths))
        self.order = np.argsort(-self.scores, kind="stable")
        count = len(self.scores)
        if self.truths:
            nearest = self.overlaps.argmax(axis=1)
            self.best = self.overlaps[np.arange(count), nearest]
            self.nearest = np.where(self.best > 0, nearest, -1)
        else:
            self.best, self.nearest = np.zeros(count), np.full(count, -1)
        # Of two truths with the same IoU COCO takes the later: so the order is turned round.
        turned = np.argsort(-self.overlaps[:, ::-1], axis=1, kind="stable")
        self.choices = (self.truths - 1 - turned).tolist()
        self._turns = self.order.tolist()
        self._values = self.overlaps.tolist()

    def at(self, threshold: float, rule: str = "coco") -> Matching:
        """Match with hits from an IoU of `threshold` on. Raises `ValueError` for no such rule."""
        strict = RULES[rule].slug == "voc"
        least = min(threshold, ALMOST_ONE)
        taken = [False] * self.truths
        truth = np.full(len(self.scores), -1)
        for turn in self._turns:
            values = self._values[turn]
            for choice in [self.nearest[turn]] if strict else self.choices[turn]:
                if choice < 0 or values[choice] < least:
                    break
                if not taken[choice]:
                    taken[choice] = True
                    truth[turn] = choice
                    break
        return Matching(self.order, truth, self.best, self.nearest, self.scores, self.truths)


def match(scene: Scene, threshold: float, rule: str = "coco") -> Matching:
    """`Matcher(scene).at(threshold, rule)`, where one threshold is all that is asked for."""
    return Matcher(scene).at(threshold, rule)
