"""The download: the same picture as on the page, at the file's own size, in bounded memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from explainer.charts.colour import VIEWS, View, colour_result
from explainer.charts.filters.full_size import full_size_png
from explainer.charts.theme import LIGHT
from explainer.convolution.application import Application
from explainer.convolution.apply import apply
from explainer.convolution.kernels import weights
from explainer.convolution.view import statistics

FIFTY_MEGAPIXELS = """
import re
import numpy as np
from explainer.charts.colour import SIGNED
from explainer.charts.filters.full_size import full_size_png
from explainer.charts.theme import LIGHT
from explainer.convolution.application import Application
from explainer.convolution.kernels import weights
from explainer.convolution.view import Scale
codes = np.random.default_rng(0).integers(0, 9, (5000, 10000, 3), dtype=np.uint8)
def highest():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1024
before = highest()
png = full_size_png(
    codes, weights("gaussian"), Application(padding="wrap"), SIGNED, Scale(-1, 1, 0), LIGHT
)
print(highest() - before, len(png))
"""


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.title)
@pytest.mark.parametrize("channels", ["grey", "each"])
def test_the_file_shows_what_the_page_shows(view: View, channels: str) -> None:
    codes = np.random.default_rng(1).integers(0, 256, (301, 70, 3), dtype=np.uint8)
    application = Application(channels=channels, stride=2, padding="wrap")
    kernel = weights("sobel-x")
    values = apply(codes.astype(np.float32) / 255, kernel, application)
    scale = view.scale(values, statistics(values))
    expected = colour_result(view.prepare(values), scale, view.stops(LIGHT))
    png = full_size_png(codes, kernel, application, view, scale, LIGHT)
    decoded = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    difference = np.abs(decoded[..., ::-1].astype(int) - expected.astype(int))
    assert difference.max() <= 4  # a rounding of the sum can move a value to the next colour
    assert (difference > 0).mean() < 0.01


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_fifty_megapixels_take_little_more_memory_than_their_file() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIFTY_MEGAPIXELS],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    taken, file_bytes = map(int, done.stdout.split())
    assert taken < 1.25 * file_bytes + 150_000_000
