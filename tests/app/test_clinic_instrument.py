"""The instrument of the clinic: a case that is looked at, named, and mended."""

from __future__ import annotations

from functools import cache, reduce
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explainer.clinic.case import case_of
from explainer.clinic.case_script import script
from explainer.clinic.faults import FAULTS
from explainer.clinic.instruments import INSTRUMENTS
from explainer.clinic.levels import LEVELS
from explainer.clinic.live_case import LiveCase
from explainer.service import service_of
from tests.app.moving import tell
from tests.app.reading import message_to, section_of, text_of

pytestmark = pytest.mark.usefixtures("service_of_its_own")
USUAL, FIRST = LEVELS["usual"], LEVELS["first"]
DEAD = next(seed for seed in range(300, 500) if case_of(seed).fault == "dead")
HEALTHY = next(seed for seed in range(300, 500) if case_of(seed).fault == "healthy")
STEPS = 6
PARTS = ("panels", "bars", "figures", "pictures", "answers")


def page() -> None:
    from explainer.ui.clinic.instrument import instrument

    instrument()


@cache
def run(seed: int) -> LiveCase:
    """A run that stands still after a few steps."""
    made = LiveCase(case_of(seed))
    for _ in range(STEPS):
        made.advance()
    return made


def opened(seed: int = DEAD, **query: str) -> AppTest:
    """The case of that seed as it stands after a few steps."""
    ticket = service_of("cases").open(lambda: run(seed), "somebody")
    return section_of(page, {"clinic.run.ticket": ticket}, clinic__seed=str(seed), **query)


def press(app: AppTest, key: str, slug: str, *, case: str = f"usual-{DEAD}") -> AppTest:
    """The page after that name was pressed for that case."""
    number = app.session_state[f"{key}.read"] + 1
    app.session_state[key] = {"named": {"slug": slug, "case": case, "number": number}}
    app.run()
    assert not app.exception, app.exception
    return app


def name(app: AppTest, slug: str, **more: str) -> AppTest:
    return press(app, "clinic.naming", slug, **more)


def look(app: AppTest, slug: str, **more: str) -> AppTest:
    return press(app, "clinic.looks", slug, **more)


def names(app: AppTest) -> dict[str, str]:
    """How each name stands that can be seen."""
    groups = message_to(app, "clinic.naming")["groups"]
    return {one["slug"]: one["state"] for group in groups for one in group["names"]}


def linked(app: AppTest, name: str) -> list[str]:
    found = app.query_params.get(f"clinic.{name}", [])
    return [found] if isinstance(found, str) else found


def test_a_case_that_has_not_begun_is_begun_by_the_browser_once() -> None:
    app = section_of(page)
    assert message_to(app, "clinic.chart")["begin"]
    tell(app, "clinic.chart", "begin", True)
    first = app.session_state["clinic.run.ticket"]
    assert first.race.case == case_of(0)
    assert not message_to(app, "clinic.chart")["begin"]
    tell(app, "clinic.chart", "begin", True)
    assert app.session_state["clinic.run.ticket"] is first


def shapes(seed: int) -> list[str]:
    """All that a browser is sent of a case that has not begun, without its number."""
    app = section_of(page, clinic__seed=str(seed))
    sent = [str(one.proto) for one in app._tree if hasattr(one, "proto")]
    names = (f"usual-{seed}", f"**{seed}**")
    return [reduce(lambda text, name: text.replace(name, "#"), names, one) for one in sent]


def test_before_the_answer_nothing_that_is_sent_depends_on_the_fault() -> None:
    assert case_of(DEAD).fault != case_of(HEALTHY).fault
    assert shapes(DEAD) == shapes(HEALTHY)


def test_a_link_carries_case_level_and_score_and_not_what_was_looked_at() -> None:
    app = look(opened(), "units")
    name(app, "dead")
    assert linked(app, "seed") == [str(DEAD)]
    assert linked(app, "score") == ["1.1.0.0"]
    assert not linked(app, "look")
    assert "dead" not in str(dict(app.query_params))
    again = section_of(page, clinic__seed=str(DEAD), clinic__score="5.3.2.1")
    assert "**3.5** of 5 points" in text_of(again)
    assert set(names(again).values()) == {""}


@pytest.mark.parametrize(
    "query",
    [{"seed": "10000", "score": "1.2.3.4", "level": "none"},
     {"seed": "", "level": "", "score": ""}],
)  # fmt: skip
def test_nonsense_in_a_link_is_passed_over(query: dict[str, str]) -> None:
    app = section_of(page, **{f"clinic__{name}": one for name, one in query.items()})
    assert "Case **0** · 0 looks" in text_of(app)
    assert "points" not in text_of(app)
    assert len(names(app)) == len(FAULTS)


def test_the_right_name_tells_what_gave_it_away_and_opens_the_instrument_that_shows_it() -> None:
    app = name(opened(), "dead")
    fault, text = FAULTS["dead"], text_of(app)
    assert "**Right.**" in text
    assert fault.sign.replace("ln 10", "ln\u00a010") in text
    assert fault.cure in text
    assert "The rules, which see only what the instruments show, name *Dead units*" in text
    assert names(app) == {"dead": "right"}
    picture = message_to(app, "clinic.picture")
    assert [one["short"] for one in picture["panels"]] == ["dead", "flat", "twins"]
    assert picture["mark"]["panel"] == 0
    assert "at the first try so far: 1, by the curves alone: 1" in text_of(app)


