"""Learning by heart on the page: a guess first, what was measured, and labels by click."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.generalisation.by_heart import ByHeart, by_heart
from explainer.generalisation.one_parameter import POINTS
from explainer.generalisation.remedies import REMEDIES, STOPPING, Measured, Remedies
from explainer.generalisation.smaller import EQUAL, FAMILIES, Family, Grown, Smaller
from explainer.powers import percent
from explainer.registry import Registry
from explainer.ui.overfitting.by_heart import KEPT as LABELS
from explainer.ui.overfitting.remedies import KEPT as TRIED
from explainer.ui.overfitting.smaller import KEPT as GROWN
from tests.app.reading import html_of, message_to, section_of, text_of


def grown(families: Registry[Family]) -> Smaller:
    """Made-up curves: the larger, the better."""
    draw, found = np.random.default_rng(0), []
    for family in families:
        for place, (size, one) in enumerate(family.members):
            inside = np.tile(np.linspace(0, 1, 9), (3, 1))
            outside = inside * (0.6 + 0.02 * place + 0.001 * draw.random((3, 1)))
            row = (family.slug, size, one.parameters, inside, outside, np.array([0.3, 0.4, 0.5]))
            found.append(Grown(*row))
    return Smaller(tuple(found))


def tried() -> Remedies:
    """Made-up accuracies."""
    draw, rows = np.random.default_rng(0), []
    for one in REMEDIES:
        for words, _ in one.settings or (("", None),):
            rows.append(Measured(one.slug, words, draw.random((3, 3)), draw.random((3, 3))))
    return Remedies(tuple(rows))


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[ByHeart]:
    """A short training, and numbers that are made up, in place of the long ones."""
    found = by_heart((0, 1), steps=40)
    LABELS.put("labels", found)
    TRIED.put("all", tried())
    GROWN.put("families", grown(FAMILIES))
    GROWN.put("equal", grown(EQUAL))
    yield found
    for one in (LABELS, TRIED, GROWN):
        one.clear()


def section(**query: str) -> AppTest:
    """A page of that tab alone."""

    def page() -> None:
        from explainer.ui.overfitting.by_heart import by_heart_section

        by_heart_section()

    return section_of(page, **query)


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


def test_the_reader_guesses_before_anything_is_shown() -> None:
    app = section()
    assert not charts(app)
    assert message_to(app, "overfitting.by_heart_asked.maps")["numbers"]


def test_a_guess_is_answered_with_what_was_measured(kept: ByHeart) -> None:
    reached = float(kept.training[3, :, -1].mean())
    assert 0.2 < reached < 0.9
    for guess, opening in (("some", "As you guessed"), ("chance", "It is otherwise")):
        app = section(overfitting__guess=guess)
        assert f"{opening}: with random labels **{percent(reached)}**" in text_of(app)
        assert charts(app) == 3


def test_a_digit_is_named_with_what_it_is_and_what_it_was_told(kept: ByHeart) -> None:
    app = section(overfitting__guess="all", overfitting__learned="all")
    tiles = kept.tiles["all"]
    assert f"A **{tiles.truth[0]}** that it was told is a **{tiles.labels[0]}**" in text_of(app)
    message = message_to(app, "overfitting.by_heart_all.maps")
    assert message["numbers"] == tiles.labels.tolist()


def test_each_remedy_has_a_row_and_nothing_is_not_compared_with_itself() -> None:
    app = section(overfitting__by_heart="remedies", overfitting__strength="strong")
    table = html_of(app)
    assert table.count("<tr>") == len(REMEDIES) + 1
    assert table.count("<b>") == 2 * (len(REMEDIES) - 1)
    assert table.count("</table>") == 1
    assert REMEDIES["l2"].settings[2][0] in table
    assert REMEDIES["l2"].settings[1][0] not in table
    assert REMEDIES[STOPPING].title in table
    assert charts(app) == 1


def test_a_level_decides_which_networks_are_compared() -> None:
    text = text_of(section(overfitting__by_heart="smaller"))
    assert (
        "one hidden layer, 4 (838 parameters) against one hidden layer, 128 (26,506 parameters)"
        in text
    )
    assert "**behind**" in text
    table = html_of(section(overfitting__by_heart="smaller", overfitting__of_size="right"))
    assert table.count("<tr>") == len(EQUAL) + 1


def test_what_is_learned_by_heart_knows_no_level() -> None:
    app = section(overfitting__by_heart="smaller", overfitting__of_size="heart")
    assert "(26,506 parameters)" not in text_of(app)
    assert charts(app) == 1


def test_one_parameter_says_the_labels_that_are_clicked() -> None:
    app = section(overfitting__by_heart="one", overfitting__positive="12")
    assert f"**{POINTS} of {POINTS}** labels are right" in text_of(app)
    assert "4555555555554" in app.get("latex")[0].proto.body if app.get("latex") else True
    app.button(key="overfitting.draw").click().run()
    assert f"**{POINTS} of {POINTS}** labels are right" in text_of(app)


def test_single_precision_forgets_some() -> None:
    app = section(overfitting__by_heart="one", overfitting__format="float32")
    assert f"**{POINTS} of {POINTS}**" not in text_of(app)


def test_links_that_mean_nothing_are_as_if_there_were_none() -> None:
    app = section(
        overfitting__by_heart="x", overfitting__guess="2", overfitting__learned="∞",
        overfitting__positive="99",
    )  # fmt: skip
    assert not charts(app)
    app = section(
        overfitting__by_heart="smaller", overfitting__of_size="?", overfitting__level="-1"
    )
    assert charts(app) == 1
