"""What the tests of the pages share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explainer.service import stop_service


@pytest.fixture
def service_of_its_own() -> Iterator[None]:
    """Afterwards the service, and all races and surveys that it has, are gone."""
    yield
    stop_service()
