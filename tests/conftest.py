"""How examples are drawn, and fixtures for all tests."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from threading import RLock
from typing import Any

import pytest

from tests.drawing import pytest_collection
from tests.served_weights import checkpoints, weights_server

__all__ = ["checkpoints", "pytest_collection", "weights_server"]


@pytest.fixture(scope="session", autouse=True)
def _one_thread_parses_at_a_time() -> Iterator[None]:
    """CPython counts the depth of a syntax tree once for all threads (python/cpython#106905).

    A page that is compiled while another thread writes a traceback, which parses its lines, ends
    with a `SystemError`. A server compiles each page once; tests do so all the time.
    """
    parse, lock = ast.parse, RLock()

    def one_at_a_time(*args: Any, **others: Any) -> Any:
        with lock:
            return parse(*args, **others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ast, "parse", one_at_a_time)
        yield


@pytest.fixture(autouse=True)
def _numbers_stay_float32() -> Iterator[None]:
    """A script that makes float64 the usual kind would do so for every test that comes after."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_default_dtype() != torch.float32:
        torch.set_default_dtype(torch.float32)
        pytest.fail("float64 was left as the usual kind of numbers")


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Torch on one thread; afterwards it is as it was."""
    import torch  # not for tests that need none of it

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
    torch.set_flush_denormal(False)
