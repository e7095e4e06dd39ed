"""Where real data lie: one folder for all of them, outside the app."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "EXPLAINER_DATA"
NAME = "deepglass"


def data_root() -> Path:
    """The folder named by `EXPLAINER_DATA`, or `deepglass` in the user's cache; it may not exist.

    It is read anew each time.
    """
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else cache_folder(sys.platform, os.environ) / NAME


def cache_folder(platform: str, environment: Mapping[str, str]) -> Path:
    """The user's cache on Linux (XDG Base Directory), macOS or Windows, by `sys.platform`."""
    if platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
