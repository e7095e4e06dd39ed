"""The ground under the marbles: smooth bands of equal loss."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.charts.colour import rgb
from explainer.charts.optimisers.ground import COLUMNS, PICTURE, ROWS, ground, places
from explainer.charts.theme import DARK, LIGHT, Theme


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_round_bowl_has_round_bands_quiet_in_the_middle(theme: Theme) -> None:
    losses = np.square(places((-1.5, 1.5), (-1.0, 1.0))).sum(-1)
    found = ground(losses, theme)
    assert found.shape == (PICTURE[1], PICTURE[0], 3)
    for mirrored in (found[::-1], found[:, ::-1]):
        assert (np.abs(found.astype(int) - mirrored).max(-1) > 8).mean() < 1e-3
    side = PICTURE[1]
    square = found[:, (PICTURE[0] - side) // 2 :][:, :side]
    assert (np.abs(square.astype(int) - square.swapaxes(0, 1)).max(-1) > 24).mean() < 1e-2
    assert found[side // 2, PICTURE[0] // 2].tolist() == list(rgb(theme.sequential[0]))


def test_places_are_middles_of_cells_from_the_upper_left() -> None:
    found = places((0.0, 108.0), (0.0, 72.0))
    assert found.shape == (ROWS, COLUMNS, 2)
    assert found[0, 0].tolist() == [0.5, 71.5]
    assert found[-1, -1].tolist() == [107.5, 0.5]
