"""What computes: a GPU where one works, else the CPU. One choice for everything that the app does.

`DEEPGLASS_DEVICE` forces one: `cpu`, `cuda` or `mps`. Numbers are float32 throughout: a GPU that
rounds them further (TF32) would give other curves than the CPU, and is told not to.
"""

from __future__ import annotations

import copy
import os
import threading
import warnings
from dataclasses import dataclass
from functools import cache
from weakref import WeakKeyDictionary

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explainer.words import N_, later

SLUGS = ("cuda", "mps", "cpu")
NAMES = {"cuda": "NVIDIA", "mps": "Apple"}
VARIABLE = "DEEPGLASS_DEVICE"
BROKEN = N_("The {name} GPU does not work ({trouble}), so everything is computed on the CPU.")
MISSING = N_("The {name} GPU is not there, so everything is computed on the CPU.")

_REPLICAS: WeakKeyDictionary[nn.Module, nn.Module] = WeakKeyDictionary()
_MAKING_REPLICAS = threading.Lock()


@dataclass(frozen=True)
class Accelerator:
    """What computes, `cuda`, `mps` or `cpu`; `problem` is one sentence where it should be another.

    It is empty where nothing is amiss, also where there is no GPU and none was asked for.
    """

    slug: str
    problem: str = ""

    @property
    def torch(self) -> torch.device:
        """The device as PyTorch knows it."""
        return torch.device(self.slug)


@cache
def accelerator() -> Accelerator:
    """The fastest device that works, or the one that `DEEPGLASS_DEVICE` names; tried once."""
    found = chosen(os.environ.get(VARIABLE, "").strip().lower())
    if found.slug == "cuda":
        full_precision()
    return found


def chosen(wanted: str) -> Accelerator:
    """The device of that slug, or with "" the fastest; the CPU where it does not work."""
    if wanted and wanted not in SLUGS:
        return Accelerator("cpu", later(
            "{variable} is {value}, but there are {known}; everything is computed on the CPU.",
            variable=VARIABLE, value=repr(wanted), known=", ".join(SLUGS),
        ))  # fmt: skip
    problem = ""
    for slug in (wanted,) if wanted else SLUGS:
        there, trouble = tried(slug)
        if there and not trouble:
            return Accelerator(slug, problem)
        if there or wanted:
            problem = later(BROKEN if there else MISSING, name=NAMES[slug], trouble=trouble)
    return Accelerator("cpu", problem)


def tried(slug: str) -> tuple[bool, str]:
    """Whether there is such a device, and what it says where it cannot compute."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        there = slug == "cpu" or bool(
            torch.cuda.is_available() if slug == "cuda" else torch.backends.mps.is_available()
        )
    if not there:  # a driver that is too old is told by a warning
        return bool(said), first_sentence(str(said[0].message)) if said else ""
    try:
        picture = torch.ones(1, 1, 8, 8, device=slug)
        float(F.conv2d(picture, picture[..., :3, :3]).flatten(1).sum())
    except (RuntimeError, AssertionError) as error:
        return True, first_sentence(str(error))
    return True, ""


def first_sentence(text: str) -> str:
    """The first sentence of what a library said, without its full stop."""
    line = text.strip().split("\n", 1)[0]
    return line.split(". ", 1)[0].rstrip(". ")


def full_precision() -> None:
    """Products and convolutions in float32 as the CPU has it."""
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def replica(network: nn.Module) -> nn.Module:
    """`network` where it is computed: itself on the CPU, else a copy that lives as long as it."""
    if accelerator().slug == "cpu":
        return network
    with _MAKING_REPLICAS:
        if network not in _REPLICAS:
            _REPLICAS[network] = copy.deepcopy(network).to(accelerator().torch)
        return _REPLICAS[network]


def computed(network: nn.Module, inputs: Tensor) -> Tensor:
    """What `network` gives for `inputs`, both on the CPU, computed by its :func:`replica`."""
    found: Tensor = replica(network)(inputs.to(accelerator().torch))
    return found.cpu()


def at_the_door(network: nn.Module, device: torch.device) -> nn.Module:
    """Let `network`, which lies on `device`, be given and give tensors of the CPU.

    What is inside stays there; gradients find their way back through both doors.
    """
    network.register_forward_pre_hook(lambda _, inputs: tuple(one.to(device) for one in inputs))
    network.register_forward_hook(lambda _, inputs, output: output.cpu())
    return network


def on_its_way(values: Tensor, device: torch.device | str) -> Tensor:
    """A copy of `values` on `device`, for which nobody waits; on the CPU `values` themselves."""
    if torch.device(device).type == "cuda":
        return values.pin_memory().to(device, non_blocking=True)
    return values.to(device)


def bytes_in_use(device: torch.device | str) -> int:
    """The bytes of tensors on a GPU; 0 on the CPU."""
    kind = torch.device(device).type
    if kind == "cuda":
        return torch.cuda.memory_allocated()
    return torch.mps.current_allocated_memory() if kind == "mps" else 0


def give_back() -> None:
    """Let a GPU have the memory of tensors that are gone."""
    if accelerator().slug == "cuda":
        torch.cuda.empty_cache()
    elif accelerator().slug == "mps":
        torch.mps.empty_cache()
