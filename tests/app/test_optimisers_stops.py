"""What stops a network: a dot for each with its numbers, widths, and links of any kind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.descent.stop_kinds import KINDS, LOWEST, negative_share
from explainer.descent.stop_problems import RELU, TANH, TASKS, Task
from explainer.descent.stops import GRID, Stops, by_width
from explainer.descent.stops import SEEDS as PAGE_SEEDS
from explainer.ui.optimisers import stops
from tests.app.moving import tell
from tests.app.reading import section_of, split, text_of

SEEDS = (71, 72, 73)


def short(slug: str) -> Task:
    task = TASKS[slug]
    return Task(slug, task.title, task.make, 40, task.widths[: 2 + (slug == "xor")], task.script)


@cache
def found(slug: str, unit: str) -> list[Stops]:
    return by_width(short(slug), unit, seeds=SEEDS)


@pytest.fixture(autouse=True)
def _stood_before() -> Iterator[None]:
    for slug, unit in (("xor", TANH), ("xor", RELU), ("digits", RELU)):
        stops.KEPT.put((slug, unit, "random"), found(slug, unit))
    yield
    stops.KEPT.clear()


def page() -> None:
    from explainer.ui.optimisers.stops import stops_section

    stops_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **query)


def dots(app: AppTest) -> tuple[dict[str, object], list[bytes]]:
    key = f"{stops.STOPS}.dots"
    return split(next(e.proto.bytes for e in app.get("bidi_component") if e.key == key))


@pytest.mark.parametrize(("slug", "unit"), [("xor", TANH), ("xor", RELU), ("digits", RELU)])
def test_each_network_is_a_dot_in_the_column_of_its_kind(slug: str, unit: str) -> None:
    app = opened(optimisers__stops__problem=slug, optimisers__stops__unit=unit)
    header, blobs = dots(app)
    end = found(slug, unit)[stops.USUAL_WIDTH].end
    across, up, spectra = (np.frombuffer(one, "<f8") for one in blobs[:3])
    columns = header["columns"]
    assert isinstance(columns, list)
    assert [columns[int(one)] for one in across] == [KINDS[one] for one in end.kind]
    np.testing.assert_array_equal(up, end.loss)
    np.testing.assert_array_equal(spectra.reshape(end.spectra.shape), end.spectra)
    side = 10 if slug == "digits" else GRID
    assert (header["side"], len(blobs[3])) == (side, len(SEEDS) * side**2)
    assert header["at"] == end.loss.argmax()
    assert header["seeds"] == list(PAGE_SEEDS[: len(SEEDS)])
    none = header["none"]
    assert isinstance(none, list)
    np.testing.assert_allclose(none, 1e-3 * np.abs(end.spectra).max(1))
    near = (end.loss <= end.loss.min() + 0.01).sum()
    assert f"{near} end within 0.01 of it. {(end.kind == LOWEST).sum()} are named" in text_of(app)


def test_slow_places_lie_by_their_negative_curvatures() -> None:
    app = opened(optimisers__stops__place="slowest")
    header, blobs = dots(app)
    slow = found("xor", RELU)[stops.USUAL_WIDTH].slowest
    left = slow.step > 0
    assert header["seeds"] == np.flatnonzero(left).tolist()
    assert header["columns"] == []
    across = np.frombuffer(blobs[0], "<f8")
    np.testing.assert_allclose(across, 100 * negative_share(slow.spectra)[left])
    assert f"{left.sum()} of them had a slow place" in text_of(app)


def test_another_width_is_chosen_on_the_chart_and_stands_in_the_link() -> None:
    app = opened()
    assert "2 hidden units, 3 networks" in text_of(app)
    value = {"values": {"place": 2}, "number": 5}
    tell(app, f"{stops.WIDTHS}.chart", "moved", value)
    app = opened(optimisers__stop_widths__place="2")
    assert "3 hidden units, 3 networks" in text_of(app)


@pytest.mark.parametrize("value", ["nan", "1e9"])
def test_any_link_opens(value: str) -> None:
    app = opened(
        optimisers__stops__problem=value, optimisers__stops__place=value,
        optimisers__stops__unit=value, optimisers__stops__start=value,
        optimisers__stop_widths__place=value, optimisers__stops__code="true",
    )  # fmt: skip
    assert text_of(app).count("What to notice") == 1
    assert "eigvalsh" in app.code[0].value
    worst = found("xor", RELU)[stops.USUAL_WIDTH].end.loss.argmax()
    assert f"manual_seed({PAGE_SEEDS[worst]})" in app.code[0].value
