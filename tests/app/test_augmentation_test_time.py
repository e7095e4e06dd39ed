"""Test-time augmentation on the page: a photo in copies, gains with verdicts, and times."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.images.gallery import gallery_picture
from explainer.powers import percent
from explainer.regularisation.augmentation.copies import (
    COPYINGS,
    MEANS,
    TESTED,
    mean_of,
    outputs,
)
from explainer.regularisation.augmentation.judges import MATERIALS, PHOTO_JUDGES, as_picture
from explainer.training.instruments.student import judged
from explainer.ui.augmentation.test_time_photo import TILES
from tests.app.reading import html_of, message_to, section_of, text_of


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.augmentation.test_time import test_time_section

        test_time_section()

    return section_of(page, **query)


def test_each_copy_has_its_answer_and_their_mean_is_said() -> None:
    app = section(
        picture="coffee", augmentation__way="shift", augmentation__copies_count="4",
        augmentation__photo_judge="vgg",
    )  # fmt: skip
    picture = as_picture(gallery_picture("coffee").codes)
    chances = np.concatenate(
        [
            PHOTO_JUDGES[1].probabilities(COPYINGS["shift"].copies(picture, number)).numpy()
            for number in range(4)
        ]
    )
    tiles = message_to(app, TILES)["tiles"]
    names = [PHOTO_JUDGES[1].classes[place] for place in chances.argmax(1)]
    assert [one["says"][0]["text"] for one in tiles] == names
    assert f"{percent(float(chances.mean(0).max()))}. The picture itself" in text_of(app)


@pytest.mark.parametrize("mean", MEANS)
def test_gains_and_verdicts_are_those_that_are_measured(mean: str) -> None:
    app = section(augmentation__mean=mean)
    digits = MATERIALS["digits"]
    assert digits.labels is not None
    pictures, labels = digits.pictures()[:TESTED], digits.labels()[:TESTED]
    found = outputs(digits.judges[0], COPYINGS["flip"], pictures, labels)
    gain, low, high = found.gain(16, mean)
    assert f"{100 * gain:+.1f} (".replace("-", "−") in html_of(app)
    assert judged(low, high) == "behind"
    assert "<td>behind</td>" in html_of(app)
    right = mean_of(found.logits[:1], mean).argmax(1) == labels.numpy()
    assert f"**{percent(float(right.mean()))}**" in text_of(app)


def test_times_are_measured_on_a_click_as_multiples_of_one_pass() -> None:
    app = section()
    assert "× 1.0" not in html_of(app)
    app.button(key="augmentation.measure").click().run()
    assert not app.exception
    assert "<td>× 1.0</td>" in html_of(app)


def test_nonsense_in_a_link_ends_nothing() -> None:
    section(
        augmentation__mean="sum", augmentation__way="?", augmentation__copies_count="99",
        augmentation__state="-", augmentation__tested="cifar-10", picture="nobody",
        augmentation__photo_judge="gpt",
    )  # fmt: skip
