"""Pictures as strangers send them, through the pages that look into networks."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.app.reading import app_at, arithmetic, message_to
from tests.images.decoding.test_hostile import BAD_FILES

PAGES = ("feature_maps", "attribution")
NETWORKS = ("LeNet-5", "Small VGG", "ResNet-20")
# A dozen that stand for the rest: empty, text, torn, lying, bombs.
BAD = (
    "no bytes", "a text", "only the PNG mark", "a PNG of 0 width", "a PNG without pixels",
    "a PNG with torn compression", "a PNG bomb", "a short strip", "a JPEG bomb",
    "a GIF frame bomb", "a WebP with a lying canvas", "a TIFF of nonsense tags",
)  # fmt: skip
ODD = {
    "one pixel": Image.new("RGB", (1, 1), "orange"),
    "a line": Image.new("L", (256, 1), 77),
    "a post": Image.new("RGBA", (2, 256), (9, 99, 200, 0)),
    "two colours": Image.new("1", (40, 30), 1),
    "sixteen bits": Image.fromarray(np.arange(1200, dtype=np.uint16).reshape(30, 40) * 50),
    "numbers that are none": Image.fromarray(np.full((20, 30), np.nan, np.float32)),
    "all black": Image.new("P", (64, 48)),
}


def uploaded(app: AppTest, name: str, data: bytes) -> None:
    app.file_uploader(key="picture.upload").upload(name, data).run()
    assert not app.exception, app.exception


def written(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "TIFF" if image.mode == "F" else "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "page", [PAGES[0], *(pytest.param(one, marks=pytest.mark.slow) for one in PAGES[1:])]
)
def test_a_file_that_is_no_picture_is_one_sentence_and_loses_nothing(page: str) -> None:
    app = app_at(page, picture="chelsea")
    before = [figure.proto.body for figure in app.get("html")]
    for name in BAD:
        uploaded(app, f"{name}.png", BAD_FILES[name][0])
        assert len({one.value for one in app.error}) == 1, name
        assert app.error[0].value.endswith(".")
        assert [figure.proto.body for figure in app.get("html")] == before, name


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", ODD)
def test_an_odd_picture_has_maps_that_add_up(name: str, network: str) -> None:
    app = app_at("feature_maps", feature_maps__network=network)
    uploaded(app, "odd.png", written(ODD[name]))
    assert not app.error
    height, width = message_to(app, "feature_maps.unit")["shape"]
    told = arithmetic(app, height - 1, width - 1)
    assert np.isfinite(told["total"]["value"])
    assert sum(term["value"] for term in told["terms"]) == pytest.approx(
        told["total"]["value"], abs=1e-5
    )


@pytest.mark.parametrize("name", ["one pixel", "a post", "all black"])
def test_an_odd_picture_can_be_asked_about(name: str) -> None:
    app = app_at("attribution")
    uploaded(app, "odd.png", written(ODD[name]))
    tiles = message_to(app, "attribution.maps")["tiles"]
    assert sum(one["alt"].endswith(": map of the picture.") for one in tiles) >= 10
