"""What the tests of the pages share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import app_test, local_script_runner

from explainer.service import stop_service
from explainer.ui.common.language import _SPOKEN


@pytest.fixture(scope="session", autouse=True)
def _as_one_server() -> Iterator[None]:
    """What a server does once, the tests do once, and not anew for each app that they open.

    Installed packages are looked through for components (0.3 s), and pages are compiled.
    """
    with pytest.MonkeyPatch.context() as patch:
        scan, pages = cache(manifest_scanner.scan_component_manifests), cache(ScriptCache)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        for module in (app_test, local_script_runner):
            patch.setattr(module, "ScriptCache", pages)
        yield


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
