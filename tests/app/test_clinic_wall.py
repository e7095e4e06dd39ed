"""The wall of faults on the page of the clinic: what its component is sent, and its links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.charts.theme import LIGHT
from explainer.clinic.case import case_with
from explainer.clinic.faults import FAULTS
from explainer.clinic.likeness import POINTS, distances
from explainer.clinic.run import run
from explainer.ui.clinic.wall import KEPT, Wall, wall_message, wall_of
from tests.app.reading import message_to, section_of, split

SEED = 31_100
HALF = len(FAULTS) // 2


def page() -> None:
    from explainer.ui.clinic.wall import wall_section

    wall_section()


@pytest.fixture(scope="module", autouse=True)
def _short() -> Iterator[None]:
    """Curves by hand, each from a height of its own on."""
    starts = np.random.default_rng(SEED).permutation(len(FAULTS)) / len(FAULTS)
    found = Wall(FAULTS.slugs, np.full((4, POINTS, len(FAULTS)), starts).transpose(2, 0, 1))
    KEPT.put(0, found)
    KEPT.put(1, found)
    yield
    KEPT.clear()


def titles(app: AppTest) -> list[str]:
    return [one["title"] for one in message_to(app, "clinic.wall.suspects")["runs"]]


def test_every_fault_hangs_on_the_wall_with_its_words_and_neighbours_are_alike() -> None:
    app = section_of(page)
    message = message_to(app, "clinic.wall.suspects")
    assert not message["hidden"]
    assert sorted(titles(app)) == sorted(fault.title for fault in FAULTS)
    for one in message["runs"]:
        fault = next(fault for fault in FAULTS if fault.title == one["title"])
        assert [text for _, text in one["lines"]] == [fault.wrong, fault.sign, fault.cure]
    found = KEPT.get(0)
    assert found is not None
    order = [next(f.slug for f in FAULTS if f.title == title) for title in titles(app)]
    places = [found.slugs.index(one) for one in order]
    apart = distances(found.curves)
    beside = np.mean([apart[a, b] for a, b in pairwise(places)])
    assert beside < apart[np.triu_indices(len(places), 1)].mean()


def test_nothing_is_trained_before_it_is_asked_for() -> None:
    app = section_of(page, clinic__wall_seed="7")
    assert KEPT.get(7) is None
    KEPT.put(7, KEPT.get(0) or pytest.fail("there is a wall"))
    app.button(key="clinic.wall.begin").click().run()
    assert sorted(titles(app)) == sorted(fault.title for fault in FAULTS)


def test_hidden_names_hang_in_an_order_that_tells_nothing_and_each_can_be_named() -> None:
    app = section_of(page, clinic__wall__names="hidden")
    message = message_to(app, "clinic.wall.suspects")
    assert message["hidden"]
    assert titles(app) != titles(section_of(page))
    for place, one in enumerate(message["runs"]):
        assert place in one["others"]
        assert len(set(one["others"])) == 4
    app.query_params["clinic.wall_seed"] = "1"
    assert titles(app.run()) != [one["title"] for one in message["runs"]]


@pytest.mark.parametrize("value", ["-1", "1e9", "nan", "<b>"])
def test_a_link_with_nonsense_shows_the_first_wall(value: str) -> None:
    app = section_of(page, clinic__wall_seed=value, clinic__wall__names=value)
    assert titles(app) == titles(section_of(page))


def test_curves_that_leave_all_numbers_are_sent_as_gaps_and_said() -> None:
    gone = wall_of(["rate-high"], [run(case_with("rate-high", SEED), steps=60)])
    assert gone.curves.shape == (1, 4, POINTS)
    header, blobs = split(wall_message("k", gone, LIGHT, hidden=False))
    json.dumps(header, allow_nan=False)
    heights = np.frombuffer(blobs[0], "<f4")
    sound = heights[np.isfinite(heights)]
    assert ((sound >= 0) & (sound <= 1)).all()
