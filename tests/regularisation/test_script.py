"""The script of two weights runs and finds what the page shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explainer.regularisation.script import script
from explainer.regularisation.shapes import Shape
from explainer.regularisation.two_weights import minima, moved_to, two_weights

SHAPES = {
    "L1": Shape(1.0), "L2": Shape(2.0), "Elastic net": Shape(share=0.35), "p": Shape(0.5),
    "q": Shape(1.5),
}  # fmt: skip


@pytest.mark.parametrize("optimum", [None, (0.6, -0.3)])
@pytest.mark.parametrize("slug", ["bmi-bp", "s1-s2"])
def test_it_finds_the_weights_of_the_page(slug: str, optimum: tuple[float, float] | None) -> None:
    penalties = [(name, shape, 0.1) for name, shape in SHAPES.items()]
    scope: dict[str, Any] = {}
    exec(compile(script(slug, optimum, penalties), "script", "exec"), scope)
    given = two_weights(slug)
    problem = given if optimum is None else moved_to(given, optimum)
    for name, shape, strength in penalties:
        found = minima(problem, shape, np.array(strength), np.array(problem.optimum))
        assert np.allclose(scope["results"][name], found, atol=2e-5), name
