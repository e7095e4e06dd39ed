"""Double descent on the page: the curves follow the ridge, and what is said what was measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.generalisation.descent_network import MOMENTS, SEEDS, WIDTHS, Networks
from explainer.generalisation.random_features import RIDGES, TRAINING, Descent
from explainer.generalisation.random_features import WIDTHS as FEATURES
from explainer.live_pictures import LivePicture
from explainer.ui.overfitting import descent, descent_network
from tests.app.reading import message_to, section_of, split, text_of

DRAWS = 3


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[Descent]:
    """Made-up errors, in place of what is fitted and learned."""
    random = np.random.default_rng(0)
    errors = random.uniform(0.3, 0.6, (DRAWS, 2, 2, len(RIDGES), len(FEATURES)))
    errors[:, 0, :, 0, FEATURES.index(TRAINING)] = 300.0, 400.0
    errors[:, 0, :, -1] = np.linspace(0.9, 0.5, len(FEATURES))
    found = Descent(FEATURES, RIDGES, errors)
    descent.KEPT.put("digits", found)
    shape = (2, len(WIDTHS), len(MOMENTS), len(SEEDS))
    error = random.uniform(0.5, 0.55, shape)
    error[0, WIDTHS.index(24), -1] += 2
    descent_network.KEPT.put("digits", Networks(WIDTHS, MOMENTS, error, error / 2, error))
    yield found
    descent.KEPT.clear()
    descent_network.KEPT.clear()


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.overfitting.descent import descent_section

        descent_section()

    return section_of(page, **query)


def drawn(data: bytes) -> tuple[dict[str, object], np.ndarray]:
    """The header and the lines `(lines, 3, places)` of a chart."""
    header, blobs = split(data)
    return header, np.array([np.frombuffer(one, "<f8").reshape(3, -1) for one in blobs])


def chart(app: AppTest, name: str) -> np.ndarray:
    key = f"overfitting.{name}.chart"
    return drawn(next(e.proto.bytes for e in app.get("bidi_component") if e.key == key))[1]


def test_the_line_is_the_median_and_the_band_holds_all_draws(kept: Descent) -> None:
    _training, test = chart(section(overfitting__labels="clean"), "features")
    np.testing.assert_allclose(test[1], np.median(kept.errors[:, 0, 0, 0], axis=0))
    np.testing.assert_allclose(test[0], kept.errors[:, 0, 0, 0].min(0))
    np.testing.assert_allclose(test[2], kept.errors[:, 0, 0, 0].max(0))


def test_the_peak_is_said_and_marked() -> None:
    app = section()
    assert f"up to **400** at {TRAINING}" in text_of(app)
    (mark,) = message_to(app, "overfitting.features.chart")["marks"]
    assert mark["text"] == f"p = n = {TRAINING}"
    spots = message_to(app, "overfitting.features.chart")["spots"]
    assert mark["spot"] == spots[FEATURES.index(TRAINING)]


def test_a_ridge_that_leaves_no_peak_is_said_to() -> None:
    app = section(**{"overfitting__features.ridge": "1"})
    assert "No peak is left" in text_of(app)
    assert "**0.50**" in text_of(app)


def test_a_drag_is_answered_with_the_curves_of_its_ridge(kept: Descent) -> None:
    app = section()
    offered: LivePicture = app.session_state["overfitting.features.live"]
    header, (_training, test) = drawn(offered.render({"ridge": 0.0}, 7))
    assert header["number"] == 7
    assert header["name"] == "overfitting.features"
    row = RIDGES.index(1.0)
    np.testing.assert_allclose(test[1], np.median(kept.errors[:, 0, 1, row], axis=0))


def test_of_the_networks_a_peak_and_none_are_told_apart() -> None:
    text = text_of(section())
    without, with_l2 = (line for line in text.splitlines() if "hidden units to 24" in line)
    assert without.endswith("**a peak**.")
    assert with_l2.endswith("**no peak**.")


def test_width_and_step_of_a_link_are_those_of_the_other_chart() -> None:
    app = section(**{"overfitting__width.place": "0", "overfitting__step.place": "0"})
    assert "At step 1," in message_to(app, "overfitting.width.chart")["title"]
    assert "2 hidden units" in message_to(app, "overfitting.step.chart")["title"]
    error = descent_network.KEPT.get("digits").error  # type: ignore[union-attr]
    np.testing.assert_allclose(chart(app, "width")[:, 1], error[:, :, 0].mean(-1))
    np.testing.assert_allclose(chart(app, "step")[:, 1], error[:, 0].mean(-1))


def test_a_link_with_nonsense_shows_the_usual() -> None:
    query = {"features.ridge": "x", "features.place": "-3", "width.place": "99",
             "step.place": "x", "labels": "?", "network_measure": ""}  # fmt: skip
    app = section(**{f"overfitting__{name}": value for name, value in query.items()})
    assert message_to(app, "overfitting.features.chart")["at"] == FEATURES.index(TRAINING)
    assert message_to(app, "overfitting.step.chart")["at"] == len(MOMENTS) - 1
