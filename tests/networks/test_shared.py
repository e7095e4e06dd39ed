from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from explainer.networks import shared, shipped
from explainer.networks.architectures import lenet
from explainer.networks.graph import layers
from explainer.networks.shared import (
    ENTRIES,
    entry,
    forget,
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
    shared_layers.cache_clear()
    yield
    for known in ENTRIES:
        forget(known.slug)
    shared_layers.cache_clear()


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


def test_every_network_has_one_slug() -> None:
    assert len({known.slug for known in ENTRIES}) == len(ENTRIES)
    assert all(entry(known.slug) is known for known in ENTRIES)
    with pytest.raises(ValueError, match=r"no network 'x'; there are lenet, .*convnext-tiny"):
        shared.shared_network("x")
