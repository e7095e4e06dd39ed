"""Files that appear as a whole or not at all: written here, or fetched and checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO
from urllib.request import urlopen

from explainer.words import later

SECONDS = 15.0  # for a connection, and for each silence after it
BLOCK = 256 * 1024
SLACK = 1024**2  # bytes by which a file may exceed its published size


class WrongFileError(ValueError):
    """What an address sent is not the file that was published there."""


def with_replacement(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Write a file that appears under `path` as a whole or, after any error, not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-", delete=False) as file:
        try:
            write(file)
            file.close()
            os.replace(file.name, path)
        except BaseException:
            file.close()
            Path(file.name).unlink(missing_ok=True)
            raise


def fetch(
    url: str,
    path: Path,
    progress: Callable[[int, int], None],
    *,
    algorithm: str,
    digest: str,
    size: int = 0,
) -> None:
    """Fetch a published file whose digest begins with `digest`; it is whole or not there at all.

    `progress(done, total)` is told of bytes; what it raises ends the fetching. `size` is that
    published, in bytes, where it is known. Raises `WrongFileError` for a file that is another one,
    and what `urlopen` raises: `OSError`, `http.client.HTTPException`.
    """

    def stream(file: IO[bytes]) -> None:
        seen, done = hashlib.new(algorithm, usedforsecurity=False), 0
        with urlopen(url, timeout=SECONDS) as answer:
            total = int(answer.headers.get("Content-Length") or size)
            while block := answer.read(BLOCK):
                done += len(block)
                if size and done > size + SLACK:
                    most = f"{size:,}"
                    raise WrongFileError(
                        later(
                            "{url} sends more than the {most} bytes of that file",
                            url=url,
                            most=most,
                        )
                    )
                seen.update(block)
                file.write(block)
                progress(done, max(total, done))
        if not seen.hexdigest().startswith(digest):
            raise WrongFileError(
                later(
                    "{url} sent {done} bytes with another {algorithm} sum than published",
                    url=url, done=f"{done:,}", algorithm=algorithm,
                )
            )  # fmt: skip

    with_replacement(path, stream)
