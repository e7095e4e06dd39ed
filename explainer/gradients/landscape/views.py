"""What a page sees of a survey: frozen, replaced by one assignment, never changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explainer.gradients.landscape.directions import FilterExample
from explainer.gradients.landscape.grid import Axes
from explainer.gradients.landscape.plan import SurveyPlan
from explainer.gradients.landscape.plane import Score
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.sharpness import Sharpness
from explainer.words import N_, _

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class VariantView:
    """One network: how far it has trained, and what is known of it by now.

    `score` and `sharpness` are None until they are there; `on_path` are the true losses
    `(2, T)` of its checkpoints on training and validation, NaN until they are there. `label` is a
    message whose places are those of the setup.
    """

    label: str
    setup: Setup
    step: int
    batch_losses: tuple[float, ...]
    score: Score | None
    sharpness: Sharpness | None
    path_steps: tuple[int, ...]
    on_path: Floats

    @property
    def name(self) -> str:
        """What to call it, in the language of whoever reads."""
        return _(self.label, **vars(self.setup))


@dataclass(frozen=True, eq=False)
class PanelView:
    """One plane of one network, by its index `variant`.

    `losses` are `(2, rows, columns)`, row by `axes.y`, NaN where not computed; `rows` are those of
    the finest grid that is complete. The path: `places` `(T, 2)`, `off_plane` `(T,)`, and the
    losses `(2, T)` at the places, NaN until they are there. `curvatures` are those along
    the two directions, once they are known; `example` is there for random planes.
    """

    variant: int
    seed: int
    axes: Axes
    losses: Floats
    rows: tuple[int, ...]
    places: NDArray[np.float64]
    off_plane: NDArray[np.float64]
    at_places: Floats
    shares: tuple[float, float] | None
    cosine: float
    curvatures: tuple[float, ...] = ()
    example: FilterExample | None = None


@dataclass(frozen=True, eq=False)
class Snapshot:
    """How a survey stands. `message` says why it ended early.

    `phase` is a message of what it is at: there are places in it for the `side` of the grid that is
    being computed, and for that of the `whole`.

    `progress` is in [0, 1]; `points_per_second` counts points of planes, each on both parts.
    """

    plan: SurveyPlan
    variants: tuple[VariantView, ...]
    panels: tuple[PanelView, ...] = ()
    phase: str = N_("Waiting")
    side: int = 0
    progress: float = 0.0
    points: int = 0
    points_per_second: float = 0.0
    playing: bool = False
    finished: bool = False
    message: str = ""
    checkpoint_bytes: int = 0

    @property
    def history_bytes(self) -> int:
        """Bytes of all losses of the planes."""
        return sum(panel.losses.nbytes for panel in self.panels)
