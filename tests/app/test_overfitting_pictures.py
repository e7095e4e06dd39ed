"""Bias and variance of pictures on the page: what is said follows what was measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.generalisation.decomposition import WAYS, Way
from explainer.generalisation.pictures import KINDS, Measured, digits, least
from explainer.powers import percent
from explainer.ui.overfitting.pictures import KEPT, PARTS
from tests.app.reading import html_of, message_to, section_of, split, text_of

DRAWS = 3


def made_up(slug: str, wrong: float) -> Measured:
    """Random outputs of few models, the surer and the righter the larger the capacity."""
    kind, data, random = KINDS[slug], digits(wrong), np.random.default_rng(3)
    truth = np.eye(10)[data.test_labels]
    outputs = [
        (share * truth + (1 - share) * random.dirichlet(np.full(10, 0.2), (DRAWS, 1000)))
        for share in np.linspace(0, 0.5, len(kind.capacities))
    ]
    return Measured(kind, data, tuple(one.astype(np.float32) for one in outputs))


@pytest.fixture(scope="module", autouse=True)
def kept() -> Iterator[dict[tuple[str, float], Measured]]:
    """In place of what is learned."""
    found = {(slug, wrong): made_up(slug, wrong)
             for slug in ("networks", "trees") for wrong in (0.0, 0.2)}  # fmt: skip
    for key, one in found.items():
        KEPT.put(key, one)
    yield found
    KEPT.clear()
    PARTS.clear()


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.overfitting.pictures import pictures_section

        pictures_section()

    return section_of(page, **query)


def areas(app: AppTest, slug: str) -> dict[str, np.ndarray]:
    """By its title what each area and line was sent, `(3, C)`."""
    key = f"overfitting.{slug}.chart"
    data = next(e.proto.bytes for e in app.get("bidi_component") if e.key == key)
    header, blobs = split(data)
    return {
        one["title"]: np.frombuffer(blob, "<f8").reshape(3, -1)
        for one, blob in zip(header["series"], blobs, strict=True)
    }


@pytest.mark.parametrize("way", WAYS, ids=WAYS.slugs)
def test_the_areas_lie_on_one_another_and_end_at_the_error(
    kept: dict[tuple[str, float], Measured], way: Way
) -> None:
    found = kept["trees", 0.2]
    app = section(overfitting__kind="trees", overfitting__way=way.slug, overfitting__wrong="0.2")
    noise, bias, variance, error = areas(app, "trees").values()
    np.testing.assert_allclose(noise[2], bias[0])
    np.testing.assert_allclose(bias[2], variance[0])
    np.testing.assert_allclose(variance[2], error[1], atol=1e-12)
    expected = way.parts(found.outputs[2], found.digits.test_labels, 0.2).error.mean()
    assert error[1, 2] == pytest.approx(expected)


def test_the_least_error_is_said_with_its_share_of_bias(
    kept: dict[tuple[str, float], Measured],
) -> None:
    best = least(kept["networks", 0.0], WAYS["squared"])
    text = text_of(section())
    assert f"the least error is {best.error:.3f}, at *hidden units: {best.capacity}*" in text
    assert f"**{percent(best.bias)}** of it is bias" in text
    assert "It is the largest capacity that was tried" in text


def test_a_capacity_of_the_link_has_its_own_sum_and_digit() -> None:
    app = section(**{"overfitting__networks.place": "1"})
    assert message_to(app, "overfitting.networks.chart")["at"] == 1
    assert "hidden units: 4" in html_of(app)


def test_labels_as_they_were_drawn_are_measured_beside_the_sum() -> None:
    assert "on labels as they were drawn" not in html_of(section())
    assert "on labels as they were drawn" in html_of(section(overfitting__wrong="0.2"))


def test_the_digit_and_its_answers_are_those_of_the_models(
    kept: dict[tuple[str, float], Measured],
) -> None:
    found = kept["networks", 0.0]
    html = html_of(section(overfitting__order="any", **{"overfitting__networks.place": "0"}))
    label, answers = found.digits.test_labels[0], found.outputs[0][:, 0].argmax(-1)
    assert f"It is a {label}." in html
    assert f"Right: {(answers == label).sum()} of {DRAWS} models." in html
    assert html.count("•") == DRAWS


def test_another_digit_is_the_next_and_after_the_last_the_first() -> None:
    app = section(overfitting__rank="19")
    before = html_of(app)
    app.button(key="overfitting.another").click().run()
    assert not app.exception
    assert html_of(app) != before
    assert "overfitting.rank" not in app.query_params


def test_a_link_with_nonsense_shows_the_usual() -> None:
    app = section(
        overfitting__kind="x", overfitting__way="", overfitting__wrong="2",
        overfitting__order="-1", overfitting__rank="1e9",
        **{"overfitting__networks.place": "nan"},
    )  # fmt: skip
    usual = section()
    key = "overfitting.networks.chart"
    assert message_to(app, key)["series"] == message_to(usual, key)["series"]
    assert message_to(app, key)["at"] == message_to(usual, key)["at"]
    assert html_of(app) == html_of(usual)
