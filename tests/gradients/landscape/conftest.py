"""Small trained networks, once for all tests of the landscape."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.training import Trained, train

BRIEF = Setup(layers=8, steps=50, width=4)


@pytest.fixture(scope="package")
def plain() -> Trained:
    """Eight layers without anything."""
    return train(BRIEF)


@pytest.fixture(scope="package")
def residual() -> Trained:
    """Eight layers with skips and batch norm."""
    return train(replace(BRIEF, skips=True, batch_norm=True))


@pytest.fixture(scope="package")
def dense() -> Trained:
    """An MLP with skips and batch norm."""
    return train(replace(BRIEF, kind="mlp", skips=True, batch_norm=True, activation="tanh"))
