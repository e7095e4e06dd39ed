"""The script of the page runs, and finds the page's own numbers."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from explainer.convolution.application import PADDINGS
from explainer.convolution.equivariance import Layer, compared
from explainer.convolution.kernels import weights
from explainer.convolution.sharing import CONNECTIONS, FirstLayer
from explainer.convolution.sharing_script import sharing_script
from explainer.images.thumbnails import fit

CODES = np.random.default_rng(1).integers(0, 256, (70, 90, 3), dtype=np.uint8)
FIRST = FirstLayer(149, 224, 64, 3)
GREY = np.array([0.299, 0.587, 0.114], np.float32)


def run(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The variables that the script leaves behind; it is run in this process."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["script.py"])
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(source, "script.py", "exec"), names)
    assert f"{names['counts']['dense']:,} weights" in printed.getvalue()
    return names


@pytest.mark.parametrize("padding", [entry.slug for entry in PADDINGS])
@pytest.mark.parametrize("pooled", [False, True])
def test_the_script_finds_the_numbers_of_the_page(
    padding: str, pooled: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cv2.imwrite(str(tmp_path / "picture.png"), CODES[..., ::-1])
    layer, kernel, shift = Layer(2, padding, pooled), weights("laplacian"), 5
    small = fit(CODES, 64, 64)
    grey = np.asarray(small[:48, :64].astype(np.float32) / np.float32(255) @ GREY, np.float32)
    size = (small.shape[1], small.shape[0])
    names = run(sharing_script(FIRST, layer, kernel, shift, size, (48, 64)), tmp_path, monkeypatch)
    for way in CONNECTIONS:
        assert names["counts"][way.slug] == way.count(FIRST).parameters
    found = compared(grey, kernel, layer, shift)
    np.testing.assert_allclose(names["difference"][0, 0].numpy(), found.difference, atol=1e-5)
    assert names["largest"] == pytest.approx(found.largest, abs=1e-5)
