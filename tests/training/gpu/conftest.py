"""What the tests on a GPU share; they import nothing but PyTorch, pytest and the engine.

Without CUDA they are skipped. With `DEEPGLASS_TEST_DEVICE=cpu` they run on the CPU by the same
steps ahead of the host, without graphs: that tries the tests, not the GPU.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import torch

from explainer.accelerator import full_precision
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.devices import ALL_AT_ONCE, Device, device
from explainer.training.engine.run_group import Way

PRETENDED = os.environ.get("DEEPGLASS_TEST_DEVICE") == "cpu"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that lies here, and skip it where there is no GPU."""
    skipped = pytest.mark.skipif(
        not (PRETENDED or torch.cuda.is_available()), reason="there is no NVIDIA GPU here"
    )
    for item in items:
        if "training/gpu" in item.path.as_posix():
            item.add_marker(pytest.mark.gpu)
            item.add_marker(skipped)


@pytest.fixture(scope="session")
def gpu() -> Device:
    """The device under test."""
    return Device("cpu", "A GPU", ALL_AT_ONCE, Way.AHEAD) if PRETENDED else device("cuda")


@pytest.fixture(autouse=True)
def _same_algorithms() -> Iterator[None]:
    """Full precision, and each time the same way to a sum."""
    full_precision()
    before = torch.backends.cudnn.deterministic
    torch.backends.cudnn.deterministic = True
    yield
    torch.backends.cudnn.deterministic = before


@pytest.fixture(scope="session")
def digits() -> Prepared:
    """300 digits to train on, on the CPU."""
    return prepare(load("digits"), Split(train_size=300))


@pytest.fixture(scope="session")
def on_gpu(gpu: Device, digits: Prepared) -> Prepared:
    """The same digits on the device."""
    return digits.to(gpu.torch)
