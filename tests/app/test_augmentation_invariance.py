"""What augmentation teaches, on the page: photo, curves and sentence are those of the link."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.images.samples import sample
from explainer.live_pictures import LivePicture
from explainer.powers import percent
from explainer.regularisation.augmentation.invariance import CHANGES, followed, small
from explainer.regularisation.augmentation.trained_pair import TrainedPair, trained_pair
from explainer.ui.augmentation import trained_pair as page_of_pairs
from tests.app.reading import arrays_of, message_to, section_of, split, text_of

LINK = {"picture": "coffee", "augmentation__invariance_network": "lenet"}


@pytest.fixture(scope="module", autouse=True)
def pair() -> Iterator[TrainedPair]:
    """A short training, in place of the long one."""
    found = trained_pair("rotation", (0, 1), steps=3)
    page_of_pairs.KEPT.put("rotation", found)
    yield found
    page_of_pairs.KEPT.clear()


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.augmentation.invariance import invariance_section

        invariance_section()

    return section_of(page, **{**LINK, **query})


@pytest.mark.parametrize(("change", "strength"), [("shift", "8"), ("flip", "1"), ("noise", "0.5")])
def test_curves_and_sentence_are_those_of_the_photo(change: str, strength: str) -> None:
    query = {"augmentation__invariance_change": change}
    app = section(**query, augmentation__invariance__strength=strength)
    entry = CHANGES[change]
    found = followed("lenet", small(sample("coffee").codes, "lenet"), entry)
    place = int(np.abs(entry.strengths - float(strength)).argmin())
    arrays = arrays_of(app, "augmentation.invariance")
    np.testing.assert_allclose(arrays[0], found.share[0, place], rtol=1e-4, atol=1e-6)
    assert len(arrays) == (3 if entry.matrix else 2)
    assert f"**{percent(found.share[0, place, -1])}** in the logits" in text_of(app)
    tiles = message_to(app, "augmentation.invariance_picture")["tiles"]
    assert [bool(one["says"]) for one in tiles] == [True, True]


def test_a_drag_is_answered_with_the_curves_and_the_picture_of_that_strength() -> None:
    app = section()
    offered: LivePicture = app.session_state["augmentation.invariance.live"]
    header, blobs = split(offered.render({"strength": 16}, 5))
    assert (header["number"], header["also"]) == (5, "augmentation.invariance_picture")
    picture, _ = split(blobs[-1])
    assert "16 px" in picture["tiles"][1]["says"][0]["text"]
    values = [np.frombuffer(one, "<f8") for one in split(offered.render({"strength": 0}, 6))[1][:1]]
    np.testing.assert_allclose(values[0], 0, atol=1e-5)


def test_nonsense_in_the_link_shows_the_usual() -> None:
    app = section(
        augmentation__invariance_change="x", augmentation__invariance_distance="7",
        augmentation__invariance__strength="nan", augmentation__pair_change="none",
    )  # fmt: skip
    assert "augmentation.invariance_change" not in app.query_params
    assert message_to(app, "augmentation.invariance.curves")["panels"][0]["title"]


def test_the_pair_says_whether_it_is_noise(pair: TrainedPair) -> None:
    gain = pair.gain(0, 3, -1)
    said = "**within noise**" if gain.verdict == 0 else "**more than noise**"
    assert said in text_of(section())
