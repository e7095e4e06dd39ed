"""The script of a map runs by itself and gives the network's own numbers."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from safetensors.torch import save_file
from torch import nn

from explainer.images.gallery import gallery_picture
from explainer.networks.recording.graph import layers, maps
from explainer.networks.recording.recording import record
from explainer.networks.recording.script import map_script
from explainer.networks.zoo.preprocessing import as_input, for_maps
from explainer.networks.zoo.shared import shared_network
from explainer.networks.zoo.shipped import SHIPPED


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("vgg", "conv2_1_activation"),
        ("vgg-sigmoid", "pool1"),
        ("lenet", "out"),
        ("resnet20", "stage2_block1.addition"),
    ],
)
def test_the_script_gives_the_maps_of_the_page(
    slug: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, network = SHIPPED[slug], shared_network(slug)
    photo = for_maps(gallery_picture("coffee").codes, entry, 64)
    found = layers(network, (3, *photo.shape[:2]))
    layer = next(one for one in found if one.name == name)
    text = map_script(
        network, found, name, 3, (0, 0), title=entry.title, mean=entry.mean,
        deviation=entry.deviation, weights='load_file("weights.safetensors")',
    )  # fmt: skip
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("photo.png", photo[..., ::-1])
    save_file({key: value.contiguous() for key, value in network.state_dict().items()},
              "weights.safetensors")  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(text, "script.py", "exec"), {})
    wanted = maps(record(network, as_input(photo, entry)), layer).numpy()
    np.testing.assert_allclose(np.load("maps.npy"), wanted, atol=2e-5)
    said = printed.getvalue().split(": ")[-1]
    assert float(said) == pytest.approx(float(wanted[3, 0, 0]), abs=1e-4)


def test_a_layer_that_has_no_code_is_named() -> None:
    class Odd(nn.ReLU):
        """A layer of somebody's own."""

    network = nn.Sequential(Odd())
    with pytest.raises(ValueError, match="no code for layer '0', a Odd"):
        map_script(
            network, layers(network, (3, 8, 8)), "0", 0, (0, 0), title="", weights="", mean=[0] * 3,
            deviation=[1] * 3,
        )  # fmt: skip
