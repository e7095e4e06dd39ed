"""The line of maximum likelihood for a drawn noise as a script of its own, in PyTorch."""

from __future__ import annotations

from explainer.likelihood.drawn import BEGINS, KNOTS, Drawn
from explainer.likelihood.lines import ON_LINE
from explainer.likelihood.patients import COLUMN, PATIENTS, SEED_OF_ALL

SCRIPT = '''"""A noise, the loss that is -log of it, and the line that it makes likeliest."""

import math

import numpy as np
import torch
from sklearn.datasets import load_diabetes

scale = {scale!r}
{own}OUTLIER = ({x!r}, {y!r})

raw = load_diabetes(scaled=False)
data = np.stack([raw.data[:, raw.feature_names.index("{column}")], raw.target], axis=1)
data = (data - data.mean(axis=0)) / data.std(axis=0)
data = data[np.random.default_rng(({all}, {seed})).permutation(len(data))]
_, first = np.unique(data[:, 0], return_index=True)  # no two with the same body mass index
x, y = torch.tensor(np.vstack([data[np.sort(first)[:{count}]], OUTLIER])).T
{handles}

def loss(r):  # -log of the density, but for a constant
    u = r / scale
    bare = {code}
    return {result}


def missed(lines):
    return loss(y - lines[:, :1] - lines[:, 1:] * x).sum(dim=1)


# Start from lines of a grid and through two points; go down from the best.
steps = torch.linspace(-3, 3, 31, dtype=torch.float64)
i, j = torch.triu_indices(len(x), len(x), 1)
slope = (y[j] - y[i]) / (x[j] - x[i])
pairs = torch.stack([y[i] - slope * x[i], slope], dim=1)
starts = torch.cat([torch.cartesian_prod(steps, steps), pairs[slope.isfinite()]])
lines = starts[missed(starts).argsort()[:20]].clone().requires_grad_()
optimiser = torch.optim.LBFGS(
    [lines], max_iter=500, tolerance_grad=1e-12, tolerance_change=1e-14,
    line_search_fn="strong_wolfe",
)


def closure():
    optimiser.zero_grad()
    total = missed(lines).sum()
    total.backward()
    return total


optimiser.step(closure)
found = torch.cat([starts, lines.detach()[lines.isfinite().all(dim=1)]])
intercept, slope = found[missed(found).argmin()].tolist()

r = y - intercept - slope * x
r[r.abs() < {on_line}] = 0  # a point on the line, but for rounding
r.requires_grad_()
loss(r).sum().backward()  # its gradient is the pull of each point
share = r.grad.abs()[-1] / r.grad.abs().sum()
print(f"The line: {{intercept:.4f}} {{'+-'[slope < 0]}} {{abs(slope):.4f}} x")
print(f"The outlier has {{100 * share:.1f}} % of all pull")
'''

HANDLES = """
# What was drawn: cubics between the handles, lowest power first, from the left end of each cell;
# in cells of rest it is the noise's own loss.
knots = torch.tensor({knots}, dtype=torch.float64)
begins = torch.tensor({begins}, dtype=torch.float64)
rest = torch.tensor({rest})
cubics = torch.tensor([
{rows}
], dtype=torch.float64)


def drawn(r, bare):
    cell = torch.searchsorted(knots, r.detach().contiguous(), right=True)
    a, b, c, d = cubics[cell].unbind(dim=-1)
    t = r - begins[cell]
    return torch.where(rest[cell], bare, a + t * (b + t * (c + t * d)))

"""


def script(drawn: Drawn, seed: int, outlier: tuple[float, float]) -> str:
    """It leaves `intercept` and `slope`, the pulls `r.grad`, and the outlier's `share` of them."""
    own, cells = drawn.noise.own, drawn.cells
    rows = "\n".join(f"    {[round(one, 6) for one in row]}," for row in cells.cubics.tolist())
    handles = HANDLES.format(
        knots=KNOTS.tolist(), begins=BEGINS.tolist(), rest=cells.rest.tolist(),
        rows=rows,
    )  # fmt: skip
    return SCRIPT.format(
        scale=drawn.scale, own=f"{own.name} = {drawn.own!r}\n" if own else "",
        x=outlier[0], y=outlier[1], column=COLUMN, all=SEED_OF_ALL, seed=seed, count=PATIENTS,
        code=drawn.noise.code, result="drawn(r, bare)" if drawn.is_moved else "bare",
        handles=handles if drawn.is_moved else "", on_line=ON_LINE,
    )  # fmt: skip
