"""The registry of kernels: every kernel the app knows by name.

Sign convention: all weights are written for cross-correlation, the sum of the window times the
kernel as it is printed, which is what networks compute. A vertical edge kernel is positive where
the picture gets brighter to the right. One more kernel is one more entry in one of the tuples.
"""

from __future__ import annotations

from explainer.convolution.kernel import Kernel, Weights
from explainer.convolution.kernels_edges import EDGES
from explainer.convolution.kernels_smooth import BASICS, BLURS, SHARPENERS
from explainer.convolution.kernels_texture import TEXTURES
from explainer.parameters import Parameter
from explainer.registry import Registry
from explainer.words import N_

__all__ = ["KERNELS", "Kernel", "Parameter", "Weights", "weights"]

KERNELS = Registry[Kernel](N_("kernel"), *EDGES, *BLURS, *SHARPENERS, *TEXTURES, *BASICS)


def weights(slug: str, **parameters: float) -> Weights:
    """The weights `(kh, kw)` of a kernel, float64; parameters left out take their defaults.

    Raises `ValueError` for an unknown kernel or parameter, and for a value that is not finite or
    outside its range, naming the value and the bound.
    """
    entry = KERNELS[slug]
    known = entry.defaults()
    for name in parameters:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"{entry.title} has no parameter {name!r}; {has}")
    values = {p.name: p.check(parameters.get(p.name, p.default)) for p in entry.parameters}
    return entry.build(**values)
