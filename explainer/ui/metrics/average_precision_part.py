"""Below the boxes: what to notice of average precision, the trap of empty pictures, the code."""

from __future__ import annotations

import streamlit as st

from explainer.metrics.boxes.average_precision import DEFINITIONS, pooled
from explainer.metrics.boxes.average_precision_script import script
from explainer.metrics.boxes.matching import match
from explainer.metrics.boxes.scene import EMPTY_PICTURE, Scene
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.prose import say
from explainer.words import _

PAGE, KEY = "metrics", "metrics.ap"


def average_precision_part(scene: Scene, threshold: float, rule: str = "coco") -> None:
    """What to notice, one case in numbers, the puzzles' answers, and the script of the state."""
    say(PAGE, "boxes_ap")
    st.markdown(empty_picture())
    say(PAGE, "boxes_puzzles")
    fold = code_fold(_("AP in Python"), f"{KEY}.code")
    if fold.open:
        with fold:
            show_script(PAGE, script(scene, threshold, rule), "deepglass_average_precision")


def empty_picture() -> str:
    """What a library loses that leaves pictures without a truth out, as computed here."""
    found, empty = (match(scene, 0.5) for scene in EMPTY_PICTURE)
    average = DEFINITIONS["coco"]
    values = [pooled([found, empty]), pooled([found])]
    right, wrong = (0.0 if curve is None else average(curve) for curve in values)
    return _(
        "**A picture on which there is nothing counts too.** Two pictures: on the first the only "
        "truth is found with a score of {low}, on the second, which has no truth, something is "
        "“found” with {high}. AP over both is {right}. Who leaves pictures without a truth out "
        "gets {wrong}: the false alarm is gone (the library supervision did so, 0.26.0rc4).",
        low=f"{EMPTY_PICTURE[0].scores[0]:.1f}", high=f"{EMPTY_PICTURE[1].scores[0]:.1f}",
        right=f"{right:.2f}", wrong=f"{wrong:.2f}",
    )  # fmt: skip
