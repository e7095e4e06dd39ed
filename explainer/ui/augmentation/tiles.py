"""Small pictures with the answers of networks below, which follow a slider that is dragged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from explainer.ui.common.components import mount, pack

SHOWN = 84


@dataclass(frozen=True)
class Tile:
    """What stands below a picture, line by line, each with whether it is another than before."""

    says: Sequence[tuple[str, bool]]
    alt: str


def tiles_message(
    name: str, pictures: Tensor, tiles: Sequence[Tile], *,
    number: int, alt: str, shown: int = SHOWN, also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """Pictures `(N, C, H, W)` in [0, 1], grey or RGB, `shown` pixels wide, for the tiles of `name`.

    `also` is the key of a second component and its message.
    """
    channels, height, width = pictures.shape[1:]
    codes = (pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).contiguous()
    header: dict[str, Any] = {
        "name": name,
        "number": number,
        "width": width,
        "height": height,
        "channels": channels,
        "shown": shown,
        "alt": alt,
        "tiles": [
            {"says": [{"text": text, "other": other} for text, other in one.says], "alt": one.alt}
            for one in tiles
        ],
    }
    blobs = [codes.numpy().tobytes()]
    if also:
        header["also"], message = also
        blobs.append(message)
    return pack(header, *blobs)


def tiles(key: str, message: bytes) -> None:
    """Show the pictures of that message."""
    mount("tiles", key=key, data=message)
