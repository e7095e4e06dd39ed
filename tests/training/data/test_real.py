import gzip
import pickle
import time
from collections.abc import Callable
from hashlib import md5
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
import torchvision
from numpy.typing import NDArray
from torchvision.datasets import CIFAR10

from explainer.training.data import cifar
from explainer.training.data.cifar import CLASSES, read_folders
from explainer.training.data.data_set import DataError
from explainer.training.data.idx import read_idx
from explainer.training.data.real import SOURCES, available, load_real, stored
from explainer.training.data.root import cache_folder, data_root
from explainer.training.data.splits import Split, prepare
from explainer.training.data.stored import Stored, cached

Codes = NDArray[np.uint8]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLAINER_DATA", str(tmp_path))
    return tmp_path


def idx(array: Codes) -> bytes:
    sizes = np.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def write_idx(folder: Path, *, packed: bool) -> dict[str, Codes]:
    """30 training and 10 test pictures of 28 × 28, random; returned by the names of the files."""
    random, arrays = np.random.default_rng(0), {}
    folder.mkdir(parents=True)
    for part, count in (("train", 30), ("t10k", 10)):
        pictures = random.integers(0, 256, (count, 28, 28), np.uint8)
        arrays[f"{part}-images-idx3-ubyte"] = pictures
        arrays[f"{part}-labels-idx1-ubyte"] = (np.arange(count) % 10).astype(np.uint8)
    for name, array in arrays.items():
        data = gzip.compress(idx(array)) if packed else idx(array)
        (folder / (f"{name}.gz" if packed else name)).write_bytes(data)
    return arrays


def write_folders(folder: Path, *, each: int = 2) -> None:
    """Pictures whose brightness tells class and part: even JPEGs, which lose nothing."""
    for part in ("train", "test"):
        for label, name in enumerate(CLASSES):
            place = folder / part / name
            place.mkdir(parents=True)
            for number in range(each):
                codes = np.full((32, 32, 3), 20 * label + 5 * (part == "test"), np.uint8)
                cv2.imwrite(str(place / f"{number}.jpg"), codes, [cv2.IMWRITE_JPEG_QUALITY, 100])


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("slug", "place"), [("mnist", "MNIST"), ("fashion-mnist", "FashionMNIST")])
def test_idx_files_are_read_as_they_are_or_gzipped(
    root: Path, slug: str, place: str, packed: bool
) -> None:
    assert not available(slug)
    arrays = write_idx(root / place / "raw", packed=packed)
    assert available(slug)
    examples = load_real(slug, count=20, test_count=10)
    assert examples.inputs.shape == (30, 1, 28, 28)
    assert examples.test_from == 20
    assert torch.bincount(examples.labels[:20]).tolist() == [2] * 10
    expected = torch.from_numpy(arrays["train-images-idx3-ubyte"][:20]).float() / 255
    assert torch.equal(examples.inputs[:20, 0], expected)


def test_what_torchvision_reads_is_what_is_read_here(root: Path) -> None:
    write_idx(root / "MNIST" / "raw", packed=False)
    for train, rows in ((True, slice(0, 30)), (False, slice(30, 40))):
        oracle = torchvision.datasets.MNIST(root, train=train)
        data = stored("mnist")
        assert np.array_equal(data.pictures[rows, ..., 0], oracle.data.numpy())
        assert np.array_equal(data.labels[rows], oracle.targets.numpy())


def test_real_examples_split_at_their_official_test_part(root: Path) -> None:
    write_idx(root / "MNIST" / "raw", packed=True)
    examples = load_real("mnist", count=30, test_count=10)
    prepared = prepare(examples, Split(validation_share=1 / 3, test_share=0.5))
    assert sorted(prepared.parts.test.tolist()) == list(range(30, 40))
    assert len(prepared.train_inputs) == 20


