"""Pictures as a network takes them: less a mean, over a standard deviation, colour by colour."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def normalised(pictures: Tensor, mean: Sequence[float], deviation: Sequence[float]) -> Tensor:
    """Pictures `(..., C, H, W)` less the mean, over the deviation; both have C numbers."""
    centre, spread = torch.tensor(mean), torch.tensor(deviation)
    return (pictures - centre[:, None, None]) / spread[:, None, None]
