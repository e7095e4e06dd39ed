"""torchvision's transformations made in less time, so that a wall of them follows the hand.

They draw as torchvision does and make the same picture, within a level of 255 for nearly all
pixels: what is spared are products of whole grids with matrices, and kernels in two dimensions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import grid_sample
from torchvision.transforms import v2

SMALL = 256 - 1e-3  # how torchvision makes codes of [0, 1]: the product without its fraction
Drawn = Mapping[str, Any]


def from_centre(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Where pixels lie from the centre: x `(W,)` and y `(H, 1)`, in pixels."""
    height, width = picture.shape[-2:]
    x, y = (torch.arange(side) - (side - 1) / 2 for side in (width, height))
    return x, y[:, None]


def resampled(picture: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """`picture` `(3, H, W)`, uint8, read between its pixels at `x` and `y` `(H, W)`.

    They are pixels from the centre; what lies outside is black.
    """
    height, width = picture.shape[-2:]
    grid = torch.stack((x * (2 / width), y * (2 / height)), -1)
    layers = torch.ones(1, 4, height, width)  # the last says what lies inside
    layers[0, :3] = picture
    found = grid_sample(layers, grid[None], align_corners=False)[0]
    return found[:3].mul_(found[3]).round_().to(torch.uint8)


def affine(
    picture: Tensor,
    angle: float,
    translate: Sequence[float] = (0, 0),
    scale: float = 1.0,
    shear: Sequence[float] = (0, 0),
) -> Tensor:
    """Sheared, turned clockwise, enlarged and then moved; angles in degrees, moves in pixels."""
    turn, across, down = (math.radians(one) for one in (angle, *shear))
    a = math.cos(turn - down) / math.cos(down)
    b = -a * math.tan(across) - math.sin(turn)
    c = math.sin(turn - down) / math.cos(down)
    d = -c * math.tan(across) + math.cos(turn)  # of determinant 1
    x, y = from_centre(picture)
    x, y = (x - translate[0]) / scale, (y - translate[1]) / scale
    return resampled(picture, d * x - b * y, a * y - c * x)


class QuickRotation(v2.RandomRotation):  # type: ignore[misc]
    """torchvision's rotation about the centre."""

    def transform(self, inpt: Tensor, params: Drawn) -> Tensor:
        """Turned against the clock by the angle that was drawn."""
        return affine(inpt, -params["angle"])


class QuickAffine(v2.RandomAffine):  # type: ignore[misc]
    """torchvision's shift, scale and shear."""

    def transform(self, inpt: Tensor, params: Drawn) -> Tensor:
        """Changed as was drawn."""
        return affine(inpt, **params)


class QuickPerspective(v2.RandomPerspective):  # type: ignore[misc]
    """torchvision's perspective, its eight equations solved by OpenCV."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """The matrix `(3, 3)` from places in the result to places in the picture."""
        height, width = flat_inputs[0].shape[-2:]
        right, low = (int(self.distortion_scale * (side // 2)) + 1 for side in (width, height))

        def drawn(side: int, bound: int, far: int) -> int:
            low_end = side - bound if far else 0
            return int(torch.randint(low_end, side if far else bound, size=(1,)))

        turns = ((0, 0), (1, 0), (1, 1), (0, 1))  # from the top left with the clock
        ends = [(drawn(width, right, x), drawn(height, low, y)) for x, y in turns]
        begins = [(x * (width - 1), y * (height - 1)) for x, y in turns]
        there, here = (np.array(one, np.float32) for one in (ends, begins))
        return {"matrix": cv2.getPerspectiveTransform(there, here)}

    def transform(self, inpt: Tensor, params: Drawn) -> Tensor:
        """Seen from that side."""
        height, width = inpt.shape[-2:]
        x, y = torch.arange(width) + 0.5, torch.arange(height)[:, None] + 0.5
        rows = [a * x + b * y + c for a, b, c in params["matrix"].tolist()]
        return resampled(inpt, rows[0] / rows[2] - width / 2, rows[1] / rows[2] - height / 2)


def gaussian_taps(size: int, sigma: float) -> NDArray[np.float32]:
    """The weights of torchvision's Gaussian of `size` pixels: float32 `(size,)`, of sum 1."""
    places = torch.arange(size) - (size - 1) / 2
    taps: NDArray[np.float32] = torch.softmax(-((places / sigma) ** 2) / 2, 0).numpy()
    return taps


def smoothed(field: NDArray[np.float32], size: int, sigma: float) -> NDArray[np.float32]:
    """A field `(H, W)` or `(H, W, C)` blurred along its rows and then its columns."""
    taps = gaussian_taps(size, sigma)
    found = cv2.sepFilter2D(field, -1, taps, taps, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(found, np.float32)


class QuickElastic(v2.ElasticTransform):  # type: ignore[misc]
    """torchvision's bending of a picture by smoothed noise."""

    def make_params(self, flat_inputs: list[Any]) -> dict[str, Any]:
        """How far from its place each pixel is read: `(H, W, 2)`, in half sides."""
        height, width = flat_inputs[0].shape[-2:]
        size = int(8 * self.sigma[0] + 1) | 1
        noise = torch.stack([torch.rand(1, 1, height, width)[0, 0] for _axis in range(2)], -1)
        soft = smoothed((2 * noise - 1).numpy(), size, self.sigma[0])
        return {"displacement": torch.from_numpy(soft * (self.alpha[0] / width))}

    def transform(self, inpt: Tensor, params: Drawn) -> Tensor:
        """Bent by these displacements."""
        height, width = inpt.shape[-2:]
        x, y = from_centre(inpt)
        across, down = params["displacement"].unbind(-1)
        return resampled(inpt, x + across * (width / 2), y + down * (height / 2))


class QuickBlur(v2.GaussianBlur):  # type: ignore[misc]
    """torchvision's Gaussian blur."""

    def transform(self, inpt: Tensor, params: Drawn) -> Tensor:
        """Blurred by the standard deviation that was drawn."""
        codes = inpt.permute(1, 2, 0).numpy().astype(np.float32)
        found = smoothed(codes, self.kernel_size[0], params["sigma"][0])
        return torch.from_numpy(found.round().astype(np.uint8)).permute(2, 0, 1)


class QuickHue(v2.ColorJitter):  # type: ignore[misc]
    """torchvision's jitter of the hue, with OpenCV's way to hue and back."""

    def transform(self, inpt: Tensor, params: Drawn) -> Tensor:
        """The hue turned by `hue_factor` of the circle."""
        if params["hue_factor"] is None:
            return inpt
        codes = inpt.permute(1, 2, 0).numpy().astype(np.float32)
        colours = cv2.cvtColor(codes / 255, cv2.COLOR_RGB2HSV)
        colours[..., 0] = (colours[..., 0] + 360 * params["hue_factor"]) % 360
        found = np.clip(cv2.cvtColor(colours, cv2.COLOR_HSV2RGB) * SMALL, 0, 255)
        return torch.from_numpy(found.astype(np.uint8)).permute(2, 0, 1)
