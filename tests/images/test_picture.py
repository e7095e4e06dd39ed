import importlib
import pkgutil
import subprocess
import sys

import numpy as np
import pytest

import explainer.images
from explainer.images.picture import WORK_LIMIT, Picture

BLACK_AND_WHITE = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)


def a_picture(codes: np.ndarray) -> Picture:
    return Picture("a", "A", "a test", codes, (codes.shape[1], codes.shape[0]))


def test_pixels_are_codes_over_255() -> None:
    codes = np.arange(256, dtype=np.uint8).reshape(16, 16, 1).repeat(3, axis=2)
    pixels = a_picture(codes).pixels
    assert pixels.dtype == np.float32
    np.testing.assert_allclose(pixels * 255, codes, atol=1e-4)
    assert (pixels.min(), pixels.max()) == (0, 1)


def test_a_picture_cannot_be_written_to_and_does_not_follow_its_source() -> None:
    codes = BLACK_AND_WHITE.copy()
    picture = a_picture(codes)
    codes[:] = 7
    assert np.array_equal(picture.codes, BLACK_AND_WHITE)
    for array in (picture.codes, picture.pixels):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0, 0] = 1


def test_the_digest_tells_shapes_and_codes_apart() -> None:
    tall = BLACK_AND_WHITE.transpose(1, 0, 2)
    assert a_picture(BLACK_AND_WHITE).digest == a_picture(BLACK_AND_WHITE.copy()).digest
    assert a_picture(BLACK_AND_WHITE).digest != a_picture(tall).digest
    assert a_picture(BLACK_AND_WHITE).digest != a_picture(255 - BLACK_AND_WHITE).digest


@pytest.mark.parametrize(
    "codes",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((1, WORK_LIMIT + 1, 3), np.uint8),
    ],
)
def test_codes_of_the_wrong_kind_are_refused(codes: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"codes|sides"):
        a_picture(codes)


def test_importing_every_module_loads_neither_streamlit_nor_torch_nor_scikit_image() -> None:
    found = pkgutil.walk_packages(explainer.images.__path__, "explainer.images.")
    names = [module.name for module in found]
    assert {"explainer.images.decoding.decode", "explainer.images.gallery"} <= set(names)
    for name in names:
        importlib.import_module(name)
    statements = "".join(f"import {name}\n" for name in names)
    script = (
        f"{statements}import sys\n"
        "heavy = {'streamlit', 'torch', 'skimage', 'altair'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
