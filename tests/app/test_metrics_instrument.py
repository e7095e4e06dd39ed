"""The instrument of the page on metrics: what it is sent, and what a link says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.metrics.binary import sweep
from explainer.metrics.scores import Scored, scored
from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.ui.metrics.beeswarm import Case
from tests.app.reading import section_of, split
from tests.service.racers import until

NAME = "metrics.swarm.picture"


def page() -> None:
    from explainer.ui.metrics.instrument import instrument

    instrument()


def opened(**query: str) -> AppTest:
    return section_of(page, **{f"metrics__swarm__{name}": value for name, value in query.items()})


def parts(app: AppTest) -> tuple[dict[str, Any], list[np.ndarray]]:
    data = next(e.proto.bytes for e in app.get("bidi_component") if e.key == NAME)
    header, blobs = split(data)
    kinds = ("<f8", "<i4", "u1", "<i4", "<f8", "<i4", "<i4")
    return header, [np.frombuffer(one, kind) for one, kind in zip(blobs, kinds, strict=True)]


@pytest.mark.parametrize("source", ["linear", "digit-cnn"])
def test_the_picture_has_all_scores_and_what_each_threshold_does(source: str) -> None:
    header, sent = parts(opened(source=source, **{"class": "8"}))
    scores, labels, truths, order, *swept = sent
    found = scored(source)
    np.testing.assert_array_equal(scores, found.scores(8).round(3)[order])
    np.testing.assert_array_equal(labels, found.labels[order])
    np.testing.assert_array_equal(truths, labels == 8)
    assert (np.diff(scores) <= 0).all()
    wanted = sweep(scores, truths)
    for one, other in zip(swept, (wanted.thresholds, wanted.hits, wanted.alarms), strict=True):
        np.testing.assert_array_equal(one, other)
    assert header["area"] == pytest.approx(wanted.area)
    assert header["title"] == "8"


def test_a_link_carries_the_state() -> None:
    query = {"threshold": "-1.25", "prevalence": "0.01", "cell": "alarms", "axis": "chance"}
    header, __ = parts(opened(**query))
    said = {name: header[name] for name in ("threshold", "prevalence", "cell", "byChance")}
    assert said == {"threshold": -1.25, "prevalence": 0.01, "cell": "alarms", "byChance": True}


def test_what_the_hand_let_go_of_is_kept_and_the_own_prevalence_comes_back() -> None:
    app = opened(prevalence="0.01")
    sent = {"threshold": 0.3, "prevalence": None, "cell": "hits"}
    app.session_state[NAME] = {"moved": {"values": sent, "number": 3}}
    app.run()
    header, __ = parts(app)
    assert [header[name] for name in sent] == [0.3, None, "hits"]
    assert app.query_params["metrics.swarm.threshold"] == "0.3"
    assert "metrics.swarm.prevalence" not in app.query_params


@pytest.mark.parametrize("value", ["nan", "-inf", "1e99", "x", "race"])
def test_any_link_opens(value: str) -> None:
    app = opened(**dict.fromkeys(
        ("source", "class", "threshold", "prevalence", "cell", "axis", "code"), value
    ))  # fmt: skip
    if value == "race":
        assert "no race of yours" in app.info[0].value
        return
    header, __ = parts(app)
    assert np.isfinite(header["threshold"])
    assert header["cell"] == "misses"


def test_the_script_is_that_of_the_state() -> None:
    app = opened(threshold="-0.5", prevalence="0.02", code="true")
    assert "THRESHOLD = -0.5" in app.code[0].value
    assert "PREVALENCE = 0.02" in app.code[0].value


def raced() -> None:
    import streamlit as st

    from explainer.training.data.registry import load
    from explainer.training.data.splits import Split
    from explainer.training.engine.race import Race
    from explainer.training.recipe.recipe import Network, Recipe, Training
    from explainer.ui.metrics.instrument import instrument
    from explainer.ui.training_lab.control import begin
    from explainer.ui.training_lab.plan import DataChoice, LabPlan

    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        data = st.session_state["data"]
        recipes = tuple(
            Recipe(Network("mlp", depth=1, width=width), training=Training(steps=40))
            for width in (1, 32)
        )
        plan = LabPlan(
            data=DataChoice(data, data), split=Split(train_size=60), recipes=recipes, seeds=(0, 1)
        )
        begin(plan, load(data), Race.play)
    instrument()


def after_a_race(data: str) -> tuple[AppTest, Ticket[Race]]:
    app = section_of(raced, {"data": data}, metrics__swarm__source="race")
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    until(lambda: ticket.race.snapshot.finished)
    app.session_state["training_lab.scores_of"] = 1
    app.run()
    assert not app.exception, app.exception
    return app, ticket


def test_ones_own_race_is_asked_its_validation_digits() -> None:
    app, ticket = after_a_race("digits")
    header, (scores, labels, truths, order, *__) = parts(app)
    assert header["tile"] == {"width": 8, "height": 8, "columns": 40}
    assert header["title"] == "9"
    last = ticket.race.snapshot.of_recipe(1)[0].last
    assert last is not None
    found = case_scored(app)
    right = (found.logits.argmax(1) == found.labels).mean()
    assert right == pytest.approx(last.validation_measure)
    np.testing.assert_array_equal(scores, found.scores(9).round(3)[order])
    np.testing.assert_array_equal(truths, found.labels[order] == 9)
    np.testing.assert_array_equal(labels, found.labels[order])


def case_scored(app: AppTest) -> Scored:
    case: Case = app.session_state["metrics.swarm.message"][0][0]
    return case.found


def test_a_race_on_points_has_no_pictures_to_score() -> None:
    app, __ = after_a_race("moons")
    assert "no scores of pictures" in app.info[0].value
