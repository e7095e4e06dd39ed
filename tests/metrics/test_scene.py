"""The scenes on photos, and the detector whose boxes are on two of them."""

from __future__ import annotations

import numpy as np
import pytest

from explainer.images.samples import sample
from explainer.metrics.boxes.iou import agreement, boxes_of
from explainer.metrics.boxes.matching import match
from explainer.metrics.boxes.scene import COINS, EYES, SCENES, Scene, blobs


@pytest.mark.parametrize("slug", SCENES.slugs)
def test_boxes_stand_within_the_photo_and_a_link_can_hold_them(slug: str) -> None:
    example = SCENES[slug]
    height, width = sample(example.photo).codes.shape[:2]
    scene = example.scene
    assert scene is example.scene
    boxes = np.concatenate([boxes_of(scene.truths), boxes_of(scene.detections)])
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert (boxes >= 0).all()
    assert (boxes <= [width, height, width, height]).all()
    np.testing.assert_array_equal(boxes, boxes.round())
    np.testing.assert_array_equal(scene.scores, scene.scores.round(4))
    assert ((scene.scores >= 0) & (scene.scores <= 1)).all()
    with pytest.raises(ValueError, match="read-only"):
        scene.truths[0, 0] = 1


def test_what_is_drawn_by_hand_holds_what_a_threshold_finds() -> None:
    """The coins' boxes hold all bright pixels near their middle; truths do not overlap."""
    grey = sample("coins").codes[..., 0]
    for x0, y0, x1, y1 in COINS.astype(int):
        inside = grey[y0:y1, x0:x1].mean()
        around = grey[max(y0 - 8, 0) : y1 + 8, max(x0 - 8, 0) : x1 + 8]
        ring = (around.sum() - grey[y0:y1, x0:x1].sum()) / (around.size - (y1 - y0) * (x1 - x0))
        assert inside > ring + 20
    for truths in (COINS, EYES):
        apart = agreement(truths, truths)
        assert apart.sum() == pytest.approx(len(truths))


@pytest.mark.parametrize("bright", [True, False])
@pytest.mark.parametrize("radius", [10.0, 16.0, 24.0])
def test_a_disc_is_found_where_it_is_and_as_large_as_it_is(radius: float, bright: bool) -> None:
    rows, columns = np.mgrid[:120, :140]
    disc = (columns - 80) ** 2 + (rows - 55) ** 2 <= radius**2
    picture = np.where(disc == bright, 220, 30).astype(np.uint8)
    found, scores = blobs(picture, (7, 10, 16, 24, 36), bright=bright)
    truth = np.array([80 - radius, 55 - radius, 80 + radius, 55 + radius]) + 0.5
    np.testing.assert_allclose(found[0], truth, atol=1.01)
    assert (np.diff(scores) <= 0).all()


def test_a_flat_picture_has_no_blob() -> None:
    found, scores = blobs(np.full((40, 50), 90, np.uint8), (5, 8))
    assert found.shape == (0, 4)
    assert scores.shape == (0,)


def test_the_detector_finds_the_coins_and_some_of_them_twice() -> None:
    scene = SCENES["coins"].scene
    found = match(scene, 0.5)
    assert len(scene.truths) == 24
    assert (found.truth >= 0).sum() >= 22
    assert ((found.truth < 0) & (found.best >= 0.5)).any()
    assert (found.nearest < 0).any()


def test_what_is_no_scene_is_refused() -> None:
    box = np.array([[0, 0, 1, 1]])
    with pytest.raises(ValueError, match="1 detections, 2 scores"):
        Scene(detections=box, scores=np.ones(2))
    with pytest.raises(ValueError, match="truths: not every"):
        Scene(truths=box * np.nan)
    assert Scene().truths.shape == (0, 4)
