"""The numbers of a classifier's head as a script of its own."""

from __future__ import annotations

from explainer.likelihood.logits import Head

PROGRAM = '''"""Softmax, sigmoids, cross-entropy and its gradient of a few logits."""

import torch
import torch.nn.functional as F

TEMPERATURE, SMOOTHING = {temperature!r}, {smoothing!r}
logits = torch.tensor({logits!r}, dtype=torch.float64, requires_grad=True)
true = torch.tensor({true})

softmax = (logits / TEMPERATURE).softmax(0)  # relative: the same added to all changes nothing
sigmoids = (logits / TEMPERATURE).sigmoid()  # each by itself
loss = F.cross_entropy(logits / TEMPERATURE, true, label_smoothing=SMOOTHING)  # takes logits
loss.backward()
gradient = logits.grad

print("softmax ", softmax.tolist())
print("sigmoids", sigmoids.tolist())
print("loss    ", loss.item())
print("gradient", gradient.tolist())
'''


def script(head: Head) -> str:
    """It leaves `softmax`, `sigmoids`, `loss` and `gradient` in its names."""
    return PROGRAM.format(
        temperature=head.temperature, smoothing=head.smoothing, logits=list(head.logits),
        true=head.true,
    )  # fmt: skip


UNIT = '''"""One sigmoid whose truth is 1: the slopes of two losses by its logit."""

import torch
import torch.nn.functional as F

z = torch.tensor({logit!r}, dtype=torch.float64, requires_grad=True)
truth = torch.ones((), dtype=torch.float64)

(cross_entropy,) = torch.autograd.grad(F.binary_cross_entropy_with_logits(z, truth), z)
(squared,) = torch.autograd.grad(0.5 * F.mse_loss(z.sigmoid(), truth), z)

print("slope of the cross-entropy ", cross_entropy.item())  # p - 1
print("slope of the squared error ", squared.item())  # (p - 1) p (1 - p)
'''


def unit_script(logit: float) -> str:
    """It leaves `cross_entropy` and `squared` in its names."""
    return UNIT.format(logit=float(logit))
