"""The instruments of the training lab: each tab shows what was measured, and nothing breaks."""

from __future__ import annotations

import re
import time

import pytest
from streamlit.testing.v1 import AppTest

from explainer.service import Ticket
from explainer.training.engine.race import Race
from explainer.ui.training_lab.instruments.tabs import TABS
from tests.app.reading import app_at, text_of

pytestmark = pytest.mark.usefixtures("service_of_its_own")

SHORT = (
    "name-Plain~net-mlp~steps-60!name-Dropout~net-mlp~do-0.5~steps-60!name-Same~net-mlp~steps-60"
)
POINTS = {"training_lab__data": "moons"}


def finished(app: AppTest) -> Ticket[Race]:
    """Start the race of the page and wait for its end."""
    app.button(key="training_lab.start").click().run()
    ticket: Ticket[Race] = app.session_state["training_lab.ticket"]
    wait_for_the_end(ticket)
    return ticket


def wait_for_the_end(ticket: Ticket[Race]) -> None:
    """Return when the race has ended and has nothing to do."""
    deadline = time.monotonic() + 300
    while not ticket.race.snapshot.finished or ticket.race.has_work:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def look(app: AppTest, tab: str) -> None:
    """Open a tab."""
    app.session_state["training_lab.look"] = tab
    app.run()
    assert not app.exception, app.exception


def html_of(app: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in app.get("html"))


@pytest.fixture
def app() -> AppTest:
    """A race of three small networks that has ended; the third is the first again."""
    app = app_at("training_lab", training_lab__recipes=SHORT)
    finished(app)
    return app


@pytest.mark.parametrize("tab", [one.title for one in TABS])
def test_every_tab_opens_on_a_race_that_has_ended(app: AppTest, tab: str) -> None:
    look(app, tab)


@pytest.mark.parametrize("tab", [one.title for one in TABS])
def test_every_tab_opens_before_the_first_step(tab: str) -> None:
    app = app_at("training_lab", training_lab__recipes=SHORT)
    app.button(key="training_lab.first").click().run()
    app.button(key="training_lab.reset").click().run()
    look(app, tab)


def test_a_recipe_that_equals_the_first_is_said_to_be_the_same(app: AppTest) -> None:
    look(app, "Verdict")
    line = next(one for one in text_of(app).splitlines() if one.startswith("- Same"))
    assert line == "- Same: **the same in every seed** as Plain"


def test_the_verdict_counts_the_comparisons_that_it_makes(app: AppTest) -> None:
    look(app, "Verdict")
    (said,) = (one.value for one in app.caption if "comparisons" in one.value)
    assert said.startswith("These are 2 comparisons")
    assert "up to 10 of 100 races" in said
    assert "comparisons" not in text_of(app).split("Is the difference real?")[1].splitlines()[0]


def test_the_columns_of_the_table_say_what_they_hold(app: AppTest) -> None:
    app.run()
    table = html_of(app).split('class="figures race"')[1].split("</table>")[0]
    headings = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table)
    row = re.findall(r"<td>(.*?)</td>", table)[: len(headings)]
    held = dict(zip(headings, row, strict=True))
    shares = [heading for heading in headings if "accuracy" in heading or "weights" in heading]
    assert len(shares) == 5
    assert all(" %" in held[heading] for heading in shares)
    assert re.fullmatch(r"−?[\d.]+", held["generalisation gap (points)"])
    assert held["lowest loss at step"].isdigit()


def test_weights_are_counted_and_pruning_everything_leaves_chance(app: AppTest) -> None:
    look(app, "Weights")
    table = html_of(app)
    assert "dense1" in table
    assert "without 50 %" in table
    app.select_slider(key="training_lab.pruned").set_value(100).run()
    assert not app.exception
    rows = html_of(app).split("without 100 %")[1]
    assert "10." in rows.split("<tr>")[1]  # one of ten classes for every digit


def test_a_weight_stands_under_the_name_of_its_own_layer() -> None:
    recipes = "name-Dense~net-mlp~steps-2!name-Maps~net-cnn~ch-4~steps-2"
    app = app_at("training_lab", training_lab__recipes=recipes, training_lab__seeds="1")
    finished(app)
    look(app, "Weights")
    table = html_of(app).split("below ε")[1].split("</table>")[0]
    heading, *rows = table.split("<tr>")
    names = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', heading)
    absent = {
        row.split("</td>")[0].split()[-1]: [
            name
            for name, cell in zip(names, re.findall("<td[^>]*>(.*?)</td>", row)[1:], strict=True)
            if cell == "–"
        ]
        for row in rows
    }
    assert names == ["all", "dense1", "conv1", "dense2", "conv2", "out"]
    assert list(absent.values()) == [["conv1", "conv2"], ["dense1", "dense2"]]


def test_kernels_are_pictures_and_the_film_begins_at_step_0(app: AppTest) -> None:
    look(app, "Kernels")
    html = html_of(app)
    assert html.count("The first 16 kernels of recipe") == 3
    assert "Kernels at step 0" in html
    assert "Kernels at step 60" in html


def test_mistakes_are_shown_with_truth_answer_and_confidence(app: AppTest) -> None:
    look(app, "Mistakes")
    assert "validation examples wrong" in text_of(app)
    assert "taken for" in html_of(app)


def test_points_have_a_boundary_for_each_recipe_and_no_kernels() -> None:
    app = app_at("training_lab", training_lab__recipes=SHORT, **POINTS)
    finished(app)
    assert html_of(app).count("Decision boundary of recipe") == 3
    look(app, "Kernels")
    assert any("no picture" in one.value for one in app.info)
    look(app, "Next batch")


def test_dropped_units_are_shown_for_the_recipe_that_drops(app: AppTest) -> None:
    look(app, "Next batch")
    assert "drops nothing" in "".join(one.value for one in app.caption)
    app.session_state["training_lab.inputs_of"] = 1
    look(app, "Next batch")
    assert "Dropped in dense1 dropout" in text_of(app)


def test_the_code_is_that_of_the_recipe_that_is_picked(app: AppTest) -> None:
    look(app, "Take away")
    assert "ropout" not in app.code[-1].value
    app.session_state["training_lab.code_of"] = 1
    look(app, "Take away")
    assert "ropout" in app.code[-1].value


def test_a_prediction_is_held_against_the_outcome() -> None:
    app = app_at("training_lab", training_lab__recipes=SHORT)
    app.selectbox(key="training_lab.guess").set_value("3. Same").run()
    finished(app)
    app.run()
    sentence = next(one.value for one in app.info if "You said" in one.value)
    assert sentence.startswith("You said Same. ")
    assert any(word in sentence for word in ("within noise", "ahead", "the same"))


def test_one_recipe_alone_is_told_that_it_has_nothing_to_be_compared_with() -> None:
    app = app_at("training_lab", training_lab__recipes="net-mlp~steps-20")
    finished(app)
    look(app, "Verdict")
    assert any("nothing to be compared" in one.value for one in app.info)
