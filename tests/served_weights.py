"""Weights as torchvision's networks have them, written and served by the tests themselves."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from explainer.networks.zoo.torchvision_models import Classifier


DATA = bytes(range(256)) * 4096
SLOW = "slow-"


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and notes what was asked for; files named slow take a second or two."""

    asked: list[str]

    def __init__(self, *arguments: Any, asked: list[str], **more: Any) -> None:
        self.asked = asked
        super().__init__(*arguments, **more)

    def log_message(self, format: str, *arguments: object) -> None:
        self.asked.append(self.path)

    def copyfile(self, source: Any, outputfile: IO[bytes]) -> None:  # type: ignore[override]
        """Send the file, in pieces with pauses where it is a slow one."""
        pause = 0.1 if SLOW in self.path else 0.0
        try:
            while piece := source.read(1 << 16):
                outputfile.write(piece)
                time.sleep(pause)
        except ConnectionError:
            pass  # who asked has stopped listening


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for torch's downloads: where it would put weights."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def weights_server(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of a server that has weights under right and wrong names, and what it was asked.

    `weights-<sum>.pth` and `slow-<sum>.pth`.
    """
    folder, asked = tmp_path / "served", list[str]()
    folder.mkdir()
    for name in (right_name(""), right_name("", SLOW), "/weights-00000000.pth"):
        (folder / name[1:]).write_bytes(DATA)
    handler = partial(Quiet, directory=str(folder), asked=asked)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()
        thread.join()


def served_as(monkeypatch: pytest.MonkeyPatch, url: str) -> Classifier:
    """MobileNetV3, its weights at another address."""
    # Here, for torchvision takes seconds to import and few tests need it.
    from explainer.networks.zoo.torchvision_models import CLASSIFIERS

    entry = CLASSIFIERS["mobilenet-v3"]
    moved = replace(entry, weights=SimpleNamespace(url=url, meta=entry.weights.meta))
    monkeypatch.setitem(CLASSIFIERS._by_slug, entry.slug, moved)
    return moved


def right_name(address: str, kind: str = "weights-") -> str:
    """Where the weights are found under a name that ends with their sum."""
    return f"{address}/{kind}{hashlib.sha256(DATA).hexdigest()[:8]}.pth"
