"""Networks at their stops as dots on the page, each with its picture, curvatures and numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from explainer.charts.theme import Theme
from explainer.descent.stop_kinds import KINDS, flat_share, negative_share, none
from explainer.descent.stop_problems import Problem, Task
from explainer.descent.stops import EDGE, SEEDS, Places, Stops
from explainer.powers import percent, power_of_ten
from explainer.ui.common.components import mount, pack
from explainer.words import _

# Lowest, worse minimum, plateau, saddle, kink, on its way.
COLOURS: tuple[Callable[[Theme], str], ...] = tuple(
    lambda colours, place=place: colours.categorical[place]  # type: ignore[misc]
    for place in (2, 1, 4, 3, 6, 0)
)


def dots_message(
    key: str, task: Task, found: Stops, place: str, colours: Theme, number: int
) -> bytes:
    """What the chart needs of the networks of one width, at the `end` or where `slowest`."""
    problem = task.problem()
    at = found.end if place == "end" else found.slowest
    rows = np.arange(len(at.loss)) if place == "end" else np.flatnonzero(at.step > 0)
    negative = 100 * negative_share(at.spectra)
    height = float(max(found.end.loss.max(), found.slowest.loss.max()))
    plane = problem.targets.shape[1] == 1
    counts = np.bincount(at.kind[rows], minlength=len(KINDS))
    there = [kind for kind in range(len(KINDS)) if counts[kind]]
    ended = place == "end"
    header: dict[str, Any] = {
        "name": key, "number": number,
        "columns": [_(KINDS[kind]) for kind in there] if ended else [],
        "counts": [str(counts[kind]) for kind in there],
        "axes": (_("negative curvatures, in % of all directions"), _("Loss")),
        "span": (0.0, max(50.0, float(negative.max()))), "height": (-0.02 * height, 1.02 * height),
        "kinds": [
            {"title": _(title), "colour": colour(colours)}
            for title, colour in zip(KINDS, COLOURS, strict=True)
        ],
        "kind": at.kind[rows].tolist(),
        "heads": [_("loss"), _("right"), _("gradient’s length"), _("λmin"), _("λmax"),
                  _("directions curved down"), _("flat directions"), _("silent units"), _("step")],
        "said": [_said(at, row, found.width) for row in rows.tolist()],
        "side": round(at.drawn.shape[1] ** 0.5), "stops": colours.diverging if plane
        else colours.sequential,
        "signs": (colours.categorical[1], colours.categorical[0], colours.categorical[7]),
        "none": none(at.spectra[rows])[:, 0].tolist(), "seeds": [SEEDS[row] for row in rows],
        "spots": _spots(problem) if plane else [],
        "drawn": _("What it says of the plane; discs: the examples") if plane
        else _("Which digit (rows, 0 on top) is taken for which (columns)"),
        "curved": _("All curvatures, in order; negative ones go down, grey ones count as none"),
        "alt": _("Networks as dots, by what stopped them and their loss."),
        "at": max([0, *np.flatnonzero(rows == highest(found)).tolist()]),
    }  # fmt: skip
    across = np.array([there.index(kind) for kind in at.kind[rows]]) if ended else negative[rows]
    drawn = 255 * (np.clip(at.drawn[rows], -1.2, 1.2) / 2.4 + 0.5 if plane else at.drawn[rows])
    return pack(
        header, *(np.ascontiguousarray(one, "<f8").tobytes()
                  for one in (across, at.loss[rows], at.spectra[rows])),
        np.nan_to_num(drawn).round().astype(np.uint8).tobytes(),
    )  # fmt: skip


def highest(found: Stops) -> int:
    """Which network has the highest loss at the end: the first that is looked at."""
    return int(found.end.loss.argmax())


def dots(key: str, message: bytes) -> None:
    """Show the dots of that message."""
    mount("stops", key=f"{key}.dots", data=message)


def _spots(problem: Problem) -> list[tuple[float, float, int]]:
    """Where the examples lie in the picture, from its upper left corner, and of which class."""
    places = problem.inputs.numpy()
    return [
        (round((x + EDGE) / (2 * EDGE), 4), round((EDGE - y) / (2 * EDGE), 4), int(target > 0))
        for (x, y), target in zip(places, problem.targets[:, 0].tolist(), strict=True)
    ]


def _said(at: Places, row: int, width: int) -> list[str]:
    spectrum = at.spectra[row : row + 1]
    return [
        power_of_ten(float(at.loss[row]), 3), percent(float(at.right[row])),
        power_of_ten(float(at.slope[row])), power_of_ten(float(spectrum[0, 0])),
        power_of_ten(float(spectrum[0, -1])), percent(float(negative_share(spectrum)[0])),
        percent(float(flat_share(spectrum)[0])),
        _("{count} of {all}", count=int(at.silent[row]), all=width), f"{int(at.step[row]):,}",
    ]  # fmt: skip