def damaged(change: Callable[[bytes], bytes], root: Path) -> Path:
    path = root / "one-idx"
    path.write_bytes(change(idx(np.zeros((3, 4, 4), np.uint8))))
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:6],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: b"\x00\x00\x0d" + data[3:],
        lambda data: data[:4] + b"\xff\xff\xff\xff" + data[8:],
    ],
    ids=["empty", "header cut", "cut", "too long", "floats", "sizes that lie"],
)
def test_a_damaged_idx_file_is_named(root: Path, change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(DataError, match="one-idx is not a whole idx file: it has"):
        read_idx(damaged(change, root))


def test_a_gzip_file_cut_short_is_named(root: Path) -> None:
    path = root / "one.gz"
    path.write_bytes(gzip.compress(idx(np.zeros((3, 4, 4), np.uint8)))[:-9])
    with pytest.raises(DataError, match=r"one\.gz cannot be read"):
        read_idx(path)


def test_labels_and_pictures_of_different_numbers_are_refused(root: Path) -> None:
    folder = root / "MNIST" / "raw"
    write_idx(folder, packed=False)
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(np.zeros(29, np.uint8)))
    with pytest.raises(DataError, match=r"train in .* do not belong together: .*30.*29"):
        load_real("mnist", count=10, test_count=10)


def test_a_label_beyond_the_classes_is_refused(root: Path) -> None:
    folder = root / "MNIST" / "raw"
    write_idx(folder, packed=False)
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(np.full(10, 77, np.uint8)))
    with pytest.raises(DataError, match="MNIST has a label 77; they end at 9"):
        load_real("mnist", count=10, test_count=10)


@pytest.mark.parametrize("entry", SOURCES, ids=lambda entry: entry.slug)
def test_data_that_are_not_there_are_asked_for_in_one_sentence(root: Path, entry) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError) as caught:
        load_real(entry.slug, count=1000, test_count=500)
    said = str(caught.value)
    assert said.startswith(f"{entry.title} is not there yet: download it, or put ")
    assert str(root / entry.place) in said
    assert "EXPLAINER_DATA" in said
    assert said.count(". ") == 0


def test_shipped_data_are_available_and_unknown_published_data_are_refused() -> None:
    assert available("digits")
    with pytest.raises(ValueError, match="no published data 'svhn'; there are mnist"):
        SOURCES["svhn"]


def test_folders_of_pictures_are_read_in_the_order_of_the_classes(root: Path) -> None:
    write_folders(root / "cifar10")
    assert available("cifar-10")
    examples = load_real("cifar-10", count=20, test_count=10)
    assert examples.inputs.shape == (30, 3, 32, 32)
    assert examples.classes == CLASSES
    assert examples.labels.tolist() == [*(k for k in range(10) for _ in range(2)), *range(10)]
    brightness = examples.inputs.mean((1, 2, 3)) * 255
    expected = 20.0 * examples.labels + torch.where(torch.arange(30) < 20, 0.0, 5.0)
    torch.testing.assert_close(brightness, expected, atol=1.5, rtol=0)


def test_colours_come_as_red_green_blue(root: Path) -> None:
    write_folders(root / "cifar10")
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 2] = 255  # OpenCV writes blue, green, red
    cv2.imwrite(str(root / "cifar10" / "train" / "airplane" / "0.jpg"), red)
    colour = load_real("cifar-10", count=20, test_count=10).inputs[0].mean((1, 2))
    assert colour[0] > 0.95
    assert colour[1:].max() < 0.05


