"""Train the networks that read digits, with the training engine, and write what is shipped.

    python -m scripts.weights.train_digits --data ROOT
    python -m scripts.weights.train_digits digit-cnn --seed 1 --out build

A network takes a minute or two on one core; the test pictures are looked at once, at the end, by
the network as it was read back from its file.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import torch

from explainer.networks.digits.networks import DIGIT_NETWORKS, DigitNetwork
from explainer.networks.zoo.shipped import WEIGHTS
from explainer.training.data.data_set import Examples
from explainer.training.data.root import VARIABLE, data_root
from scripts.weights.digit_shipping import digit_examples, prepared, ship, trained

FAILED = 1
WIDTH, TENTHS = 24, 10


def arguments() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(prog="python -m scripts.weights.train_digits")
    slugs = [entry.slug for entry in DIGIT_NETWORKS]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(slugs)}; or all")
    parser.add_argument("--data", type=Path, default=data_root(), metavar="ROOT",
                        help="the folder that holds MNIST")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="for weights and card")
    return parser


def main(words: list[str] | None = None) -> int:
    """Train as the command line says; 1 where it cannot."""
    options = arguments().parse_args(words)
    torch.set_num_threads(1)
    os.environ[VARIABLE] = str(options.data)
    try:
        entries = [DIGIT_NETWORKS[name] for name in options.names] or list(DIGIT_NETWORKS)
        options.out.mkdir(parents=True, exist_ok=True)
        examples = digit_examples()
        for entry in entries:
            _train(entry, examples, options.seed, options.out)
    except ValueError as error:
        print(error, file=sys.stderr)
        return FAILED
    return 0


def _train(entry: DigitNetwork, examples: Examples, seed: int, folder: Path) -> None:
    data = prepared(examples, seed)
    network, curves = trained(entry, data, seed, progress(entry.slug, sys.stdout))
    print(f"\n{entry.slug}: measuring", flush=True)
    card = ship(entry, network, curves, examples, data, seed, folder)
    print(f"{card.accuracy:.2%} of {card.test_pictures:,} test pictures")


def progress(name: str, stream: TextIO) -> Callable[[float], None]:
    """What shows the share that is done: a line that is written anew, or one for each tenth."""
    said = -1

    def show(share: float) -> None:
        nonlocal said
        filled = int(WIDTH * share)
        text = f"{name} {'█' * filled}{'·' * (WIDTH - filled)} {share:.0%}"
        if stream.isatty():
            print(f"\r{text}", end="", file=stream, flush=True)
        elif int(TENTHS * share) > said:
            said = int(TENTHS * share)
            print(text, file=stream, flush=True)

    return show


if __name__ == "__main__":
    sys.exit(main())
