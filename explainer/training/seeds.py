"""Randomness by name: every generator of a race follows from a seed and what it is for.

Nothing is drawn from a global generator, so runs in threads do not disturb one another, and two
recipes that ask for the same name with the same seed get the same numbers.
"""

from __future__ import annotations

import hashlib

import torch


def derived(seed: int, *names: object) -> int:
    """A 63-bit seed that follows from `seed` and `names`, the same on every machine."""
    text = "\x1f".join([str(seed), *map(str, names)])
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def generator(seed: int, *names: object, device: torch.device | str = "cpu") -> torch.Generator:
    """A new generator on `device`, seeded by :func:`derived`."""
    return torch.Generator(device=device).manual_seed(derived(seed, *names))