def test_pictures_are_decoded_once_and_again_after_a_change(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = root / "cifar10"
    write_folders(folder)
    first = read_folders(root)
    assert [path.name for path in folder.iterdir() if path.is_file()] == [cifar.CACHE]
    with monkeypatch.context() as patch:
        patch.setattr(cifar, "decode_folders", None)
        second = read_folders(root)
    assert np.array_equal(first.pictures, second.pictures)
    assert second.test_from == 20
    assert second.labels.dtype == np.uint8
    time.sleep(0.01)
    (folder / "train" / "cat" / "1.jpg").unlink()
    assert read_folders(root).test_from == 19


def a_stored() -> Stored:
    return Stored(np.zeros((4, 2, 2, 1), np.uint8), np.zeros(4, np.uint8), 2)


def test_a_damaged_cache_is_replaced(root: Path) -> None:
    cache = root / "kept.npz"
    for data in (b"", b"PK\x03\x04 and no more", np.random.default_rng(0).bytes(999)):
        cache.write_bytes(data)
        assert cached(cache, "now", a_stored).test_from == 2
        with np.load(cache) as kept:
            assert str(kept["stamp"]) == "now"


def test_a_cache_with_pickles_is_not_opened(root: Path) -> None:
    cache = root / "kept.npz"
    np.savez(cache, stamp=np.array([{"a": 1}], dtype=object))
    assert cached(cache, "now", a_stored).test_from == 2


def test_a_root_that_cannot_be_written_to_is_read_all_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("explainer.training.data.stored.with_replacement", refuse)
    assert cached(root / "kept.npz", "now", a_stored).test_from == 2
    assert not list(root.iterdir())


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no picture", r"0\.jpg is not a picture that can be read"),
        (b"", r"0\.jpg is not a picture that can be read"),
        (cv2.imencode(".jpg", np.zeros((8, 9, 3), np.uint8))[1].tobytes(), "has 9 × 8 pixels"),
    ],
    ids=["no picture", "empty", "another size"],
)
def test_a_file_that_does_not_fit_is_named(root: Path, data: bytes, sentence: str) -> None:
    write_folders(root / "cifar10", each=1)
    (root / "cifar10" / "test" / "ship" / "0.jpg").write_bytes(data)
    with pytest.raises(DataError, match=sentence):
        read_folders(root)
    assert not (root / "cifar10" / cifar.CACHE).exists()


def write_batches(root: Path, monkeypatch: pytest.MonkeyPatch) -> Codes:
    """Batches of 4 random pictures in the published format, their md5 sums made known."""
    folder, random = root / cifar.BATCHES, np.random.default_rng(0)
    folder.mkdir()
    sums, rows = {}, []
    for name in [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]:
        rows.append(random.integers(0, 256, (4, 3072), np.uint8))
        data = pickle.dumps({"data": rows[-1], "labels": [0, 1, 2, 3]})
        (folder / name).write_bytes(data)
        sums[name] = md5(data, usedforsecurity=False).hexdigest()
    meta = pickle.dumps({"label_names": list(CLASSES)})
    (folder / "batches.meta").write_bytes(meta)
    monkeypatch.setattr(CIFAR10, "train_list", [list(item) for item in list(sums.items())[:5]])
    monkeypatch.setattr(CIFAR10, "test_list", [list(item) for item in list(sums.items())[5:]])
    checksum = md5(meta, usedforsecurity=False).hexdigest()
    monkeypatch.setattr(CIFAR10, "meta", CIFAR10.meta | {"md5": checksum})
    return np.concatenate(rows)


def test_published_batches_are_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = write_batches(root, monkeypatch)
    assert available("cifar-10")
    examples = load_real("cifar-10", count=20, test_count=4)
    assert examples.test_from == 20
    expected = torch.from_numpy(rows.reshape(-1, 3, 32, 32)).float() / 255
    assert torch.equal(examples.inputs, expected)


def test_batches_with_other_contents_are_refused_before_they_are_unpickled(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_batches(root, monkeypatch)
    (root / cifar.BATCHES / "data_batch_3").write_bytes(pickle.dumps({"data": 1}))
    with pytest.raises(DataError, match="are not the published ones: their md5 sums differ"):
        load_real("cifar-10", count=20, test_count=4)


def test_the_environment_names_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_root() == tmp_path
    monkeypatch.delenv("EXPLAINER_DATA")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert data_root().name == "deepglass"


def test_every_system_has_its_own_cache_folder() -> None:
    home = Path.home()
    assert cache_folder("linux", {}) == home / ".cache"
    assert cache_folder("linux", {"XDG_CACHE_HOME": "/big"}) == Path("/big")
    assert cache_folder("darwin", {"XDG_CACHE_HOME": "/big"}) == home / "Library" / "Caches"
    assert cache_folder("win32", {}) == home / "AppData" / "Local"
    assert cache_folder("win32", {"LOCALAPPDATA": "D:/local"}) == Path("D:/local")
