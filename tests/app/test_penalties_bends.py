"""A function bent back: the fit, both errors over λ, and the slider that they share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.regularisation.bends import POWERS, bends
from explainer.regularisation.hidden_units import fitted
from tests.app.reading import arrays_of, message_to, section_of, split, unpacked

BENDS, ERRORS = "penalties.bends", "penalties.bend_errors"


def section() -> None:
    from explainer.ui.penalties.bends import bends_section

    bends_section()


def opened(before: dict[str, Any] | None = None, **query: str) -> AppTest:
    """The section, as a link of these parameters opens it."""
    return section_of(section, before, **{f"penalties__{name}": at for name, at in query.items()})


@pytest.mark.parametrize("penalty", ["l2", "l1"])
def test_the_fit_of_a_link_is_drawn_with_its_points_and_errors(penalty: str) -> None:
    app = opened(bends_by=penalty, bends__power="-2.5", bends__sample="4")
    found, row = bends(4, l1=penalty == "l1"), 55
    assert POWERS[row] == pytest.approx(-2.5)
    np.testing.assert_array_equal(arrays_of(app, BENDS)[1], found.curves[row])
    training, validation = arrays_of(app, ERRORS)
    np.testing.assert_array_equal(training, found.training)
    np.testing.assert_array_equal(validation, found.validation)
    truth, fit = message_to(app, f"{BENDS}.curves")["curves"]
    assert truth["points"] == [[[x, y] for x, y in zip(found.x, found.y, strict=True)]]
    assert fit["title"] == "fit, λ = 0.0032"
    errors = message_to(app, f"{ERRORS}.curves")
    assert errors["at"] == -2.5
    assert errors["marks"][0]["place"] == POWERS[found.best]


def test_the_table_has_the_errors_here_and_at_the_best() -> None:
    app = opened()
    (html,) = (one.proto.body for one in app.get("html"))
    found = bends(9, l1=False)
    for row in (0, found.best):
        assert f"<td>{found.training[row]:.3f}</td><td>{found.validation[row]:.3f}</td>" in html
    assert "<td>10⁻⁸</td>" in html


def test_a_strength_is_chosen_on_the_errors_too() -> None:
    pin = {"pinned": {"x": -1.5, "number": 9}}
    app = opened({f"{ERRORS}.curves": pin})
    assert message_to(app, f"{ERRORS}.curves")["at"] == -1.5
    np.testing.assert_array_equal(arrays_of(app, BENDS)[1], bends(9, l1=False).curves[65])


def test_a_drag_is_answered_with_the_fit_and_the_errors() -> None:
    app = opened()
    offered: LivePicture = app.session_state[f"{BENDS}.live"]
    header, blobs = split(offered.render({"power": -1.0, "sample": 2}, 8))
    found = bends(2, l1=False)
    np.testing.assert_array_equal(np.frombuffer(blobs[1], "<f8"), found.curves[70])
    also, (training, _) = unpacked(blobs[2])
    assert (header["also"], also["name"], also["at"]) == (ERRORS, ERRORS, -1)
    np.testing.assert_array_equal(training, found.training)


def test_networks_are_fitted_where_the_fold_is_open() -> None:
    closed = opened()
    keys = [one.key for one in closed.get("bidi_component")]
    assert "penalties.units.curves" not in keys
    app = opened(unit_fold="true", bends__sample="3")
    drawn = arrays_of(app, "penalties.units")
    for values, one in zip(drawn[2:], fitted(3), strict=True):
        np.testing.assert_allclose(values.reshape(2, -1)[0], one.curve)
        np.testing.assert_allclose(values.reshape(2, -1)[1], one.unit)
    titles = [one["title"] for one in message_to(app, "penalties.units.curves")["curves"]]
    assert titles[2:] == ["λ = 10⁻⁶", "λ = 10⁻⁴", "λ = 10⁻²"]
