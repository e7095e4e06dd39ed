"""Two examples in one: mixup blends them, CutMix pastes a box of one into the other.

Both draw λ ~ Beta(α, α) for every picture and pair the batch with a random order of itself; the
targets become the same mixture as the inputs. Sources: Zhang et al. 2018 (mixup: Beyond Empirical
Risk Minimization), Yun et al. 2019 (CutMix), which draw one λ for a whole batch.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from explainer.parameters import Parameter
from explainer.training.augmentation.augmentation import Augmentation, each, soft, uniform
from explainer.training.augmentation.pixels import boxes
from explainer.words import N_

QUANTILES = 8193


def beta(count: int, alpha: float, generator: torch.Generator) -> Tensor:
    """`count` draws from Beta(alpha, alpha), float32, on the device of the generator.

    PyTorch's Beta takes no generator, so NumPy draws, from a seed that the generator gives. That
    would have an accelerator wait for the CPU in every step: there a table of quantiles is read at
    random places.
    """
    if generator.device.type != "cpu":
        return between(quantiles(alpha, generator.device), uniform(count, 0, 1, generator))
    seed = torch.randint(2**62, (), generator=generator)
    drawn = np.random.default_rng(int(seed)).beta(alpha, alpha, count)
    return torch.from_numpy(drawn.astype(np.float32))


@cache
def quantiles(alpha: float, device: torch.device) -> Tensor:
    """The quantiles of Beta(alpha, alpha) from 0 to 1 in even steps, float32, on `device`."""
    from scipy import stats  # slow to import, and needed on an accelerator alone

    found = stats.beta.ppf(np.linspace(0, 1, QUANTILES), alpha, alpha)
    return torch.from_numpy(found.astype(np.float32)).to(device)


def between(table: Tensor, shares: Tensor) -> Tensor:
    """`table` `(Q,)` read at `shares` `(B,)` in [0, 1], linearly between its entries."""
    places = shares * (len(table) - 1)
    low = places.long().clamp_(max=len(table) - 2)
    return torch.lerp(table[low], table[low + 1], places - low)


def partners(count: int, like: Tensor, generator: torch.Generator) -> Tensor:
    """A random order of the batch, on the device of `like`."""
    if generator.device.type != "cpu":  # nobody waits for a sort
        return uniform(count, 0, 1, generator).argsort()
    return torch.randperm(count, generator=generator).to(like.device)


def mixed_targets(targets: Tensor, order: Tensor, kept: Tensor, classes: int) -> Tensor:
    """`kept` `(B,)` of each target and the rest of its partner's, float32 `(B, classes)`."""
    own = soft(targets, classes)
    return torch.lerp(own[order], own, each(kept, own))


def mixup(
    inputs: Tensor, targets: Tensor, classes: int, generator: torch.Generator, *, alpha: float
) -> tuple[Tensor, Tensor]:
    r"""$\lambda x_i + (1 - \lambda) x_j$, and the same for the targets."""
    kept = beta(len(inputs), alpha, generator)
    order = partners(len(inputs), inputs, generator)
    blend = torch.lerp(inputs[order], inputs, each(kept, inputs))
    return blend, mixed_targets(targets, order, kept, classes)


def cutmix(
    inputs: Tensor, targets: Tensor, classes: int, generator: torch.Generator, *, alpha: float
) -> tuple[Tensor, Tensor]:
    r"""A box of $1 - \lambda$ of the area, around any pixel, is the partner's.

    The box is cut at the border, and the targets follow the area that is really left.
    """
    count, size = len(inputs), inputs.shape[2:]
    scale = (1 - beta(count, alpha, generator)).sqrt()
    halves = [torch.floor(scale * side / 2) for side in size]
    centres = [torch.floor(uniform(count, 0, 1, generator) * side) for side in size]
    order = partners(count, inputs, generator)
    corners = [centre - half for centre, half in zip(centres, halves, strict=True)]
    inside = boxes(corners, [2 * half for half in halves], inputs)
    kept = 1 - inside.float().mean((1, 2, 3))
    return torch.where(inside, inputs[order], inputs), mixed_targets(targets, order, kept, classes)


ALPHA = Parameter(
    "alpha", "α", 1, 0.1, 2, 0.1, help=N_("Small: mostly one of the two. 1: every share alike.")
)

MIXING: tuple[Augmentation, ...] = (
    Augmentation(
        slug="mixup",
        title=N_("Mixup"),
        meaning=N_(
            "Two examples are laid over each other like slides, and the target is the same "
            "mixture of their targets."
        ),
        parameters=(ALPHA,),
        apply=mixup,
        source='''def mixup(x, y, alpha):
    """Two examples laid over each other; the answer asked for is the same mixture."""
    share, order = beta(len(x), alpha), torch.randperm(len(x), generator=augmenting)
    x = torch.lerp(x[order], x, share[:, None, None, None])
    return x, torch.lerp(y[order], y, share[:, None])''',
        points_source='''def mixup(x, y, alpha):
    """Two examples laid over each other; the answer asked for is the same mixture."""
    share, order = beta(len(x), alpha), torch.randperm(len(x), generator=augmenting)
    x = torch.lerp(x[order], x, share[:, None])
    return x, torch.lerp(y[order], y, share[:, None])''',
        pictures_only=False,
        softens=True,
    ),
    Augmentation(
        slug="cutmix",
        title=N_("CutMix"),
        meaning=N_(
            "A box of one picture is pasted into another, and the target is shared by area."
        ),
        parameters=(ALPHA,),
        apply=cutmix,
        source='''def cutmix(x, y, alpha):
    """A box of one picture pasted into another; the answer asked for is shared by area."""
    size = torch.tensor(x.shape[2:])[:, None]
    half = torch.floor((1 - beta(len(x), alpha)).sqrt() * size / 2)
    places = torch.stack([uniform(len(x), 0, 1), uniform(len(x), 0, 1)])
    order = torch.randperm(len(x), generator=augmenting)
    box = inside(x, torch.floor(places * size) - half, 2 * half)
    share = 1 - box.float().mean((1, 2, 3))
    return torch.where(box, x[order], x), torch.lerp(y[order], y, share[:, None])''',
        softens=True,
    ),
)
