from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from explainer.networks.architectures.feed_forward import lenet
from explainer.networks.recording.graph import layers
from explainer.networks.zoo import shared, shipped, torchvision_models
from explainer.networks.zoo.shared import (
    ENTRIES,
    entry,
    forget,
    layers_in,
    most_large,
    ready,
    shared_layers,
    shared_network,
)

pytestmark = pytest.mark.usefixtures("nothing_shared", "one_thread")


@pytest.fixture
def nothing_shared() -> Iterator[None]:
    """No network is held, before and after."""
    for known in ENTRIES:
        forget(known.slug)
    layers_in.cache_clear()
    yield
    for known in ENTRIES:
        forget(known.slug)
    layers_in.cache_clear()


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has been loaded; every network is a LeNet and takes a moment."""
    loaded = list[str]()

    def load(slug: str) -> nn.Module:
        time.sleep(0.05)
        loaded.append(slug)
        return lenet()

    monkeypatch.setattr(shipped, "load", load)
    return loaded


def test_visitors_who_ask_at_once_get_one_copy(loads: list[str]) -> None:
    found = list[nn.Module]()
    threads = [
        threading.Thread(target=lambda: found.append(shared_network("lenet"))) for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == ["lenet"]
    assert len(found) == 10
    assert {id(network) for network in found} == {id(shared_network("lenet"))}


def test_a_shared_network_is_frozen(loads: list[str]) -> None:
    network = shared_network("lenet")
    assert not any(module.training for module in network.modules())
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_networks_are_copies_of_their_own(loads: list[str]) -> None:
    assert shared_network("lenet") is not shared_network("vgg")
    assert loads == ["lenet", "vgg"]


def test_what_could_not_be_loaded_is_tried_again(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(slug: str) -> nn.Module:
        raise ValueError("not there")

    with monkeypatch.context() as broken:
        broken.setattr(shipped, "load", fail)
        with pytest.raises(ValueError, match="not there"):
            shared_network("lenet")
    assert isinstance(shared_network("lenet"), nn.Module)


def test_a_forgotten_network_is_loaded_anew(loads: list[str]) -> None:
    first = shared_network("lenet")
    forget("lenet")
    assert shared_network("lenet") is not first


def test_layers_are_worked_out_once_for_each_size(loads: list[str]) -> None:
    found = shared_layers("lenet", (3, 32, 32))
    assert found == layers(shared_network("lenet"), (3, 32, 32))
    assert shared_layers("lenet", (3, 32, 32)) is found


def test_shipped_networks_are_ready_and_torchvisions_once_they_are_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path))
    assert {known.slug for known in ENTRIES if ready(known.slug)} == {
        known.slug for known in shipped.SHIPPED
    }


def test_ten_visitors_hold_one_copy_of_each_network(loads: list[str]) -> None:
    slugs = ("lenet", "vgg", "resnet20")
    found: dict[str, list[nn.Module]] = {slug: [] for slug in slugs}

    def visit(start: int) -> None:
        for turn in range(9):
            slug = slugs[(start + turn) % 3]
            found[slug].append(shared_network(slug))

    threads = [threading.Thread(target=visit, args=(start,)) for start in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(loads) == sorted(slugs)
    assert all(len(networks) == 30 and len(set(networks)) == 1 for networks in found.values())


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What has been loaded of torchvision's networks; each is a LeNet."""
    loaded = list[str]()

    def load(slug: str) -> nn.Module:
        loaded.append(slug)
        return lenet()

    monkeypatch.setattr(torchvision_models, "load", load)
    monkeypatch.setenv("DEEPGLASS_LARGE_NETWORKS", "2")
    return loaded


def test_of_large_networks_those_asked_for_last_are_held(large: list[str]) -> None:
    gone = weakref.ref(shared_network("alexnet"))
    shared_network("vgg16")
    shared_network("alexnet")
    shared_network("resnet18")
    shared_network("alexnet")
    assert large == ["alexnet", "vgg16", "resnet18"]
    shared_network("vgg16")
    shared_network("resnet18")
    gc.collect()
    assert gone() is None
    assert large == ["alexnet", "vgg16", "resnet18", "vgg16", "resnet18"]


def test_a_large_network_in_use_is_not_loaded_a_second_time(large: list[str]) -> None:
    used = shared_network("alexnet")
    for slug in ("vgg16", "resnet18", "resnet50"):
        shared_network(slug)
    assert shared_network("alexnet") is used
    assert large.count("alexnet") == 1


def test_small_networks_stay_however_many_large_ones_come(
    loads: list[str], large: list[str]
) -> None:
    for slug in ("lenet", "vgg", "alexnet", "vgg16", "resnet18", "lenet", "vgg"):
        shared_network(slug)
    assert loads == ["lenet", "vgg"]


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5"])
def test_how_many_large_ones_is_a_whole_number(text: str) -> None:
    with pytest.raises(ValueError, match=f"DEEPGLASS_LARGE_NETWORKS is '{text}'"):
        most_large({"DEEPGLASS_LARGE_NETWORKS": text})
    assert most_large({}) == 2
    assert most_large({"DEEPGLASS_LARGE_NETWORKS": "5"}) == 5


def test_every_network_has_one_slug() -> None:
    assert len({known.slug for known in ENTRIES}) == len(ENTRIES)
    assert all(entry(known.slug) is known for known in ENTRIES)
    with pytest.raises(ValueError, match=r"no network 'x'; there are lenet, .*convnext-tiny"):
        shared.shared_network("x")


def test_who_asks_first_in_inference_mode_leaves_gradients_to_the_others() -> None:
    """A tensor that was made in inference mode can never be differentiated through again."""
    with torch.inference_mode():
        network = shared_network("resnet20")
    picture = torch.rand(1, 3, 32, 32, requires_grad=True)
    network(picture).sum().backward()
    assert picture.grad is not None
    assert float(picture.grad.abs().sum()) > 0
