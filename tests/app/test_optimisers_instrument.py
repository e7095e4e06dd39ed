"""The plane of seven marbles: what is drawn, what a drag and a link do, and the script."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from explainer.charts.theme import LIGHT
from explainer.descent.marbles import HALF, KINDS, STEPS, Asked, run
from explainer.descent.methods import SLUGS, Knobs
from explainer.live_pictures import LivePicture
from explainer.powers import signed
from explainer.ui.optimisers.marbles import marbles_message, told
from explainer.words import PSEUDO, spoken
from tests.app.reading import message_to, section_of, split, text_of

PICTURE = "optimisers.plane.picture"
Rows = NDArray[np.floating]


def page() -> None:
    from explainer.ui.optimisers.instrument import instrument

    instrument()


def opened(before: dict[str, Any] | None = None, /, **query: str) -> AppTest:
    links = {f"optimisers__plane__{name}": one for name, one in query.items()}
    return section_of(page, before or {}, **links)


def read(data: bytes) -> tuple[dict[str, Any], bytes, Rows, Rows, Rows]:
    header, (ground, places, losses, rows) = split(data)
    many = len(header["methods"])
    return (
        header, ground, np.frombuffer(places, "<f4").reshape(-1, many, 2),
        np.frombuffer(losses, "<f4").reshape(-1, many),
        np.frombuffer(rows, "<f8").reshape(-1, len(header["rows"]), 2),
    )  # fmt: skip


def message(app: AppTest) -> bytes:
    found: bytes = next(e.proto.bytes for e in app.get("bidi_component") if e.key == PICTURE)
    return found


def dragged(app: AppTest, group: str = "", /, **values: float) -> bytes:
    offered: LivePicture = app.session_state[f"optimisers.plane{group}.live"]
    return offered.render(dict(values), 9)


def test_the_page_opens_with_the_bowl_and_all_seven_methods() -> None:
    app = opened()
    header, ground, places, losses, rows = read(message(app))
    found = run(Asked())
    np.testing.assert_allclose(places, found.history.places, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(losses, found.losses, rtol=1e-5, atol=1e-9)
    assert [one["slug"] for one in header["methods"]] == list(SLUGS)
    assert len({one["colour"] for one in header["methods"]}) == len(SLUGS)
    assert header["methods"][0]["told"] == "below 0.001 since step 161"
    assert len(rows) == header["steps"] == STEPS
    np.testing.assert_allclose(rows[:, 0], found.history.places[:-1, SLUGS.index("adam")])
    assert len(ground) > 1000
    assert "10 times" in text_of(app)
    assert "(+1.000, −1.000)" in text_of(app)


@pytest.mark.parametrize("slug", [kind.slug for kind in KINDS])
def test_a_link_opens_each_landscape_from_a_start_of_its_own(slug: str) -> None:
    app = opened(landscape=slug, start="0.5,0.75", rate="2", method="sgd", batch="8")
    header, _ground, places, _losses, rows = read(message(app))
    assert header["slug"] == slug
    assert header["chosen"] == "sgd"
    np.testing.assert_allclose(header["start"], [0.5, 0.75])
    asked = Asked(slug, (0.5, 0.75), 2.0, 8)
    np.testing.assert_allclose(
        places,
        np.where(np.isfinite(places), run(asked).history.places, np.nan),
        rtol=1e-4,
        atol=1e-5,
    )
    assert [one["symbol"] for one in header["rows"]] == ["w", "g", "Δw", "w + Δw"]
    assert rows.shape == (STEPS, 4, 2)


def test_a_drag_of_the_start_is_answered_and_kept_on_release() -> None:
    app = opened(degrees="90")
    header, ground, places, *__ = read(dragged(app, first=-0.7, second=-1.9))
    assert header["number"] == 9
    assert not ground  # the landscape is as it was
    np.testing.assert_allclose(places[0], np.tile([-0.7, -1.9], (7, 1)), atol=2e-3)
    released = {"moved": {"values": {"first": -0.7, "second": -1.9}, "number": 3}}
    app = opened({PICTURE: released}, degrees="90")
    np.testing.assert_allclose(message_to(app, PICTURE)["start"], [-0.7, -1.9], atol=2e-3)
    assert app.query_params["optimisers.plane.start"] == "-1.9,0.7"


def test_a_drag_of_the_shape_brings_its_ground_along_and_no_other_does() -> None:
    app = opened()
    assert not read(dragged(app, condition=30, degrees=0, rate=2))[1]
    _header, ground, _places, losses, _rows = read(dragged(app, condition=80, degrees=45, rate=1))
    assert ground
    found = run(Asked(condition=80, degrees=45), HALF)
    np.testing.assert_allclose(losses, found.losses, rtol=1e-4, atol=1e-9)
    back = read(dragged(app, condition=30, degrees=0, rate=1))[1]
    assert back  # else that of 45° would stay
    assert back != ground


def test_a_network_is_dragged_with_fewer_steps() -> None:
    app = opened(landscape="network")
    header, ground, places, losses, rows = read(dragged(app, first=4.0, second=1.0))
    assert not ground
    assert len(places) == len(losses) == len(rows) + 1 == KINDS["network"].dragged + 1
    assert header["steps"] == STEPS
    assert len(header["marks"]) == 3


def test_what_diverges_says_when_and_is_drawn_no_further() -> None:
    app = opened(rate="8", condition="100", method="nesterov")
    header, _ground, places, losses, _rows = read(message(app))
    for at, one in enumerate(header["methods"]):
        step = one["gone"]
        assert (one["told"] == f"diverged at step {step}") == (step is not None)
        if step is not None:
            assert np.isfinite(places[:step, at]).all()
            assert np.isnan(places[step:, at]).all()
            assert np.isnan(losses[step:, at]).all()
    assert header["methods"][0]["gone"]
    assert header["methods"][5]["gone"] is None


def test_a_method_below_the_line_says_since_when_and_the_losses_above_it_are_plain() -> None:
    found = run(Asked())
    for at, step in enumerate(found.settled):
        assert step
        few = run(Asked(), step + 3)
        assert told(few, at, 1e-3) == f"below 0.001 since step {step}"
        assert found.losses[step - 1, at] > 1e-3 >= found.losses[step, at]
    for loss, said in ((0.011, "0.011"), (0.00999, "0.01"), (0.0012, "0.0012"), (3.4, "3.4"),
                       (123456.0, "1.2 · 10⁵")):  # fmt: skip
        moved = replace(found, losses=np.full((9, 7), loss), settled=(None,) * 7)
        assert told(moved, 0, 1e-3) == f"{said} after 8 steps"


@pytest.mark.parametrize(
    ("query", "needed"),
    [({}, "its rate η = 0.1 in each"), ({"more__epsilon": "0"}, "much larger than ε = 1"),
     ({"landscape": "saddle", "start": "0,0"}, "0 where g is 0"),
     ({"landscape": "saddle", "start": "0,1"}, "0 where g is 0"),
     ({"landscape": "network", "more__epsilon": "-1"}, "much larger than ε = 0.1")],
)  # fmt: skip
def test_adams_first_step_is_called_its_rate_only_where_it_is(
    query: dict[str, str], needed: str
) -> None:
    app = opened(**query)
    step = read(message(app))[2][1, 5] - read(message(app))[2][0, 5]
    assert ("rate η = 0.1 in each" in text_of(app)) == np.allclose(np.abs(step), 0.1, rtol=0.01)
    assert needed in text_of(app)


def test_adamws_first_step_is_that_of_adam_and_the_decay() -> None:
    adam, own = run(Asked()).history.steps[0, 5:]
    said = text_of(opened(method="adamw"))
    for step in (adam, own - adam, own):
        assert f"({', '.join(signed(float(one), 4) for one in step)})" in said
    assert "ConvNetJS" not in said


def test_the_table_begins_without_a_trace_of_rounding() -> None:
    rows = read(message(opened(landscape="network")))[4]
    first = rows[0, 0]
    assert ((first == 0) | (np.abs(first) > 1e-6)).all()


def test_what_is_behind_more_changes_the_paths_and_is_in_the_link() -> None:
    app = opened(more__momentum="0.5", more__epsilon="-3", more__weight_decay="0.4")
    knobs = Knobs(momentum=0.5, epsilon=1e-3, weight_decay=0.4)
    places = read(message(app))[2]
    np.testing.assert_allclose(places, run(Asked(knobs=knobs)).history.places, rtol=1e-5, atol=1e-6)
    assert app.query_params["optimisers.plane.more.momentum"] == "0.5"


def test_the_steps_of_a_method_are_spelled_out_as_it_is_chosen() -> None:
    chosen = {"moved": {"values": {"method": "rmsprop"}, "number": 3}}
    app = opened({PICTURE: chosen})
    assert message_to(app, PICTURE)["chosen"] == "rmsprop"
    assert app.query_params["optimisers.plane.method"] == "rmsprop"
    assert r"\alpha v" in text_of(app)
    assert "ConvNetJS" not in text_of(app)


@pytest.mark.parametrize(
    "query",
    [
        {"landscape": "moon", "method": "lion", "rate": "inf", "batch": "-3"},
        {"start": "a,b", "condition": "nan", "degrees": "1e400", "draws": "x"},
        {"start": "1e300,-1e300", "rate": "1e9"},
        {"start": "nan,inf", "more__epsilon": "99", "more__momentum": "-1"},
        {"landscape": "network", "start": ",,,", "batch": "1e30"},
    ],
)
def test_nonsense_in_a_link_is_brought_into_bounds(query: dict[str, str]) -> None:
    header, _ground, places, *__ = read(message(opened(**query)))
    (left, right), (low, high) = header["across"], header["up"]
    assert left < header["start"][0] < right
    assert low < header["start"][1] < high
    assert np.isfinite(places[0]).all()


def test_nonsense_from_a_browser_changes_nothing() -> None:
    app = opened()
    wild = dragged(app, first=float("inf"), second=0.0, rate=float("nan"))
    np.testing.assert_array_equal(read(wild)[2], read(message(app))[2][: HALF + 1])
    odd = {"moved": {"values": {"method": ["adam"], "first": "x"}, "number": 4}}
    assert message_to(opened({PICTURE: odd}), PICTURE)["chosen"] == "adam"


def test_the_code_is_that_of_the_method_that_is_chosen() -> None:
    app = opened(code="true", method="adamw", landscape="minima", batch="8")
    (code,) = app.code
    assert "torch.optim.AdamW([w], lr=0.1" in code.value
    assert "BATCH, SEED = 200, 8, 0" in code.value


def test_what_is_said_is_translated() -> None:
    with spoken(PSEUDO):
        header = read(marbles_message("a", Asked(), run(Asked(), 9), "adam", LIGHT, number=1))[0]
    for text in (header["note"], header["axis"], *(one["told"] for one in header["methods"]),
                 *(one["label"] for one in header["rows"])):  # fmt: skip
        assert text.startswith("⟦")
