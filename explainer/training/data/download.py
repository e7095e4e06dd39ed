"""Fetching published data sets: with progress, checked, in place all at once.

torchvision's own download reports no progress.
"""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

from explainer import files
from explainer.training.data.data_set import DataError
from explainer.training.data.fetching import Told, Wanted
from explainer.training.data.published import Resource
from explainer.training.data.real import SOURCES, Published
from explainer.training.data.root import data_root
from explainer.words import Message, later, sentence_of

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
    except (OSError, HTTPException, tarfile.TarError, files.WrongFileError, DataError) as error:
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
    said = sentence_of(error)
    reason = said if isinstance(said, Message) else said.rstrip(".") or type(error).__name__
    return later(
        "{data} could not be downloaded ({reason}); try again later, or put {files} into {place}"
        " yourself.",
        data=entry.title, reason=reason, files=later(entry.files), place=root / entry.place,
    )  # fmt: skip


def fetch(resource: Resource, path: Path, progress: Progress) -> None:
    """Fetch one file from the first mirror that has it; raises the error of the last one."""
    for number, url in enumerate(resource.urls, 1):
        try:
            files.fetch(
                url,
                path,
                lambda done, total: progress(done / total),
                algorithm="md5",
                digest=resource.md5,
                size=resource.size,
            )
            return
        except (OSError, HTTPException, files.WrongFileError):
            if number == len(resource.urls):
                raise


def _keep(folder: Path, file: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file.replace(folder / name)


def _unpack(folder: Path, file: Path, name: str) -> None:
    """Unpack the part of a tar archive that belongs in `folder`, and move it there as a whole."""
    unpacked = file.with_name("unpacked")
    with tarfile.open(file) as archive:
        members = [member for member in archive if member.name.startswith(f"{folder.name}/")]
        if sum(member.size for member in members) > UNPACKED:
            most = UNPACKED // 1024**2
            raise DataError(later("{name} unpacks to more than {most} MB", name=name, most=most))
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
        raise DataError(
            later(
                "{name} holds {what}, which has no place in it", name=name, what=repr(member.name)
            )
        )
    if content is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        with content, target.open("wb") as file:
            shutil.copyfileobj(content, file)
