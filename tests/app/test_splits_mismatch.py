"""Pictures of another camera: gaps, curves and tiles follow the hand; mixtures and remedies."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.evaluation.cameras import CAMERAS
from explainer.evaluation.gaps import REACHABLE
from explainer.evaluation.mismatch import (
    DEV,
    SHOWN,
    STRENGTHS,
    TEST,
    TRAIN_DEV,
    Distances,
    shown_digits,
)
from explainer.evaluation.mixtures import OTHERS, SHARES, Mixtures, chosen_by
from explainer.live_pictures import LivePicture
from explainer.ui.splits import mismatch, mixture
from tests.app.reading import html_of, section_of, split, text_of

SEEDS = 6


def errors_of(levels: list[float]) -> np.ndarray:
    """Errors `(parts, S)` around those levels, the last of them train-dev again."""
    around = np.array(levels)[:, None] + np.linspace(-0.004, 0.004, SEEDS)
    return np.vstack([around, around[1:2]])


FOUND = Distances(
    np.stack([errors_of([0.02, 0.12, 0.12 + one / 2, 0.13 + one / 2]) for one in STRENGTHS]),
    np.stack([np.full(SHOWN, round(9 * one)) for one in STRENGTHS]),
)
MIXED = Mixtures(
    np.stack([errors_of([0.02 + one / 10, 0.12, 0.4 - one / 5, 0.4 - one / 5]) for one in SHARES]),
    np.stack([errors_of([0.02, 0.12, 0.4 - one / 4, 0.4 - one / 4]) for one in SHARES]),
    {one.slug: errors_of([0.1, 0.13, 0.2, 0.21]) for one in OTHERS},
)


@pytest.fixture(autouse=True)
def _measured_before() -> Iterator[None]:
    for camera in CAMERAS:
        mismatch.KEPT.put(camera.slug, FOUND)
        mixture.KEPT.put(camera.slug, MIXED)
    yield
    mismatch.KEPT.clear()
    mixture.KEPT.clear()


def page() -> None:
    from explainer.ui.splits.mismatch import mismatch_section

    mismatch_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **query)


@pytest.mark.parametrize("strength", [0, 0.35, 1])
def test_gaps_curves_and_digits_follow_the_hand(strength: float) -> None:
    app = opened(splits__with="noise")
    offered: LivePicture = app.session_state["splits.camera.live"]
    header, blobs = split(offered.render({"strength": strength}, 3))
    place = STRENGTHS.index(strength)
    levels = FOUND.errors[place, :4].mean(-1)
    most = FOUND.errors.mean(-1).max()
    ends = [one["end"] * most for one in header["rows"]]
    np.testing.assert_allclose(ends, [REACHABLE, *levels])
    starts = [one["start"] * most for one in header["rows"]]
    np.testing.assert_allclose(starts[1:], ends[:-1])
    told = "**mismatch**" if strength > 0.2 else "**variance**"
    assert told in header["told"]
    assert [one["strong"] for one in header["rows"]].count(True) == 1
    assert header["also"] == "splits.look"
    look, lines = split(blobs[-1])
    assert look["at"] == strength
    for place, part in ((1, TRAIN_DEV), (2, DEV)):
        drawn = np.frombuffer(lines[place], "<f8")
        np.testing.assert_allclose(drawn, 100 * FOUND.errors[:, part].mean(-1))
    tiles, pictures = split(lines[-1])
    assert tiles["tiles"][0]["says"][0]["text"] == f"says {round(9 * strength)}"
    seen = np.frombuffer(pictures[0], np.uint8).reshape(SHOWN, 28, 28) / 255
    expected = CAMERAS["noise"].change(shown_digits(), strength)
    np.testing.assert_allclose(seen, expected, atol=0.003)


@pytest.mark.parametrize("way", ["instead", "added"])
def test_the_mixture_follows_the_hand_and_its_table_says_the_gain(way: str) -> None:
    app = opened(splits__way=way, splits__mixture__share="40")
    offered: LivePicture = app.session_state["splits.mixture.live"]
    errors = MIXED.instead if way == "instead" else MIXED.added
    for percent in (0, 30, 100):
        header, blobs = split(offered.render({"share": percent}, 2))
        place = round(percent / 10)
        assert header["at"] == place
        np.testing.assert_allclose(
            np.frombuffer(blobs[0], "<f8").reshape(3, -1)[1], 100 * errors[:, DEV].mean(1)
        )
        rows = split(blobs[-1])[0]["rows"]
        assert rows[-1]["value"] == f"{100 * errors[place, TEST].mean():.1f} %"
    mean, low, high = MIXED.gain(errors[4])
    said = html_of(app)
    assert f"{100 * mean:.1f} ± {50 * (high - low):.1f}<br><b>ahead</b>" in said
    assert "400 of the target" in said
    assert "Chosen by *dev*: 100.0 %" in text_of(app)


def test_a_share_of_nothing_is_compared_with_nothing() -> None:
    assert html_of(opened(splits__mixture__share="0")).count("<td>–</td>") == 1


def test_the_share_is_chosen_among_the_mixtures_that_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(vars(MIXED), "added", MIXED.instead[::-1])
    told = [text_of(opened(splits__way=way)) for way in ("instead", "added")]
    for way, text in zip(("instead", "added"), told, strict=True):
        share = chosen_by(DEV, getattr(MIXED, way)).shares.mean()
        assert f"Chosen by *dev*: {100 * share:.1f} %" in text
    assert "Chosen by *dev*: 0.0 %" in told[1]


def test_what_is_reachable_through_the_camera_is_not_known_and_nothing_follows() -> None:
    offered: LivePicture = opened().session_state["splits.mixture.live"]
    heads = [split(split(offered.render({"share": one}, 2))[1][-1])[0] for one in (0, 10, 100)]
    assert all(len(one["rows"]) == 5 for one in heads)
    values = [one["rows"][0]["value"] for one in heads]
    assert values == [f"{100 * REACHABLE:.1f} %", "–", "–"]
    assert not any("avoidable bias" in str(one) for one in heads[1:])
    assert "avoidable bias" in heads[0]["rows"][1]["says"]


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    app = opened(
        splits__with=value, splits__camera__strength=value, splits__look__strength=value,
        splits__way=value, splits__mixture__share=value, splits__mismatch_code="true",
    )  # fmt: skip
    assert text_of(app).count("What to notice") == 2
