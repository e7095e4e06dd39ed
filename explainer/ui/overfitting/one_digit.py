"""One test digit, and what all models of a capacity say of it: where they agree, where they err."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from explainer.charts.colour import paint
from explainer.charts.theme import GREYS, Theme
from explainer.generalisation.decomposition import CLASSES, WAYS, main_answers
from explainer.generalisation.pictures import Measured
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import inline
from explainer.ui.inputs.places import kept_whole, next_whole
from explainer.words import N_, _, language

KEY = "overfitting"
RANK = f"{KEY}.rank"
SHOWN = 20
"""Of how many digits, those with the most, one can be looked at."""
SIDE = 14
ORDERS = (
    Named("variance", N_("Much variance")),
    Named("bias", N_("Much bias")),
    Named("any", N_("Any")),
)
STYLE = """<style>
.answers{display:grid;gap:2px;
grid-template-columns:minmax(3.2rem,auto) repeat(10,minmax(1.1rem,2.2rem));
font-size:.8rem;font-variant-numeric:tabular-nums;text-align:center;align-items:center}
.answers span{height:.85rem;line-height:.85rem;border-radius:2px}
.answers .name{text-align:right;padding-right:.4rem;white-space:nowrap;opacity:.8}
.answers b{padding:.1rem 0}.answers .mean{height:1.4rem;line-height:1.4rem}
.one-digit{display:flex;flex-wrap:wrap;gap:1rem 2rem;align-items:flex-start}
</style>"""


def one_digit(found: Measured, at: int) -> None:
    """Which digit, and below it a row of probabilities for each model at that capacity."""
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        order = choice(
            _("One digit"), ORDERS, key=f"{KEY}.order", widget=st.segmented_control
        )  # fmt: skip
    with right:
        st.button(
            _("Another digit"), key=f"{KEY}.another", icon=":material/casino:",
            on_click=next_whole, args=(RANK, SHOWN - 1),
        )  # fmt: skip
    rank = kept_whole(RANK, SHOWN - 1)
    ranked = remembered(f"{KEY}.ranked", (found, order), lambda: _ranked(found, order))
    st.html(
        remembered(
            f"{KEY}.answers", (found, at, ranked[rank], theme(), language()),
            lambda: _drawn(found, at, ranked[rank], theme()),
        )
    )  # fmt: skip


def _ranked(found: Measured, order: str) -> list[int]:
    """The test digits with the most of it, on the mean over capacities, or the first ones."""
    if order == "any":
        return list(range(SHOWN))
    data, way = found.digits, WAYS["squared"]
    sums = sum(getattr(way.parts(one, data.test_labels, 0.0), order) for one in found.outputs)
    return [int(one) for one in np.argsort(-np.asarray(sums), kind="stable")[:SHOWN]]


def _drawn(found: Measured, at: int, which: int, colours: Theme) -> str:
    data = found.digits
    said = found.outputs[at][:, which]
    label = int(data.test_labels[which])
    answers = said.argmax(-1)
    main = int(main_answers(answers[:, None])[0])
    right = int((answers == label).sum())
    codes = paint(data.test_inputs[which].reshape(SIDE, SIDE), 0.0, 1.0, GREYS)
    picture = inline(codes, alt=_("A handwritten {label}", label=label), height=140)
    lines = [
        _("It is a {label}.", label=label),
        _("Right: {right} of {all} models.", right=right, all=len(said)),
        _("Most frequent answer: {main}.", main=main),
        _("Bias of the 0-1 error: {bias}.", bias=int(main != label)),
    ]
    told = "".join(f"<div>{escape(line)}</div>" for line in lines)
    beside = _grid(said, label, colours)
    return f'{STYLE}<div class="one-digit"><div>{picture}{told}</div>{beside}</div>'


def _grid(said: np.ndarray, label: int, colours: Theme) -> str:
    """A row for each model and one for their mean, a column for each digit; text for readers."""
    outline = f"outline:2px solid {colours.categorical[2]};outline-offset:-1px"
    heads = [
        f'<b style="{outline if digit == label else ""}">{digit}</b>' for digit in range(CLASSES)
    ]
    cells = ['<span class="name"></span>', *heads]
    for place, row in enumerate(said, start=1):
        cells.append(f'<span class="name">{place}</span>')
        cells += [_cell(float(share), int(row.argmax()) == digit, colours)
                  for digit, share in enumerate(row)]  # fmt: skip
    cells.append(f'<span class="name">{escape(_("mean"))}</span>')
    cells += [
        f'<span class="mean" style="{_colour(float(share), colours)}">{100 * share:.0f}</span>'
        for share in said.mean(0)
    ]
    alt = escape(_("What each model says of the digit: probabilities in percent."), quote=True)
    return f'<div class="answers" role="img" aria-label="{alt}">{"".join(cells)}</div>'


def _cell(share: float, largest: bool, colours: Theme) -> str:
    return f'<span style="{_colour(share, colours)}">{"•" if largest else ""}</span>'


def _colour(share: float, colours: Theme) -> str:
    """A background of the sequential scale, and ink that can be read on it."""
    code = paint(np.array([[share]], np.float32), 0.0, 1.0, colours.sequential)[0, 0]
    ink = "#000" if code.astype(float) @ (0.299, 0.587, 0.114) > 140 else "#fff"
    return f"background:rgb({code[0]},{code[1]},{code[2]});color:{ink}"
