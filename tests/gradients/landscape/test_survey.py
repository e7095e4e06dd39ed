"""Surveys: coarse to fine, in slices, stopped and gone on with, and the same as a plain loop."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explainer.gradients.landscape.comparing import (
    centre_error,
    comparison,
    largest_ratio,
    share_below,
)
from explainer.gradients.landscape.contrasts import CONTRASTS, Contrast
from explainer.gradients.landscape.grid import levels
from explainer.gradients.landscape.kept import TRAINED
from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.script import script
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.survey import SURVEYS, Survey, survey
from explainer.gradients.landscape.views import Snapshot

SMALL = Setup(layers=4, width=4, steps=50)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    SURVEYS.clear()
    yield
    SURVEYS.clear()


def slices(plan: SurveyPlan) -> list[Snapshot]:
    """What a survey shows after each of many short slices."""
    whole, seen = Survey(plan), []
    whole.play()
    while whole.has_work:
        whole.run_slice(0.01)
        seen.append(whole.snapshot)
    return seen


def test_a_survey_goes_from_coarse_to_fine_and_computes_each_point_once() -> None:
    TRAINED.clear()
    seen = slices(SurveyPlan(SMALL, points=13))
    sides = [len(one.panels[0].rows) for one in seen if one.panels]
    assert sides == sorted(sides)
    assert {7, 13} <= set(sides)
    last = seen[-1]
    assert last.finished
    assert last.points == 13**2
    assert np.isfinite(last.panels[0].losses).all()
    progress = [one.progress for one in seen]
    assert progress == sorted(progress)
    assert progress[-1] == 1


def test_curvature_is_known_before_the_second_grid() -> None:
    seen = [one for one in slices(SurveyPlan(SMALL, points=25)) if one.side == 13]
    sharp = seen[0].variants[0].sharpness
    assert sharp is not None
    assert sharp.converged


def test_what_was_seen_does_not_change_afterwards() -> None:
    whole = Survey(SurveyPlan(SMALL, points=13))
    whole.play()
    while not whole.snapshot.panels:
        whole.run_slice(0.01)
    early = whole.snapshot
    before = early.panels[0].losses.copy()
    while whole.has_work:
        whole.run_slice(0.5)
    np.testing.assert_array_equal(early.panels[0].losses, before)


def test_a_stopped_survey_does_nothing_and_goes_on_to_the_same_numbers() -> None:
    TRAINED.clear()
    plan = SurveyPlan(SMALL, points=7)
    whole = Survey(plan)
    assert whole.run_slice() == 0
    whole.play()
    whole.run_slice(0.01)
    whole.pause()
    assert not whole.has_work
    assert whole.run_slice() == 0
    whole.play()
    while whole.has_work:
        whole.run_slice(0.05)
    stopped = whole.snapshot
    SURVEYS.clear()
    TRAINED.clear()
    np.testing.assert_array_equal(stopped.panels[0].losses, survey(plan).panels[0].losses)


def test_a_finished_survey_is_kept_for_the_next_visitor() -> None:
    plan = SurveyPlan(SMALL, points=7)
    first = survey(plan)
    again = Survey(plan)
    again.play()
    assert again.snapshot.finished
    assert not again.has_work
    assert again.snapshot.panels[0].losses is first.panels[0].losses


def test_a_closed_survey_lets_its_networks_go() -> None:
    whole = Survey(SurveyPlan(SMALL, points=7))
    whole.play()
    whole.run_slice(0.3)
    whole.close()
    assert not whole.has_work
    assert whole.snapshot.panels == ()
    assert whole.run_slice() == 0


def test_a_training_that_diverges_ends_the_survey_with_a_sentence() -> None:
    wild = Setup(kind="mlp", layers=20, skips=True, learning_rate=0.2, width=12)
    found = survey(SurveyPlan(wild, points=7))
    assert found.finished
    assert "Choose a smaller one" in found.message


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(entry, id=entry.slug, marks=[] if place < 2 else [pytest.mark.slow])
        for place, entry in enumerate(CONTRASTS)
    ],
)
def test_every_contrast_can_be_surveyed_and_its_centres_are_the_networks(entry: Contrast) -> None:
    found = survey(SurveyPlan(SMALL, entry.slug, points=7))
    assert not found.message
    assert [one.label for one in found.variants] == [label for label, _ in entry.of(SMALL)]
    assert centre_error(found) < 2e-5
    assert "to within" in comparison(found)


def test_the_losses_on_the_path_meet_at_its_end_and_part_before() -> None:
    found = survey(SurveyPlan(SMALL, points=7))
    truth, foot = found.variants[0].on_path[0], found.panels[0].at_places[0]
    assert foot[-1] == pytest.approx(truth[-1], rel=1e-4)
    assert abs(foot[0] / truth[0] - 1) > 0.01


def test_rescaled_networks_have_the_same_filter_normalised_plane_and_another_whole_one() -> None:
    same = survey(SurveyPlan(SMALL, "rescaled", points=7))
    assert largest_ratio(*same.panels) < 1 + 1e-5
    other = survey(SurveyPlan(SMALL, "rescaled", scaling="whole", points=7))
    assert largest_ratio(*other.panels) > 2


def test_the_share_below_a_loss_is_counted_on_the_grid() -> None:
    found = survey(SurveyPlan(SMALL, points=7, planes=2))
    both = np.stack([one.losses[0] for one in found.panels])
    assert share_below(found, 0, 2.0) == pytest.approx((both < 2.0).mean())


SCRIPTS: dict[str, SurveyPlan] = {
    "random": SurveyPlan(SMALL, points=13),
    "norm": SurveyPlan(
        Setup(layers=8, width=4, steps=50, batch_norm=True, skips=True),
        scaling="whole",
        recomputed=True,
        points=7,
    ),
    "path": SurveyPlan(
        Setup(kind="mlp", steps=50, activation="leaky-relu", rescale=4),
        directions="path",
        points=13,
    ),
}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("path", marks=pytest.mark.slow),
        pytest.param("random", marks=pytest.mark.slow),
        pytest.param("norm", marks=pytest.mark.slow),
    ],
)
def test_the_script_prints_the_numbers_of_the_page(name: str, tmp_path: Path) -> None:
    plan = SCRIPTS[name]
    found: Any = survey(plan).panels[0]
    rows = levels(plan.points)[0]
    file = tmp_path / "plane.py"
    source = script(plan, found.axes.x[rows].tolist(), found.axes.y[rows].tolist())
    file.write_text(source, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", file.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = np.array([[float(one) for one in line.split()] for line in done.stdout.splitlines()])
    np.testing.assert_allclose(printed[::-1], found.losses[0][np.ix_(rows, rows)], rtol=2e-3)
