from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from explainer.training.measurement.divergence import Conditions, Vitals
from explainer.training.measurement.history import Curves, History, Point
from explainer.training.measurement.weight_frames import WeightFrames

NETWORK = nn.Linear(1, 1)
ZEROS = Point(0, *[0.0] * 9)


def point(step: int) -> Point:
    return dataclasses.replace(ZEROS, step=step, train_loss=float(step))


@given(st.integers(1, 3000), st.integers(4, 60))
def test_a_history_keeps_the_first_and_the_last_point_evenly_and_in_its_room(
    count: int, room: int
) -> None:
    history = History(room=room)
    before = history.nbytes
    for step in range(count):
        history.append(point(step))
    steps = history.curves().step.tolist()
    assert history.nbytes == before
    assert len(steps) <= room
    assert (steps[0], steps[-1]) == (0, count - 1)
    gaps = {b - a for a, b in pairwise(steps[:-1])}
    assert len(gaps) <= 1


def test_an_unscheduled_point_gives_way_to_the_next() -> None:
    history = History()
    history.append(point(0))
    history.append(point(3), scheduled=False)
    assert history.curves().step.tolist() == [0, 3]
    history.append(point(5))
    assert history.curves().step.tolist() == [0, 5]


@given(st.data(), st.integers(1, 400), st.integers(2, 20))
def test_a_history_that_is_cut_and_goes_on_is_the_one_that_went_on(
    data: st.DataObject, count: int, half: int
) -> None:
    """At the cut it ends with the last point of then; at the end it is the same, row by row."""
    here = data.draw(st.integers(0, count))
    between = data.draw(st.booleans())
    whole, film = History(room=2 * half), WeightFrames(half)
    for step in range(count):
        if step == here:
            if between:
                whole.append(point(step), scheduled=False)
            place, frames = whole.progress, film.seen
        whole.append(point(step))
        film.append(step, NETWORK)
    if here == count:
        place, frames = whole.progress, film.seen
    cut, short = whole.until(place), film.until(frames)
    steps = cut.curves().step.tolist()
    assert steps[-1:] == ([here] if between and here < count else [here - 1] * (here > 0))
    assert all(step <= here for step, _ in short.frames)
    for step in range(here, count):
        cut.append(point(step))
        short.append(step, NETWORK)
    assert cut.curves().step.tolist() == whole.curves().step.tolist()
    assert [step for step, _ in short.frames] == [step for step, _ in film.frames]


def test_curves_cannot_be_written_and_do_not_change() -> None:
    history = History()
    history.append(point(0))
    curves = history.curves()
    assert history.curves() is curves
    history.append(point(1))
    assert len(curves) == 1
    with pytest.raises(ValueError, match="read-only"):
        curves.train_loss[0] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        curves.step = curves.train_loss  # type: ignore[misc]


def test_curves_and_points_have_the_same_columns() -> None:
    names = [field.name for field in dataclasses.fields(Point)]
    assert [field.name for field in dataclasses.fields(Curves)] == [*names, "layers"]


def vitals(losses: list[float], norms: list[float]) -> Vitals:
    made = Vitals()
    for step, loss in enumerate(losses, 1):
        made.loss(step, loss)
    for step, norm in enumerate(norms, 1):
        made.norm(step, norm)
    return made


def test_an_exploding_run_is_explained_by_what_was_measured() -> None:
    text = vitals([2.3, 2.0, 90.0, 4e5, math.inf], [1.0, 5.0, 3e4]).explain(
        5, "loss of the batch", Conditions(guessing=math.log(10), learning_rate=2.0)
    )
    assert text == (
        "At step 5 the loss of the batch was no longer a finite number. "
        "The loss grew from 2 at step 2 to 4 · 10⁵ at step 4 and the gradient norm grew from 1 at "
        "step 1 to 3 · 10⁴ at step 3: the gradient exploded. "
        "Each step with the learning rate 2 overshot by more than the one before; try 0.2."
    )


def test_a_bad_start_and_a_penalty_that_overshoots_have_their_own_explanations() -> None:
    start = vitals([5e3, math.nan], []).explain(
        2, "loss", Conditions(math.log(10), 0.1, initialisation="he")
    )
    assert "The very first loss was 5 · 10³, where guessing gives 2.30" in start
    penalty = vitals([2.3, math.nan], []).explain(2, "loss", Conditions(math.log(10), 1.0, l2=3.0))
    assert "Learning rate times the strength of L2 is 3, and above 2" in penalty
