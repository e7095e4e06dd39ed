"""The script of two weights runs and finds what the page shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from explainer.regularisation.losses import LOSSES, Loss
from explainer.regularisation.script import script
from explainer.regularisation.shapes import Shape

LEAST_SQUARES, LOGISTIC = LOSSES
SHAPES = {
    "L1": Shape(1.0), "L2": Shape(2.0), "Elastic net": Shape(share=0.35), "p": Shape(0.5),
    "q": Shape(1.5),
}  # fmt: skip


@pytest.mark.parametrize(
    ("loss", "slug", "optimum"),
    [
        (LEAST_SQUARES, "bmi-bp", None), (LEAST_SQUARES, "bmi-bp", (0.6, -0.3)),
        (LEAST_SQUARES, "s1-s2", None), (LEAST_SQUARES, "s1-s2", (0.6, -0.3)),
        (LOGISTIC, "bmi-bp", None), (LOGISTIC, "s1-s2", (1.2, -0.7)),
    ],
)  # fmt: skip
def test_it_finds_the_weights_of_the_page(
    loss: Loss, slug: str, optimum: tuple[float, float] | None
) -> None:
    penalties = [(name, shape, 0.1) for name, shape in SHAPES.items()]
    scope: dict[str, Any] = {}
    exec(compile(script(loss.program, slug, optimum, penalties), "script", "exec"), scope)
    given = loss.problem(slug)
    problem = given if optimum is None else given.moved_to(optimum)
    for name, shape, strength in penalties:
        found = problem.minima(shape, np.array(strength))
        assert np.allclose(scope["results"][name], found, atol=2e-5), name
