import gzip
import io
import socket
import tarfile
import threading
import time
from collections.abc import Iterator
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from torchvision import datasets

from explainer import files
from explainer.training.data import download as module
from explainer.training.data.cifar import BATCHES
from explainer.training.data.data_set import DataError
from explainer.training.data.download import download, wanted
from explainer.training.data.fetching import fetch, leave
from explainer.training.data.published import Resource
from explainer.training.data.real import SOURCES, Published, available, load_real

FILES = {
    f"{part}-{kind}-ubyte.gz": gzip.compress(
        bytes([0, 0, 8, len(shape)]) + np.array(shape, ">u4").tobytes() + bytes(np.prod(shape))
    )
    for part, count in (("train", 20), ("t10k", 10))
    for kind, shape in (("images-idx3", (count, 28, 28)), ("labels-idx1", (count,)))
}


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLAINER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return tmp_path / "data"


@pytest.fixture
def served() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A server on this machine: its address, and what it answers by path."""
    answers: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.get(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", answers
        server.shutdown()
        thread.join()


def closed_address() -> str:
    """An address on this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


def digest(data: bytes) -> str:
    return md5(data, usedforsecurity=False).hexdigest()


def publish(monkeypatch: pytest.MonkeyPatch, *mirrors: str, files: dict[str, bytes]) -> None:
    monkeypatch.setattr(datasets.MNIST, "mirrors", list(mirrors))
    order = [name for name, _ in datasets.MNIST.resources]
    resources = [(name, digest(files[name])) for name in order]
    monkeypatch.setattr(datasets.MNIST, "resources", resources)


