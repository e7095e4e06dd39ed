"""The landscape page: a plane is computed, stopped, changed; bad settings get a sentence."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.gradients.landscape.members import Member
from explainer.gradients.landscape.plan import PATH, SurveyPlan
from explainer.gradients.landscape.presets import PRESETS, LandscapePreset
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.survey import SURVEYS, Survey, survey
from explainer.gradients.landscape.views import Snapshot
from explainer.registry import Registry
from explainer.service import ServiceFull, service_of, stop_service
from explainer.ui.landscape import job
from tests.app.moving import unfold
from tests.app.reading import app_at, message_to, text_of

SMALL = {
    "landscape__preset": "own",
    "landscape__layers": "4",
    "landscape__width": "4",
    "landscape__steps": "50",
}
TINY = {**SMALL, "landscape__points": "7"}


@pytest.fixture(autouse=True)
def _service_of_its_own() -> Iterator[None]:
    SURVEYS.clear()
    yield
    stop_service()


def run_until(app: AppTest, there: Callable[[], bool], seconds: float = 300) -> None:
    """Rerun the page until something shows."""
    deadline = time.monotonic() + seconds
    while not there() and time.monotonic() < deadline:
        time.sleep(0.1)
        app.run()
        assert not app.exception, app.exception
    assert there()


def snapshot(app: AppTest) -> Snapshot:
    """The survey behind the page."""
    found: Snapshot = app.session_state["landscape.ticket"].race.snapshot
    return found


def labels(app: AppTest) -> list[str]:
    """The labels of all buttons."""
    return [button.label for button in app.button]


def html_of(app: AppTest) -> str:
    """All HTML of the page."""
    return "".join(element.proto.body for element in app.get("html"))


def finished(**query: str) -> AppTest:
    """The page with a finished survey."""
    app = app_at("landscape", **query)
    run_until(app, lambda: snapshot(app).finished)
    return app.run()


def test_a_link_computes_the_plane_it_names_with_the_numbers_of_the_engine() -> None:
    app = finished(**TINY)
    header = message_to(app, "landscape.contours")
    assert [one["title"] for one in header["panels"]] == ["This network"]
    wanted = survey(SurveyPlan(Setup(layers=4, width=4, steps=50), points=7))
    np.testing.assert_allclose(snapshot(app).panels[0].losses, wanted.panels[0].losses, rtol=1e-4)
    assert "This network" in html_of(app)
    assert "All is computed: 49 points" in app.get("progress")[0].proto.text
    assert "Stop" not in labels(app)
    assert app.selectbox(key="landscape.preset").value == "own"


def test_a_survey_is_stopped_and_gone_on_with() -> None:
    app = app_at("landscape", **SMALL, landscape__planes="6")
    run_until(app, lambda: bool(snapshot(app).panels))
    app.button(key="landscape.pause").click().run()
    run_until(app, lambda: "Go on" in labels(app))
    points = snapshot(app).points
    time.sleep(0.4)
    assert snapshot(app).points == points
    app.button(key="landscape.play").click().run()
    run_until(app, lambda: snapshot(app).points > points)


def test_what_is_still_to_be_computed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    enough = threading.Event()

    def sharpen(_: Member) -> Iterator[None]:
        while not enough.wait(0.05):
            yield

    monkeypatch.setattr(Member, "sharpen", sharpen)
    app = app_at("landscape", **TINY)
    run_until(app, lambda: "being computed" in html_of(app))
    app.button(key="landscape.pause").click().run()
    run_until(app, lambda: "not known yet" in html_of(app))
    enough.set()


@pytest.mark.slow
def test_the_path_the_surface_and_two_networks_side_by_side() -> None:
    app = finished(
        **TINY, landscape__plane="path", landscape__view="surface", landscape__compare="skips"
    )
    header = message_to(app, "landscape.surfaces")
    assert [one["title"] for one in header["panels"]] == ["Without skips", "With skips"]
    assert len(header["panels"][0]["path"]) == len(header["panels"][0]["lift"])
    assert "principal directions hold" in "".join(one.value for one in app.caption)


def test_the_arithmetic_and_the_code_are_of_this_plane() -> None:
    app = finished(**TINY, landscape__code="true")
    assert r"\frac{\|w\|}{\|d\|}" in "".join(one.value for one in app.latex)
    assert "(1, 4, 4, 10)" in app.code[0].value
    assert "first filter of stem.weigh" in html_of(app)


def test_settings_that_do_not_go_together_get_one_sentence() -> None:
    app = app_at(
        "landscape",
        **TINY,
        landscape__activation="tanh",
        landscape__compare="rescaled",
    )
    assert "can two layers be rescaled" in app.warning[0].value


@pytest.mark.parametrize("story", PRESETS, ids=PRESETS.slugs)
def test_a_story_sets_every_control(
    story: LandscapePreset, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(plan: SurveyPlan) -> None:
        asked.append(plan)

    monkeypatch.setattr("explainer.ui.landscape.page.ticket_for", refuse)
    app = app_at("landscape", landscape__preset=story.slug)
    assert asked[-1] == story.plan
    assert story.watch in text_of(app)
    app.toggle(key="landscape.skips").set_value(not story.plan.setup.skips).run()
    assert not app.exception
    if story.plan.contrast != "skips":
        assert "Back to the story" in labels(app)
        app.button(key="landscape.back").click().run()
    assert asked[-1].setup.layers == story.plan.setup.layers


def test_a_link_carries_a_changed_story_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[SurveyPlan] = []
    monkeypatch.setattr("explainer.ui.landscape.page.ticket_for", asked.append)
    app = app_at("landscape", landscape__preset="skips")
    app.session_state["landscape.layers"] = "4"  # AppTest has no handle for segments
    app.run()
    app.toggle(key="landscape.norm").set_value(False).run()
    unfold(app)
    app.number_input(key="landscape.seed").set_value(7).run()
    assert not app.exception
    plan = asked[-1]
    assert (plan.setup.layers, plan.setup.batch_norm, plan.setup.seed) == (4, False, 7)
    link = {name: "".join(values) for name, values in app.query_params.items()}
    assert link["landscape.seed"] == "7"
    app_at("landscape", **{name.replace(".", "__"): value for name, value in link.items()})
    assert asked[-1] == plan


def test_what_a_link_gets_wrong_is_as_the_story_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[SurveyPlan] = []
    monkeypatch.setattr("explainer.ui.landscape.page.ticket_for", asked.append)
    app_at(
        "landscape", landscape__preset="own", landscape__layers="1000", landscape__seed="x",
        landscape__width="12",
    )  # fmt: skip
    assert asked[-1] == SurveyPlan(Setup(width=12))


def test_an_old_link_with_titles_asks_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[SurveyPlan] = []
    monkeypatch.setattr("explainer.ui.landscape.page.ticket_for", asked.append)
    app = app_at(
        "landscape", landscape__preset="Your own", landscape__kind="MLP", landscape__plane="Path",
        landscape__activation="Leaky ReLU", landscape__compare="Skips",
    )  # fmt: skip
    assert asked[-1] == SurveyPlan(Setup("mlp", activation="leaky-relu"), "skips", PATH)
    assert app.query_params["landscape.kind"] == "mlp"


def test_a_full_server_says_so_and_lets_one_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def open(self, *_: object) -> None:
            raise ServiceFull("64 races are open.")

    with monkeypatch.context() as patch:
        patch.setattr(job, "_service", Full)
        app = app_at("landscape", **TINY)
        assert app.warning[0].value == "64 races are open."
    app.button(key="landscape.try").click().run()
    run_until(app, lambda: snapshot(app).finished)


def test_a_visitor_is_told_with_how_many_the_computer_is_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_service()
    monkeypatch.setenv("DEEPGLASS_RACES", "1")
    before = service_of(job.WORK).open(
        lambda: Survey(SurveyPlan(Setup(layers=20, steps=1600))), "somebody else"
    )
    before.command(Survey.play)
    app = app_at("landscape", **TINY)
    assert app.get("progress")[0].proto.text.endswith("in turn with 1 other")
    before.command(Survey.pause)
    run_until(app, lambda: snapshot(app).finished)


def test_the_message_to_the_planes_is_small_enough_for_every_half_second() -> None:
    app = finished(**TINY)
    data = next(e.proto.bytes for e in app.get("bidi_component") if e.key == "landscape.contours")
    assert len(data) < 100_000
    assert json.dumps(message_to(app, "landscape.contours"))


def test_what_concerns_random_planes_alone_is_grey_for_a_path() -> None:
    words = "what is grey concerns random planes"
    for plane, grey in (("path", True), ("random", False)):
        app = unfold(app_at("landscape", **{**TINY, "landscape__plane": plane}))
        assert any(words in caption.value for caption in app.caption) == grey
        controls = (
            app.slider(key="landscape.planes"), app.number_input(key="landscape.plane_seed"),
            app.select_slider(key="landscape.reach"), app.selectbox(key="landscape.scaling"),
        )  # fmt: skip
        assert {one.disabled for one in controls} == {grey}


@pytest.mark.parametrize(
    ("settings", "grey"),
    [({}, True), ({"norm": "true"}, False), ({"compare": "norm"}, False)],
)
def test_measuring_anew_is_grey_where_nothing_has_batch_norm(
    settings: dict[str, str], grey: bool
) -> None:
    link = {f"landscape__{name}": value for name, value in settings.items()}
    app = unfold(app_at("landscape", **{**TINY, **link}))
    assert app.toggle(key="landscape.anew").disabled == grey
    assert any("No network here has batch norm" in one.value for one in app.caption) == grey


def test_what_is_seen_is_told_from_the_survey_once_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = SurveyPlan(Setup(layers=4, width=4, steps=50), directions=PATH, points=7)
    story = replace(PRESETS["path"], plan=small)
    monkeypatch.setattr("explainer.ui.landscape.controls.PRESETS", Registry("story", story))
    app = finished(landscape__preset="path")
    assert story.told(snapshot(app)) in text_of(app)
    unfold(app).number_input(key="landscape.seed").set_value(7).run()
    assert not app.exception
    assert "of the path (of its squared" not in text_of(app)
