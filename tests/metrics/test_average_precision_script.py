"""The script of a scene prints what the page shows, and pycocotools' number beside it."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from explainer.metrics.boxes.average_precision import averages, curve_of
from explainer.metrics.boxes.average_precision_script import script
from explainer.metrics.boxes.matching import match
from explainer.metrics.boxes.scene import SCENES, Scene


def printed(text: str) -> dict[str, float]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "script", "exec"), {})
    rows = (line.rsplit(" ", 1) for line in out.getvalue().splitlines())
    return {name.strip(): float(value) for name, value in rows}


@pytest.mark.parametrize(("threshold", "rule"), [(0.5, "coco"), (0.5, "voc"), (0.65, "coco")])
@pytest.mark.parametrize("slug", SCENES.slugs)
def test_it_computes_what_the_page_shows(slug: str, threshold: float, rule: str) -> None:
    scene = SCENES[slug].scene
    found = printed(script(scene, threshold, rule))
    wanted = averages(curve_of(match(scene, threshold, rule)))
    assert list(found.values())[:5] == pytest.approx(list(wanted.values()), abs=6e-5)
    if rule == "coco":
        assert found["pycocotools"] == found["101 points"]


def test_without_detections_all_is_nothing_and_without_truths_undefined() -> None:
    box = np.array([[1, 2, 3, 4]])
    for rule in ("coco", "voc"):
        assert set(printed(script(Scene(box), 0.5, rule)).values()) == {0.0}
        with pytest.raises(SystemExit, match="undefined"):
            printed(script(Scene(detections=box, scores=np.ones(1)), 0.5, rule))
