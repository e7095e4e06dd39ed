"""The pictures that excite a unit most: against a search by hand, and what is cut out of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from explainer.networks.recording.graph import layers
from explainer.networks.recording.receptive_field import Box
from explainer.networks.visualisation import top_activations
from explainer.networks.visualisation.albums import Album, album_for, tiles_of_photos
from explainer.networks.visualisation.top_activations import MOST, Search, crop, shared_search
from explainer.networks.zoo.shared import shared_layers, shared_network
from explainer.networks.zoo.shipped import SHIPPED
from explainer.networks.zoo.torchvision_models import CLASSIFIERS

VGG = SHIPPED["vgg"]
PLAIN = replace(VGG, mean=(0.0,) * 3, deviation=(1.0,) * 3)


def album(count: int = 40, side: int = 8) -> Album:
    """Random pictures."""
    draw = np.random.default_rng(3)
    pictures = draw.integers(0, 256, (count, side, side, 3), np.uint8)
    return Album(
        "random", "random pictures", pictures, ("a", "b"), np.arange(count, dtype=np.uint8) % 2
    )


def searched(layer: str, *, chunk: int = 7) -> tuple[nn.Module, Album, Search]:
    """A small network's layer searched to the end, `chunk` pictures at a time."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)).eval()
    given = album()
    search = Search(PLAIN, layers(network, (3, 8, 8)), layer, given)
    search._chunk = chunk
    while not search.done:
        search.advance(network, 0)
    return network, given, search


@pytest.mark.parametrize("layer", ["0", "1", "2"])
def test_the_best_are_those_of_a_search_by_hand(layer: str) -> None:
    network, given, search = searched(layer)
    modules = list(network)[: int(layer) + 1]  # type: ignore[call-overload]
    maps = torch.from_numpy(given.pictures).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        for module in modules:
            maps = module(maps)
    for unit in range(5):
        peaks = maps[:, unit].flatten(1).max(1).values
        wanted = peaks.sort(descending=True).values[:MOST]
        best = search.best(unit)
        np.testing.assert_allclose(best.values, wanted.numpy(), rtol=1e-5)
        for value, picture, (y, x) in zip(best.values, best.pictures, best.places, strict=True):
            assert float(maps[picture, unit, y, x]) == pytest.approx(float(value), rel=1e-5)
        assert best.mean == pytest.approx(float(peaks.mean()), rel=1e-5)
        assert best.seen == len(given)


def test_a_picture_occurs_once_at_most() -> None:
    _, _, search = searched("1")
    for unit in range(5):
        pictures = search.best(unit).pictures
        assert len(set(pictures.tolist())) == len(pictures) == MOST


def test_the_size_of_a_chunk_changes_nothing() -> None:
    few, many = searched("2", chunk=3)[2].best(1), searched("2", chunk=40)[2].best(1)
    np.testing.assert_array_equal(few.pictures, many.pictures)
    np.testing.assert_allclose(few.values, many.values, rtol=1e-6)


def test_a_search_goes_on_where_it_was_left() -> None:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 2, 3)).eval()
    search = Search(PLAIN, layers(network, (3, 8, 8)), "0", album())
    search._chunk = 10
    search.advance(network, 0)
    assert (search.seen, search.done) == (10, False)
    assert search.best(0).pictures.max() < 10
    search.advance(network, 60)
    assert search.done
    with pytest.raises(ValueError, match="2 maps: no map 2"):
        search.best(2)


def test_the_crop_holds_the_very_pixels_that_the_unit_sees() -> None:
    network, given, search = searched("2")
    best = search.best(0)
    y, x = best.places[0]
    seen, endless = search.field(best.places[0])
    assert (endless.height, endless.width) == (4, 4)
    part = crop(given.pictures[best.pictures[0]], seen, endless)
    assert part.shape == (4, 4, 3)
    # The crop alone, in the place of the padding's zeros where it hangs over, gives the value.
    inside = given.pictures[best.pictures[0]][seen.top : seen.bottom, seen.left : seen.right]
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[seen.top : seen.bottom, seen.left : seen.right] = inside
    with torch.no_grad():
        maps = network(torch.from_numpy(picture).permute(2, 0, 1)[None].float() / 255)
    assert float(maps[0, 0, y, x]) == pytest.approx(float(best.values[0]), rel=1e-5)


