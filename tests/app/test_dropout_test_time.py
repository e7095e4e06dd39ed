"""Test time: the rules in a table, and a mean before and after a bend that follows the hand."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.regularisation.dropout.small_network import leaky
from explainer.regularisation.dropout.test_time import FACTORS, mask_chances
from tests.app.reading import arrays_of, html_of, section_of, text_of, unpacked


def page() -> None:
    from explainer.ui.dropout.test_time import test_time_section

    test_time_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **query)


def test_a_mix_up_is_said_with_what_it_costs() -> None:
    app = opened()
    accuracy, loss = np.split(arrays_of(app, "dropout.factor")[0], 2)
    right, mixed = (accuracy[np.abs(FACTORS - one).argmin()] for one in (0.9, 0.1))
    assert f"costs {right - mixed:.0f} points" in text_of(app)
    assert f"{right:.1f} %" in html_of(app)
    assert loss.min() >= 0


def test_at_one_half_nobody_notices() -> None:
    assert "nobody notices a mix-up" in text_of(opened(dropout__q="0.5"))


@pytest.mark.parametrize("q", ["", "0", "2", "nan", "0.9"])
def test_any_link_opens(q: str) -> None:
    app = opened(dropout__q=q, dropout__bend__q=q, dropout__bend__unit=q, dropout__bend__digit=q)
    assert "costs" in text_of(app)


def test_the_bend_follows_the_hand_and_sums_to_one() -> None:
    app = opened()
    offered: LivePicture = app.session_state["dropout.bend.live"]
    for keep in (0.05, 0.5, 1.0):
        header, arrays = unpacked(offered.render({"q": keep, "unit": 9, "digit": 3}, 5))
        density, function = arrays[0][: len(arrays[0]) // 2], arrays[1][len(arrays[1]) // 2 :]
        assert density.sum() == pytest.approx(1)
        places = np.linspace(header["places"]["low"], header["places"]["high"], len(function))
        np.testing.assert_allclose(function, leaky(places))
        (mean, bent), (at, after) = (header["curves"][k]["points"][1][0] for k in (2, 3))
        assert mean == at
        assert bent >= after - 1e-6
        assert (bent - after > 0.5) == (keep == 0.5)
    assert mask_chances(0.3).sum() == pytest.approx(1)
