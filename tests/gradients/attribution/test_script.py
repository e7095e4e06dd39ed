"""The script of a map, run as a visitor would run it, gives the numbers of the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explainer.gradients.attribution.methods import METHODS, attribute
from explainer.gradients.attribution.patch import covered, probabilities
from explainer.gradients.attribution.script import INPUT, Patch, script
from explainer.gradients.attribution.target import ClassLogit, Difference, Target, resolve
from explainer.images.gallery import gallery_picture
from explainer.images.thumbnails import encode_png
from explainer.networks.zoo.preprocessing import as_input, for_answer
from explainer.networks.zoo.shared import shared_network
from explainer.networks.zoo.shipped import SHIPPED
from explainer.parameters import Value

FEW: dict[str, dict[str, Value]] = {
    "integrated-gradients": {"steps": 5},
    "smoothgrad": {"samples": 40},
    "score-cam": {"channels": 6},
    "occlusion": {"window": 8, "stride": 5},
}
CASES = [
    *(pytest.param("vgg", slug, "conv3_2_activation", id=slug) for slug in METHODS.slugs),
    pytest.param("resnet20", "grad-cam", "stage3_block3.addition", id="resnet20"),
    pytest.param("lenet", "gradient", None, id="lenet"),
]


def run(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch, slug: str) -> Any:
    """What the script leaves in `values`, run beside its picture and its weights."""
    entry = SHIPPED[slug]
    square = for_answer(gallery_picture("chelsea").codes, entry)
    (folder / INPUT).write_bytes(encode_png(square))
    (folder / entry.weights().name).write_bytes(entry.weights().read_bytes())
    monkeypatch.chdir(folder)
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(text, "script.py", "exec"), space)
    return space["values"].detach().numpy()


@pytest.mark.parametrize(("network", "slug", "layer"), CASES)
def test_the_script_gives_the_map_of_the_page(
    network: str, slug: str, layer: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, model = SHIPPED[network], shared_network(network)
    inputs = as_input(for_answer(gallery_picture("chelsea").codes, entry), entry)
    black = entry.normalise(torch.zeros(3, 1, 1))[None]
    method = METHODS[slug]
    target: Target = ClassLogit(3) if slug != "occlusion" else Difference(*map(ClassLogit, (3, 5)))
    used, settings = layer if method.needs_layer else None, FEW.get(slug, {})
    page = attribute(model, inputs, target, slug, layer=used, settings=settings, black=black)
    score = resolve(target, model(inputs))
    every = {**method.defaults(), **settings}
    text = script(entry, model, slug, score, layer=used, settings=every)
    found = run(text, tmp_path, monkeypatch, network)
    scale = np.abs(page.values).max()
    np.testing.assert_allclose(found / scale, page.values / scale, atol=2e-4)


def test_the_script_of_a_patch_gives_its_probabilities(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, model = SHIPPED["vgg"], shared_network("vgg")
    inputs = as_input(for_answer(gallery_picture("chelsea").codes, entry), entry)
    score = resolve(ClassLogit(3), model(inputs))
    text = script(entry, model, Patch(4, 9, 8), score, layer=None, settings={})
    wanted = probabilities(model, covered(inputs, 4, 9, 8))
    np.testing.assert_allclose(run(text, tmp_path, monkeypatch, "vgg"), wanted, atol=1e-5)
