"""What the picture of ten classes needs; `ten.js` draws it, and `curves.js` what gets rare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.evaluation.intervals import exact
from explainer.likelihood.calibrated import test_digits
from explainer.metrics.answered import CLASSES, Answered
from explainer.metrics.shares import UNDEFINED
from explainer.metrics.ten_classes import (
    AVERAGES,
    Counts,
    Floats,
    f_interval,
    f_scores,
    interval,
    precisions,
    recalls,
    resampled,
    same_f,
)
from explainer.networks.digits.field import PUBLISHED
from explainer.ui.common.components import pack
from explainer.ui.common.curves import Line, Mark, Panel, curves_message
from explainer.words import N_, _

GETS_RARE = "metrics.rare"
LEVELS = (0.2, 0.4, 0.6, 0.8, 0.9)
MOST_PICTURES, FEW = 30, 10
PRECISION, RECALL, F1 = 0, 1, 2
"""Places of the colours."""
PANELS = (
    Panel(N_("Averages over all classes"), N_("all"), 200, decimals=3),
    Panel(N_("The rare class alone"), N_("class"), 150, span=(0.0, 1.0), decimals=3),
)


@dataclass(frozen=True)
class Moved:
    """What is moved: pictures of the rare class, β, and the cell (class, answer) looked at."""

    count: int
    beta: float
    row: int
    column: int


@dataclass(frozen=True, eq=False)
class Shown:
    """What stays while something is moved: who answers, which class gets rare, and the rules."""

    answered: Answered
    rare: int
    never: int | None
    undefined: str
    colours: Theme

    @cached_property
    def matrices(self) -> Counts:
        """For 0, 1, … pictures of the rare class."""
        return self.answered.matrices(self.rare, self.never)

    @property
    def rule(self) -> float:
        """What an undefined number counts as."""
        return UNDEFINED[self.undefined].value

    @cached_property
    def averages(self) -> Floats:
        """`(averages, most + 1)`."""
        return np.stack([one.of(self.matrices, self.rule) for one in AVERAGES])

    @cached_property
    def span(self) -> tuple[float, float]:
        """Twentieths that hold every average."""
        least, most = np.nanmin(self.averages), np.nanmax(self.averages)
        return float(np.floor(20 * least) / 20), float(np.ceil(20 * most) / 20)

    @cached_property
    def of_rare(self) -> Floats:
        """Precision, recall and F1 of the rare class, `(3, most + 1)`."""
        every = (precisions(self.matrices), recalls(self.matrices), f_scores(self.matrices))
        return np.stack([one[:, self.rare] for one in every])

    @cached_property
    def low(self) -> float:
        """Where the plane begins: below all classes, once the rare one has a few pictures.

        It is the same where that one is never answered; then it has no place in the plane.
        """
        some = self.answered.matrices(self.rare)[FEW:]
        least = np.nanmin([precisions(some), recalls(some)])
        return float(np.floor(5 * min(least, 0.99)) / 5)

    @cached_property
    def answers(self) -> Any:
        """What is answered for each picture, and how sure."""
        return self.answered.answers(self.never), self.answered.sure(self.never)


def ten_message(key: str, shown: Shown, moved: Moved, number: int, address: str) -> bytes:
    """The matrix, its pictures, the classes and the averages; with the curves' message."""
    matrix = shown.matrices[moved.count]
    three = [_measured(one, *spread) for one, spread in _three(matrix)]
    f_beta = f_scores(matrix, moved.beta)
    pictures, sentence = _cell(shown, moved)
    palette = shown.colours.categorical
    header: dict[str, Any] = {
        "name": key, "number": number, "address": address, "matrix": matrix.tolist(),
        "names": [str(one) for one in range(CLASSES)], "rare": shown.rare,
        "stops": list(shown.colours.sequential),
        "low": shown.low, "count": moved.count, "most": shown.answered.most, "beta": moved.beta,
        "betaText": f"{moved.beta:.3g}", "row": moved.row, "column": moved.column,
        "measures": [
            {"title": title, "colour": palette[place], "rows": rows}
            for (title, place), rows in zip(
                ((_("precision"), PRECISION), (_("recall"), RECALL), (_("F1"), F1)), three,
                strict=True,
            )
        ],
        "levels": [{"text": f"{level:g}", "points": np.round(same_f(level, moved.beta), 4).tolist()}
                   for level in LEVELS],
        "dots": [None if value is None else _written(value)
                 for value in (_number(one) for one in f_beta)],
        "averages": _averages(shown, moved, matrix),
        "cell": {"says": sentence, "pictures": len(pictures), "side": PUBLISHED},
        "told": [_of_class(shown, moved, three)],
        "words": _words(shown, moved), "also": GETS_RARE,
    }  # fmt: skip
    grey = np.round(255 * pictures).astype(np.uint8).tobytes()
    return pack(header, grey, rare_curves(shown, moved, number))


