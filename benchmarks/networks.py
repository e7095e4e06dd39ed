"""What it costs to look into a network: recording against the plain pass, and a layer painted.

The yardstick is the plain forward pass of the same network on the same photo, in the same run, on
as many threads.

- *recorded*: convolutions and dense layers kept; what the layers between them gave follows to the
  last bit, and is worked out when it is looked at.
- *kept*: every layer kept. Bare hooks that keep every map cost as much: a plain pass writes each
  map where an earlier one was, and here they stay (ResNet-20 at 256 pixels: 78 layers, 126 MB).
- *painted*: from the photo to all maps of a layer as one picture, as the page does for a new photo.

Ratios are medians of ratios of neighbouring turns, so that what else the machine does hits both.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.charts.maps import montage, span_of, tile_size
from explainer.charts.theme import LIGHT
from explainer.images.gallery import gallery_picture
from explainer.networks.recording.recording import record
from explainer.networks.recording.replay import record_costly
from explainer.networks.zoo.preprocessing import as_input, for_maps, see
from explainer.networks.zoo.shared import shared_layers, shared_network
from explainer.networks.zoo.shipped import SHIPPED, Shipped

SIDES = (128, 256)
REPEATS = 25
COLUMNS, GAP, LARGEST, SMALLEST = 8, 3, 118, 20


def timed(*works: Callable[[], object]) -> NDArray[np.float64]:
    """Milliseconds of each of `works`, done in turns: `(turns, works)`, the first two left out."""
    times = np.zeros((REPEATS, len(works)))
    for turn in range(REPEATS):
        for number, work in enumerate(works):
            started = time.perf_counter()
            work()
            times[turn, number] = 1000 * (time.perf_counter() - started)
    return times[2:]


def paint(entry: Shipped, side: int, layer: str) -> None:
    """What the page does for a new photo, from its codes to the montage of a layer."""
    photo = for_maps(gallery_picture("chelsea").codes, entry, side)
    found = shared_layers(entry.slug, (3, *photo.shape[:2]))
    seen = see(shared_network(entry.slug), as_input(photo, entry), found, layer)
    size = tile_size((seen.values.shape[1], seen.values.shape[2]), LARGEST, SMALLEST)
    spans = [span_of(seen.values)] * len(seen.values)
    places = range(len(seen.values))
    montage(seen.values, places, LIGHT, columns=COLUMNS, size=size, spans=spans, gap=GAP)


def print_costs(entry: Shipped, side: int) -> None:
    """One line of the table."""
    photo = for_maps(gallery_picture("chelsea").codes, entry, side)
    network, inputs = shared_network(entry.slug), as_input(photo, entry)
    found = shared_layers(entry.slug, (3, *photo.shape[:2]))
    last = [layer.name for layer in found if layer.kind == "convolution"][-1]

    def plain() -> None:
        with torch.no_grad():
            network(inputs)

    times = timed(
        plain,
        lambda: record_costly(network, inputs, found),
        lambda: record(network, inputs),
        lambda: paint(entry, side, last),
    )
    recorded, kept, painted = np.median(times[:, 1:] / times[:, :1], axis=0)
    pass_, painting = np.median(times[:, [0, 3]], axis=0)
    print(
        f"{entry.title:24} {side:4} px  pass {pass_:6.1f} ms  recorded {recorded:.2f}x  "
        f"kept {kept:.2f}x  painted {painted:.2f}x ({painting:.0f} ms)"
    )


def main() -> int:
    """Print the costs for every network whose weights are there."""
    print("aim: recorded at most 1.15x; a new photo painted within 300 ms")
    for entry in SHIPPED:
        if entry.weights().is_file():
            for side in SIDES if entry.any_size else (entry.input_size,):
                print_costs(entry, side)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
