"""The parts of the page on splits below the contest; only the one that is open is computed."""

from __future__ import annotations

from explainer.ui.common.choice import Part, open_part
from explainer.ui.splits.folds import folds_section
from explainer.ui.splits.how_large import how_large_section
from explainer.ui.splits.leakage import leakage_section
from explainer.ui.splits.mismatch import mismatch_section
from explainer.ui.splits.scaling import scaling_section
from explainer.words import N_

KEY = "splits"
PARTS = (
    Part("how_large", N_("How large?"), how_large_section),
    Part("folds", N_("Folds"), folds_section),
    Part("leakage", N_("Leaks"), leakage_section),
    Part("mismatch", N_("Another world"), mismatch_section),
    Part("scaling", N_("Whose scale?"), scaling_section),
)


def sections() -> None:
    """The parts behind tabs."""
    open_part(PARTS, key=f"{KEY}.tab", alone=True)
