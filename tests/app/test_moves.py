"""Whatever a visitor moves, and in whatever order, no page ends; nor does a link made of that.

First every slider of a page goes to both its ends while every other stands at both of its own;
then controls are drawn at random, with values at random, from a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import pytest
from streamlit.runtime.state.common import TESTING_KEY
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput, Selectbox, SelectSlider, Slider

from explainer.service import stop_service
from explainer.topics import TOPICS
from tests.app.moving import anything, controls, ends, unfold
from tests.app.reading import app_at

STARTS = [
    *(pytest.param(topic.slug, {}, id=topic.slug) for topic in TOPICS),
    pytest.param("training_lab", {"training_lab__data": "Two moons"}, id="training_lab-points"),
    pytest.param("training_lab", {"training_lab__data": "gaussians"}, id="training_lab-numbers"),
]
PAIRED, DRAWN = 6, 1
LONG_DRAWN = 200
End = tuple[int, int]
"""A slider by its number, and 0 for its lower or 1 for its upper end."""


@pytest.fixture(autouse=True)
def _service_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DEEPGLASS_FETCH", "0")
    yield
    stop_service()


def pairing(count: int) -> Iterator[End]:
    """Moves of `count` sliders in which each goes to each end beside each end of each other."""
    stands = dict[int, int]()
    left = {(a, b) for a, b in product(product(range(count), (0, 1)), repeat=2) if a[0] != b[0]}
    while left or len(stands) < count:
        moves = product(range(count), (0, 1))
        gains = {
            (one, end): sum(((other, at), (one, end)) in left for other, at in stands.items())
            + (one not in stands)
            for one, end in moves
        }
        one, end = max(gains, key=lambda move: (gains[move], stands.get(move[0]) != move[1]))
        if not gains[one, end]:  # what stands now is used up: stand otherwise
            ((one, end), _) = min(left)
        left -= {((other, at), (one, end)) for other, at in stands.items()}
        stands[one] = end
        yield one, end


def test_pairing_puts_every_end_beside_every_other() -> None:
    stands, met = dict[int, int](), set[tuple[End, End]]()
    for one, end in pairing(4):
        met |= {((other, at), (one, end)) for other, at in stands.items() if other != one}
        stands[one] = end
    assert len(met) == (4 * 2) * (3 * 2)


def move(app: AppTest, name: str, value: object, trail: list[str]) -> None:
    """Give a control a value as a visitor would; the page must go on."""
    trail.append(f"{name} = {value!r}")
    control = controls(app)[name]
    if isinstance(control, Selectbox):  # `value` is what the menu shows, not what it stands for
        app.session_state[TESTING_KEY][control.id] = str
    control.set_value(value)
    app.run()
    assert not app.exception, (trail[-8:], app.exception[0].stack_trace[-6:])


def pair_up(app: AppTest, trail: list[str], most: int) -> None:
    """Bring the sliders of the page to their ends in pairs, in at most so many moves."""
    kinds = (Slider, SelectSlider, NumberInput)
    names = [name for name, one in controls(app).items() if isinstance(one, kinds)]
    for _, (one, end) in zip(range(most), pairing(len(names)), strict=False):
        if names[one] in (found := controls(app)):
            move(app, names[one], ends(found[names[one]])[end], trail)


def wander(app: AppTest, draw: random.Random, trail: list[str], count: int) -> None:
    """Move any control to anything, so often."""
    for _ in range(count):
        if found := controls(app):  # the home page has none
            name = draw.choice(list(found))
            move(app, name, anything(found[name], draw), trail)


@pytest.mark.parametrize(("page", "query"), STARTS)
def test_no_move_of_a_control_ends_a_page(page: str, query: dict[str, str]) -> None:
    app, trail = unfold(app_at(page, **query)), list[str]()
    pair_up(app, trail, PAIRED)
    wander(app, random.Random(0), trail, DRAWN)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "query"), STARTS)
def test_no_long_walk_over_all_controls_ends_a_page(page: str, query: dict[str, str]) -> None:
    """Also links in which each control stands as it stood at some time of the walk."""
    app, trail, draw = unfold(app_at(page, **query)), list[str](), random.Random(1)
    links = list[dict[str, str]]()
    pair_up(app, trail, 1000)
    for _ in range(LONG_DRAWN // 10):
        wander(app, draw, trail, 10)
        links.append({name: value[-1] for name, value in app.query_params.items()})
    for _ in range(5):
        mixed = {name: draw.choice(links).get(name, value) for name, value in links[-1].items()}
        app_at(page, **{name.replace(".", "__"): value for name, value in mixed.items()})
