"""The home page: an invitation to every topic, with pictures the app has computed."""

from streamlit.testing.v1 import AppTest

from explainer.charts.home.previews import PREVIEWS
from explainer.topics import TOPICS, sections
from explainer.ui.home.cards import rows
from explainer.ui.home.tour import STOPS
from tests.app.reading import ROOT, text_of

SLUGS = [topic.slug for topic in TOPICS]


def test_home_begins_with_three_minutes_and_asks_the_question_of_every_topic() -> None:
    app = AppTest.from_file(str(ROOT / "explainer" / "shell.py"), default_timeout=120).run()
    assert not app.exception
    text = text_of(app)
    assert all(stop.notice in text for stop in STOPS)
    assert all(preview.question in text for preview in PREVIEWS)
    headings = [one.value for one in app.header]
    assert headings == ["Start here: three minutes", *sections()]
    ways = [one.proto for one in app.get("page_link")]
    assert [one.page for one in ways] == [*(stop.topic for stop in STOPS), *SLUGS]


def test_every_topic_has_an_invitation() -> None:
    assert [preview.topic for preview in PREVIEWS] == SLUGS


def test_sections_share_a_row_while_there_is_room() -> None:
    packed = [[name for name, __ in row] for row in rows(sections())]
    assert packed == [
        ["Convolution", "Networks"], ["Gradients"], ["Training"], ["Generalisation"],
        ["Regularisation"],
    ]  # fmt: skip


def test_an_older_run_that_is_not_over_takes_no_page_from_the_next() -> None:
    """A click starts the next run before the last one ends, and both hold the session's pages."""
    app = AppTest.from_file(str(ROOT / "explainer" / "shell.py"), default_timeout=120).run()
    __, kept = app.session_state["pages"]
    (home,) = (page for pages in kept.values() for page in pages if not page.url_path)
    assert home._can_be_called
