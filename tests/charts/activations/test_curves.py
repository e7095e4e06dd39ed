from __future__ import annotations

import numpy as np
import pytest

from explainer.charts.activations.curves import (
    common_span,
    given_places,
    map_picture,
    reduced,
    stroke,
)
from explainer.charts.maps import Span
from explainer.charts.theme import DARK, LIGHT, Theme, centred


def test_a_function_keeps_its_colour_while_others_come_and_go() -> None:
    first = given_places(["sigmoid", "tanh", "relu"], {})
    assert first == {"sigmoid": 0, "tanh": 1, "relu": 2}
    fewer = given_places(["sigmoid", "relu"], first)
    assert fewer == {"sigmoid": 0, "relu": 2}
    assert given_places(["sigmoid", "elu", "relu", "mish"], fewer) == {
        "sigmoid": 0,
        "elu": 1,
        "relu": 2,
        "mish": 3,
    }


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_nineteen_functions_look_different(theme: Theme) -> None:
    assert len({stroke(place, theme) for place in range(19)}) == 19


def test_a_reduced_map_has_the_means_and_its_zero_has_the_colour_of_the_page() -> None:
    values = np.kron(np.array([[1.0, -1.0], [3.0, 0.0]]), np.ones((4, 4)))
    np.testing.assert_allclose(reduced(values, 2), [[1, -1], [3, 0]])
    picture = map_picture(np.zeros((4, 4)), LIGHT, 4, Span(-1.0, 1.0, True))
    page = np.array([int(LIGHT.background[i : i + 2], 16) for i in (1, 3, 5)])
    assert centred(LIGHT)[5] == LIGHT.background
    assert np.abs(picture.astype(int) - page).max() <= 12


def test_maps_of_any_size_share_one_scale() -> None:
    span = common_span([np.full((3, 3), -2.0), np.full((5, 5), 1.0)])
    assert span == Span(-2.0, 2.0, True)
