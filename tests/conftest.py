"""Settings of the property tests: no deadline, and the same examples on every run in CI."""

import os

from hypothesis import settings

settings.register_profile(
    "deepglass", deadline=None, max_examples=50, derandomize="CI" in os.environ
)
settings.load_profile("deepglass")
