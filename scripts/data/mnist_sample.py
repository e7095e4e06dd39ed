"""Draw 6,000 digits from MNIST and write them as the pictures that are shipped, with their card.

    python -m scripts.data.mnist_sample --data ROOT

ROOT is a data root as torchvision has it (`MNIST/raw`). Training and validation part are drawn from
MNIST's training part, the test part from its test part, each class equally often. The digits of a
class are put in the order of their pixels before they are drawn, so that another order of the files
gives the same sample.
"""

from __future__ import annotations

import argparse
import json
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explainer.training.data.data_set import DataError
from explainer.training.data.real import SOURCES
from explainer.training.data.root import data_root
from explainer.training.data.shipped import MNIST_SAMPLE, SIDE
from explainer.training.data.stored import Stored

SEED = 0
CLASSES, ACROSS = 10, 100
COUNTS = {"train": 4000, "validation": 1000, "test": 1000}
CARD = {
    "slug": "mnist-sample",
    "title": "6,000 digits of MNIST",
    "source": "Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits, 1998; "
    "from NIST's Special Databases 1 and 3",
    "address": "http://yann.lecun.com/exdb/mnist/",
    "licence": "CC BY-SA 3.0, https://creativecommons.org/licenses/by-sa/3.0/",
    "changes": "a sample, put together as sprites; no pixel is changed",
    "made": "each class equally often; train and validation from the 60,000 training digits, test "
    "from the 10,000 test digits; the digits of a class sorted by their pixels and then drawn "
    "without replacement by numpy.random.default_rng(seed)",
    "layout": f"grey PNG, {ACROSS} digits of 28 × 28 pixels in a row; the rows of a class follow "
    "one another, 0 to 9, the same number for each",
    "script": "python -m scripts.data.mnist_sample --data ROOT",
}

Codes = NDArray[np.uint8]


def main(words: list[str] | None = None) -> int:
    """Write the sprites and the card; 1 where MNIST is not there."""
    parser = argparse.ArgumentParser(prog="python -m scripts.data.mnist_sample")
    parser.add_argument("--data", type=Path, default=data_root(), metavar="ROOT",
                        help="the folder that holds MNIST")  # fmt: skip
    parser.add_argument("--out", type=Path, default=MNIST_SAMPLE)
    options = parser.parse_args(words)
    (layout,) = SOURCES["mnist"].layouts
    try:
        parts = sample(layout.read(options.data), COUNTS, SEED)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    write(parts, options.out)
    return 0


def sample(mnist: Stored, counts: dict[str, int], seed: int) -> dict[str, Codes]:
    """The pictures (count, 28, 28) of each part, class by class; the last part is the test."""
    random = np.random.default_rng(seed)
    *learned, test = counts
    parts = (slice(None, mnist.test_from), learned), (slice(mnist.test_from, None), [test])
    found: dict[str, list[Codes]] = {name: [] for name in counts}
    for rows, names in parts:
        for label in range(CLASSES):
            whole = mnist.pictures[rows][mnist.labels[rows] == label, ..., 0]
            in_order = sorted(whole, key=lambda one: one.tobytes())
            pictures = np.stack(in_order)
            order = random.permutation(len(pictures))
            for name in names:
                each = counts[name] // CLASSES
                found[name].append(pictures[order[:each]])
                order = order[each:]
    return {name: np.concatenate(classes) for name, classes in found.items()}


def write(parts: dict[str, Codes], folder: Path) -> None:
    """The sprite of each part, and the card, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, pictures in parts.items():
        rows = pictures.reshape(-1, ACROSS, SIDE, SIDE).swapaxes(1, 2)
        sprite = Image.fromarray(rows.reshape(-1, ACROSS * SIDE))
        sprite.save(folder / f"{name}.png", optimize=True)
    digests = {name: sha256(pictures.tobytes()).hexdigest() for name, pictures in parts.items()}
    counts = {name: len(pictures) for name, pictures in parts.items()}
    card = CARD | {"seed": SEED, "pictures": counts, "sha256 of the pixels": digests}
    text = json.dumps(card, indent=1, ensure_ascii=False) + "\n"
    (folder / "card.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
