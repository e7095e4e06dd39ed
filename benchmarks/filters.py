"""How long `apply` takes on a 12-megapixel picture, against the quickest OpenCV call we know.

Run with `python -m benchmarks.filters`. For every kernel of the registry and a few large ones it
times our `apply` (padding reflect, each colour, float32 in and out) and every OpenCV call that
gives the same numbers (checked first) in the same run, one after the other in rounds, so that a
busy machine slows all alike. Printed are medians and the ratio of ours to the quickest of theirs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from explainer.convolution.application import Application
from explainer.convolution.apply import apply, plan
from explainer.convolution.kernels import KERNELS, weights

Pixels = NDArray[np.float32]
Call = Callable[[], NDArray[np.generic]]

REFLECT = cv2.BORDER_REFLECT_101
SAME = 4e-6
REFLECTED = Application()


@dataclass(frozen=True)
class Case:
    """A kernel to time, and OpenCV's own function for it where there is one."""

    name: str
    weights: NDArray[np.float64]
    special: Callable[[Pixels], NDArray[np.generic]] | None = None


def gaussian_blur(pixels: Pixels, *, size: int, sigma: float) -> NDArray[np.generic]:
    """OpenCV's Gaussian on a `size × size` grid."""
    return cv2.GaussianBlur(pixels, (size, size), sigma, borderType=REFLECT)


def box_blur(pixels: Pixels, *, size: int) -> NDArray[np.generic]:
    """OpenCV's running mean."""
    return cv2.boxFilter(pixels, cv2.CV_32F, (size, size), borderType=REFLECT)


SPECIAL: dict[str, Callable[[Pixels], NDArray[np.generic]]] = {
    "sobel-x": lambda pixels: cv2.Sobel(pixels, cv2.CV_32F, 1, 0),
    "sobel-y": lambda pixels: cv2.Sobel(pixels, cv2.CV_32F, 0, 1),
    "scharr-x": lambda pixels: cv2.Scharr(pixels, cv2.CV_32F, 1, 0),
    "scharr-y": lambda pixels: cv2.Scharr(pixels, cv2.CV_32F, 0, 1),
    "laplacian": lambda pixels: cv2.Laplacian(pixels, cv2.CV_32F),
    "box": partial(box_blur, size=5),
    "gaussian": partial(gaussian_blur, size=11, sigma=1.5),
    "identity": np.copy,
}


def cases() -> Iterator[Case]:
    """Every registered kernel with its defaults, then large and random ones."""
    for entry in KERNELS:
        yield Case(entry.slug, weights(entry.slug), SPECIAL.get(entry.slug))
    yield Case(
        "gaussian σ 2.3, 15×15",
        weights("gaussian", sigma=2.3),
        partial(gaussian_blur, size=15, sigma=2.3),
    )
    yield Case(
        "gaussian σ 3.5, 23×23",
        weights("gaussian", sigma=3.5),
        partial(gaussian_blur, size=23, sigma=3.5),
    )
    yield Case("LoG σ 1.75, 15×15", weights("laplacian-of-gaussian", sigma=1.75))
    yield Case("box 15×15", weights("box", size=15), partial(box_blur, size=15))
    yield Case("box 31×31", weights("box", size=31), partial(box_blur, size=31))
    yield Case("motion blur 15", weights("motion-blur", length=15, angle=30))
    yield Case("motion blur 31", weights("motion-blur", length=31, angle=45))
    yield Case("gabor 60°", weights("gabor", theta=60))
    generator = np.random.default_rng(0)
    for side in (3, 5, 7, 9, 11, 13, 15, 23, 31):
        yield Case(f"random {side}×{side}", generator.standard_normal((side, side)))


def opencv_calls(pixels: Pixels, case: Case) -> dict[str, Call]:
    """The calls that might do it, by name: `filter2D`, sums of `sepFilter2D`, the special one."""
    kernel = case.weights
    calls: dict[str, Call] = {
        "filter2D": lambda: cv2.filter2D(pixels, cv2.CV_32F, kernel, borderType=REFLECT)
    }
    columns, values, rows = np.linalg.svd(kernel)
    rank = int(np.count_nonzero(values > 1e-9 * values[0]))
    if rank <= 3:
        pairs = [(values[i] * columns[:, i], rows[i]) for i in range(rank)]
        calls[f"{rank} × sepFilter2D"] = lambda: _sum_of_passes(pixels, pairs)
    if case.special is not None:
        special = case.special
        calls["its own function"] = lambda: special(pixels)
    return calls


def _sum_of_passes(
    pixels: Pixels, pairs: list[tuple[NDArray[np.float64], NDArray[np.float64]]]
) -> NDArray[np.generic]:
    terms = (
        cv2.sepFilter2D(pixels, cv2.CV_32F, row, column, borderType=REFLECT)
        for column, row in pairs
    )
    return reduce(lambda total, term: cv2.add(total, term, dst=total), terms)


def same_numbers(
    calls: dict[str, Call], ours: NDArray[np.generic], scale: float
) -> dict[str, Call]:
    """Those of the calls whose result is ours, within float32 rounding of `scale`."""
    return {
        name: call
        for name, call in calls.items()
        if float(np.abs(np.subtract(call(), ours)).max()) <= SAME * scale
    }


def seconds(call: Call) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def measure(calls: dict[str, Call], rounds: int) -> dict[str, float]:
    """The median of each call over `rounds` rounds, each call once a round, the first in turn."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    names = list(calls)
    for turn in range(rounds):
        first = turn % len(names)
        for name in names[first:] + names[:first]:
            taken[name].append(seconds(calls[name]))
    return {name: median(times) for name, times in taken.items()}


def row(pixels: Pixels, case: Case, rounds: int) -> str:
    """One line of the table."""
    ours: Call = lambda: apply(pixels, case.weights, REFLECTED)  # noqa: E731
    scale = max(1.0, float(np.abs(case.weights).sum()))
    calls = same_numbers(opencv_calls(pixels, case), ours(), scale)
    times = measure({"ours": ours, **calls}, rounds)
    best = min(calls, key=lambda name: times[name])
    ratio = times["ours"] / times[best]
    return (
        f"{case.name:24} {times['ours'] * 1e3:8.1f} {times[best] * 1e3:8.1f} {ratio:6.2f}  "
        f"{best:18} {plan(case.weights, REFLECTED).title}"
    )


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; returns 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--width", type=int, default=4000)
    parser.add_argument("--height", type=int, default=3000)
    options = parser.parse_args(arguments)
    shape = options.height, options.width, 3
    pixels = np.random.default_rng(0).random(shape, dtype=np.float32)
    print(f"{options.width}×{options.height} RGB float32, milliseconds, {options.rounds} rounds")
    print(f"{'kernel':24} {'ours':>8} {'OpenCV':>8} {'ratio':>6}  {'its quickest':18} our method")
    for case in cases():
        print(row(pixels, case, options.rounds), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
