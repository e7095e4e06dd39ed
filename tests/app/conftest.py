"""What the tests of the pages share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explainer.service import stop_service
from explainer.ui.common.language import _SPOKEN


@pytest.fixture(autouse=True)
def _english_afterwards() -> Iterator[None]:
    """The next test is spoken to in English: Streamlit gives all tests one session."""
    yield
    _SPOKEN.clear()


@pytest.fixture
def service_of_its_own() -> Iterator[None]:
    """Afterwards the service, and all races and surveys that it has, are gone."""
    yield
    stop_service()
