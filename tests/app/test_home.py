"""The home page: an invitation to every topic, with pictures the app has computed."""

from streamlit.testing.v1 import AppTest

from explainer.charts.home.previews import PREVIEWS
from explainer.topics import TOPICS
from tests.app.reading import ROOT, text_of


def test_home_asks_the_question_of_every_invitation() -> None:
    app = AppTest.from_file(str(ROOT / "explainer" / "shell.py"), default_timeout=120).run()
    assert not app.exception
    text = text_of(app)
    assert all(preview.question in text for preview in PREVIEWS)


def test_every_topic_has_an_invitation() -> None:
    assert {preview.topic for preview in PREVIEWS} == {topic.slug for topic in TOPICS}
