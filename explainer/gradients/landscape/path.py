"""The path of a training run and a plane: the plane that fits it best, and how far it leaves one.

A path of thousands of dimensions is drawn on two. Every point of the drawing is the foot of the
perpendicular from the true weights; how long that perpendicular is, is the off-plane error.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Projected:
    """A path on a plane: `places` `(T, 2)` and the relative `off_plane` distances `(T,)`.

    $e_t = \\|\\theta_t - \\hat\\theta_t\\| / \\|\\theta_t - \\theta_T\\|$ with the foot
    $\\hat\\theta_t$; between 0 (on the plane) and 1 (straight above the end). 0 for the end itself.
    """

    places: Tensor
    off_plane: Tensor


def principal_directions(path: Tensor) -> tuple[Tensor, tuple[float, float]]:
    """Unit directions `(2, P)` of the plane through the end of `path` `(T, P)` that fits it best.

    These are the first two principal components of the distances from the end, so that the plane
    goes through the end itself and leaves the least sum of squared distances to the path. The
    second result is the share of the squared distances along each. A direction points to the start.
    Raises `ValueError` where the path has fewer than three different points.
    """
    away = (path - path[-1]).double()
    values, vectors = torch.linalg.eigh(away @ away.T)  # T × T is small, P × P is not
    strengths = values[[-1, -2]].clamp(min=0)
    if strengths[1] <= 1e-12 * values.sum():
        raise ValueError("the path has fewer than three points, so no plane fits it best")
    directions = (vectors[:, [-1, -2]].T @ away) / strengths.sqrt()[:, None]
    signs = torch.where((directions @ away[0]) < 0, -1.0, 1.0)
    shares = (strengths / values.sum()).tolist()
    return (directions * signs[:, None]).float(), (shares[0], shares[1])


def projected(path: Tensor, directions: Tensor) -> Projected:
    """`path` `(T, P)` on the plane through its end along two `directions` `(2, P)`.

    Least squares, so the directions need be neither orthogonal nor of length 1.
    """
    away, spanning = (path - path[-1]).double(), directions.double()
    gram = spanning @ spanning.T
    places = torch.linalg.solve(gram, spanning @ away.T).T
    left = torch.linalg.vector_norm(away - places @ spanning, dim=1)
    whole = torch.linalg.vector_norm(away, dim=1)
    relative = torch.where(whole > 0, left / whole.clamp(min=1e-300), torch.zeros_like(left))
    return Projected(places, relative)


def random_walk_share(steps: int) -> float:
    """The share that two principal directions hold of a random walk in very many dimensions.

    Independent steps give $\\mathbb E[(\\theta_s-\\theta_T)\\cdot(\\theta_t-\\theta_T)] \\propto
    \\min(T-s, T-t)$; two eigenvalues of that matrix over its trace, which tends to
    $8/\\pi^2 \\cdot (1 + 1/9) = 0.90$ (compare Antognini and Sohl-Dickstein 2018).
    """
    left = torch.arange(steps, 0, -1, dtype=torch.float64)
    values = torch.linalg.eigvalsh(torch.minimum(left[:, None], left[None]))
    return float(values[-2:].sum() / values.sum())
