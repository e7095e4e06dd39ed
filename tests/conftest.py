"""Settings of the property tests (no deadline, the same examples on every run in CI); fixtures."""

import os

from hypothesis import settings

from tests.served_weights import checkpoints, weights_server

__all__ = ["checkpoints", "weights_server"]  # fixtures for all tests

settings.register_profile(
    "deepglass", deadline=None, max_examples=50, derandomize="CI" in os.environ
)
settings.load_profile("deepglass")
