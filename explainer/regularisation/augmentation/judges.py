"""Who answers, and for which pictures: shipped networks, and pictures none of them learned from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
import torch
from torch import Tensor

from explainer.images.gallery import gallery_picture
from explainer.images.samples import SAMPLES
from explainer.images.thumbnails import centred_square
from explainer.networks.digits.field import in_field
from explainer.networks.digits.networks import DIGIT_NETWORKS, shared_reader
from explainer.networks.zoo.preprocessing import Codes, for_answer
from explainer.networks.zoo.shared import shared_network
from explainer.networks.zoo.shipped import SHIPPED
from explainer.registry import Registry
from explainer.training.data.real import available, load_real
from explainer.training.data.shipped import mnist_sample
from explainer.words import N_

AT_ONCE = 250
CIFAR_PICTURES = 1000


@dataclass(frozen=True)
class Judge:
    """A trained network: `logits` of pictures `(N, C, H, W)` in [0, 1] are `(N, classes)`."""

    slug: str
    title: str
    classes: tuple[str, ...]
    of_digits: bool

    @torch.no_grad()
    def logits(self, pictures: Tensor) -> Tensor:
        """`(N, classes)`."""
        parts = [self._logits(part) for part in torch.split(pictures, AT_ONCE)]
        return torch.cat(parts) if parts else torch.zeros(0, len(self.classes))

    def probabilities(self, pictures: Tensor) -> Tensor:
        """`(N, classes)`, rows sum to 1."""
        return torch.softmax(self.logits(pictures), 1)

    def answers(self, pictures: Tensor) -> Tensor:
        """The most probable class of each picture, int64 `(N,)`."""
        return self.logits(pictures).argmax(1)

    def _logits(self, pictures: Tensor) -> Tensor:
        if self.of_digits:
            found: Tensor = shared_reader(self.slug)(pictures)
            return found
        inputs = SHIPPED[self.slug].normalise(pictures)
        answer: Tensor = shared_network(self.slug)(
            inputs.contiguous(memory_format=torch.channels_last)
        )
        return answer


@dataclass(frozen=True)
class Material:
    """Pictures `(N, C, H, W)` in [0, 1] with the networks that know such pictures.

    `labels` `(N,)` are what they show; there are none for photos of other things.
    """

    slug: str
    title: str
    judges: tuple[Judge, ...]
    pictures: Callable[[], Tensor]
    labels: Callable[[], Tensor] | None = None
    there: Callable[[], bool] = lambda: True


DIGIT_JUDGES = tuple(
    Judge(one.slug, one.title, tuple("0123456789"), True) for one in DIGIT_NETWORKS
)
PHOTO_JUDGES = tuple(
    Judge(one.slug, one.title, one.classes, False)
    for one in (SHIPPED["resnet20"], SHIPPED["vgg"], SHIPPED["lenet"])
)


@cache
def test_digits() -> tuple[Tensor, Tensor]:
    """1,000 digits of MNIST's test part in the field, `(1000, 1, 36, 36)`; 100 of each, in turn."""
    data = mnist_sample()
    inputs, labels = data.inputs[data.test_from :], data.labels[data.test_from :]
    order = in_turn(labels)
    return in_field(inputs[order]), labels[order]


def in_turn(labels: Tensor) -> Tensor:
    """An order in which classes take turns, for classes that are equally frequent."""
    return labels.argsort(stable=True).view(10, -1).T.flatten()


@cache
def photo_windows() -> Tensor:
    """42 windows of the 14 sample photos at 32 × 32: of each the middle square and two quarters."""
    pictures = []
    for sample in SAMPLES:
        square = centred_square(gallery_picture(sample.slug).codes)
        half = len(square) // 2
        pictures += [square, square[:half, :half], square[half:, half:]]
    return torch.cat([as_picture(one) for one in pictures])


def as_picture(codes: Codes) -> Tensor:
    """A photo `(H, W, 3)` as shipped networks answer for it: `(1, 3, 32, 32)` in [0, 1]."""
    small = for_answer(codes, SHIPPED["resnet20"])
    return torch.from_numpy(np.array(small, order="C")).permute(2, 0, 1)[None].float() / 255


@cache
def _cifar() -> tuple[Tensor, Tensor]:
    data = load_real("cifar-10", count=10, test_count=CIFAR_PICTURES)
    inputs, labels = data.inputs[data.test_from :], data.labels[data.test_from :]
    order = in_turn(labels)
    return inputs[order], labels[order]


MATERIALS = Registry[Material](
    N_("pictures"),
    Material(
        "digits", N_("digits"), DIGIT_JUDGES,
        lambda: test_digits()[0], lambda: test_digits()[1],
    ),
    Material("photos", N_("photos"), PHOTO_JUDGES, photo_windows),
    Material(
        "cifar-10", "CIFAR-10", PHOTO_JUDGES,
        lambda: _cifar()[0], lambda: _cifar()[1], partial(available, "cifar-10"),
    ),
)  # fmt: skip
