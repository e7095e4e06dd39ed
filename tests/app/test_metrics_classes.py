"""Ten classes: the matrix and its pictures, the classes' numbers, and the averages."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.likelihood.calibrated import test_digits as digits_to_test
from explainer.live_pictures import LivePicture
from explainer.metrics.answered import shipped
from explainer.metrics.ten_classes import AVERAGES, f_scores, precisions, recalls
from explainer.ui.metrics import classes
from tests.app.reading import arrays_of, message_to, section_of, split, text_of, unpacked

NAME = "metrics.ten.picture"
GIVEN = shipped("digit-mlp")


@pytest.fixture(autouse=True)
def _learned_before() -> Iterator[None]:
    classes.KEPT.put("learned", GIVEN)
    yield
    classes.KEPT.clear()


def page() -> None:
    from explainer.ui.metrics.classes import classes_section

    classes_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **{f"metrics__ten__{name}": value for name, value in query.items()})


def test_the_picture_follows_the_hand() -> None:
    offered: LivePicture = opened(rare="5").session_state["metrics.ten.live"]
    for count, beta, cell in ((0, 0.25, 55), (3, 1, 0), (100, 4, 94)):
        sent = {"count": count, "beta": beta, "cell": cell}
        header, blobs = split(offered.render(dict[str, object](sent), 3))
        json.dumps(header, allow_nan=False)
        matrix = GIVEN.matrices(5)[count]
        assert header["matrix"] == matrix.tolist()
        row, column = divmod(cell, 10)
        assert (header["row"], header["column"]) == (row, column)
        for measure, wanted in zip(
            header["measures"], (precisions(matrix), recalls(matrix), f_scores(matrix)), strict=True
        ):
            found = [np.nan if one is None else one["value"] for one in measure["rows"]]
            np.testing.assert_allclose(found, wanted)
        values = f_scores(matrix, beta)
        assert header["dots"] == [
            None if np.isnan(one) else ("1" if one >= 0.9995 else f"{one:.2f}") for one in values
        ]
        assert header["cell"]["pictures"] == min(matrix[row, column], 30)
        assert len(blobs[0]) == 28 * 28 * header["cell"]["pictures"]
        over, arrays = unpacked(blobs[-1])
        assert (header["also"], over["at"]) == (over["name"], count)
        for one, array in zip(AVERAGES, arrays, strict=False):
            np.testing.assert_allclose(array[: GIVEN.most + 1], one.of(GIVEN.matrices(5)))


def test_a_cell_shows_its_own_pictures_the_surest_first() -> None:
    header, blobs = split(opened(cell="44").session_state["metrics.ten.live"].render({}, 3))
    labels, answers = GIVEN.labels, GIVEN.answers()
    rows = np.flatnonzero((labels == 4) & (answers == 4))
    best = rows[np.argmax(GIVEN.sure()[rows])]
    wanted = np.round(255 * digits_to_test()[0][best].numpy()).astype(np.uint8)
    assert blobs[0][:784] == wanted.tobytes()
    assert header["cell"]["says"].startswith("Pictures of a 4 that are called 4, rightly: ")


def test_the_table_has_all_and_now() -> None:
    rows = message_to(opened(count="5"), NAME)["averages"]["rows"]
    found = GIVEN.matrices(8)
    for one, (title, every, now, span) in zip(AVERAGES, rows, strict=True):
        assert title == one.title
        assert every == f"{one.of(found[100]):.3f}"
        assert now == f"{one.of(found[5]):.3f}"
        low, high = (float(end) for end in span.split(" – "))
        assert low <= high


def test_what_cannot_be_said_has_its_reason() -> None:
    header = message_to(opened(rare="3", cell="33", never="true"), NAME)
    assert header["measures"][0]["rows"][3] is None
    assert "precision – (it is never answered)" in header["told"][0]
    header = message_to(opened(rare="3", cell="33", count="0"), NAME)
    assert "recall – (it has no picture)" in header["told"][0]
    both = message_to(opened(rare="3", cell="33", count="0", never="true"), NAME)
    assert "F1 – (it has no picture and is never answered)" in both["told"][0]
    for rule, wanted in (("out", np.nan), ("zero", 0), ("one", 1)):
        given = {"rare": "3", "count": "0", "never": "true", "undefined": rule}
        arrays = arrays_of(opened(**given), "metrics.rare")
        found = AVERAGES["macro"].of(GIVEN.matrices(3, 3), wanted)
        np.testing.assert_allclose(arrays[AVERAGES.slugs.index("macro")][:101], found)


def test_the_network_of_the_link_answers() -> None:
    header = message_to(opened(network="digit-cnn"), NAME)
    assert header["matrix"] == shipped("digit-cnn").matrices(8)[100].tolist()


def test_the_script_is_that_of_the_state() -> None:
    app = opened(code="true", beta="2.5", undefined="one")
    assert "BETA, UNDEFINED = 2.5, 1 " in app.code[0].value


@pytest.mark.parametrize("value", ["nan", "inf", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    names = ("network", "rare", "never", "undefined", "count", "cell", "beta", "code")
    assert "What to notice" in text_of(opened(**dict.fromkeys(names, value)))
