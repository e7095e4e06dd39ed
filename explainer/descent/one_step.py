r"""One step of one method, spelled out: what it measured, what it remembers, and where it goes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explainer.descent.marbles import Asked, Run
from explainer.descent.methods import SLUGS, Floats, row
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.words import N_

FIRST_MOMENT = {"momentum": "u", "nesterov": "u"}
ADAM = (
    r"\begin{gathered} m \leftarrow \beta_1 m + (1-\beta_1)\,g \\"
    r" v \leftarrow \beta_2 v + (1-\beta_2)\,g^2 \\"
    r" \hat m = m / (1-\beta_1^t),\quad \hat v = v / (1-\beta_2^t) \\ %s \end{gathered}"
)


@dataclass(frozen=True, eq=False)
class Line:
    """A row of the table: its words, its symbol, and both coordinates at each of T steps."""

    label: str
    symbol: str
    values: Floats


def lines(asked: Asked, run: Run, slug: str) -> list[Line]:
    """What happens in each step of the method, in the order in which it happens; `(T, 2)` each."""
    at, history = SLUGS.index(slug), run.history
    numbers = row(slug, asked.settings.knobs)
    found = [
        Line(N_("weights before"), "w", history.places[:-1, at]),
        Line(N_("gradient"), "g", history.gradients[:, at]),
    ]
    if numbers.takes:
        symbol = FIRST_MOMENT.get(slug, "m")
        found.append(Line(N_("first moment"), symbol, history.first[:, at]))
    if numbers.divides:
        found.append(Line(N_("second moment"), "v", history.second[:, at]))
    if numbers.corrects:
        found.append(Line(N_("first moment, corrected"), "m̂", history.first_used[:, at]))
        found.append(Line(N_("second moment, corrected"), "v̂", history.second_used[:, at]))
    if numbers.decay:
        pull = -asked.settings.rates[at] * numbers.decay * history.places[:-1, at]
        found.append(Line(N_("of the step, weight decay"), "−ηλw", pull))
    found.append(Line(N_("step"), "Δw", history.steps[:, at]))
    found.append(Line(N_("weights after"), "w + Δw", history.places[1:, at]))
    return found


def formula(slug: str) -> str:
    """The step as LaTeX, with what it remembers; β₁, β₂ and RMSprop's decay by their letters."""
    if slug in ("adam", "adamw"):
        return ADAM % OPTIMISERS[slug].formula
    if slug == "rmsprop":
        return OPTIMISERS[slug].formula.replace(
            r"0.99\,v + 0.01\,g^2", r"\alpha v + (1-\alpha)\,g^2"
        )
    return OPTIMISERS[slug].formula


def first_gradient(run: Run) -> Floats:
    """The gradient of the first step, `(2,)`: that of all methods."""
    return np.array(run.history.gradients[0, 0])
