"""What is to be surveyed: which networks, on which planes, how finely."""

from __future__ import annotations

from dataclasses import dataclass, field

from explainer.gradients.landscape.contrasts import CONTRASTS, Variants
from explainer.gradients.landscape.directions import SCALINGS
from explainer.gradients.landscape.setup import LARGEST_SEED, Setup
from explainer.parameters import not_among

RANDOM, PATH = "random", "path"
POINTS = (7, 13, 25, 51)
REACHES = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0)
MOST_PLANES = 6


@dataclass(frozen=True)
class SurveyPlan:
    """A survey as data.

    `directions` is "random", from −`reach` to `reach` filter lengths, or "path": the principal
    plane of each training, around its path. `planes` of them for each network, the first with
    `plane_seed` (a path has one principal plane). `points` a side. `recomputed` says that batch
    norm uses the pictures' own mean and variance at each point. Raises `ValueError` for a value
    that is not offered.
    """

    setup: Setup = field(default_factory=Setup)
    contrast: str = "none"
    directions: str = RANDOM
    scaling: str = "filter"
    reach: float = 1.0
    planes: int = 1
    plane_seed: int = 0
    points: int = 51
    recomputed: bool = False

    def __post_init__(self) -> None:
        SCALINGS[self.scaling]
        for name, allowed in (
            ("directions", (RANDOM, PATH)),
            ("points", POINTS),
            ("reach", REACHES),
            ("planes", range(1, MOST_PLANES + 1)),
            ("plane_seed", range(LARGEST_SEED + 1)),
        ):
            value = getattr(self, name)
            if value not in allowed:
                raise ValueError(not_among(name, value, allowed))
        CONTRASTS[self.contrast].of(self.setup)

    @property
    def variants(self) -> Variants:
        """The networks, each with what to call it."""
        return CONTRASTS[self.contrast].of(self.setup)

    @property
    def plane_seeds(self) -> tuple[int, ...]:
        """The seeds of the planes of each network; one for the plane of the path."""
        if self.directions == PATH:
            return (self.plane_seed,)
        return tuple(range(self.plane_seed, self.plane_seed + self.planes))
