"""The slow libraries, imported by one thread at a time.

A library that imports itself in circles, as torchvision does, is found half finished by a second
thread that imports a part of it meanwhile. So whoever needs one of them asks here first.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Sequence

FIRST = ("cv2", "skimage", "PIL.Image")
SLOW = ("altair", "pandas", "torch", "torchvision", "sklearn.metrics")

_importing = threading.Lock()
_log = logging.getLogger(__name__)


def import_libraries(names: Sequence[str] = SLOW) -> None:
    """Import what the pages need; returns at once where it is there.

    A library that cannot be imported is logged, not fatal.
    """
    with _importing:
        for name in names:
            try:
                importlib.import_module(name)
            except (ImportError, OSError, RuntimeError):
                # RuntimeError: a torchvision that does not match its torch.
                _log.exception("%s could not be imported; pages that need it will fail", name)
