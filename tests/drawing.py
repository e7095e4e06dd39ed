"""How the property tests draw their examples: the same ones always, or others at each run.

- `same`, for `make test`: drawn from the text of the test alone, so that a run says the same on
  every machine, whatever ran before it and in whatever order.
- `explore`, for `make explore`: ten times as many, others each time; what fails is kept in
  .hypothesis, tried first the next time, and printed with the line that repeats it.

Neither is changed by where it runs (in CI, say), and no test fails for being slow: that is said of
the machine and not of the code.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

USUAL = 50
MORE = 10
PLAIN = settings(
    settings.get_profile("default"), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

settings.register_profile("same", PLAIN, max_examples=USUAL, derandomize=True, database=None)
settings.register_profile("explore", PLAIN, max_examples=MORE * USUAL, print_blob=True)
settings.load_profile("same")


def pytest_collection(session: pytest.Session) -> None:
    """Keep Hypothesis from trying numbers and words of the modules that happen to be imported.

    Which those are depends on the tests before this one and on the folder where the project lies.
    An exploration wants them.
    """
    if settings.get_current_profile_name() == "same":
        providers._get_local_constants = lambda: providers._local_constants


def examples(count: int) -> settings:
    """So many examples in place of the usual ones, and as many times more when exploring."""
    return settings(max_examples=count * settings().max_examples // USUAL)
