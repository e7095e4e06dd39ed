"""The path on the page: what its controls change, and that the numbers said are those computed."""

from __future__ import annotations

import re
from typing import Any

from streamlit.testing.v1 import AppTest

from explainer.regularisation.paths import MIXES, diabetes, path
from explainer.regularisation.pixel_weights import LAMBDAS, PAIRS, pixel_weights
from tests.app.reading import html_of, section_of, text_of


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.penalties.path import path_section

        path_section()

    return section_of(page, **query)


def test_zeros_are_counted_as_they_are() -> None:
    app = section(penalties__path_strength="0.1")
    weights = {one.slug: path(diabetes(), one, [0.1])[0] for one in MIXES}
    zeros = int((weights["l1"] == 0).sum())
    assert zeros > 0
    assert f"**L1** has set **{zeros} of 10** weights to exactly 0" in text_of(app)
    assert "**L2 none**" in text_of(app)
    assert "goes at λ = **0.586**" in text_of(app)


def test_another_lambda_and_penalty_are_drawn_and_kept_in_the_link() -> None:
    app = section()
    app.select_slider[0].set_value(0.5).run()
    assert not app.exception
    assert "At λ = 0.5, **L1** has set **8 of 10**" in text_of(app)
    groups: Any = app.get("button_group")
    buttons = next(one for one in groups if one.key == "penalties.path_penalty")
    buttons.set_value("Elastic net").run()
    assert not app.exception
    assert app.query_params["penalties.path_penalty"] == "elastic"
    assert r"\frac{\lambda}{4}" in app.latex[0].value


def test_a_twin_is_one_input_more() -> None:
    app = section(penalties__twin="true", penalties__path_strength="0.1")
    assert "of 11** weights" in text_of(app)
    assert text_of(app).count("**Twins:**") == 2
    assert "body mass index (twin)" in html_of(app)
    assert "exactly 0" in html_of(app)


def test_the_pictures_of_weights_say_what_was_learned() -> None:
    app, found = section(penalties__digits="1-7"), pixel_weights(PAIRS["1-7"])
    alts = re.findall(r'<img alt="([^"]*)"', html_of(app))
    assert len(alts) == 2 * len(LAMBDAS)
    zeros = f"{100 * found.zeros[0, 3]:.1f} %".replace(".0 %", " %")
    assert f"L1, λ = 0.003: {zeros} of the weights are exactly 0" in alts[3]
    used = round((1 - found.zeros[0, found.accuracy[0].argmax()]) * 784)
    assert f"looking at **{used} of 784** pixels" in text_of(app)


def test_every_word_can_be_said_in_another_language() -> None:
    def page() -> None:
        from explainer.ui.penalties.path import path_section
        from explainer.ui.penalties.small import small_section
        from explainer.words import PSEUDO, spoken

        with spoken(PSEUDO):
            path_section()
            small_section()

    app = AppTest.from_function(page, default_timeout=120).run()
    assert not app.exception, app.exception
    for one in (*app.markdown, *app.caption):
        assert "⟦" in one.value or one.value == "---"
    for label in (app.select_slider[0].label, app.toggle[0].label, app.button[0].label):
        assert label.startswith("⟦")
