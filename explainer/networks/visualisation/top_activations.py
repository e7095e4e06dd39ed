"""The pictures that excite each unit of a layer most, and the place in them that does.

All maps of a layer are searched at once, a few pictures at a time; only the best are kept. A search
can be left and gone on with at any time, by whoever wants its answer: it belongs to the process.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explainer.accelerator import accelerator, replica
from explainer.freed_memory import keep_freed_memory
from explainer.networks.recording.graph import Layer, layer_named
from explainer.networks.recording.partial_forward import run_to
from explainer.networks.recording.receptive_field import Box, box, unbounded_box
from explainer.networks.visualisation.albums import Album
from explainer.networks.zoo.entry import Takes
from explainer.networks.zoo.preprocessing import LUMA

MOST = 16
# So many numbers of the widest layer at once: a chunk of some 16 MB.
CHUNK_NUMBERS = 4_000_000
MOST_PICTURES_AT_ONCE = 250
SEARCHES = 24


@dataclass(frozen=True, eq=False)
class Best:
    """The best so far of one unit, the strongest first, one at most of each picture.

    `values` are its activations, `pictures` their places in the album, `places` (y, x) in the map.
    `seen` pictures have been searched; `mean` is the strongest activation in a picture on average.
    """

    values: NDArray[np.float32]
    pictures: NDArray[np.int64]
    places: NDArray[np.int64]
    seen: int
    mean: float


@dataclass(frozen=True, eq=False)
class _Kept:
    """For every unit `(C, MOST)`: values, pictures, flat places; and the sum of maxima `(C,)`."""

    values: Tensor
    pictures: Tensor
    places: Tensor
    total: Tensor
    seen: int


class Search:
    """The search of one layer through one album. Threads may share it."""

    def __init__(self, entry: Takes, found: tuple[Layer, ...], name: str, album: Album) -> None:
        """`found` are the layers for pictures of the album's size.

        The network itself is not kept, so that one that nobody looks at can go.
        """
        self.entry, self.found, self.name = entry, found, name
        self.album, self.layer = album, layer_named(found, name)
        count = self.layer.shape[0]
        none = torch.zeros(count, 0)
        self._kept = _Kept(none, none.long(), none.long(), torch.zeros(count), 0)
        self._turn = threading.Lock()
        widest = max(int(np.prod(layer.shape)) for layer in found)
        self._chunk = max(1, min(MOST_PICTURES_AT_ONCE, CHUNK_NUMBERS // widest))

    @property
    def seen(self) -> int:
        """How many pictures of the album have been searched."""
        return self._kept.seen

    @property
    def done(self) -> bool:
        """Whether every picture of the album has been searched."""
        return self.seen == len(self.album)

    def advance(self, network: nn.Module, seconds: float) -> None:
        """Search on for about that long, one chunk at least; where another thread does, wait not.

        `network` is the one that the layers are of. An exception leaves the search as it was before
        the chunk.
        """
        if not self._turn.acquire(blocking=False):
            time.sleep(min(seconds, 0.1))
            return
        keep_freed_memory()
        try:
            until = time.monotonic() + seconds
            while not self.done:
                self._kept = self._after_chunk(network, self._kept)
                if time.monotonic() >= until:
                    return
        finally:
            self._turn.release()

    @torch.no_grad()
    def _after_chunk(self, network: nn.Module, kept: _Kept) -> _Kept:
        codes = self.album.pictures[kept.seen : kept.seen + self._chunk]
        inputs = self._inputs(codes).to(accelerator().torch)
        maps = run_to(replica(network), self.found, inputs, self.name)
        values, places = (one.cpu() for one in maps.flatten(2).max(2))  # (N, C)
        numbers = torch.arange(kept.seen, kept.seen + len(codes)).expand(maps.shape[1], -1)
        all_values = torch.cat([kept.values, values.T], 1)
        best, order = all_values.topk(min(MOST, all_values.shape[1]), 1)
        return _Kept(
            best,
            torch.cat([kept.pictures, numbers], 1).gather(1, order),
            torch.cat([kept.places, places.T], 1).gather(1, order),
            kept.total + values.sum(0),
            kept.seen + len(codes),
        )

    def _inputs(self, codes: NDArray[np.uint8]) -> Tensor:
        pictures = torch.from_numpy(codes).permute(0, 3, 1, 2).float() / 255
        if self.entry.channels == 1:
            pictures = torch.einsum("c,nchw->nhw", torch.tensor(LUMA), pictures)[:, None]
        return self.entry.normalise(pictures).contiguous(memory_format=torch.channels_last)

    def best(self, unit: int) -> Best:
        """The best that map `unit` has so far; raises `ValueError` for a map that is not there."""
        kept, (count, _, width) = self._kept, self.layer.shape
        if not 0 <= unit < count:
            raise ValueError(f"{self.name!r} has {count} maps: no map {unit}")
        places = kept.places[unit].numpy()
        return Best(
            kept.values[unit].numpy(),
            kept.pictures[unit].numpy(),
            np.stack([places // width, places % width], 1),
            kept.seen,
            float(kept.total[unit]) / max(1, kept.seen),
        )

    def field(self, place: NDArray[np.int64]) -> tuple[Box, Box]:
        """What the pixel (y, x) sees of a picture, and what it would see of one without end."""
        y, x = (int(number) for number in place)
        size = self.album.pictures.shape[1:3]
        return box(self.found, self.name, y, x, size), unbounded_box(self.layer, y, x)


_SEARCHES: OrderedDict[tuple[str, str], Search] = OrderedDict()
_GUARD = threading.Lock()


def shared_search(slug: str, layer: str, make: Callable[[], Search]) -> Search:
    """The process's search of that layer, made by `make` where there is none.

    `slug` names the network, and is another where its weights are. Of the searches the
    :data:`SEARCHES` last asked for are kept.
    """
    key = (slug, layer)
    with _GUARD:
        found = _SEARCHES.get(key)
        if found is None:
            found = _SEARCHES[key] = make()
        _SEARCHES.move_to_end(key)
        while len(_SEARCHES) > SEARCHES:
            _SEARCHES.popitem(last=False)
        return found


def crop(picture: NDArray[np.uint8], seen: Box, endless: Box) -> NDArray[np.uint8]:
    """The part of a picture `(H, W, 3)` that a pixel sees.

    `endless` where that is smaller than the picture, grey where it hangs over the border; of a
    larger field the whole picture.
    """
    height, width = picture.shape[:2]
    if endless.height > height or endless.width > width:
        return picture
    part = np.full((endless.height, endless.width, 3), 128, np.uint8)
    top, left = seen.top - endless.top, seen.left - endless.left
    inside = picture[seen.top : seen.bottom, seen.left : seen.right]
    part[top : top + inside.shape[0], left : left + inside.shape[1]] = inside
    return part
