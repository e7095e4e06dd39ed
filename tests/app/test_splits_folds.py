"""Folds on the page: the board follows k, each question opens, and any link does."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.evaluation.cross_validation import CLASSIFIERS, SORTS, WAYS, board_set
from explainer.evaluation.fold_spread import COUNTS, Spread
from explainer.evaluation.nested import MOST, Chosen
from explainer.evaluation.patients import Reported
from explainer.live_pictures import LivePicture
from explainer.ui.splits import fold_board, fold_spread, folds, nested
from tests.app.reading import html_of, message_to, section_of, split, text_of

DRAWN = np.random.default_rng(1).uniform(0.6, 0.8, (len(COUNTS), 30))


@pytest.fixture(autouse=True)
def _measured_before() -> Iterator[None]:
    random = np.random.default_rng(1)
    fold_spread.KEPT.put("digits", Spread(COUNTS, DRAWN, DRAWN / 4, np.full(30, 0.7)))
    ramp = np.linspace(0.6, 0.9, MOST) + random.uniform(-0.01, 0.01, (8, MOST))
    nested.KEPT.put(40, Chosen(40, ramp, ramp - 0.2, ramp - 0.2))
    folds.KEPT.put("patients", Reported(*random.uniform(0.5, 0.6, (3, 6))))
    yield
    for one in (fold_spread, nested, folds, fold_board):
        one.KEPT.clear()


def page() -> None:
    from explainer.ui.splits.folds import folds_section

    folds_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **query)


def test_the_board_follows_the_hand_and_is_the_classifier_s() -> None:
    app = opened(splits__digits__way="stratified")
    offered: LivePicture = app.session_state["splits.digits.live"]
    data = board_set(SORTS["digits"], 0)
    for count in (2, 7, 12):
        header, blobs = split(offered.render({"folds": count}, 4))
        cut = WAYS["stratified"].splitter.folds(data.labels, count=count)
        assert header["folds"] == cut.tolist()
        said = CLASSIFIERS["nearest"].predict(data, cut, lambda share: None)
        assert header["said"] == said.tolist()
        assert (
            f"Mean of {count} folds: {100 * (said == data.labels).mean():.1f} %" in (header["told"])
            or len(data) % count
        )
        assert not blobs
    first = message_to(app, "splits.digits.board")
    assert len(first["sizes"]) == 1
    assert max(first["folds"]) == 4


def test_folds_that_all_score_alike_claim_no_interval() -> None:
    app = opened(splits__digits__way="in_order", splits__digits__folds="10")
    assert message_to(app, "splits.digits.board")["told"] == "Mean of 10 folds: 0.0 %."
    app = opened(splits__digits__way="one_out")
    told = message_to(app, "splits.digits.board")["told"]
    assert "Interval of 95 %, as if they were independent" in told


def test_there_is_room_for_the_most_folds_where_their_number_moves() -> None:
    assert message_to(opened(), "splits.digits.board")["most"] == 12
    app = opened(splits__digits__way="one_out")
    assert message_to(app, "splits.digits.board")["most"] == 0


def test_what_takes_a_second_learns_when_the_hand_lets_go() -> None:
    app = opened(splits__digits__learner="logistic", splits__digits__folds="2")
    assert len(message_to(app, "splits.digits.board")["said"]) == 120
    offered: LivePicture = app.session_state["splits.digits.live"]
    header, __ = split(offered.render({"folds": 9}, 4))
    assert header["said"] == []
    assert header["told"] == ""
    assert max(header["folds"]) == 8


def test_leaving_one_out_has_no_number_of_folds_to_move() -> None:
    app = opened(splits__digits__way="one_out")
    keys = [one.key for one in app.get("bidi_component")]
    assert keys == ["splits.digits.board"]
    assert max(message_to(app, "splits.digits.board")["folds"]) == 119


def test_the_spread_is_told_for_every_number_of_folds() -> None:
    app = opened(splits__folds="spread")
    assert html_of(app).count("<tr><td>") == len(COUNTS)
    one = Spread(COUNTS, DRAWN, DRAWN / 4, np.full(30, 0.7))
    assert f"<td>{100 * one.covered()[0]:.1f} %</td>" in html_of(app)
    assert "of 1,500 fresh digits 70.0 % are right" in app.caption[0].value
    assert message_to(app, "splits.spread.chart")["at"] == COUNTS.index(10)


def test_nested_folds_are_judged_beside_the_folds_that_chose() -> None:
    app = opened(splits__folds="nested", splits__nested__place="0")
    assert "The best of **1**" in text_of(app)
    assert "+20.0 points, too good. Nested: 0 points, within noise." in text_of(app)


def test_patients_are_split_and_told_with_the_truth() -> None:
    app = opened(splits__folds="patients", splits__patients__way="patient_out")
    assert max(message_to(app, "splits.patients.board")["folds"]) == 39
    assert "true of fresh patients" in html_of(app)


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    app = opened(
        splits__folds=value, splits__digits__way=value, splits__digits__learner=value,
        splits__digits__folds=value, splits__digits__fold=value, splits__digits__draw=value,
    )  # fmt: skip
    assert "What to notice" in text_of(app)
    json.dumps(message_to(app, "splits.digits.board"), allow_nan=False)
