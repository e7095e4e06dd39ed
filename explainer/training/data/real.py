"""MNIST, Fashion-MNIST and CIFAR-10, read from the data root.

They are loaded by the thousand, not as a whole: all of CIFAR-10 as float32 has 740 MB.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from explainer.parameters import Parameter, Value
from explainer.registry import Registry
from explainer.training.data.cifar import CIFAR_LAYOUTS, CLASSES
from explainer.training.data.data_set import WHITE, DataError, DataSet, Examples, Source
from explainer.training.data.idx import idx_layout
from explainer.training.data.published import (
    Resource,
    cifar_archive,
    fashion_files,
    mnist_files,
)
from explainer.training.data.root import VARIABLE, data_root
from explainer.training.data.stored import Layout, Stored
from explainer.training.data.stratify import take
from explainer.words import N_, later


@dataclass(frozen=True)
class Published:
    """A published data set: its classes, whom to thank, and the forms it may lie in.

    `published` tells the files to download, one archive where `packed` is set; `place` is the
    folder below the data root where they belong, `files` what they are, in words.
    """

    slug: str
    title: str
    classes: tuple[str, ...]
    credit: str
    place: str
    files: str
    layouts: tuple[Layout, ...]
    published: Callable[[], tuple[Resource, ...]]
    packed: bool = False


CLOTHES = (
    "T-shirt", "trousers", "pullover", "dress", "coat",
    "sandal", "shirt", "sneaker", "bag", "ankle boot",
)  # fmt: skip
IDX_FILES = N_("the four files that end in -ubyte.gz")
SOURCES = Registry[Published](
    N_("published data"),
    Published(
        slug="mnist",
        title="MNIST",
        classes=tuple("0123456789"),
        credit="Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits",
        place="MNIST/raw",
        files=IDX_FILES,
        layouts=(idx_layout(("MNIST/raw", "MNIST")),),
        published=mnist_files,
    ),
    Published(
        slug="fashion-mnist",
        title="Fashion-MNIST",
        classes=CLOTHES,
        credit="H. Xiao, K. Rasul, R. Vollgraf, Zalando Research, MIT",
        place="FashionMNIST/raw",
        files=IDX_FILES,
        layouts=(idx_layout(("FashionMNIST/raw", "FashionMNIST")),),
        published=fashion_files,
    ),
    Published(
        slug="cifar-10",
        title="CIFAR-10",
        classes=CLASSES,
        credit="A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
        place="cifar-10-batches-py",
        files=N_("the files of cifar-10-python.tar.gz"),
        layouts=CIFAR_LAYOUTS,
        published=cifar_archive,
        packed=True,
    ),
)


def available(slug: str) -> bool:
    """Whether the data set can be loaded without a download; a look at names, not at contents."""
    if slug not in SOURCES:
        return True
    return any(layout.present(data_root()) for layout in SOURCES[slug].layouts)


def stored(slug: str) -> Stored:
    """All of a published data set, 8 bits. Raises :class:`DataError` where it is not there."""
    root, entry = data_root(), SOURCES[slug]
    for layout in entry.layouts:
        if layout.present(root):
            return layout.read(root)
    raise DataError(
        later(
            "{data} is not there yet: download it, or put {files} into {place} (the "
            "environment variable {variable} names another root).",
            data=entry.title,
            files=later(entry.files),
            place=root / entry.place,
            variable=VARIABLE,
        )
    )


def load_real(slug: str, *, count: float, test_count: float) -> Examples:
    """`count` training and `test_count` test pictures, the classes in their own proportions.

    They are the first of each class in the order of the files; fewer where there are fewer.
    """
    entry, data = SOURCES[slug], stored(slug)
    labels = torch.from_numpy(data.labels.astype(np.int64))
    if int(labels.max()) >= len(entry.classes):
        last = len(entry.classes) - 1
        raise DataError(
            later(
                "{data} has a label {label}; they end at {last}.",
                data=entry.title,
                label=int(labels.max()),
                last=last,
            )
        )
    rows = torch.arange(len(labels))
    train = _first(rows[: data.test_from], labels, int(count))
    test = _first(rows[data.test_from :], labels, int(test_count))
    chosen = torch.cat([train, test])
    codes = torch.from_numpy(data.pictures[chosen.numpy()]).permute(0, 3, 1, 2)
    return Examples(
        name=slug,
        title=entry.title,
        inputs=codes.float().div_(255).contiguous(),
        labels=labels[chosen],
        classes=entry.classes,
        test_from=len(train),
        credit=entry.credit,
        settings=(("count", count), ("test_count", test_count)),
        origin="real",
    )


def _first(rows: Tensor, labels: Tensor, count: int) -> Tensor:
    return take(rows, labels, min(count, len(rows)))[0]


def _code(kind: str) -> Callable[[dict[str, Value], Examples], str]:
    def code(settings: dict[str, Value], examples: Examples) -> str:
        chosen = [int(settings[name]) for name in ("count", "test_count")]
        return f"""kind = datasets.{kind}
parts = [kind("data", train=train, download=True) for train in (True, False)]
pictures = np.concatenate([np.asarray(part.data) for part in parts])
labels = torch.cat([torch.as_tensor(part.targets) for part in parts])
rows = torch.arange(len(labels)).split([len(part) for part in parts])
first, _ = take(rows[0], min({chosen[0]}, len(rows[0])))
last, _ = take(rows[1], min({chosen[1]}, len(rows[1])))
chosen, test_from = torch.cat([first, last]), len(first)
inputs = torch.from_numpy(pictures[chosen.numpy()]).float() / {WHITE}
inputs = inputs{".permute(0, 3, 1, 2)" if examples.shape[0] == 3 else "[:, None]"}
labels = labels[chosen]"""

    return code


def _entry(slug: str, meaning: str, most: int, kind: str) -> DataSet:
    return DataSet(
        slug=slug,
        title=SOURCES[slug].title,
        group="Real",
        meaning=meaning,
        load=partial(load_real, slug),
        parameters=(
            Parameter("count", N_("Pictures to choose from"), 10_000, 1000, most, 1000, whole=True),
            Parameter("test_count", N_("Test pictures"), 2000, 500, 10_000, 500, whole=True),
        ),
        needs_download=True,
        source=Source("torchvision loads them", "torchvision", _code(kind)),
    )


REAL: tuple[DataSet, ...] = (
    _entry(
        "mnist", N_("70,000 handwritten digits, 28 × 28: where most people begin."), 60_000, "MNIST"
    ),
    _entry(
        "fashion-mnist",
        N_("70,000 pieces of clothing, 28 × 28: as MNIST, but harder."),
        60_000,
        "FashionMNIST",
    ),
    _entry(
        "cifar-10",
        N_("60,000 photographs of ten kinds of things, 32 × 32, in colour."),
        50_000,
        "CIFAR10",
    ),
)
