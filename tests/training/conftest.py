"""Small data and fast settings for the tests of training."""

from __future__ import annotations

import pytest

from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare


@pytest.fixture(scope="session")
def digits() -> Prepared:
    """300 digits to train on."""
    return prepare(load("digits"), Split(train_size=300))


@pytest.fixture(scope="session")
def few_digits() -> Prepared:
    """100 digits to train on, where overfitting lives."""
    return prepare(load("digits"), Split(train_size=100))
