"""The script of the boxes' page gives the numbers of the page."""

from __future__ import annotations

import contextlib
import io
import re

import pytest

from explainer.metrics.boxes.iou import MEASURES, agreement
from explainer.metrics.boxes.iou_script import script
from explainer.metrics.boxes.scene import SCENES, Scene


def run(text: str) -> dict[str, list[float]]:
    """What a script prints: values by the name of their measure."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(text, "script", "exec"), {})
    found: dict[str, list[float]] = {}
    for name, value in re.findall(r"(\w+) with truth \d+: (\S+)", said.getvalue()):
        found.setdefault(name, []).append(float(value))
    return found


@pytest.mark.parametrize(("slug", "shown"), [("large", 5), ("coins", 19)])
def test_it_prints_the_agreement_with_each_truth(slug: str, shown: int) -> None:
    scene = SCENES[slug].scene
    printed = run(script(scene, shown))
    assert len(printed) == len(MEASURES)
    for measure in MEASURES:
        wanted = agreement(scene.detections[shown][None], scene.truths, measure)[0]
        assert printed[measure.title] == pytest.approx(wanted.tolist(), abs=6e-5)


def test_it_runs_without_a_box() -> None:
    assert run(script(Scene(), None)) == {}
