"""The code of the current state: a short script that computes it with OpenCV and with PyTorch.

The script stands alone: it reads a picture, filters it twice, prints by how much the two differ and
saves both, and a picture. A test runs it for every kernel and every padding and compares it with
`apply`.
"""

from __future__ import annotations

import json

from numpy.typing import ArrayLike

from explainer.convolution.application import CHANNEL_MODES, PADDINGS, Application, pads
from explainer.convolution.apply import checked_weights
from explainer.convolution.kernel import Weights
from explainer.images.script import READ_PICTURE


def script(
    weights: ArrayLike,
    application: Application,
    *,
    title: str = "A kernel",
    picture: str = "picture.png",
) -> str:
    """Python source that applies the kernel `(kh, kw)` as `application` says.

    Run as `python script.py [path]`; without a path it opens `picture`. It writes `result.npy`, an
    array `(2, H', W', C')` of OpenCV's result and torch's, and `result.png` to look at.
    """
    kernel = checked_weights(weights)
    parts = (
        _head(title, kernel, application),
        _reading(picture, application),
        _opencv(kernel, application),
        _torch(kernel, application),
        _end(),
    )
    return "\n".join(parts)


def literal(kernel: Weights) -> str:
    """The kernel as a Python list that gives exactly the same float64 numbers."""
    rows = (", ".join(repr(float(weight) + 0.0) for weight in row) for row in kernel)
    return "[\n" + "".join(f"    [{row}],\n" for row in rows) + "]"


def _head(title: str, kernel: Weights, application: Application) -> str:
    name = " ".join(title.split()).replace("\\", " ").replace('"', "'")
    return f'''"""{name} on a picture, with OpenCV and with PyTorch: the same numbers twice."""

import sys
from contextlib import suppress
from io import BytesIO

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageCms, ImageOps
{READ_PICTURE}
KERNEL = np.array({literal(kernel)})
BIAS, STRIDE, DILATION = {application.bias!r}, {application.stride}, {application.dilation}
{_flip(application)}'''


def _flip(application: Application) -> str:
    if not application.flip:
        return "# Both libraries lay the kernel on the picture as printed: cross-correlation.\n"
    return """# A convolution turns the kernel by 180 degrees; both libraries leave that to us.
KERNEL = KERNEL[::-1, ::-1].copy()
"""


def _reading(picture: str, application: Application) -> str:
    shares = CHANNEL_MODES[application.channels].weights
    text = f"""path = sys.argv[1] if len(sys.argv) > 1 else {json.dumps(picture)}
picture = read_picture(path).astype(np.float32) / 255  # (H, W, 3), 0 to 1
"""
    if shares is not None:
        text += f"SHARES = {shares!r}  # of red, green and blue in the sum\n"
    return text


def _opencv(kernel: Weights, application: Application) -> str:
    shares = CHANNEL_MODES[application.channels].weights
    lines = ["# OpenCV. With the anchor at (0, 0) the complete windows are at the top left."]
    if shares is None:
        lines.append("padded = picture")
    else:
        lines.append("padded = picture @ np.array(SHARES, dtype=np.float32)")
    lines.extend(_opencv_border(kernel, application))
    lines.append("rows, columns = (DILATION * (taps - 1) + 1 for taps in KERNEL.shape)")
    lines.append("spread = np.zeros((rows, columns))  # the kernel with its gaps")
    lines.append("spread[::DILATION, ::DILATION] = KERNEL")
    lines.append("full = cv2.filter2D(padded, cv2.CV_32F, spread, anchor=(0, 0))")
    lines.append("height, width = padded.shape[0] - rows + 1, padded.shape[1] - columns + 1")
    lines.append("by_opencv = full[:height:STRIDE, :width:STRIDE] + np.float32(BIAS)")
    lines.append("by_opencv = by_opencv.reshape(*by_opencv.shape[:2], -1)  # (H', W', C')")
    return "\n".join(lines) + "\n"


def _sides(kernel: Weights, application: Application) -> tuple[int, int, int, int]:
    """Top, bottom, left, right."""
    return (*pads(kernel.shape[0], application), *pads(kernel.shape[1], application))


def _opencv_border(kernel: Weights, application: Application) -> list[str]:
    sides = _sides(kernel, application)
    if not any(sides):
        return []
    named = ", ".join(str(side) for side in sides)
    border = PADDINGS[application.padding].opencv_name
    return [f"padded = cv2.copyMakeBorder(padded, {named}, cv2.{border})"]


def _torch(kernel: Weights, application: Application) -> str:
    top, bottom, left, right = _sides(kernel, application)
    lines = ["# PyTorch: pictures are (N, C, H, W), filters (out, in, kh, kw)."]
    lines.append("x = torch.from_numpy(picture).permute(2, 0, 1)[None]")
    if any((top, bottom, left, right)):
        mode = PADDINGS[application.padding].torch_mode
        named = f"({left}, {right}, {top}, {bottom})"
        lines.append(f'x = F.pad(x, {named}, mode="{mode}")  # left, right, top, bottom')
    lines.append("kernel = torch.from_numpy(KERNEL).float()")
    if CHANNEL_MODES[application.channels].weights is None:
        lines.append(
            "filters, groups = torch.stack([kernel] * 3)[:, None], 3  # one for each colour"
        )
    else:
        lines.append("filters, groups = torch.stack([s * kernel for s in SHARES])[None], 1")
    lines.append("bias = torch.full((len(filters),), BIAS)")
    lines.append("y = F.conv2d(x, filters, bias, stride=STRIDE, dilation=DILATION, groups=groups)")
    lines.append("by_torch = y[0].permute(1, 2, 0).numpy()")
    return "\n".join(lines) + "\n"


def _end() -> str:
    return """print("largest difference:", float(np.abs(by_opencv - by_torch).max()))
np.save("result.npy", np.stack([by_opencv, by_torch]))

# As a picture: zero is middle grey where there are values below it, else black; one is white.
largest = max(1.0, float(np.abs(by_opencv).max()))
shown = 0.5 + by_opencv / (2 * largest) if by_opencv.min() < 0 else by_opencv.clip(0, 1)
cv2.imwrite("result.png", np.rint(255 * shown[..., ::-1]).astype(np.uint8))
"""
