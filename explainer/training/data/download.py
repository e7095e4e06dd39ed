"""Fetching published data sets: bytes with progress, checked by md5, in place all at once.

torchvision's own download reports no progress, so the bytes are read here.
"""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO
from urllib.request import urlopen

from explainer.training.data.data_set import DataError
from explainer.training.data.fetching import Told, Wanted
from explainer.training.data.published import Resource
from explainer.training.data.real import SOURCES, Published
from explainer.training.data.root import data_root
from explainer.training.data.stored import with_replacement

SECONDS = 10.0  # for a connection, and for each silence after it
CHUNK = 256 * 1024
SLACK = 1024**2  # bytes by which a file may exceed its published size
UNPACKED = 400 * 1024**2

Progress = Callable[[float], None]


def download(slug: str, progress: Progress = lambda share: None) -> None:
    """Fetch a published data set into the data root; `progress` gets shares from 0 to 1.

    Raises :class:`DataError` with one sentence: what failed and where the files may be put by hand.
    """
    entry, root = SOURCES[slug], data_root()
    resources, put = entry.published(), _unpack if entry.packed else _keep
    total, before = sum(one.size for one in resources), 0
    try:
        root.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=root, prefix=".download-") as folder:
            for one in resources:
                fetch(one, Path(folder) / one.name, _portion(progress, before, one.size, total))
                before += one.size
            for one in resources:
                put(root / entry.place, Path(folder) / one.name, one.name)
    except (OSError, HTTPException, tarfile.TarError, DataError) as error:
        raise DataError(_sentence(entry, root, error)) from error


def wanted(slug: str) -> Wanted:
    """A published data set as something to fetch, once for all who ask for it."""
    entry = SOURCES[slug]
    total = sum(one.size for one in entry.published())

    def get(told: Told) -> None:
        download(slug, lambda share: told(round(share * total), total))

    return Wanted(f"data.{slug}", entry.title, total, get, DataError)


def _portion(progress: Progress, before: int, size: int, total: int) -> Progress:
    return lambda share: progress((before + share * size) / total)


def _sentence(entry: Published, root: Path, error: Exception) -> str:
    reason = str(error).rstrip(".") or type(error).__name__
    return (
        f"{entry.title} could not be downloaded ({reason}); try again later, or put {entry.files}"
        f" into {root / entry.place} yourself."
    )


def fetch(resource: Resource, path: Path, progress: Progress) -> None:
    """Fetch one file from the first mirror that has it; raises the error of the last one."""
    for number, url in enumerate(resource.urls, 1):
        try:
            with_replacement(path, lambda file, url=url: _stream(url, resource, file, progress))  # type: ignore[misc]
            return
        except (OSError, HTTPException, DataError):
            if number == len(resource.urls):
                raise


def _stream(url: str, resource: Resource, file: IO[bytes], progress: Progress) -> None:
    digest, received = hashlib.md5(usedforsecurity=False), 0
    with urlopen(url, timeout=SECONDS) as answer:
        size = int(answer.headers.get("Content-Length") or resource.size)
        while chunk := answer.read(CHUNK):
            received += len(chunk)
            if received > resource.size + SLACK:
                raise DataError(f"{url} sends more than the {resource.size:,} bytes of that file")
            digest.update(chunk)
            file.write(chunk)
            progress(min(1.0, received / max(1, size)))
    if digest.hexdigest() != resource.md5:
        raise DataError(f"{url} sent {received:,} bytes with another md5 sum than published")


def _keep(folder: Path, file: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file.replace(folder / name)


def _unpack(folder: Path, file: Path, name: str) -> None:
    """Unpack the part of a tar archive that belongs in `folder`, and move it there as a whole."""
    unpacked = file.with_name("unpacked")
    with tarfile.open(file) as archive:
        members = [member for member in archive if member.name.startswith(f"{folder.name}/")]
        if sum(member.size for member in members) > UNPACKED:
            raise DataError(f"{name} unpacks to more than {UNPACKED // 1024**2} MB")
        for member in members:
            _extract(archive, member, unpacked.resolve(), name)
    if folder.exists():  # aside, and gone with the folder of the download
        folder.replace(file.with_name("replaced"))
    (unpacked / folder.name).replace(folder)


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, into: Path, name: str) -> None:
    """Write one file of the archive; what is neither a file nor a folder in `into` is refused.

    `TarFile.extractall` has a filter for this from Python 3.11.4 on alone.
    """
    target = (into / member.name).resolve()
    content = archive.extractfile(member) if member.isfile() else None
    if not target.is_relative_to(into) or (content is None and not member.isdir()):
        raise DataError(f"{name} holds {member.name!r}, which has no place in it")
    if content is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with content, target.open("wb") as file:
            shutil.copyfileobj(content, file)
