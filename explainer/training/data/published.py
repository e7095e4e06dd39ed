"""Where the published data sets are: addresses and md5 sums, as torchvision knows them.

torchvision is imported when they are asked for, not before.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """One published file: its mirrors, its name, its md5 sum and its size in bytes."""

    urls: tuple[str, ...]
    name: str
    md5: str
    size: int


def idx_files(kind: str, sizes: tuple[int, ...]) -> tuple[Resource, ...]:
    """The four files of torchvision's class `kind`, of these sizes."""
    from torchvision import datasets

    known = getattr(datasets, kind)
    return tuple(
        Resource(tuple(mirror + name for mirror in known.mirrors), name, md5, size)
        for (name, md5), size in zip(known.resources, sizes, strict=True)
    )


def mnist_files() -> tuple[Resource, ...]:
    """The four files of MNIST."""
    return idx_files("MNIST", (9_912_422, 28_881, 1_648_877, 4_542))


def fashion_files() -> tuple[Resource, ...]:
    """The four files of Fashion-MNIST."""
    return idx_files("FashionMNIST", (26_421_880, 29_515, 4_422_102, 5_148))


def cifar_archive() -> tuple[Resource, ...]:
    """The one archive of CIFAR-10."""
    from torchvision.datasets import CIFAR10

    return (Resource((CIFAR10.url,), CIFAR10.filename, CIFAR10.tgz_md5, 170_498_071),)
