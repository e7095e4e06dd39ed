"""What the tests hold the app to: torch's convolution in float64, and strategies for cases."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from hypothesis import strategies as st
from numpy.typing import NDArray

from explainer.convolution.application import Application

MODES = {
    "zero": "constant",
    "reflect": "reflect",
    "replicate": "replicate",
    "wrap": "circular",
}
SHARES = {"grey": (0.299, 0.587, 0.114), "summed": (1.0, 1.0, 1.0)}
PADDINGS = ("none", *MODES)


def by_torch(
    pixels: NDArray[np.floating], weights: NDArray[np.float64], application: Application
) -> NDArray[np.float64]:
    """The result `(H', W', C')` by `torch.nn.functional.conv2d` in float64."""
    x = torch.from_numpy(pixels.astype(np.float64)).permute(2, 0, 1)
    if application.channels in SHARES:
        shares = torch.tensor(SHARES[application.channels], dtype=torch.float64)
        x = torch.tensordot(shares, x, dims=1)[None]
    kernel = torch.from_numpy(weights.copy())
    if application.flip:
        kernel = kernel.flip(0, 1)
    if application.padding in MODES:
        down, along = (application.dilation * (size - 1) for size in kernel.shape)
        sides = (along // 2, along - along // 2, down // 2, down - down // 2)
        x = F.pad(x[None], sides, mode=MODES[application.padding])[0]
    y = F.conv2d(
        x[:, None], kernel[None, None], stride=application.stride, dilation=application.dilation
    )
    return (y[:, 0] + application.bias).permute(1, 2, 0).numpy()


def allowed_error(weights: NDArray[np.float64], application: Application) -> float:
    """2e-6 of the largest result there can be."""
    planes = 3 if application.channels == "summed" else 1
    return 2e-6 * max(1e-3, float(np.abs(weights).sum()) * planes + abs(application.bias))


def picture(height: int = 40, width: int = 50, *, seed: int = 0) -> NDArray[np.float32]:
    """Uniform noise `(height, width, 3)`: no structure that could hide a slip."""
    return np.random.default_rng(seed).random((height, width, 3), dtype=np.float32)


def _make(kind: int, rows: int, columns: int, seed: int) -> NDArray[np.float64]:
    generator = np.random.default_rng(seed)
    dense = generator.standard_normal((rows, columns))
    sparse = dense * (generator.random((rows, columns)) < 0.1)
    terms = sum(
        np.outer(generator.standard_normal(rows), generator.standard_normal(columns))
        for _ in range(kind - 1)
    )
    return (dense, sparse)[kind] if kind < 2 else np.asarray(terms)


kernels = st.builds(
    _make,
    kind=st.integers(0, 4),
    rows=st.integers(1, 15),
    columns=st.integers(1, 15),
    seed=st.integers(0, 10_000),
)
"""Random kernels of 1 to 15 taps a side: dense, sparse, and of rank 1 to 3."""

applications = st.builds(
    Application,
    bias=st.sampled_from([0.0, 0.25, -3.0]),
    stride=st.integers(1, 4),
    dilation=st.integers(1, 3),
    padding=st.sampled_from(PADDINGS),
    channels=st.sampled_from(["each", "grey", "summed"]),
    flip=st.booleans(),
)
