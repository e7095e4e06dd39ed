"""A case that runs beside a page: paced, paused, closed, and the same as at once."""

import numpy as np

from explainer.clinic.case import case_with
from explainer.clinic.live_case import LiveCase
from explainer.clinic.run import run
from explainer.clinic.training import EVERY


def test_a_live_case_is_the_run_at_once() -> None:
    case = case_with("noise", 4712)
    live, record = LiveCase(case), run(case, 3 * EVERY + 1)
    for _ in range(3 * EVERY + 1):
        live.advance()
    seen = live.snapshot.record
    np.testing.assert_array_equal(seen.train_loss, record.train_loss)
    np.testing.assert_array_equal(seen.gradient_norms, record.gradient_norms)


def test_it_is_paused_at_first_and_works_only_while_it_plays() -> None:
    live = LiveCase(case_with("healthy", 1))
    assert live.snapshot.record.looks is None
    assert not live.has_work
    assert live.run_slice(0.05) == 0
    live.play()
    assert live.wait_for_work(0)
    assert live.snapshot.playing
    assert live.run_slice(0) == 0
    assert live.run_slice(0.1) >= 1
    live.pause()
    assert not live.snapshot.playing
    assert live.run_slice(0.05) == 0


def test_after_the_end_and_after_closing_nothing_is_left_to_do() -> None:
    lost = LiveCase(case_with("ascent", 101))
    lost.play()
    for _ in range(120):
        lost.advance()
    assert lost.snapshot.record.lost
    assert lost.snapshot.finished
    assert not lost.has_work
    closed = LiveCase(case_with("healthy", 1))
    closed.play()
    closed.advance()
    closed.close()
    closed.advance()
    assert closed.snapshot.record.step == 1
    assert closed.run_slice(0.05) == 0
    assert closed.snapshot.history_bytes > 0
    assert closed.snapshot.checkpoint_bytes == 0
