"""The generated scripts run, and give what the app shows."""

import contextlib
import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import KERNELS, Kernel, weights
from explainer.convolution.script import script
from tests.convolution.reference import PADDINGS

CODES = np.random.default_rng(0).integers(0, 256, (48, 40, 3), dtype=np.uint8)
PIXELS = CODES.astype(np.float32) / 255
VARIATIONS = (
    Application(),
    Application(bias=0.5, channels="grey", stride=2, flip=True),
    Application(bias=-1.25, channels="summed", dilation=2),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script")
    assert cv2.imwrite(str(path / "picture.png"), CODES[..., ::-1])
    return path


def _run(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """What the script saves; it is run in this process, as if from its own folder."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["script.py"])
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(source, "script.py", "exec"), {"__name__": "__main__"})
    assert "largest difference:" in printed.getvalue()
    picture = cv2.imread("result.png")
    assert picture is not None
    result = np.asarray(np.load("result.npy"))
    assert picture.shape[:2] == result.shape[1:3]
    return result


@pytest.mark.parametrize("entry", [pytest.param(k, id=k.slug) for k in KERNELS])
@pytest.mark.parametrize("padding", PADDINGS)
def test_both_libraries_give_the_apps_result(
    entry: Kernel, padding: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = weights(entry.slug)
    for settings in VARIATIONS:
        application = replace(settings, padding=padding)
        source = script(kernel, application, title=entry.title)
        expected = apply(PIXELS, kernel, application)
        scale = max(1.0, float(np.abs(kernel).sum()) / 8)
        for result in _run(source, folder, monkeypatch):
            np.testing.assert_allclose(result, expected, atol=1e-5 * scale, rtol=0)


@pytest.mark.parametrize("shape", [(1, 1), (2, 4), (4, 1), (15, 15)])
def test_even_and_large_kernels_of_ones_own_do_as_well(
    shape: tuple[int, int], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = np.random.default_rng(1).standard_normal(shape) / np.prod(shape)
    for padding in PADDINGS:
        application = Application(padding=padding, bias=0.1, dilation=2, stride=3, flip=True)
        for result in _run(script(kernel, application), folder, monkeypatch):
            np.testing.assert_allclose(result, apply(PIXELS, kernel, application), atol=1e-5)


def test_the_script_stands_alone_and_takes_a_path(tmp_path: Path) -> None:
    assert cv2.imwrite(str(tmp_path / "another.png"), CODES[..., ::-1])
    (tmp_path / "script.py").write_text(
        script(weights("sobel-x"), Application(), title="Sobel x"), encoding="utf-8"
    )
    command = [sys.executable, "script.py", "another.png"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    expected = apply(PIXELS, weights("sobel-x"), Application())
    np.testing.assert_allclose(np.load(tmp_path / "result.npy")[0], expected, atol=1e-5)


def test_a_missing_picture_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=r"cannot read picture\.png"):
        _run(script(weights("sobel-x"), Application()), tmp_path, monkeypatch)


def test_weights_are_written_exactly() -> None:
    source = script(weights("gaussian"), Application())
    assert repr(float(weights("gaussian")[0, 0])) in source


def test_a_convolution_turns_the_kernel_and_says_why() -> None:
    assert "by 180 degrees" in script(weights("sobel-x"), Application(flip=True))
    assert "180" not in script(weights("sobel-x"), Application())


def test_titles_and_paths_cannot_break_out_of_their_strings() -> None:
    source = script(weights("sobel-x"), Application(), title='""" \\ end\n', picture='a"b\\c.png')
    compile(source, "script.py", "exec")
    assert len([line for line in source.splitlines() if len(line) > 100]) == 0


def test_the_saved_picture_shows_a_blur_as_it_is_and_zero_as_grey(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blurred = _run(script(weights("box"), Application()), folder, monkeypatch)[0]
    shown = cv2.imread("result.png")
    assert shown is not None
    np.testing.assert_allclose(shown[..., ::-1], 255 * blurred, atol=0.51)
    edges = _run(script(weights("sobel-x"), Application(channels="grey")), folder, monkeypatch)[0]
    shown = cv2.imread("result.png")
    assert shown is not None
    assert ((shown[..., 0] > 128) == (edges[..., 0] > 0.01)).mean() > 0.97
