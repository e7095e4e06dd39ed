"""The plane of αλ and β on the page, with a point that is dragged.

`assets/components/phase.js` draws it. Its moves are read as those of a group of sliders are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from explainer.charts.optimisers.phase import rate_picture
from explainer.charts.theme import Theme
from explainer.descent.digit_bowl import Floats
from explainer.descent.heavy_ball import rate
from explainer.ui.common.components import mount, pack, reported
from explainer.words import N_, _

WIDTH, HEIGHT, CORNERS = 480, 360, 121
TOP = 0.999
"""The largest β: at 1 nothing comes down."""
SLOWEST = 1


@dataclass(frozen=True)
class Ground:
    """A plane: its span in αλ, or in log₁₀ αλ, and where the names of the regions stand on it."""

    span: tuple[float, float]
    logarithmic: bool
    names: tuple[tuple[str, float, float], ...]
    steps: tuple[float, float]

    def pull(self, place: float | Floats) -> Floats:
        """αλ at a place of its axis."""
        return np.asarray(10.0**place if self.logarithmic else place)

    def place(self, pull: float | Floats) -> Floats:
        """The place of αλ > 0."""
        return np.asarray(np.log10(pull) if self.logarithmic else pull)


LINEAR = Ground(
    (0.0, 4.0), False,
    ((N_("monotone"), 0.36, 0.06), (N_("swings"), 1.6, 0.6), (N_("zigzag"), 1.72, 0.06),
     (N_("diverges"), 3.3, 0.25)), (0.02, 0.01),
)  # fmt: skip
LOGARITHMIC = Ground(
    (-5.0, float(np.log10(4.2))), True,
    ((N_("monotone"), -2.8, 0.4), (N_("swings"), -0.55, 0.75)), (0.02, 0.01),
)  # fmt: skip


def phase_message(
    key: str,
    ground: Ground,
    at: tuple[float, float],
    *,
    told: Sequence[str],
    colours: Theme,
    number: int,
    alt: str,
    address: str = "",
    dots: Sequence[float] = (),
    slowest: int | None = None,
    pictured: bool = True,
    also: tuple[str, bytes] | None = None,
) -> bytes:
    """What the plane needs: the point `at` its place and β, and the places of other `dots`.

    The answer to a drag leaves the picture out, and carries what moves with it: `also`.
    """
    momenta = np.linspace(0, TOP, CORNERS)
    header = {
        "name": key, "number": number, "address": address, "across": ground.span,
        "logarithmic": ground.logarithmic, "top": TOP, "steps": ground.steps, "at": at,
        "border": _line(ground, 2 * (1 + momenta), momenta),
        "best": _best(ground), "dots": list(dots), "slowest": slowest,
        "regions": [{"at": place, "text": _(name)} for name, *place in ground.names],
        "colour": colours.categorical[SLOWEST], "told": list(told), "alt": alt,
        "axes": ("αλ", "β"), "pictured": pictured,
        "scale": {"stops": colours.sequential, "low": "|σ| = 0", "high": "1",
                  "meaning": _("the share of the distance that a step leaves in the long run")},
    }  # fmt: skip
    blobs = [_picture(ground, colours)] if pictured else []
    if also:
        header["also"], message = also
        blobs.append(message)
    return pack(header, *blobs)


def phase(key: str, message: bytes) -> None:
    """Show the plane of that message; `live.values` reads what is moved."""
    mount("phase", key=f"{key}.sliders", data=message, on_moved_change=reported)


def _line(ground: Ground, pulls: Floats, momenta: Floats) -> list[tuple[float, float]]:
    return list(zip(ground.place(pulls).round(4).tolist(), momenta.tolist(), strict=True))


def _best(ground: Ground) -> list[tuple[float, float]]:
    """Where both roots are one: from the left down to β = 0 at αλ = 1, and up again."""
    momenta = np.linspace(0, TOP, CORNERS)
    down, up = (1 - np.sqrt(momenta)) ** 2, (1 + np.sqrt(momenta)) ** 2
    return [*_line(ground, down, momenta)[::-1], *_line(ground, up, momenta)]


@lru_cache(maxsize=8)
def _picture(ground: Ground, colours: Theme) -> bytes:
    pulls = ground.pull(np.linspace(*ground.span, WIDTH))
    momenta = np.linspace(TOP, 0, HEIGHT)
    picture = rate_picture(rate(pulls[None], momenta[:, None]), colours)
    return bytes(cv2.imencode(".png", picture[..., ::-1])[1])
