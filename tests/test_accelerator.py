from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from explainer.accelerator import (
    Accelerator,
    at_the_door,
    bytes_in_use,
    chosen,
    first_sentence,
    on_its_way,
    replica,
    tried,
)

ON_THE_CPU = "everything is computed on the CPU."
ROOT = Path(__file__).parent.parent
WITHOUT_CUDA = pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")


def test_the_cpu_is_there_and_computes() -> None:
    assert tried("cpu") == (True, "")
    assert chosen("cpu") == Accelerator("cpu")
    assert bytes_in_use("cpu") == 0
    values = torch.ones(3)
    assert on_its_way(values, "cpu") is values


def test_a_device_that_is_none_is_named_with_those_there_are() -> None:
    assert chosen("tpu") == Accelerator(
        "cpu", f"DEEPGLASS_DEVICE is 'tpu', but there are cuda, mps, cpu; {ON_THE_CPU}"
    )


@WITHOUT_CUDA
def test_a_gpu_that_is_wanted_and_not_there_is_one_sentence_and_none_wanted_is_nothing() -> None:
    assert chosen("cuda").problem == f"The NVIDIA GPU is not there, so {ON_THE_CPU}"
    assert chosen("") == Accelerator("cpu") or chosen("").slug == "mps"


@WITHOUT_CUDA
def test_a_network_is_its_own_replica_on_the_cpu() -> None:
    network = torch.nn.Linear(2, 2)
    assert replica(network) is network


def test_a_door_changes_neither_outputs_nor_gradients() -> None:
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    inputs = torch.rand(5, 3, requires_grad=True)
    wanted = network(inputs)
    (plain,) = torch.autograd.grad(wanted.square().sum(), inputs)
    found = at_the_door(network, torch.device("cpu"))(inputs)
    assert torch.equal(found, wanted)
    assert torch.equal(torch.autograd.grad(found.square().sum(), inputs)[0], plain)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("CUDA error: no kernel image is available for execution on the device\nCUDA kernel err",
         "CUDA error: no kernel image is available for execution on the device"),
        ("CUDA initialization: The NVIDIA driver on your system is too old (found 11040). Please",
         "CUDA initialization: The NVIDIA driver on your system is too old (found 11040)"),
        ("", ""),
    ],
)  # fmt: skip
def test_of_what_a_library_says_the_first_sentence_is_told(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_the_environment_chooses_and_is_asked_once() -> None:
    script = "from explainer.accelerator import accelerator; print(accelerator().problem)"
    environment = os.environ | {"DEEPGLASS_DEVICE": " TPU "}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.startswith("DEEPGLASS_DEVICE is 'tpu'")
