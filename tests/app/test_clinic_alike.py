"""Two that look alike, on the page of the clinic: curves, numbers, the whole table, links."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from explainer.charts.theme import DARK
from explainer.clinic.case import case_with
from explainer.clinic.doctor import diagnosis
from explainer.clinic.faults import FAULTS
from explainer.clinic.gathered import RUNS, pairs
from explainer.clinic.run import run
from explainer.clinic.telling import telling
from explainer.clinic.telltales import TELLTALES
from explainer.ui.clinic import alike
from explainer.ui.clinic.alike import KEPT, PAIRS, pair_of, telling_message
from explainer.ui.clinic.mistaken import KEPT as TABLES
from explainer.ui.clinic.mistaken import taken_tables
from tests.app.reading import html_of, message_to, section_of, split, text_of

SEEDS = (31_201, 31_202)


def page() -> None:
    from explainer.ui.clinic.alike import alike_section

    alike_section()


@pytest.fixture(scope="module", autouse=True)
def _short() -> Iterator[None]:
    """Runs as short as there is anything to see."""
    for pair in (PAIRS["silent"], PAIRS["hidden"], ("small", "twice")):
        KEPT.put(pair, pair_of(pair, [run(case_with(*one), steps=6) for one in pairs(pair, SEEDS)]))
    TABLES.put(
        "all", np.stack([np.eye(len(FAULTS), dtype=int)[::-1], np.eye(len(FAULTS), dtype=int)])
    )
    yield
    KEPT.clear()
    TABLES.clear()


def test_curves_dots_and_sentence_are_of_the_pair() -> None:
    app = section_of(page)
    found = KEPT.get(PAIRS["silent"])
    assert found is not None
    names = [FAULTS[slug].title for slug in PAIRS["silent"]]
    message = message_to(app, "clinic.alike.telltale")
    assert message["names"] == names
    assert [row["verdict"] for row in message["rows"]] == [
        f"right in {one.right} of 4" for one in found.told
    ]
    for key in ("clinic.alike_loss", "clinic.alike_right"):
        series = message_to(app, f"{key}.chart")["series"]
        assert [one["title"].split(",")[0] for one in series] == [
            names[0], names[0], names[1], names[1],
        ]  # fmt: skip
    assert f"right in **{found.right} of 4**" in text_of(app)


def test_dots_lie_where_their_numbers_do_and_the_gap_between_them() -> None:
    found = KEPT.get(PAIRS["hidden"])
    assert found is not None
    header, _ = split(telling_message(found, DARK))
    json.dumps(header, allow_nan=False)
    row = header["rows"][0]
    best = found.told[0]
    np.testing.assert_allclose(row["spots"][0], best.telltale.heights(best.values[0]))
    assert row["texts"][1] == [best.telltale.written(one) for one in best.values[1].tolist()]
    low, high = sorted(row["spots"], key=max)
    np.testing.assert_allclose(row["gap"], [max(low), min(high)])


def test_ones_own_pair_is_in_the_link_and_has_to_differ() -> None:
    app = section_of(page, clinic__alike__pair="own")
    assert message_to(app, "clinic.alike.telltale")["names"] == [
        FAULTS["small"].title, FAULTS["twice"].title,
    ]  # fmt: skip
    app.query_params["clinic.alike.other"] = "small"
    app.run()
    assert not app.exception
    assert "differ" in app.info[0].value


@pytest.mark.parametrize("value", ["-1", "", "<b>", "ascent"])
def test_a_link_with_nonsense_shows_the_first_pair(value: str) -> None:
    app = section_of(page, clinic__alike__pair=value, clinic__alike_loss__place="1e9")
    names = message_to(app, "clinic.alike.telltale")["names"]
    assert names == [FAULTS[slug].title for slug in PAIRS["silent"]]


def test_all_faults_are_counted_where_the_fold_is_open() -> None:
    app = section_of(page, {"clinic.alike_all": True})
    found = TABLES.get("all")
    assert found is not None
    assert found.shape == (2, len(FAULTS), len(FAULTS))
    text = text_of(app)
    assert f"**{np.trace(found[0])} of {len(FAULTS)}**" in text
    assert f"**{np.trace(found[1])} of {len(FAULTS)}**" in text
    assert html_of(app).count("of 1<") == 2 * len(FAULTS)


def test_a_run_is_counted_with_its_fault_and_with_what_the_rules_name() -> None:
    records = [run(case_with(slug, SEEDS[0]), steps=6) for slug in FAULTS.slugs[:2]]
    found = taken_tables(records)
    for table, looks in zip(found, (True, False), strict=True):
        for place, record in enumerate(records):
            named = diagnosis(record, ())[0] if looks else diagnosis(record)[0]
            assert table[place, FAULTS.slugs.index(named.slug)] == 1
    assert found.sum() == 4


def test_a_number_that_is_none_stands_beside_the_axis() -> None:
    found = KEPT.get(PAIRS["silent"])
    assert found is not None
    reach = telling(TELLTALES["reach"], *(
        [run(case_with(slug, seed), steps=6) for seed in (41_002, 42_003)]
        for slug in PAIRS["silent"]
    ))  # fmt: skip
    row = split(telling_message(replace(found, told=[reach]), DARK))[0]["rows"][0]
    assert row["spots"][0] == [None, None]
    assert row["texts"][0] == ["–", "–"]
    assert [text for _, text in row["ticks"]] == ["10⁻⁶", "10⁻⁴", "10⁻²", "10⁰", "10²"]


def test_who_chooses_one_of_the_two_sees_that_pair() -> None:
    found = KEPT.get(PAIRS["silent"])
    assert found is not None
    KEPT.put(("dead", "twice"), replace(found, slugs=("dead", "twice")))
    app = section_of(page, {"clinic.alike.more": True})
    app.selectbox(key="clinic.alike.one").set_value("dead").run()
    assert not app.exception
    assert message_to(app, "clinic.alike.telltale")["names"] == [
        FAULTS["dead"].title, FAULTS["twice"].title,
    ]  # fmt: skip


def test_runs_are_seen_pair_by_pair_while_they_are_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And the sentences below are there before."""
    monkeypatch.setattr("explainer.clinic.gathered.run", lambda case: run(case, steps=2))
    monkeypatch.setattr("explainer.ui.clinic.alike.SEEDS", 2)
    drawn: list[int] = []
    plain = alike._pictures

    def pictures(found: alike.Pair, name: str) -> None:
        drawn.append(found.runs)
        plain(found, name)

    monkeypatch.setattr(alike, "_pictures", pictures)
    app = section_of(page, clinic__alike__pair="slow")
    assert drawn == [2, 4, 4]
    assert "What to notice" in text_of(app)
    RUNS.clear()
