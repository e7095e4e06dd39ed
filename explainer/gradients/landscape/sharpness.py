"""How sharp a minimum is: the eigenvalue of largest absolute value of the Hessian of the loss.

By power iteration: multiply a vector by the Hessian again and again, and it turns into the
direction of the strongest curvature. A product with the Hessian is the derivative of gradient times
vector (Pearlmutter 1994), so the Hessian itself, P × P numbers, is never written down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explainer.lengths import directions, scales
from explainer.training.seeds import generator

ENOUGH, MOST = 0.01, 80


@dataclass(frozen=True)
class Sharpness:
    """An estimate λ and how far it is from an eigenvalue after so many `iterations`.

    `residual` is $\\|Hv - \\lambda v\\| / |\\lambda|$ for the unit vector v: there is an eigenvalue
    within that share of λ.
    """

    eigenvalue: float
    residual: float
    iterations: int

    @property
    def converged(self) -> bool:
        """Whether the residual is at most one per cent."""
        return self.residual <= ENOUGH


def power_iteration(
    network: nn.Module, inputs: Tensor, labels: Tensor, seed: int = 0
) -> Iterator[Sharpness]:
    """Better and better estimates for the mean cross-entropy of `network` as its mode is now.

    The network must want gradients; its weights and its statistics are left as they are. Ends when
    the residual is at most 1 %, or after 80 products.
    """
    product_with = _hessian(network, inputs, labels)
    first = next(network.parameters())
    count = sum(one.numel() for one in network.parameters())
    vector = torch.randn(count, generator=generator(seed, "curvature")).to(first.dtype)
    vector = directions(vector[None])[0]
    for number in range(1, MOST + 1):
        product = product_with(vector)
        unit = scales(product[None])[0, 0]
        eigenvalue = float(vector @ (product / unit))
        residual = float(torch.linalg.vector_norm(product / unit - eigenvalue * vector))
        share = residual / abs(eigenvalue) if eigenvalue else residual
        found = Sharpness(eigenvalue * float(unit), share, number)
        yield found
        if found.converged or not product.any():
            return
        vector = directions(product[None])[0]


def curvatures(
    network: nn.Module, inputs: Tensor, labels: Tensor, along: Tensor
) -> tuple[float, ...]:
    """The curvature of the loss along each direction d of `along` `(D, P)`: $d^T H d / \\|d\\|^2$.

    Like λ it is a second derivative for steps of length 1; none is larger than λ in absolute value.
    """
    product_with = _hessian(network, inputs, labels)
    return tuple(float(unit @ product_with(unit)) for unit in directions(along))


def _hessian(network: nn.Module, inputs: Tensor, labels: Tensor) -> Callable[[Tensor], Tensor]:
    """The product of the Hessian with a vector `(P,)`, as a function of the vector."""
    weights = list(network.parameters())
    loss = F.cross_entropy(network(inputs), labels)
    gradients = torch.autograd.grad(loss, weights, create_graph=True)
    gradient = torch.cat([one.flatten() for one in gradients])

    def product_with(vector: Tensor) -> Tensor:
        products = torch.autograd.grad(gradient, weights, vector, retain_graph=True)
        return torch.cat([one.flatten() for one in products])

    return product_with
