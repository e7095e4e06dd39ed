"""What it costs to look into a network: recording against the plain pass, and a layer painted.

The yardstick is the plain forward pass of the same network on the same photo, in the same run, on
as many threads.

- *recorded*: every layer kept; *costly*: those that are worked out anew are left out.
- *painted*: from the photo to all maps of a layer as one picture, as the page does for a new photo.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch

from explainer.charts.maps import montage, span_of, tile_size
from explainer.charts.theme import LIGHT
from explainer.images.gallery import gallery_picture
from explainer.networks.looking import as_input, for_maps, see
from explainer.networks.recording import record
from explainer.networks.replay import record_costly
from explainer.networks.shared import shared_layers, shared_network
from explainer.networks.shipped import SHIPPED, Shipped

SIDES = (128, 256)
REPEATS = 15
COLUMNS, GAP, LARGEST, SMALLEST = 8, 3, 118, 20


def milliseconds(*works: Callable[[], object]) -> list[float]:
    """The median time of each of `works`, done in turns."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for kept, work in zip(times, works, strict=True):
            started = time.perf_counter()
            work()
            kept.append(1000 * (time.perf_counter() - started))
    return [float(np.median(one[2:])) for one in times]


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

    pass_, whole, costly, painted = milliseconds(
        plain,
        lambda: record(network, inputs),
        lambda: record_costly(network, inputs, found),
        lambda: paint(entry, side, last),
    )
    print(
        f"{entry.title:24} {side:4} px  pass {pass_:6.1f} ms  recorded {whole / pass_:.2f}x  "
        f"costly {costly / pass_:.2f}x  painted {painted / pass_:.2f}x ({painted:.0f} ms)"
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
