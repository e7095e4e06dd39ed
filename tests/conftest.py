"""How examples are drawn, and fixtures for all tests."""

from tests.drawing import pytest_collection
from tests.served_weights import checkpoints, weights_server

__all__ = ["checkpoints", "pytest_collection", "weights_server"]
