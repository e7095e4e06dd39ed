"""A network saved from the lab and opened again: the same bits, and no file that does harm."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save

from explainer.networks.visualisation.albums import album_for
from explainer.networks.visualisation.top_activations import Search
from explainer.networks.zoo import saved
from explainer.networks.zoo.own import taken_over
from explainer.networks.zoo.preprocessing import as_input
from explainer.networks.zoo.saved import opened
from explainer.networks.zoo.shared import layers_of
from explainer.training.data.data_set import Examples
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.export import describe, weights_file
from explainer.training.recipe.kinds import KINDS, Kind
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

pytestmark = pytest.mark.usefixtures("one_thread")
SMALL = Network(channels=3, width=8, blocks=1, dense_layers=1, batch_norm=True)
DROPS = Regularisation(dropout=0.3, map_dropout=0.2, dropconnect=0.1)


def trained(examples: Examples, network: Network = SMALL) -> Run:
    recipe = Recipe(network, DROPS, Training(steps=6), name="Plain *one*")
    run = Run(recipe, 3, prepare(examples, Split(train_size=60)))
    for _ in train(run):
        pass
    return run


@pytest.fixture(scope="module")
def examples() -> Examples:
    return load("digits")


@pytest.fixture(scope="module")
def run(examples: Examples) -> Run:
    return trained(examples)


@pytest.fixture(scope="module")
def content(run: Run, examples: Examples) -> bytes:
    return weights_file(run, describe(examples))


@pytest.mark.parametrize("kind", KINDS, ids=lambda one: one.slug)
@pytest.mark.parametrize("data", ["digits", "shapes"])
def test_what_was_saved_is_opened_to_the_last_bit(data: str, kind: Kind) -> None:
    examples = load(data)
    run = trained(examples, replace(SMALL, kind=kind.slug))
    own, found = (
        taken_over(run, run.recipe.name),
        opened(weights_file(run, describe(examples)), "a"),
    )
    assert found.slug == own.slug
    names = ("title", "classes", "input_size", "channels", "labels", "seed", "step", "accuracy")
    for name in (*names, "parameters", "any_size"):
        assert getattr(found, name) == getattr(own, name)
    np.testing.assert_array_equal(found.pictures, own.pictures)
    inputs = run.data.validation_inputs
    assert torch.equal(found.network(inputs), own.network(inputs))
    pair = [as_input(own.pictures[0], one) for one in (own, found)]
    assert torch.equal(*pair)


def changed(content: bytes, **metadata: str | None) -> bytes:
    """The file with other texts in its header; None leaves one out."""
    (length,) = struct.unpack("<Q", content[:8])
    told = json.loads(content[8 : 8 + length])["__metadata__"] | metadata
    kept = {key: value for key, value in told.items() if value is not None}
    return save(load_tensors(content), kept)


def rewritten(content: bytes, change: Callable[[dict[str, torch.Tensor]], Any]) -> bytes:
    """The file with other tensors."""
    (length,) = struct.unpack("<Q", content[:8])
    tensors = load_tensors(content)
    change(tensors)
    return save(tensors, json.loads(content[8 : 8 + length])["__metadata__"])


def test_without_its_data_it_looks_at_photos_and_its_units_are_searched_among_tiles(
    content: bytes,
) -> None:
    data = json.dumps({"slug": "pets", "settings": {}})
    for file in (changed(content, validation=None), changed(content, data=data)):
        found = opened(file, "old.safetensors")
        assert found.pictures.shape == (0, 8, 8, 3)
        assert found.labels == ()
        album = album_for(found)
        assert album.pictures.shape[1:] == (8, 8, 3)
        search = Search(found, layers_of(found, (1, 8, 8)), "conv1", album)
        search.advance(found.network, 10)
        assert np.isfinite(search.best(1).values[0])


def test_points_are_no_pictures() -> None:
    moons = load("moons")
    run = trained(moons, Network(kind="mlp", width=4))
    with pytest.raises(ValueError, match="takes points, not pictures"):
        opened(weights_file(run, describe(moons)), "a")


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        ({"recipe": None}, "a.safetensors does not say its recipe: it is no file of weights"),
        ({"mean": None}, "does not say its mean"),
        ({"recipe": "net-quantum"}, "kind is 'quantum'"),
        ({"recipe": "width-999999999"}, "width is 10⁹, but it goes from 1 to 1024"),
        ({"recipe": "x" * 100_000}, "the recipe has 100000 characters, but at most"),
        ({"shape": "[1, 8]"}, "takes points"),
        ({"shape": "[1, 8, 9]"}, "takes 1 × 8 × 9 numbers, but it takes 1 or 3 colours"),
        ({"shape": "[1, 99999, 99999]"}, "squares of 1 to 256 pixels"),
        ({"shape": "[1e9, 8, 8]"}, "a list of whole numbers"),
        ({"shape": "{"}, "shape is '{', which cannot be read"),
        ({"shape": "[" * 100_000}, "cannot be read"),
        ({"classes": "[]"}, "names 0 classes, but it names 2 to 200"),
        ({"classes": json.dumps(["a"] * 9)}, "out.weight is 10 × "),
        ({"classes": json.dumps(["a"] * 999)}, "names 999 classes"),
        ({"mean": "[NaN]"}, "mean is '[NaN]', but it is a number for each of 1"),
        ({"std": "[0]"}, "std is 0, but it is more than 0"),
        ({"std": "[1, 1]"}, "a number for each of 1"),
    ],
)
def test_a_header_that_does_not_fit_is_named(
    content: bytes, metadata: dict[str, str | None], sentence: str
) -> None:
    with pytest.raises(ValueError, match=r"^") as caught:
        opened(changed(content, **metadata), "a.safetensors")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.pop("out.bias"), "lacks out.bias, which its recipe asks for"),
        (lambda t: t.update(more=torch.zeros(3)), "holds 'more', which its recipe does not have"),
        (lambda t: t["out.bias"].fill_(torch.nan), "out.bias holds NaN or infinity"),
        (lambda t: t.update({"out.bias": torch.zeros(11)}), "out.bias is 11 of float32, but its"),
        (
            lambda t: t.update({"out.bias": torch.zeros(10, dtype=torch.float16)}),
            "10 of float16, but its recipe makes it 10 of float32",
        ),
    ],
)
def test_tensors_that_do_not_fit_are_named(
    content: bytes, change: Callable[[dict[str, torch.Tensor]], Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=r"^") as caught:
        opened(rewritten(content, change), "a")
    assert sentence in str(caught.value)


def header(text: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(text) if length is None else length) + text


def hostile(content: bytes) -> dict[str, bytes]:
    """Files that are none, and files whose header lies."""
    (length,) = struct.unpack("<Q", content[:8])
    told = json.loads(content[8 : 8 + length])
    huge = {**told, "out.bias": {**told["out.bias"], "shape": [2**40], "data_offsets": [0, 2**42]}}
    return {
        "empty": b"",
        "a zip": b"PK\x03\x04" + bytes(100),
        "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "a header of a gigabyte": header(b"{}", 2**30),
        "a header of 2^64": header(b"{}", 2**64 - 1),
        "a long header": header(b" " * 2_000_000),
        "no JSON": header(b"hello, world"),
        "deep JSON": header(b"[" * 500_000),
        "a list": header(b"[1, 2]"),
        "cut short": content[: len(content) // 2],
        "a huge tensor": header(json.dumps(huge).encode()) + content[8 + length :],
    }


@pytest.mark.parametrize("name", sorted(hostile(save({"out.bias": torch.zeros(1)}))))
def test_a_hostile_file_is_one_sentence(content: bytes, name: str) -> None:
    with pytest.raises(ValueError, match=r"^") as caught:
        opened(hostile(content)[name], "a")
    assert len(str(caught.value)) < 200
    assert str(caught.value).endswith(".")
    assert "Error" not in str(caught.value)  # no word of a library


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "LARGEST_MB", 0)
    with pytest.raises(ValueError, match=r"has 0.0 MB, but at most 0 are opened"):
        opened(content, "a")


def test_a_recipe_that_asks_for_more_than_the_file_holds_takes_no_memory(content: bytes) -> None:
    (length,) = struct.unpack("<Q", content[:8])
    recipe = json.loads(content[8 : 8 + length])["__metadata__"]["recipe"]
    wide = recipe.replace("width-8", "width-1024").replace("ch-3", "ch-64")
    assert wide != recipe
    shape = json.dumps([1, 256, 256])
    with pytest.raises(ValueError, match=r"conv1.weight is 3 × 1 × 3 × 3 of float32, but its"):
        opened(changed(content, recipe=wide, shape=shape), "a")
