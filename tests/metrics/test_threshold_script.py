"""The browser's numbers of a threshold are those of Python, to the last digits."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from playwright._impl._driver import compute_driver_executable

from explainer.metrics.binary import MEASURES, Sweep, sweep
from explainer.metrics.scores import scored

LOADED = Path(__file__).parents[1] / "javascript" / "loaded.mjs"
PREVALENCES = (None, 0.01, 0.5)
ASK = """
import { readFileSync } from "node:fs"
import { loaded } from "LOADED"
const names = ["reached", "countsAt", "weighed", "valueOf", "intervalOf", "averagePrecision"]
const { reached, countsAt, weighed, valueOf, intervalOf, averagePrecision } =
  await loaded("beeswarm", names)
const answers = JSON.parse(readFileSync(0, "utf8")).map(({ thresholds, hits, alarms, asked }) =>
  [null, 0.01, 0.5].map(prevalence => ({
    average: averagePrecision({ hits, alarms }, prevalence),
    at: asked.map(threshold => {
      const counts = countsAt({ hits, alarms }, reached(thresholds, threshold))
      const slugs = ["recall", "specificity", "precision", "accuracy", "f1"]
      return { counts, shares: slugs.map(slug => [
        valueOf(slug, weighed(counts, prevalence)), intervalOf(slug, counts, prevalence)]) }
    }),
  })))
console.log(JSON.stringify(answers))
"""


def scenes() -> list[Sweep]:
    """Real scores, many ties, one kind alone, one picture, none."""
    random, real = np.random.default_rng(3), scored("linear")
    return [
        sweep(real.scores(8).round(3), real.truths(8)),
        sweep(random.integers(-3, 3, 40), random.random(40) < 0.3),
        sweep(random.random(9), np.ones(9)),
        sweep(random.random(9), np.zeros(9)),
        sweep([0.5], [True]),
    ]


def asked_of(one: Sweep) -> list[float]:
    middle = float(one.thresholds[len(one.thresholds) // 2])
    return [1e4, -1e4, middle, middle + 1e-4, middle - 1e-4, 0.0]


def test_counts_shares_intervals_and_areas_are_pythons() -> None:
    given = scenes()
    sent = [{"thresholds": one.thresholds.tolist(), "hits": one.hits.tolist(),
             "alarms": one.alarms.tolist(), "asked": asked_of(one)} for one in given]  # fmt: skip
    done = subprocess.run(
        [compute_driver_executable()[0], "--input-type=module", "-e",
         ASK.replace("LOADED", LOADED.as_uri())],
        input=json.dumps(sent), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for one, answers in zip(given, json.loads(done.stdout), strict=True):
        for prevalence, answer in zip(PREVALENCES, answers, strict=True):
            check(one, prevalence, answer)


def check(one: Sweep, prevalence: float | None, answer: dict[str, Any]) -> None:
    assert_close(answer["average"], one.average_precision(prevalence))
    for threshold, found in zip(asked_of(one), answer["at"], strict=True):
        counted = one.at(threshold)
        assert found["counts"] == vars(counted)
        for measure, (value, ends) in zip(MEASURES, found["shares"], strict=True):
            assert_close(value, measure.value(counted.weighed(prevalence)))
            assert_close(ends, measure.interval(counted, prevalence))


def assert_close(found: Any, wanted: Any) -> None:
    """Equal numbers, or none on both sides."""
    assert (found is None) == (wanted is None)
    if wanted is not None:
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
