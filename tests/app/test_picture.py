"""The picture bar of every page: what is refused is said as long as it is so."""

from __future__ import annotations

import gc
import struct
import weakref
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.reading import app_at, message_to

TEXT = b"these are notes and no picture"
SAID = r"notes.txt\: This file is not a picture that can be read here\: "


def refused() -> AppTest:
    app = app_at("filters")
    app.file_uploader(key="picture.upload").upload("notes.txt", TEXT).run()
    assert {one.value.startswith(SAID) for one in app.error} == {True}
    return app


def png(shade: int = 0) -> bytes:
    return cv2.imencode(".png", np.full((30, 40, 3), shade, np.uint8))[1].tobytes()


def removed(app: AppTest) -> None:
    app.file_uploader(key="picture.upload").set_value([]).run()


def another_uploaded(app: AppTest) -> None:
    app.file_uploader(key="picture.upload").upload("dot.png", png()).run()


def another_page(app: AppTest) -> None:
    app.switch_page("../pages/attribution.py").run()


def there_and_back(app: AppTest) -> None:
    app.switch_page("../pages/home.py").run()
    app.switch_page("../pages/filters.py").run()


@pytest.mark.parametrize("end", [removed, another_uploaded, another_page, there_and_back])
def test_a_sentence_about_an_upload_ends_with_its_cause(end: Callable[[AppTest], None]) -> None:
    app = refused()
    app.run()
    assert app.error
    end(app)
    assert not app.error
    assert not app.exception


def test_a_sentence_stands_on_the_page_and_in_the_chooser_that_covers_it() -> None:
    assert len(refused().error) == 2


def test_an_unknown_picture_in_a_link_is_said_until_the_page_is_left() -> None:
    app = app_at("filters", picture="nobody")
    assert "nobody" in app.error[0].value
    there_and_back(app)
    assert not app.error


@pytest.mark.parametrize("name", ["pets.zip", "pets.rar"])
def test_a_sentence_about_a_zip_ends_with_its_cause(name: str) -> None:
    app = app_at("training_lab", training_lab__data="Your own pictures (zip)")
    uploader = app.file_uploader(key="training_lab.zip")
    uploader.upload(name, TEXT).run()
    assert f"{name}: This file is not a zip" in app.error[0].value.replace("\\", "")
    uploader.set_value([]).run()
    assert not app.error


@pytest.mark.parametrize("name", ["a.jfif", "a.jpe", "photo", "a.heic", "a.pdf", "a.png.txt"])
def test_every_name_gets_through_to_the_app(name: str) -> None:
    app = app_at("filters")
    app.file_uploader(key="picture.upload").upload(name, png()).run()
    assert not app.error
    assert message_to(app, "filters.lens")["width"] == 40


def test_a_heic_that_is_torn_is_called_by_its_name() -> None:
    app = app_at("filters")
    torn = struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(400)
    app.file_uploader(key="picture.upload").upload("IMG_1.HEIC", torn).run()
    assert "HEIC" in app.error[0].value


SLOW = pytest.mark.slow
OTHERS = [pytest.param(slug, marks=SLOW) for slug in ("activations", "feature_maps", "attribution")]


@pytest.mark.parametrize("slug", ["filters", *OTHERS])
def test_a_picture_that_is_replaced_leaves_nothing_behind(slug: str) -> None:
    app = app_at(slug)
    pictures = []
    for shade in (0, 90, 180):
        app.file_uploader(key="picture.upload").upload("dot.png", png(shade)).run()
        assert not app.exception
        pictures.append(weakref.ref(app.session_state["picture"].picture))
    gc.collect()
    assert [one() is None for one in pictures] == [True, True, False]
