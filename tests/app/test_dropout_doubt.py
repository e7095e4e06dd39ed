"""Monte Carlo dropout on the page: what the strips say, of a turned digit and of a photo."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.powers import percent
from explainer.regularisation.dropout.doubt import doubter
from explainer.regularisation.dropout.far_away import KINDS, far_away, tenths
from explainer.regularisation.dropout.small_network import digits
from explainer.ui.dropout.doubt import DOUBT, STRIPS, turned
from explainer.ui.dropout.doubt_photo import PHOTO
from explainer.ui.dropout.doubt_photo import STRIPS as PHOTO_STRIPS
from tests.app.reading import html_of, message_to, section_of, text_of


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.dropout.doubt import doubt_section

        doubt_section()

    return section_of(page, **query)


def header_of(data: bytes) -> dict[str, Any]:
    length = int.from_bytes(data[:4], "little")
    header: dict[str, Any] = json.loads(data[4 : 4 + length])
    return header


def test_turning_by_a_quarter_is_numpys_and_by_nothing_is_nothing() -> None:
    picture = digits().validation_inputs[3].reshape(28, 28)
    np.testing.assert_allclose(turned(picture, 0), picture, atol=1e-6)
    np.testing.assert_allclose(turned(picture, 90), np.rot90(picture), atol=1e-4)


def test_a_drag_of_the_angle_moves_the_strips_and_the_place_in_the_chart() -> None:
    app = section(dropout__doubted="7", dropout__doubt__angle="0")
    upright = message_to(app, STRIPS)
    best = int(np.argmax(upright["scaled"]))
    assert best == 7
    assert sum(mean for mean, *_ in upright["means"]) == pytest.approx(1, abs=1e-3)
    data = app.session_state[f"{DOUBT}.live"].render({"angle": 90}, 5)
    chart = header_of(data)
    assert (chart["name"], chart["at"], chart["also"]) == (DOUBT, 90, STRIPS)
    strips = header_of(data[-chart["sizes"][-1] :])
    assert strips["name"] == STRIPS
    assert sum(strips["bits"]) > sum(upright["bits"])
    assert len(strips["rows"]) == 3


def test_the_table_holds_the_formula_against_what_is_measured() -> None:
    strips = message_to(section(dropout__doubted="8"), STRIPS)
    formula, measured = strips["heads"].index("σ, formula"), strips["heads"].index("σ, measured")
    for row in strips["rows"]:
        found, error = map(float, row[measured].split(" ± "))
        assert abs(found - float(row[formula])) <= 4 * error + 0.01


def test_what_is_measured_on_screen_is_what_the_network_gives() -> None:
    app = section(dropout__measured="true")
    network = doubter()
    found, far = tenths(network), far_away(network)
    assert f"**{percent(found.masks[-1])}**" in text_of(app)
    assert f"**{percent(found.masks[:-1].mean())}**" in text_of(app)
    for one in far:
        assert KINDS[one.slug].title in html_of(app)
        assert percent(one.sure[1]) in html_of(app)


def test_the_photo_has_strips_of_its_own_that_follow_the_keep_probability() -> None:
    app = section(dropout__of_photo="true", picture="chelsea", dropout__photo_network="vgg")
    shown = message_to(app, PHOTO_STRIPS)
    assert shown["name"] == PHOTO
    assert "cat" in shown["classes"]
    live = app.session_state[f"{PHOTO}.live"]
    few, all_kept = (header_of(live.render({"keep": keep}, 2)) for keep in (0.2, 1))
    assert few["bits"][1] > shown["bits"][1]
    assert all_kept["bits"][1] == pytest.approx(0, abs=1e-4)
    np.testing.assert_allclose(
        [mean for mean, *_ in all_kept["means"]], all_kept["scaled"], atol=1e-3
    )


def test_a_link_to_a_drawing_says_that_it_cannot_carry_it_and_nonsense_ends_nothing() -> None:
    app = section(
        dropout__drawn="own", dropout__doubted="x", dropout__which="1e99",
        dropout__doubt__angle="nan", dropout__photo__keep="-7", dropout__of_photo="true",
    )  # fmt: skip
    said = [*app.warning, *app.info, *app.error]
    assert any("cannot carry" in one.value for one in said)
    assert len(message_to(app, STRIPS)["scaled"]) == 10
