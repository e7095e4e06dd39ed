"""Train a shipped network on CIFAR-10 and write its weights and card.

    python -m scripts.weights.train_pictures resnet20 --data ROOT

Interrupted by Ctrl+C or SIGTERM it leaves a checkpoint, from which the same command goes on. The
test pictures are looked at once, at the end, by the network as it was read back from its file.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any, Self

import torch

from explainer.networks.zoo.shipped import SHIPPED, WEIGHTS
from explainer.training.data.root import data_root
from scripts.weights.learning import Training
from scripts.weights.pictures import read_pictures
from scripts.weights.progress import Progress
from scripts.weights.shipping import ship

INTERRUPTED = 130
FAILED = 1


class Interruption:
    """Notes the first SIGINT or SIGTERM inside `with`; a second one ends the program at once."""

    def __init__(self) -> None:
        self.noted = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._note)
        return self

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.noted = True
        signal.signal(number, signal.SIG_DFL)

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def learn(
    training: Training,
    checkpoint: Path,
    stop: Callable[[], bool],
    report: Callable[[Training], None] = lambda training: None,
) -> bool:
    """Train to the end, from `checkpoint` if it is there; False where `stop` said so before.

    The checkpoint is renewed after every epoch, and at the step after which it stops.
    """
    if checkpoint.is_file():
        training.resume(checkpoint)
    while not training.done:
        training.advance()
        report(training)
        stopped = stop()
        if training.epoch_ended or stopped:
            training.save(checkpoint)
        if stopped:
            return training.done
    return True


def arguments() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(prog="python -m scripts.weights.train_pictures")
    parser.add_argument("name", choices=[entry.slug for entry in SHIPPED])
    parser.add_argument("--data", type=Path, default=data_root(), metavar="ROOT",
                        help="the folder that holds cifar10/{train,test}/<class>")  # fmt: skip
    parser.add_argument("--epochs", type=int, help="other than planned")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="for weights and card")
    parser.add_argument("--checkpoint", type=Path, help="for what an interrupted training leaves")
    return parser


def main(words: list[str] | None = None) -> int:
    """Train as the command line says; 130 where it was interrupted, 1 where it cannot."""
    options = arguments().parse_args(words)
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    try:
        return _train(options)
    except ValueError as error:
        print(error, file=sys.stderr)
        return FAILED


def _train(options: argparse.Namespace) -> int:
    entry = SHIPPED[options.name]
    if options.epochs is not None:
        entry = replace(entry, plan=replace(entry.plan, epochs=options.epochs))
    train, test = read_pictures(options.data)
    training = Training(entry, train, options.seed)
    checkpoint = (options.checkpoint or options.data / "checkpoints") / f"{entry.slug}.pt"
    progress = Progress(entry.slug, sys.stdout)
    with Interruption() as interruption:
        if not learn(training, checkpoint, lambda: interruption.noted, progress):
            print(f"\ninterrupted; the same command goes on from {checkpoint}")
            return INTERRUPTED
    card = ship(training, test, options.out)
    checkpoint.unlink(missing_ok=True)
    print(f"\n{card.accuracy:.2%} of {card.test_pictures:,} test pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
