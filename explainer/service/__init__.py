"""Who trains when: one service for the process, with slots, a line and budgets.

A page asks :func:`service` for it and gets the same one every time; the server's lifespan calls
:func:`stop_service` at the end. Importing this package loads neither torch nor streamlit.
"""

from __future__ import annotations

import atexit
import os
import threading
from typing import TYPE_CHECKING

from explainer.service.settings import ServiceSettings
from explainer.service.training_service import (
    Phase,
    Service,
    ServiceClosed,
    ServiceFull,
    Ticket,
    TicketState,
)

if TYPE_CHECKING:
    from explainer.training.race import Race

__all__ = [
    "Phase",
    "Service",
    "ServiceClosed",
    "ServiceFull",
    "ServiceSettings",
    "Ticket",
    "TicketState",
    "service",
    "stop_service",
]

_lock = threading.Lock()
_service: Service[Race] | None = None


def service() -> Service[Race]:
    """The service of this process, started on first use with what the environment says.

    Raises `ValueError` where a variable of the environment is out of its bounds.
    """
    global _service
    with _lock:
        if _service is None:
            _service = Service(ServiceSettings.from_environment(os.environ))
            atexit.register(stop_service)
        return _service


def stop_service() -> None:
    """Close the service, if it was started; the next :func:`service` starts another."""
    global _service
    with _lock:
        stopped, _service = _service, None
    atexit.unregister(stop_service)
    if stopped is not None:
        stopped.close()
