"""Who trains when: services for the process, each with slots, turns and budgets.

A page asks :func:`service` for that of the races, or :func:`service_of` for that of another kind of
work, and gets the same one every time; the server's lifespan calls :func:`stop_service` at the end.
Importing this package loads neither torch nor streamlit.
"""

from __future__ import annotations

import atexit
import os
import threading
from typing import TYPE_CHECKING, Any

from explainer.service.sentences import sentences
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
    from explainer.training.engine.race import Race

__all__ = [
    "RACES",
    "Phase",
    "Service",
    "ServiceClosed",
    "ServiceFull",
    "ServiceSettings",
    "Ticket",
    "TicketState",
    "service",
    "service_of",
    "stop_service",
]

RACES = "races"

_lock = threading.Lock()
_services: dict[str, Service[Any]] = {}


def service() -> Service[Race]:
    """The service that trains the races of this process; raises as :func:`service_of` does."""
    return service_of(RACES)


def service_of(work: str) -> Service[Any]:
    """The service of this process for one kind of work, by any name, started on first use.

    Each kind has slots of its own, within what the environment says, so that what takes
    seconds does not wait for what takes minutes. Raises `ValueError` where a variable of the
    environment is out of its bounds.
    """
    with _lock:
        if work not in _services:
            _services[work] = Service(ServiceSettings.from_environment(os.environ), sentences(work))
            atexit.unregister(stop_service)
            atexit.register(stop_service)
        return _services[work]


def stop_service() -> None:
    """Close every service that was started; the next :func:`service` starts another."""
    with _lock:
        stopped = list(_services.values())
        _services.clear()
    atexit.unregister(stop_service)
    for one in stopped:
        one.close()
