"""Sparse means small, on the page: the threshold, the numbers of both networks, the times."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from explainer.regularisation import pruning
from explainer.regularisation.pruning import Timed
from explainer.ui.penalties import small
from tests.app.reading import html_of, section_of, text_of


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.penalties.small import small_section

        small_section()

    return section_of(page, **query)


def test_both_networks_stand_with_the_numbers_of_the_threshold() -> None:
    app = section(penalties__threshold="0.03")
    kept = small.KEPT.get("digits")
    assert kept is not None
    for place in (0, 1):
        one = pruning.prune(kept[0], place, 0.03)
        assert f"<td>{one.size.left:,}</td>" in html_of(app)
        assert f"{one.size.sparse:,}" in html_of(app)
    whole = pruning.prune(kept[0], 0, 0.0)
    assert f"**{100 * whole.size.zeros:.1f} %** zeros" in text_of(app)


def test_another_threshold_trains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    app = section()

    def fail(*_given: object) -> None:
        raise AssertionError

    monkeypatch.setattr(small, "trained", fail)
    app.select_slider[0].set_value(0.5).run()
    assert not app.exception


def test_times_are_measured_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def made_up(zeros: float) -> Timed:
        asked.append(zeros)
        return Timed(zeros, 2.0, 8.0 if zeros < 0.9 else 0.5)

    monkeypatch.setattr(small, "timed", made_up)
    app = section()
    assert not asked
    app.button[0].click().run()
    assert not app.exception
    assert asked == list(pruning.ZERO_SHARES)
    assert html_of(app).count("4 times as slow") == 2
    assert html_of(app).count("4 times as fast") == 2
