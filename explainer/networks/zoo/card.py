"""The card of a shipped network: what it was trained on, how, and how well it does.

It lies beside the weights as JSON and bears no date: the same script and seed give the same card.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any

from explainer.files import with_replacement

READABLE = 0o644  # a temporary file, which it was, is its owner's alone


@dataclass(frozen=True)
class Card:
    """What is known about one file of weights.

    `accuracy` is the share of the `test_pictures` that the network, as it lies in the file,
    classifies correctly. `losses` are the mean losses of the training epochs; `probe` the logits
    for the probe picture (see :func:`~explainer.networks.zoo.shipped.probe_picture`), to four
    digits.
    """

    slug: str
    title: str
    source: str
    data: str
    training_pictures: int
    test_pictures: int
    script: str
    seed: int
    epochs: int
    batch: int
    optimiser: str
    augmentation: str
    initialisation: str
    precision: str
    threads: int
    torch: str
    parameters: int
    accuracy: float
    losses: tuple[float, ...]
    probe: tuple[float, ...]


def write_card(path: Path, card: Card) -> None:
    """Write `card` as JSON to `path`, as a whole or not at all."""
    text = json.dumps(asdict(card), indent=1, ensure_ascii=False) + "\n"
    write_whole(path, text.encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears at `path` as a whole or not at all, for all to read."""

    def write(file: IO[bytes]) -> None:
        file.write(data)

    with_replacement(path, write)
    path.chmod(READABLE)


def read_card(path: Path) -> Card:
    """The card that lies at `path`. Raises `ValueError` where there is none, or a broken one."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"there is no card {path}") from None
    except ValueError as error:
        raise ValueError(f"the card {path} is not JSON: {error}") from None
    return _card(path, values)


def _card(path: Path, values: Any) -> Card:
    names = {field.name for field in fields(Card)}
    if not isinstance(values, dict) or set(values) != names:
        odd = sorted(names ^ set(values)) if isinstance(values, dict) else sorted(names)
        raise ValueError(f"the card {path} lacks, or should not have: {', '.join(odd)}")
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Card(**{**values, **lists})