def rare_curves(shown: Shown, moved: Moved, number: int) -> bytes:
    """Every average over the number of pictures of the rare class, and the class's own numbers."""
    most = shown.answered.most
    nothing = np.full(most + 1, np.nan)
    lines = [
        Line(_(one.title), stroke(place, shown.colours), np.stack([values, nothing]))
        for place, (one, values) in enumerate(zip(AVERAGES, shown.averages, strict=True))
    ]  # fmt: skip
    lines += [
        Line(title, stroke(8 + place, shown.colours), np.stack([nothing, values]))
        for place, (title, values) in enumerate(
            zip((_("precision"), _("recall"), _("F1")), shown.of_rare, strict=True)
        )
    ]  # fmt: skip
    panels = [replace(PANELS[0], span=shown.span), PANELS[1]]
    panels = [replace(one, short=_(one.short)) for one in panels]
    return curves_message(
        GETS_RARE, panels, lines, low=0, reach=most, at=moved.count, number=number, symbol="n",
        marks=[Mark(moved.count, "")],
        alt=_("Averages, and the rare class's own numbers, over how many pictures it has."),
    )  # fmt: skip


def _three(matrix: Counts) -> list[tuple[Floats, tuple[Floats, Floats]]]:
    right = np.diagonal(matrix)
    return [
        (precisions(matrix), exact(right, matrix.sum(0))),
        (recalls(matrix), exact(right, matrix.sum(1))),
        (f_scores(matrix), f_interval(matrix)),
    ]


def _measured(values: Floats, low: Floats, high: Floats) -> list[dict[str, Any] | None]:
    """Of each class a value with its interval, or None."""
    return [
        None if np.isnan(one) else {"value": float(one), "low": float(least), "high": float(most),
                                    "text": _written(float(one))}
        for one, least, most in zip(values, low, high, strict=True)
    ]  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _written(value: float) -> str:
    return f"{value:.2f}" if value < 0.9995 else "1"


def _averages(shown: Shown, moved: Moved, matrix: Counts) -> dict[str, Any]:
    """The table: each average with all pictures, now, and where resampling leaves it."""
    drawn = resampled(matrix)
    rows = []
    for one, values in zip(AVERAGES, shown.averages, strict=True):
        low, high = interval(one.of(drawn, shown.rule))
        now, all_pictures = values[moved.count], values[-1]
        span = f"{low:.3f} – {high:.3f}" if np.isfinite(now) else "–"
        rows.append([_(one.title), _three_digits(all_pictures), _three_digits(now), span])
    heads = ["", _("all pictures"), _("now"), _("95\u00a0% of resampled test sets")]
    return {"heads": heads, "rows": rows}


def _three_digits(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "–"


def _cell(shown: Shown, moved: Moved) -> tuple[Any, str]:
    """The pictures `(n, H, W)` of the chosen cell, the surest first, and a sentence of them."""
    answers, sure = shown.answers
    given = shown.answered
    here = (given.labels == moved.row) & (answers == moved.column)
    rows = np.flatnonzero(here & given.kept(shown.rare, moved.count))
    rows = rows[np.argsort(-sure[rows], kind="stable")]
    pictures = test_digits()[0][rows[:MOST_PICTURES]].view(-1, PUBLISHED, PUBLISHED).numpy()
    said = {"row": moved.row, "column": moved.column, "count": f"{len(rows):,}"}
    if not len(rows):
        return pictures, _("No picture of a {row} is called {column}.", **said)
    if moved.row == moved.column:
        sentence = _("Pictures of a {row} that are called {column}, rightly: {count}.", **said)
    else:
        sentence = _("Pictures of a {row} that are called {column}: {count}.", **said)
    if len(rows) > MOST_PICTURES:
        sentence += " " + _("The {most} surest:", most=MOST_PICTURES)
    return pictures, sentence


def _of_class(shown: Shown, moved: Moved, three: list[list[dict[str, Any] | None]]) -> str:
    """The numbers of the chosen cell's class, with intervals or with why there is none."""
    one = moved.row
    precision, recall, score = (rows[one] for rows in three)
    parts = []
    for title, found, why in (
        (_("precision"), precision, _("it is never answered")),
        (_("recall"), recall, _("it has no picture")),
        (_("F1"), score, _("it has no picture and is never answered")),
    ):
        value = (
            f"– ({why})"
            if found is None
            else (f"**{found['text']}** ({_written(found['low'])} – {_written(found['high'])})")
        )
        parts.append(f"{title} {value}")
    return _("Digit {one}: {parts}.", one=one, parts="; ".join(parts))


def _words(shown: Shown, moved: Moved) -> dict[str, str]:
    return {
        "matrix": _("What each digit is called"), "rows": _("it is a"), "columns": _("called"),
        "recall": _("recall"), "precision": _("precision"),
        "plane": _("Precision and recall; lines of equal F"), "each": _("Each digit with its "
        "exact interval of 95\u00a0%"),
        "left": _("Pictures of the {rare} that are left", rare=shown.rare),
        "beta": _("β: recall counts β² times"), "undefined": _("undefined: –"),
        "hint": _("Choose a cell, or move with the arrow keys, to see its pictures."),
    }  # fmt: skip
