"""Libraries and the pages' modules, imported by one thread at a time.

A library that imports itself in circles, as torchvision does, is found half finished by a second
thread that imports a part of it meanwhile; and of two threads that meet in each other's modules
Python stops one with an error. So whoever needs one of them asks here first.
"""

from __future__ import annotations

import ast
import importlib
import logging
import sys
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path

FIRST = ("cv2", "skimage", "PIL.Image")
SLOW = (
    "altair", "pandas", "torch", "torchvision", "sklearn.metrics", "sklearn.datasets",
    "sklearn.linear_model",
)  # fmt: skip

_importing = threading.Lock()
_log = logging.getLogger(__name__)


def import_libraries(names: Sequence[str] = SLOW) -> None:
    """Import what the pages need; returns at once where it is there.

    A library that cannot be imported is logged, not fatal.
    """
    for name in names:
        if _is_there(name):
            continue
        with _importing:
            try:
                importlib.import_module(name)
            except (ImportError, OSError, RuntimeError):
                # RuntimeError: a torchvision that does not match its torch.
                _log.exception("%s could not be imported; pages that need it will fail", name)


@cache
def modules_of(page: Path) -> tuple[str, ...]:
    """The modules that a page imports, read from its source."""
    tree = ast.parse(page.read_text(encoding="utf-8"))
    found = (node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module)
    return tuple(dict.fromkeys(found))


def _is_there(name: str) -> bool:
    """Whether a module has been imported to its end."""
    module = sys.modules.get(name)
    return module is not None and not getattr(module.__spec__, "_initializing", False)
