"""Applying a kernel to a picture, as an `Application` says, in the quickest way that is exact.

`correlate` is the core: one kernel, stride 1, a result of the size of the picture. Around it,
`apply` mixes the channels, turns the kernel, cuts what the padding "none" leaves out, takes every
stride-th pixel and adds the bias. The result is not clipped: it may be negative or above 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from explainer.convolution.application import (
    CHANNEL_MODES,
    PADDINGS,
    Application,
    Padding,
    output_length,
    span,
)
from explainer.convolution.fastest import fastest
from explainer.convolution.kernel import Image, Weights
from explainer.convolution.ways import Job
from explainer.words import later


@dataclass(frozen=True)
class FilterPlan:
    """How a kernel will be computed: the method, why, and multiplications per output pixel.

    `multiplications` counts one channel at stride 1, and `taps` is what the plain sum would take. A
    larger stride computes the same and keeps every s-th pixel.
    """

    title: str
    why: str
    multiplications: int
    taps: int


def apply(pixels: NDArray[np.floating], weights: ArrayLike, application: Application) -> Image:
    """The picture `(H, W, C)` through the kernel `(kh, kw)`: float32 `(H', W', C')`, not clipped.

    $y_{r,c} = b + \\sum_{i,j} w_{i,j}\\, x_{rs + id - p,\\; cs + jd - q}$, with bias b, stride s,
    dilation d and padding p, q. `C'` is `C` for channels "each", else 1. A new array, contiguous.
    Raises `ValueError` where the picture or the kernel has no such shape or does not fit.
    """
    image = mixed(checked_picture(pixels), application)
    kernel = oriented(checked_weights(weights), application)
    for size, taps, side in zip(image.shape, kernel.shape, ("high", "wide"), strict=False):
        output_length(size, taps, application, side=side)
    same = correlate(image, kernel, PADDINGS[application.padding], application.dilation)
    return finished(same[kept(kernel.shape, image.shape, application)], application)


def plan(weights: ArrayLike, application: Application) -> FilterPlan:
    """How `apply` will compute this kernel, to be shown: the same choice, nothing computed."""
    kernel = oriented(checked_weights(weights), application)
    job = Job(kernel, centre(kernel.shape), PADDINGS[application.padding].opencv_border)
    method = fastest(job)
    return FilterPlan(method.title, method.why(job), method.multiplications(job), kernel.size)


def checked_picture(pixels: NDArray[np.floating]) -> Image:
    """`pixels` `(H, W, 1 to 4)` as contiguous float32, copied only if need be.

    Raises `ValueError` for any other shape and for integers.
    """
    if pixels.ndim != 3 or 0 in pixels.shape or pixels.shape[2] > 4:
        raise ValueError(f"a picture has shape (H, W, 1 to 4), this one has {pixels.shape}")
    if not np.issubdtype(pixels.dtype, np.floating):
        raise ValueError(f"pixels are floats from 0 to 1, these are {pixels.dtype}")
    return np.ascontiguousarray(pixels, dtype=np.float32)


def checked_weights(weights: ArrayLike) -> Weights:
    """`weights` as float64 `(kh, kw)`. `ValueError` if of another shape, empty or not finite."""
    kernel = np.asarray(weights, dtype=np.float64)
    if kernel.ndim != 2 or kernel.size == 0:
        raise ValueError(f"a kernel has shape (kh, kw), this one has {kernel.shape}")
    if not np.isfinite(kernel).all():
        raise ValueError(later("a kernel holds finite numbers, this one has an infinity or a NaN"))
    return kernel


def mixed(image: Image, application: Application) -> Image:
    """The channels the kernel will see.

    Filtering is linear, so summing the filtered colours equals filtering the summed colours, for a
    third of the work; grey likewise.
    """
    shares = CHANNEL_MODES[application.channels].weights
    channels = image.shape[2]
    if shares is None or channels == 1:
        return image
    if channels != len(shares):
        raise ValueError(f"channels {application.channels!r} mixes 3 colours, not {channels}")
    return np.asarray(cv2.transform(image, np.array([shares])), np.float32).reshape(
        *image.shape[:2], 1
    )


def oriented(weights: Weights, application: Application) -> Weights:
    """The kernel as it is laid on the picture: turned by 180° for a convolution."""
    return np.ascontiguousarray(weights[::-1, ::-1]) if application.flip else weights


def centre(shape: tuple[int, ...]) -> tuple[int, int]:
    """The tap that lies on the output pixel: the middle, or the one before it if even."""
    return (shape[0] - 1) // 2, (shape[1] - 1) // 2


def correlate(image: Image, kernel: Weights, border: Padding, dilation: int = 1) -> Image:
    """Cross-correlation at stride 1, of the size of the picture, without bias."""
    if dilation > 1 and kernel.size > 1:
        return _dilated(image, kernel, border, dilation)
    if border.native:
        job = Job(kernel, centre(kernel.shape), border.opencv_border)
        return fastest(job).run(image, job)
    padded = _padded(image, kernel.shape, border, 1)
    return _inside(padded, kernel, image.shape)


def _padded(image: Image, taps: tuple[int, ...], border: Padding, dilation: int) -> Image:
    rows, columns = (span(count, dilation) - 1 for count in taps)
    above, left = rows // 2, columns // 2
    padded = cv2.copyMakeBorder(
        image, above, rows - above, left, columns - left, border.opencv_border
    )
    return np.asarray(padded, np.float32).reshape(*padded.shape[:2], image.shape[2])


def _inside(padded: Image, kernel: Weights, shape: tuple[int, ...]) -> Image:
    """The correlation where the window is inside `padded`: the top left is `centre`'s."""
    above, left = centre(kernel.shape)
    job = Job(kernel, (above, left), cv2.BORDER_REPLICATE)
    result = fastest(job).run(padded, job)
    return result[above : above + shape[0], left : left + shape[1]]


def _dilated(image: Image, kernel: Weights, border: Padding, dilation: int) -> Image:
    """Dilation d: the kernel as it is, on each of the d² pictures of every d-th row and column."""
    padded = _padded(image, kernel.shape, border, dilation)
    result = np.empty_like(image)
    for rows, columns in _phases(dilation):
        target = result[rows, columns]
        if target.size:
            thinned = np.ascontiguousarray(padded[rows, columns])
            target[...] = _inside(thinned, kernel, target.shape)
    return result


def _phases(dilation: int) -> Iterator[tuple[slice, slice]]:
    for row in range(dilation):
        for column in range(dilation):
            yield slice(row, None, dilation), slice(column, None, dilation)


def kept(
    taps: tuple[int, ...], shape: tuple[int, ...], application: Application
) -> tuple[slice, slice]:
    """Which rows and columns of the same-size result stay, after padding "none" and the stride."""
    if PADDINGS[application.padding].keeps_size:
        return slice(None, None, application.stride), slice(None, None, application.stride)
    windows = [span(count, application.dilation) for count in taps]
    first = [(window - 1) // 2 for window in windows]
    rows, columns = (
        slice(start, start + size - window + 1, application.stride)
        for start, size, window in zip(first, shape, windows, strict=False)
    )
    return rows, columns


def finished(result: Image, application: Application) -> Image:
    """The result contiguous and with its bias, added only if there is one."""
    result = np.ascontiguousarray(result)
    if application.bias:
        np.add(result, np.float32(application.bias), out=result)
    return result