def test_a_download_brings_every_file_and_tells_its_progress(
    root: Path, served: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, answers = served
    answers |= {f"/{name}": data for name, data in FILES.items()}
    publish(monkeypatch, address, files=FILES)
    progress: list[float] = []
    download("mnist", progress.append)
    assert available("mnist")
    assert load_real("mnist", count=20, test_count=10).inputs.shape == (30, 1, 28, 28)
    assert progress == sorted(progress)
    assert len(progress) >= 4
    assert 0 < progress[0] < progress[-1] == 1
    assert sorted(path.name for path in (root / "MNIST" / "raw").iterdir()) == sorted(FILES)
    assert [path.name for path in root.iterdir()] == ["MNIST"]


def test_visitors_who_want_the_same_data_wait_for_one_download(
    root: Path, served: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, answers = served
    answers |= {f"/{name}": data for name, data in FILES.items()}
    publish(monkeypatch, address, files=FILES)
    asked, gate = [], threading.Event()
    fetching_one = module.fetch

    def counted(resource: Resource, path: Path, progress: module.Progress) -> None:
        asked.append(resource.name)
        assert gate.wait(60)
        fetching_one(resource, path, progress)

    monkeypatch.setattr(module, "fetch", counted)
    found = [fetch(wanted("mnist"), visitor) for visitor in ("one", "two", "three")]
    assert found[0] is found[1] is found[2]
    assert not found[0].over
    leave("data.mnist", "one")
    gate.set()
    deadline = time.monotonic() + 300
    while not found[0].over:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert (found[0].error, found[0].share) == ("", 1)
    assert sorted(asked) == sorted(FILES)
    assert available("mnist")


def test_progress_is_told_while_a_file_is_on_its_way(
    served: tuple[str, dict[str, bytes]], tmp_path: Path
) -> None:
    address, answers = served
    answers["/big"] = bytes(3 * files.BLOCK)
    resource = Resource((f"{address}big",), "big", digest(answers["/big"]), 3 * files.BLOCK)
    progress: list[float] = []
    module.fetch(resource, tmp_path / "big", progress.append)
    assert progress == pytest.approx([1 / 3, 2 / 3, 1])
    assert (tmp_path / "big").read_bytes() == answers["/big"]


def test_the_second_mirror_serves_where_the_first_does_not(
    served: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, answers = served
    answers |= {f"/{name}": data for name, data in FILES.items()}
    publish(monkeypatch, closed_address(), address, files=FILES)
    download("mnist")
    assert available("mnist")


@pytest.mark.parametrize("entry", SOURCES, ids=lambda entry: entry.slug)
def test_without_a_network_one_sentence_says_what_failed_and_what_to_do(
    root: Path, entry: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = closed_address()
    for published in (datasets.MNIST, datasets.FashionMNIST):
        monkeypatch.setattr(published, "mirrors", [nowhere])
    monkeypatch.setattr(datasets.CIFAR10, "url", nowhere)
    with pytest.raises(DataError) as caught:
        download(entry.slug)
    said = str(caught.value)
    assert said.startswith(f"{entry.title} could not be downloaded (")
    assert "refused" in said
    assert said.endswith(f"or put {entry.files} into {root / entry.place} yourself.")
    assert not available(entry.slug)
    assert not list(root.iterdir())


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (None, "404"),
        (b"something else", "sent 14 bytes with another md5 sum than published"),
        (bytes(3 * 1024**2), "sends more than the 28,881 bytes of that file"),
    ],
    ids=["missing", "other bytes", "too many bytes"],
)
def test_one_wrong_file_leaves_nothing_behind(
    root: Path,
    served: tuple[str, dict[str, bytes]],
    monkeypatch: pytest.MonkeyPatch,
    spoilt: bytes | None,
    reason: str,
) -> None:
    address, answers = served
    answers |= {f"/{name}": data for name, data in FILES.items()}
    publish(monkeypatch, address, files=FILES)
    del answers["/train-labels-idx1-ubyte.gz"]
    if spoilt is not None:
        answers["/train-labels-idx1-ubyte.gz"] = spoilt
    with pytest.raises(DataError, match=reason):
        download("mnist")
    assert not list(root.iterdir())


def test_a_connection_that_breaks_off_is_an_error_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"

        def serve() -> None:
            for _ in range(1):
                connection, _ = server.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        publish(monkeypatch, f"http://127.0.0.1:{server.getsockname()[1]}/", files=FILES)
        with pytest.raises(DataError, match=r"MNIST could not be downloaded \(.*; try again later"):
            download("mnist")
        thread.join()


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explainer.files.SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        publish(monkeypatch, f"http://127.0.0.1:{server.getsockname()[1]}/", files=FILES)
        with pytest.raises(DataError, match="timed out"):
            download("mnist")


def archive(names: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, data in names.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def test_an_archive_is_unpacked_where_it_belongs_and_nothing_else_of_it(
    root: Path, served: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, answers = served
    files = {f"{BATCHES}/{name}": name.encode() for name in ("test_batch", "batches.meta")}
    answers["/c.tar.gz"] = archive(files | {"elsewhere.txt": b"no"})
    monkeypatch.setattr(datasets.CIFAR10, "url", f"{address}c.tar.gz")
    monkeypatch.setattr(datasets.CIFAR10, "tgz_md5", digest(answers["/c.tar.gz"]))
    progress: list[float] = []
    download("cifar-10", progress.append)
    assert [path.name for path in root.iterdir()] == [BATCHES]
    assert (root / BATCHES / "test_batch").read_bytes() == b"test_batch"
    assert progress[-1] == 1


def test_what_was_unpacked_before_is_replaced_as_a_whole(
    root: Path, served: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / BATCHES).mkdir(parents=True)
    (root / BATCHES / "old").write_bytes(b"old")
    address, answers = served
    answers["/c.tar.gz"] = archive({f"{BATCHES}/test_batch": b"new"})
    monkeypatch.setattr(datasets.CIFAR10, "url", f"{address}c.tar.gz")
    monkeypatch.setattr(datasets.CIFAR10, "tgz_md5", digest(answers["/c.tar.gz"]))
    download("cifar-10")
    assert [path.name for path in root.rglob("*")] == [BATCHES, "test_batch"]


def test_an_archive_that_leads_elsewhere_is_refused(
    root: Path, served: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, answers = served
    answers["/c.tar.gz"] = archive({f"{BATCHES}/../../../evil": b"no"})
    monkeypatch.setattr(datasets.CIFAR10, "url", f"{address}c.tar.gz")
    monkeypatch.setattr(datasets.CIFAR10, "tgz_md5", digest(answers["/c.tar.gz"]))
    with pytest.raises(DataError, match="CIFAR-10 could not be downloaded"):
        download("cifar-10")
    assert not list(root.parent.rglob("evil"))


def test_a_link_in_an_archive_is_refused(
    root: Path, served: tuple[str, dict[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, answers = served
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        link = tarfile.TarInfo(f"{BATCHES}/test_batch")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    answers["/c.tar.gz"] = packed.getvalue()
    monkeypatch.setattr(datasets.CIFAR10, "url", f"{address}c.tar.gz")
    monkeypatch.setattr(datasets.CIFAR10, "tgz_md5", digest(answers["/c.tar.gz"]))
    with pytest.raises(DataError, match="has no place in it"):
        download("cifar-10")
    assert not (root / BATCHES).exists()
