"""How large must a test set be: intervals and differences follow the hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.evaluation.intervals import SPLITS, exact, same_set, two_sets
from explainer.live_pictures import LivePicture
from explainer.ui.splits.how_large import COUNTS
from tests.app.reading import html_of, section_of, split, text_of, unpacked


def page() -> None:
    from explainer.ui.splits.how_large import how_large_section

    how_large_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **{f"splits__size__{name}": one for name, one in query.items()})


def test_the_widths_and_the_intervals_follow_the_hand() -> None:
    app = opened()
    offered: LivePicture = app.session_state["splits.size.live"]
    for pictures, accuracy, unshared in ((2, 50, 5), (4, 90, 50), (5.5, 99.9, 5), (7, 99.9, 100)):
        sent = {"pictures": pictures, "accuracy": accuracy, "unshared": unshared}
        header, blobs = split(offered.render(dict[str, object](sent), 3))
        json.dumps(header, allow_nan=False)
        widths = [np.frombuffer(blob, "<f8") for blob in blobs[1:-1]]
        at = header["at"]
        count = round(10**pictures)
        assert COUNTS[at] == count
        assert header["also"] == "splits.size_rows"
        rows, (__, true, bars) = unpacked(blobs[-1])
        np.testing.assert_allclose(true, accuracy)
        assert rows["at"] == 2
        for place, one in enumerate(SPLITS):
            size = round(one.test * count)
            low, high = exact(accuracy / 100 * size, size)
            np.testing.assert_allclose(bars.reshape(3, -1)[::2, place], (100 * low, 100 * high))
            np.testing.assert_allclose(widths[place][at], 100 * (high - low))
        assert widths[5][at] == widths[2][at]


def test_what_is_said_is_what_is_computed() -> None:
    app = opened()
    offered: LivePicture = app.session_state["splits.size.live"]
    first, second = split(offered.render({}, 2))[0]["told"]
    assert first == ("With 98/1/1 of 10,000 pictures the test set has 100: 90.0 % measured means "
                     "82.4 % to 95.1 %.")  # fmt: skip
    assert f"differ by {100 * two_sets(0.9, 100):.1f} points" in second
    assert "right and the other wrong on 10.0 % of them" in second
    assert f"they must differ by {100 * same_set(0.1, 100):.1f} points" in second
    said = html_of(app)
    assert "<b>98/1/1</b></td><td>100<br>± 3.0</td><td>82.4 – 95.1 %<br>" in said
    assert "none</td>" in said


def test_narrow_intervals_and_small_shares_have_the_digits_that_show_them() -> None:
    app = opened(pictures="6", accuracy="99.9", unshared="5")
    offered: LivePicture = app.session_state["splits.size.live"]
    first, second = split(offered.render({}, 2))[0]["told"]
    assert "99.9 % measured means 99.82 % to 99.95 %." in first
    assert "<td>99.82 – 99.95 %<br>" in html_of(app)
    assert "on 0.01 % of them, no difference could be seen." in second
    tiny = split(offered.render({"pictures": 2, "accuracy": 50}, 3))[0]["told"][1]
    assert tiny.startswith("Between two models with test sets of their own no difference")


def test_a_measured_accuracy_is_the_one_of_the_slider() -> None:
    app = opened(split="995-25")
    offered: LivePicture = app.session_state["splits.size.live"]
    header, blobs = split(offered.render({}, 2))
    bars = unpacked(blobs[-1])[1][2].reshape(3, -1)
    np.testing.assert_allclose(bars[1], 90)
    assert "the test set has 25: 90.0 % measured" in header["told"][0]


def test_a_split_that_leaves_no_picture_says_so() -> None:
    app = opened(split="995-1", pictures="2")
    offered: LivePicture = app.session_state["splits.size.live"]
    assert split(offered.render({}, 2))[0]["told"] == [
        "With 99.5/.4/.1 of 100 pictures no picture is left for the test."
    ]
    assert "<b>99.5/.4/.1</b></td><td>0</td><td>–</td>" in html_of(app)


def test_the_script_is_that_of_the_state() -> None:
    app = opened(code="true", split="60-20-20", pictures="3", accuracy="80")
    assert "PICTURES, TEST, ACCURACY = 1000, 0.2, 0.8" in app.code[0].value


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    app = opened(**dict.fromkeys(("split", "pictures", "accuracy", "unshared"), value))
    assert "What to notice" in text_of(app)