def test_what_hangs_over_the_border_is_grey_and_a_wide_field_shows_the_whole() -> None:
    picture = np.full((4, 4, 3), 7, np.uint8)
    part = crop(picture, Box(0, 0, 2, 2), Box(-1, -1, 2, 2))
    assert part[0].tolist() == [[128] * 3] * 3
    assert part[1:, 1:].tolist() == [[[7] * 3] * 2] * 2
    assert crop(picture, Box(0, 0, 4, 4), Box(-1, -1, 4, 4)) is picture


def test_searching_leaves_the_shared_network_as_it_was() -> None:
    network = shared_network("vgg")
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    found = shared_layers("vgg", (3, 32, 32))
    given = album(3, 32)
    Search(VGG, found, "conv3_2", given).advance(network, 0)
    # Two colours for three: the pictures cannot be normalised.
    broken = Search(replace(VGG, mean=(0.0, 0.0), deviation=(1.0, 1.0)), found, "conv3_2", given)
    with pytest.raises(RuntimeError, match="must match"):
        broken.advance(network, 0)
    assert broken.seen == 0
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(tensor, before[name], rtol=0, atol=0)
    for module in network.modules():
        assert not any((module._forward_hooks, module._backward_hooks, module.training))
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_one_search_a_layer_is_shared_and_the_oldest_are_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(top_activations, "SEARCHES", 2)
    monkeypatch.setattr(top_activations, "_SEARCHES", type(top_activations._SEARCHES)())
    network = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU(), nn.AvgPool2d(2)).eval()
    found, given = layers(network, (3, 8, 8)), album(4)

    def ask(layer: str) -> Search:
        return shared_search("own", layer, lambda: Search(PLAIN, found, layer, given))

    first = ask("0")
    assert ask("0") is first
    ask("1")
    ask("2")
    assert ask("0") is not first


def test_a_network_that_sees_grey_is_shown_grey() -> None:
    torch.manual_seed(0)
    network, given = nn.Sequential(nn.Conv2d(1, 2, 3)).eval(), album(6)
    entry = replace(PLAIN, channels=1, mean=(0.0,), deviation=(1.0,))
    search = Search(entry, layers(network, (1, 8, 8)), "0", given)
    search.advance(network, 60)
    grey = (given.pictures * np.array([0.299, 0.587, 0.114])).sum(-1) / 255
    with torch.no_grad():
        maps = network(torch.from_numpy(grey)[:, None].float())
    peaks = maps[:, 1].flatten(1).max(1).values.sort(descending=True).values
    np.testing.assert_allclose(search.best(1).values, peaks.numpy(), rtol=1e-4)


def test_the_album_is_cifars_test_part_where_it_is_there(root: Path) -> None:
    found = album_for(VGG, root)
    assert (found.slug, len(found)) == ("cifar10", 20)
    assert sorted(found.names.tolist()) == sorted(list(range(10)) * 2)
    assert found.name(0) in found.kinds


def test_without_cifar_the_photos_are_cut_into_tiles(tmp_path: Path) -> None:
    found = album_for(VGG, tmp_path)
    assert found.slug == "photos-32"
    assert found.pictures.shape == (363, 32, 32, 3)
    assert set(found.names.tolist()) == set(range(14))
    assert tiles_of_photos(32) is found
    # Scale 1 of a photo 451 wide and 300 high is one tile, its middle reduced.
    assert album_for(CLASSIFIERS["alexnet"], tmp_path).pictures.shape[1:] == (224, 224, 3)
