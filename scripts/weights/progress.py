"""One line that says how far a training is: redrawn on a terminal, now and then in a log."""

from __future__ import annotations

import time
from typing import TextIO

from scripts.weights.learning import Training

WIDTH = 24
TERMINAL_SECONDS = 0.5
LOG_SECONDS = 30.0


class Progress:
    """Called after every step; writes to `stream` at most so often as it bears."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self.name, self.stream, self.terminal = name, stream, stream.isatty()
        self.every = TERMINAL_SECONDS if self.terminal else LOG_SECONDS
        self.begin: tuple[float, int] | None = None
        self.written = 0.0

    def __call__(self, training: Training) -> None:
        """Write the line where the last one is old enough, or the training is done."""
        now = time.monotonic()
        self.begin = self.begin or (now, training.step)
        if now - self.written < self.every and not training.done:
            return
        self.written = now
        text = line(self.name, training, self._seconds_left(now, training))
        self.stream.write(f"\r{text}\x1b[K" if self.terminal else f"{text}\n")
        self.stream.flush()

    def _seconds_left(self, now: float, training: Training) -> float | None:
        begin, first = self.begin or (now, training.step)
        made = training.step - first
        return (now - begin) / made * (training.total - training.step) if made else None


def line(name: str, training: Training, seconds_left: float | None) -> str:
    """`vgg ██····· epoch 9/30, loss 0.812, 21.5 min left`; the loss is the last whole epoch's."""
    filled = WIDTH * training.step // training.total
    bar = "█" * filled + "·" * (WIDTH - filled)
    epoch = min(training.step // training.steps_per_epoch + 1, training.plan.epochs)
    loss = f", loss {training.losses[-1]:.3f}" if training.losses else ""
    left = "" if seconds_left is None else f", {seconds_left / 60:.1f} min left"
    return f"{name} {bar} epoch {epoch}/{training.plan.epochs}{loss}{left}"
