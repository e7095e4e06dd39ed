"""Each step another network, on the page: what the drawing is sent, by the menus and by moves."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.regularisation.dropout.masks import DROPCONNECT, DROPOUT, MOST, masks
from explainer.ui.dropout.masks import MASKS
from tests.app.reading import message_to, section_of


def section(**query: str) -> AppTest:
    """A page of that part alone."""

    def page() -> None:
        from explainer.ui.dropout.masks import masks_section

        masks_section()

    return section_of(page, **query)


def answered(app: AppTest, **values: Any) -> dict[str, Any]:
    """What the live route of the drawing answers."""
    data = app.session_state[f"{MASKS}.live"].render(values, 3)
    length = int.from_bytes(data[:4], "little")
    header: dict[str, Any] = json.loads(data[4 : 4 + length])
    return header


def bits(text: str) -> list[bool]:
    return [one == "1" for one in text]


def test_the_drawing_has_the_mask_that_the_seed_decides() -> None:
    app = section(dropout__masks__count="7", dropout__masks__seed="5")
    shown = message_to(app, MASKS)
    first, last = masks(DROPOUT, 5, 7, (0.5, 0.5))
    assert (shown["count"], shown["seed"]) == (7, 5)
    assert bits(shown["kept"][0]) == first[-1].tolist()
    assert bits(shown["kept"][1]) == last[-1].tolist()
    assert shown["times"] == [first.sum(axis=0).tolist(), last.sum(axis=0).tolist()]
    assert sum(shown["bins"]["counts"]) == 7
    dropped = ~first[-1]
    assert not np.array(shown["values"][0])[dropped].any()
    assert sum(shown["values"][2]) == pytest.approx(1, abs=0.01)


def test_the_next_masks_come_without_a_rerun_and_the_old_stay() -> None:
    app = section()
    one, many = answered(app, count=2), answered(app, count=1002)
    assert one["count"] == 2
    assert many["count"] == sum(many["bins"]["counts"]) == 1002
    assert bits(one["kept"][0]) == masks(DROPOUT, 0, 2, (0.5, 0.5))[0][-1].tolist()
    assert "2²⁴ = 16,777,216" in many["told"][0]
    assert "1,002" in many["told"][0]
    assert "±" in many["told"][1]
    anew = answered(app, count=1, seed=1)
    assert anew["seed"] == 1
    assert anew["error"] is None
    app.run()
    assert app.query_params["dropout.masks.seed"] in ("1", ["1"])


def test_a_slider_keeps_the_masks_that_were_drawn_and_only_keeps_more() -> None:
    app = section(dropout__masks__count="50")
    low, high = answered(app, first=0.3), answered(app, first=0.9)
    assert low["count"] == high["count"] == 50
    pairs = zip(bits(low["kept"][0]), bits(high["kept"][0]), strict=True)
    assert all(few <= many for few, many in pairs)
    assert low["kept"][1] == high["kept"][1]
    assert answered(app)["kept"] == high["kept"]


def test_with_all_kept_there_is_one_network_and_its_mean_is_the_scaled() -> None:
    app = section(dropout__masks__first="1", dropout__masks__last="1", dropout__masks__count="9")
    shown = message_to(app, MASKS)
    assert "one network" in shown["told"][0]
    assert shown["mean"] == pytest.approx(shown["scaled"], abs=1e-4)
    assert "with every mask" in shown["told"][1]


def test_dropconnect_drops_connections_and_counts_the_class_that_is_asked_for() -> None:
    app = section(
        dropout__scheme="dropconnect", dropout__masked_class="3", dropout__masked_as="probability",
        dropout__masks__count="40",
    )  # fmt: skip
    shown = message_to(app, MASKS)
    assert shown["connections"]
    assert [len(one) for one in shown["kept"]] == [144, 120]
    assert bits(shown["kept"][1]) == masks(DROPCONNECT, 0, 40, (0.5, 0.5))[1][-1].tolist()
    assert shown["of"] == 3
    assert "probability of “3”" in shown["axis"]
    assert shown["told"][0].startswith("2²⁶⁴ masks")


@pytest.mark.parametrize("nonsense", ["", "-3", "abc", "inf", "1e9", "0", "99999999999999999999"])
def test_a_link_that_says_nonsense_is_read_as_far_as_it_makes_sense(nonsense: str) -> None:
    app = section(
        dropout__masks__count=nonsense, dropout__masks__seed=nonsense,
        dropout__masks__first=nonsense, dropout__scheme=nonsense, dropout__masked_digit=nonsense,
    )  # fmt: skip
    shown = message_to(app, MASKS)
    assert 1 <= shown["count"] <= MOST
    moved = answered(app, count=nonsense, seed=nonsense, first=nonsense, last=None)
    assert (moved["count"], moved["seed"]) == (shown["count"], shown["seed"])
    assert answered(app, count=10**7)["count"] == MOST
