"""A PNG of strips is the PNG of the whole, for every reader."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from explainer.images.png import png_of_strips

CODES = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)


@given(st.integers(1, 40), st.integers(1, 30), st.integers(1, 40))
def test_strips_of_any_height_give_the_picture_back(height: int, width: int, rows: int) -> None:
    codes = CODES[:height, :width]
    data = png_of_strips(width, height, (codes[i : i + rows] for i in range(0, height, rows)))
    with Image.open(BytesIO(data)) as image:
        assert np.array_equal(np.asarray(image), codes)
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    assert decoded is not None
    assert np.array_equal(decoded, codes)
    with Image.open(BytesIO(data)) as image:
        image.verify()


def test_strips_of_another_size_or_type_are_refused() -> None:
    with pytest.raises(ValueError, match="but the width is 29"):
        png_of_strips(29, 40, [CODES])
    with pytest.raises(ValueError, match="have 40 rows, but the height is 41"):
        png_of_strips(30, 41, [CODES])
    with pytest.raises(ValueError, match="a strip is float64"):
        png_of_strips(30, 40, [CODES.astype(float)])