def test_the_place_is_not_marked_before_the_answer() -> None:
    app = look(opened(), "units")
    assert message_to(app, "clinic.picture")["mark"] is None


def test_a_wrong_name_says_what_tells_the_two_apart_and_the_next_is_worth_half() -> None:
    app = name(opened(), "rate-low")
    label = message_to(app, "clinic.naming")["label"]
    assert FAULTS["rate-low"].title in label
    assert any(f"“{one.title}”" in label for one in INSTRUMENTS)
    assert names(app)["rate-low"] == "wrong"
    assert names(app)["dead"] == ""
    assert label.endswith("Try again, for half a point.")
    assert "look again" not in label
    name(app, "rate-low")
    assert linked(app, "score") == ["1.0.0.0"]
    name(app, "dead")
    assert linked(app, "score") == ["1.0.0.1"]
    assert "**0.5** of 1 points" in text_of(app)


def test_where_the_difference_was_shown_already_a_wrong_name_says_look_again() -> None:
    app = look(opened(), "units")
    name(app, "rate-low")
    label = message_to(app, "clinic.naming")["label"]
    assert "shows in “The units”: look again." in label
    name(app, "healthy")
    label = message_to(app, "clinic.naming")["label"]
    assert label.startswith("No, something is wrong.")
    assert label.endswith("Try again.")


def test_each_instrument_is_counted_once_and_none_after_the_answer() -> None:
    app = opened()
    for slug in ("units", "batch", "", "units"):
        look(app, slug)
    assert "2 looks" in text_of(app)
    name(app, "dead")
    look(app, "worst")
    assert "2 looks" in text_of(app)
    assert "by the curves alone: 0" in text_of(app)


def test_every_instrument_can_be_opened() -> None:
    app = opened()
    for one in INSTRUMENTS:
        if one.slug != "curves":
            shown = message_to(look(app, one.slug), "clinic.picture")
            assert shown["what"] == f"usual-{DEAD} {one.slug}"
            assert any(shown[part] for part in PARTS)


def test_a_press_of_another_case_or_of_no_name_answers_nothing_here() -> None:
    app = opened()
    for slug, case in (
        ("dead", "usual-9"),
        ("nothing", f"usual-{DEAD}"),
        ("", "x-y"),
        ("dead", ""),
    ):
        name(app, slug, case=case)
        assert set(names(app).values()) == {""}


def test_who_wants_to_be_told_is_told_and_gets_no_point() -> None:
    app = opened()
    next(one for one in app.button if one.key == "clinic.tell").click().run()
    assert "**It was this:**" in text_of(app)
    assert names(app) == {"dead": "right"}
    assert linked(app, "score") == ["1.0.0.0"]


def test_the_mended_run_is_drawn_beside_the_ill_one() -> None:
    app = name(opened(), "dead")
    next(one for one in app.button if one.key == "clinic.mend").click().run()
    twin = app.session_state["clinic.run.mended"]
    twin.command(LiveCase.pause)
    assert (twin.race.case.fault, twin.race.case.seed) == ("healthy", DEAD)
    app.run()
    chart = message_to(app, "clinic.chart")
    assert chart["runs"] == 2
    assert [one["run"] for one in chart["lines"]] == [0, 0, 1, 1]


def test_the_code_of_the_run_is_there_once_the_case_is_closed() -> None:
    app = opened(clinic__code="true")
    assert not app.code
    name(app, "dead")
    assert [one.value.strip() for one in app.code] == [script(case_of(DEAD)).strip()]


def test_what_is_healthy_is_not_mended() -> None:
    app = name(opened(HEALTHY), "healthy", case=f"usual-{HEALTHY}")
    assert "**Right.**" in text_of(app)
    assert not [one for one in app.button if one.key == "clinic.mend"]


def test_another_case_is_the_next_that_was_not_answered() -> None:
    files: dict[str, Any] = {}
    app = section_of(page, {"clinic.files": files}, clinic__seed="7")
    name(app, "healthy", case="usual-8")
    next(one for one in app.button if one.key == "clinic.another").click().run()
    ticket = app.session_state["clinic.run.ticket"]
    ticket.command(LiveCase.pause)
    assert ticket.race.case == case_of(9)
    assert linked(app, "seed") == ["9"]


def test_another_case_begins_without_a_look_and_so_does_another_level() -> None:
    app = look(opened(), "units")
    assert "1 look" in text_of(app)
    next(one for one in app.button if one.key == "clinic.another").click().run()
    app.session_state["clinic.run.ticket"].command(LiveCase.pause)
    assert "· 0 looks" in text_of(app)
    app.session_state["clinic.level"] = "first"
    assert "· 0 looks" in text_of(app.run())


def test_first_steps_has_the_six_plain_faults() -> None:
    app = section_of(page, clinic__level="first")
    plain = [one.slug for one in FAULTS if one.plain]
    assert sorted(names(app)) == sorted(plain)
    assert {FIRST.case(seed).fault for seed in range(60)} == set(plain)


def test_the_usual_level_has_every_fault() -> None:
    assert USUAL.slugs == FAULTS.slugs
    assert all(USUAL.case(seed) == case_of(seed) for seed in range(5))
