"""In which order to look, on the page of the clinic: checks, suspects, tables and links."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.clinic.checks import CHECKS, KEPT, Counts
from explainer.clinic.faults import FAULTS
from explainer.clinic.suspicion import softened
from explainer.ui.clinic import order
from explainer.ui.clinic.order import COUNTED, LIVE_SEED, SEEDS
from tests.app.reading import html_of, section_of, text_of

NONE = (10.0, 0.9, 0.0, 0.0, 0.0, 2.3, 1.0, 0.1, 1e-3, 1.0, 0.0, 0.2, 0.05, 0.05)
ASKED = [("equal", LIVE_SEED), ("healthy", LIVE_SEED), ("rate-high", LIVE_SEED)]


def page() -> None:
    from explainer.ui.clinic.order import order_section

    order_section()


@pytest.fixture(autouse=True)
def _counted() -> Iterator[None]:
    """Measurements by hand: twins ring for `equal`, the order for `sorted`."""
    values = dict(zip(CHECKS.slugs, NONE, strict=True))
    KEPT.put(ASKED[0], tuple({**values, "twins": 1.0}.values()))
    KEPT.put(ASKED[1], NONE)
    KEPT.put(ASKED[2], tuple(np.full(len(CHECKS), np.nan).tolist()))
    table = np.zeros((len(FAULTS), len(CHECKS)), np.intp)
    table[FAULTS.slugs.index("equal"), CHECKS.slugs.index("twins")] = SEEDS
    table[FAULTS.slugs.index("sorted"), CHECKS.slugs.index("order")] = SEEDS
    table[: len(FAULTS) // 2, CHECKS.slugs.index("ten")] = SEEDS
    COUNTED.put("all", table)
    yield
    KEPT.clear()
    COUNTED.clear()


def test_checks_that_are_pressed_say_what_they_measured() -> None:
    app = section_of(page)
    html = html_of(app)
    assert html.count("as it should be") == 2
    assert "⚑" not in html
    app.query_params["clinic.order.checks"] = ["twins", "ten"]
    html = html_of(app.run())
    assert "⚑" in html
    assert "100.0 %" in html


def test_an_alarm_that_one_fault_alone_gives_names_it() -> None:
    html = html_of(section_of(page, clinic__order__checks="twins"))
    bars = html[html.index("Suspects") :]
    title = FAULTS["equal"].title
    assert bars.index(title) == min(bars.index(one.title) for one in FAULTS if one.title in bars)
    shares = softened(np.eye(len(FAULTS), dtype=int)[:, :1] * SEEDS, SEEDS)[:, 0]
    assert f"{100 * shares[0] / shares.sum():.1f} %" in bars
    assert shares[0] / shares.sum() > 0.85


def test_the_check_that_halves_the_suspects_comes_first_in_the_order() -> None:
    html = html_of(section_of(page))
    table = html[html.index("suspects left") :]
    assert f"{len(FAULTS)}.0" in table
    order = table[: table.index('class="figures checks"')]
    assert order.index(CHECKS["ten"].title) < order.index(CHECKS["twins"].title)
    assert CHECKS["copies"].title not in order  # it rings for none, so it takes no suspect


def test_what_needs_no_wait_is_there_before_it_and_counts_are_seen_as_they_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    COUNTED.clear()
    table = np.zeros((len(FAULTS), len(CHECKS)), np.intp)
    drawn: list[int] = []
    plain = order._tables

    def tables(counts: Counts, runs: int) -> None:
        drawn.append(runs)
        plain(counts, runs)

    def counting(seeds: object, told: object, seen: Callable[[Counts, int], None]) -> Counts:
        seen(table, 1)
        raise RuntimeError

    monkeypatch.setattr(order, "_tables", tables)
    monkeypatch.setattr(order, "counted", counting)
    app = AppTest.from_function(page, default_timeout=120).run()
    assert len(app.exception) == 1
    assert drawn == [1]
    assert "as it should be" in html_of(app)
    assert "of 1 runs" in " ".join(one.value for one in app.caption)
    assert "ten pictures, the code is right" in text_of(app)


def test_the_matrix_has_every_count_and_the_sentence_counts_falling_losses() -> None:
    app = section_of(page)
    html = html_of(app)
    matrix = html[html.index('class="figures checks"') :]
    assert matrix.count(f">{SEEDS}</span>") == 2 + len(FAULTS) // 2
    ill = len(FAULTS) - 1
    assert f"{ill} of the {ill} faults" in " ".join(one.value for one in app.caption)


def test_values_that_are_no_numbers_are_alarms_and_no_end_of_the_page() -> None:
    app = section_of(page, clinic__order__fault="rate-high", clinic__order__checks="start")
    assert "⚑" in html_of(app)


@pytest.mark.parametrize("value", ["-1", "nan", "<b>"])
def test_a_link_with_nonsense_shows_the_first_run(value: str) -> None:
    app = section_of(page, clinic__order__fault=value, clinic__order_seed=value)
    assert html_of(app) == html_of(section_of(page))


def test_without_checks_all_are_suspected_alike() -> None:
    app = section_of(page, clinic__order__checks="")
    assert "Press a check" in app.info[0].value
    assert f"{len(FAULTS)}.0 of {len(FAULTS)} are left" in html_of(app)
    assert "order" in text_of(app)
