"""A small CIFAR-10 of the tests' own, in which a class is a colour."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from explainer.networks.zoo.shipped import SHIPPED, Shipped
from explainer.training.data.cifar import CLASSES, PARTS, SIDE
from scripts.weights.pictures import Pictures, read_pictures

EACH = {"train": 2, "test": 2}
EPOCHS, BATCH = 2, 4


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with 20 training and 20 test pictures."""
    folder, draw = tmp_path_factory.mktemp("data"), np.random.default_rng(0)
    colours = draw.integers(40, 216, (len(CLASSES), 3))
    for part in PARTS:
        for name, colour in zip(CLASSES, colours, strict=True):
            place = folder / "cifar10" / part / name
            place.mkdir(parents=True)
            for number in range(EACH[part]):
                picture = colour + draw.integers(-30, 31, (SIDE, SIDE, 3))
                assert cv2.imwrite(str(place / f"{number}.png"), picture.astype(np.uint8))
    return folder


@pytest.fixture(scope="session")
def parts(root: Path) -> tuple[Pictures, Pictures]:
    """Its training and its test pictures."""
    return read_pictures(root)


@pytest.fixture(scope="session")
def entry() -> Shipped:
    """The small VGG with a plan of ten steps."""
    small = SHIPPED["vgg"]
    plan = replace(small.plan, epochs=EPOCHS, batch=BATCH, learning_rate=0.01)
    return replace(small, plan=plan)
