"""The script of a threshold gives the numbers of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explainer.metrics.binary import MEASURES, sweep
from explainer.metrics.binary_script import FILE, binary_data, binary_script
from explainer.metrics.scores import scored


@pytest.mark.parametrize(("threshold", "prevalence"), [(-1.256, None), (0.0, 0.0123), (99.0, 0.5)])
def test_the_script_finds_the_same(
    threshold: float, prevalence: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scores, truths = scored("linear").scores(5).round(3), scored("linear").truths(5)
    Path(FILE).write_bytes(binary_data(scores, truths))
    names: dict[str, Any] = {}
    exec(binary_script(threshold, prevalence), names)
    found = sweep(scores, truths)
    counted = found.at(threshold)
    assert names["counts"].tolist() == [
        [counted.refused, counted.alarms], [counted.misses, counted.hits]
    ]  # fmt: skip
    for one in MEASURES:
        value = one.value(counted.weighed(prevalence))
        assert names[one.slug] == pytest.approx(np.nan if value is None else value, nan_ok=True)
    assert names["area"] == pytest.approx(found.area)
    assert names["average_precision"] == pytest.approx(found.average_precision(prevalence))
    assert names["above"] == pytest.approx(found.area, abs=0.01)
