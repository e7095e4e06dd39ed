"""How a long computation tells how far it is, asks whether to go on, and cuts its work up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torch import Tensor

Progress = Callable[[float], bool | None]

LARGEST_BATCH = 32
# Pixels a batch: 32 small pictures, one at 256 pixels a side; larger batches gain nothing on a CPU.
BATCH_PIXELS = 2**16


class CancelledError(Exception):
    """The progress function answered False."""


def report(progress: Progress | None, share: float) -> None:
    """Tell `progress` the share in [0, 1]. Raises `CancelledError` where it answers False."""
    if progress is not None and progress(share) is False:
        raise CancelledError


def within(progress: Progress | None, first: float, last: float) -> Progress | None:
    """A progress function for a part that goes from `first` to `last` of the whole."""
    if progress is None:
        return None
    return lambda share: progress(first + (last - first) * share)


def in_batches(total: int, picture: Tensor, progress: Progress | None) -> Iterator[slice]:
    """Slices of `range(total)`, of as many pictures `(..., H, W)` as suit one pass.

    After each, `progress` hears of it. Raises `CancelledError` where it answers False.
    """
    pixels = picture.shape[-2] * picture.shape[-1]
    size = min(max(BATCH_PIXELS // pixels, 1), LARGEST_BATCH)
    for start in range(0, total, size):
        stop = min(start + size, total)
        yield slice(start, stop)
        report(progress, stop / total)
