from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch
from torchvision import models

from explainer.networks.zoo.torchvision_models import (
    CLASSIFIERS,
    Classifier,
    DownloadError,
    available,
    download,
    load,
)
from tests.networks.random_networks import pictures, randomised, torchvision_network
from tests.served_weights import DATA, right_name, served_as

pytestmark = pytest.mark.usefixtures("one_thread")
each = pytest.mark.parametrize("entry", CLASSIFIERS, ids=lambda entry: entry.slug)


@pytest.fixture(autouse=True)
def cache(checkpoints: Path) -> Path:
    """An empty place for torch's downloads."""
    return checkpoints


@each
def test_an_entry_is_what_torchvision_says(entry: Classifier) -> None:
    assert CLASSIFIERS[entry.slug] is entry
    assert len(entry.classes) == 1000
    assert entry.classes[0] == "tench"
    assert entry.input_size == 224 <= entry.resize
    assert 0.5 < entry.accuracy < 1
    assert entry.description.endswith(".")
    assert entry.description.count(".") == 1
    preset = entry.weights.transforms()
    if entry.slug != "googlenet":
        assert (entry.mean, entry.deviation) == (tuple(preset.mean), tuple(preset.std))


def test_an_unknown_network_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no network 'vgg19'; there are alexnet, vgg16"):
        load("vgg19")


@each
def test_nothing_is_there_before_it_is_fetched(entry: Classifier) -> None:
    assert not available(entry.slug)
    with pytest.raises(ValueError, match="have not been fetched yet"):
        load(entry.slug)


def test_weights_in_torchs_own_place_are_loaded(cache: Path) -> None:
    network = torchvision_network("mobilenet_v3_large")
    path = CLASSIFIERS["mobilenet-v3"].path
    assert path.parent == cache
    cache.mkdir(parents=True)
    torch.save(network.state_dict(), path)
    assert available("mobilenet-v3")
    assert download("mobilenet-v3") == path
    loaded = load("mobilenet-v3")
    with torch.no_grad():
        assert torch.equal(loaded(pictures(64)), network(pictures(64)))
    assert not any(module.training for module in loaded.modules())


def test_weights_in_torchs_old_format_and_with_heads_for_training_are_loaded(cache: Path) -> None:
    network = torchvision_network("googlenet")
    state = network.state_dict() | {"aux1.fc1.bias": torch.zeros(3)}
    cache.mkdir(parents=True)
    torch.save(state, CLASSIFIERS["googlenet"].path, _use_new_zipfile_serialization=False)
    with torch.no_grad():
        assert torch.equal(load("googlenet")(pictures(64)), network(pictures(64)))


@pytest.mark.parametrize("data", [b"", b"no weights", None], ids=["empty", "text", "another's"])
def test_weights_that_do_not_fit_are_refused(cache: Path, data: bytes | None) -> None:
    path = CLASSIFIERS["mobilenet-v3"].path
    cache.mkdir(parents=True)
    if data is None:
        torch.save({"weight": torch.zeros(2)}, path)
    else:
        path.write_bytes(data)
    with pytest.raises(ValueError, match=r"does not hold the weights of MobileNetV3-Large"):
        load("mobilenet-v3")


def test_googlenet_takes_the_pictures_as_torchvision_gives_them_to_it() -> None:
    options = {"init_weights": False, "aux_logits": False}
    theirs = randomised(models.googlenet(transform_input=True, **options))
    ours = CLASSIFIERS["googlenet"].build().eval()
    ours.load_state_dict(theirs.state_dict())
    shown = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    usual = CLASSIFIERS["resnet18"].normalise(shown)
    with torch.no_grad():
        expected, found = theirs(usual), ours(CLASSIFIERS["googlenet"].normalise(shown))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


def test_a_download_tells_its_progress_and_happens_once(
    weights_server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = weights_server
    entry, told = served_as(monkeypatch, right_name(address)), list[tuple[int, int]]()
    threads = [
        threading.Thread(target=download, args=(entry.slug, lambda *now: told.append(now)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert entry.path.read_bytes() == DATA
    assert len(asked) == 1
    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == (len(DATA), len(DATA))
    assert all(total == len(DATA) for _, total in told)


def test_a_damaged_download_is_thrown_away(
    weights_server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = served_as(monkeypatch, f"{weights_server[0]}/weights-00000000.pth")
    with pytest.raises(DownloadError, match="of MobileNetV3-Large arrived damaged"):
        download(entry.slug)
    assert list(entry.path.parent.iterdir()) == []


@pytest.mark.parametrize("broken", ["{}/weights-11111111.pth", "http://127.0.0.1:9/w-1.pth"])
def test_without_the_file_or_a_network_one_sentence_says_so(
    broken: str, weights_server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = served_as(monkeypatch, broken.format(weights_server[0]))
    with pytest.raises(DownloadError) as error:
        download(entry.slug)
    assert str(error.value).startswith("The weights of MobileNetV3-Large could not be fetched (")
    assert str(error.value).count(".") == 1
    assert not available(entry.slug)


def test_a_place_that_cannot_be_written_is_named(
    cache: Path, weights_server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = served_as(monkeypatch, right_name(weights_server[0]))
    cache.parent.mkdir(parents=True)
    cache.write_text("a file where a folder should be")
    with pytest.raises(DownloadError, match=r"could not be stored in .*checkpoints"):
        download(entry.slug)


def test_who_stops_a_download_leaves_no_half_file(
    weights_server: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = served_as(monkeypatch, right_name(weights_server[0]))

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(entry.slug, stop)
    assert list(entry.path.parent.iterdir()) == []
