"""The script of a pass, run as a visitor would run it, gives the numbers of the page."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explainer.activations.registry import TRAINED
from explainer.gradients.depth.batch import Batch, digit_batch, patch_batch
from explainer.gradients.depth.script import PHOTO, script
from explainer.gradients.depth.settings import setting, title
from explainer.gradients.depth.untrained_pass import at_depth, pass_through
from explainer.images.gallery import gallery_picture
from explainer.images.thumbnails import encode_png
from explainer.training.recipe.recipe import Network


def run(text: str) -> list[tuple[float, ...]]:
    """What the script leaves in `report`."""
    space: dict[str, Any] = {}
    exec(compile(text, "script.py", "exec"), space)
    report: list[tuple[float, ...]] = space["report"]
    return report


def assert_same(network: Network, batch: Batch, seed: int, *, photo: bool) -> None:
    """The script's numbers are those of the page."""
    found = np.array(run(script(network, batch, seed, photo=photo)))
    page = pass_through(network, batch, seed)
    wanted = (page.sums, page.gradient, page.weight_gradient, page.dead, page.saturated)
    np.testing.assert_allclose(found, np.array(wanted).T, rtol=1e-6)


@pytest.mark.parametrize(
    "network",
    [
        setting("sigmoid", "xavier"),
        setting("relu", "he"),
        setting("leaky-relu", "lecun"),
        setting("tanh", "xavier", batch_norm=True),
        setting("gelu", "orthogonal", residual=True, layer_norm=True),
        setting("elu", "normal", init_sigma=0.3, bias=False),
    ],
    ids=title,
)
def test_the_script_gives_the_numbers_of_the_page(network: Network) -> None:
    assert_same(at_depth(network, 6, 30), digit_batch(100, 5), 5, photo=False)


@pytest.mark.parametrize("slug", [entry.slug for entry in TRAINED])
def test_the_script_knows_every_activation(slug: str) -> None:
    assert_same(at_depth(setting(slug, "he"), 2, 12), digit_batch(30, 1), 1, photo=False)


def test_the_script_of_a_photo_reads_the_photo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = gallery_picture("chelsea").codes
    (tmp_path / PHOTO).write_bytes(encode_png(codes))
    monkeypatch.chdir(tmp_path)
    assert os.listdir() == [PHOTO]
    network = at_depth(setting("tanh", "xavier"), 3, 20)
    assert_same(network, patch_batch(codes, 60, 2), 2, photo=True)
