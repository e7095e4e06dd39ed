"""torchvision's classifiers with their ImageNet weights, fetched when somebody asks for them.

Architectures, addresses of weights, sizes and names of classes are torchvision's; weights lie where
torch keeps them (`torch.hub.get_dir()`), so what another program has fetched is not fetched again.
Networks come unfolded: every step a module, none in place.
"""

from __future__ import annotations

import pickle
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlparse

import torch
from torch import Tensor, nn
from torchvision import models

from explainer import files
from explainer.networks.recording.unfolding import unfolded
from explainer.networks.zoo.normalisation import normalised
from explainer.registry import Registry
from explainer.words import N_, later, sentence_of

Progress = Callable[[int, int], None]
IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
HALF = (0.5, 0.5, 0.5)
SMALLEST = 64  # AlexNet's three poolings leave nothing of less


class DownloadError(RuntimeError):
    """Weights that could not be fetched; the message is one sentence for the reader."""


@dataclass(frozen=True)
class Classifier:
    """A network of torchvision's by name, with what is needed to give it a picture.

    It takes pictures `(N, 3, H, W)` in [0, 1] after :meth:`normalise`, trained at `input_size`
    pixels a side, cut from the middle of a picture whose shorter side is `resize`. It gives logits
    in the order of `classes`. `weights` is an entry of torchvision's enumerations.
    """

    slug: str
    title: str
    source: str
    description: str
    build: Callable[[], nn.Module]
    weights: Any
    any_size: bool = True
    mean: tuple[float, ...] = IMAGENET_MEAN
    deviation: tuple[float, ...] = IMAGENET_DEVIATION
    channels: int = 3
    knows: str = "thousand"
    smallest: int = SMALLEST

    def normalise(self, pictures: Tensor) -> Tensor:
        """Pictures `(..., 3, H, W)` in [0, 1], less the mean, over the standard deviation."""
        return normalised(pictures, self.mean, self.deviation)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The thousand names of ImageNet's classes."""
        return tuple(self.weights.meta["categories"])

    @property
    def input_size(self) -> int:
        """The side of the pictures it was trained on."""
        return int(self._preset.crop_size[0])

    @property
    def resize(self) -> int:
        """The shorter side of a picture before its middle is cut out."""
        return int(self._preset.resize_size[0])

    @cached_property
    def _preset(self) -> Any:
        return self.weights.transforms()

    @property
    def accuracy(self) -> float:
        """The share of ImageNet's validation pictures it gets right, as torchvision states it."""
        return float(self.weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]) / 100

    @property
    def parameters(self) -> int:
        """The number of its weights, as torchvision states it."""
        return int(self.weights.meta["num_params"])

    @property
    def megabytes(self) -> float:
        """The size of the weights' file, in millions of bytes; torchvision states it in MiB."""
        return float(self.weights.meta["_file_size"]) * 2**20 / 1e6

    @property
    def path(self) -> Path:
        """Where the weights lie once they are fetched: torch's own place and name for them."""
        name = Path(urlparse(str(self.weights.url)).path).name
        return Path(torch.hub.get_dir()) / "checkpoints" / name


# torchvision gives GoogLeNet a layer that undoes ImageNet's normalisation and does its own instead;
# without that layer the network takes that normalisation at once.
_GOOGLENET = partial(models.googlenet, aux_logits=False, transform_input=False, init_weights=False)

CLASSIFIERS = Registry[Classifier](
    N_("network"),
    Classifier(
        slug="alexnet",
        title="AlexNet",
        source="A. Krizhevsky, I. Sutskever and G. Hinton, 2012; in the form of 2014",
        description=N_(
            "Five convolutions with large kernels and three dense layers: the network that"
            " began it."
        ),
        build=models.alexnet,
        weights=models.AlexNet_Weights.IMAGENET1K_V1,
    ),
    Classifier(
        slug="vgg16",
        title="VGG-16",
        source="K. Simonyan and A. Zisserman, 2015",
        description=N_(
            "Thirteen 3 × 3 convolutions, the picture halved five times, then three dense layers."
        ),
        build=models.vgg16,
        weights=models.VGG16_Weights.IMAGENET1K_V1,
    ),
    Classifier(
        slug="googlenet",
        title="GoogLeNet",
        source="C. Szegedy et al., 2015; with batch norm",
        description=N_(
            "Nine blocks that look with kernels of several sizes side by side and put the"
            " maps together."
        ),
        build=_GOOGLENET,
        weights=models.GoogLeNet_Weights.IMAGENET1K_V1,
        mean=HALF,
        deviation=HALF,
    ),
    Classifier(
        slug="resnet18",
        title="ResNet-18",
        source="K. He, X. Zhang, S. Ren and J. Sun, 2016",
        description=N_(
            "Eight blocks of two convolutions, each of which adds its input to what it has"
            " made of it."
        ),
        build=models.resnet18,
        weights=models.ResNet18_Weights.IMAGENET1K_V1,
    ),
    Classifier(
        slug="resnet50",
        title="ResNet-50",
        source="K. He, X. Zhang, S. Ren and J. Sun, 2016",
        description=N_(
            "Sixteen residual blocks that narrow to fewer maps for their 3 × 3 convolution"
            " and widen again."
        ),
        build=models.resnet50,
        weights=models.ResNet50_Weights.IMAGENET1K_V2,
    ),
    Classifier(
        slug="mobilenet-v3",
        title="MobileNetV3-Large",
        source="A. Howard et al., 2019",
        description=N_(
            "Made for telephones: convolutions of each map by itself, and factors by which"
            " the network weighs its maps."
        ),
        build=models.mobilenet_v3_large,
        weights=models.MobileNet_V3_Large_Weights.IMAGENET1K_V2,
    ),
    Classifier(
        slug="convnext-tiny",
        title="ConvNeXt-Tiny",
        source="Z. Liu et al., 2022",
        description=N_(
            "A residual network with 7 × 7 kernels, layer norm and GELU, as transformers have them."
        ),
        build=models.convnext_tiny,
        weights=models.ConvNeXt_Tiny_Weights.IMAGENET1K_V1,
    ),
)
_FETCHING = {entry.slug: threading.Lock() for entry in CLASSIFIERS}


def available(slug: str) -> bool:
    """Whether the weights are on this machine."""
    return CLASSIFIERS[slug].path.is_file()


def download(slug: str, progress: Progress = lambda done, total: None) -> Path:
    """Fetch the weights where they are missing and say where they lie.

    `progress(done, total)` is told of bytes now and then; what it raises ends the download. Two
    visitors who ask at once wait for one download. Raises :class:`DownloadError`; whatever goes
    wrong, no half file is left.
    """
    entry = CLASSIFIERS[slug]
    with _FETCHING[slug]:
        if not entry.path.is_file():
            try:
                address = str(entry.weights.url)
                digest = _expected_digest(address)
                files.fetch(address, entry.path, progress, algorithm="sha256", digest=digest)
            except files.WrongFileError as error:
                raise DownloadError(
                    later(
                        "The weights of {network} arrived damaged ({reason}); try again.",
                        network=entry.title, reason=sentence_of(error),
                    )
                ) from None  # fmt: skip
            except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
                reason = getattr(error, "reason", None) or error
                if isinstance(error, HTTPError):
                    error.close()
                raise DownloadError(
                    later(
                        "The weights of {network} could not be fetched ({reason}); the networks"
                        " that come with the app need no download.",
                        network=entry.title, reason=str(reason),
                    )
                ) from None  # fmt: skip
            except OSError as error:
                raise DownloadError(
                    later(
                        "The weights of {network} could not be stored in {place} ({reason}).",
                        network=entry.title, place=entry.path.parent,
                        reason=error.strerror or str(error),
                    )
                ) from None  # fmt: skip
    return entry.path


def _expected_digest(address: str) -> str:
    """The beginning of the SHA-256 sum, which the names of torch's files end with."""
    found = re.search(r"-([0-9a-f]{8,})\.", address)
    return found[1] if found else ""


def load(slug: str) -> nn.Module:
    """The trained network of that slug, unfolded, float32, in evaluation mode.

    Raises `ValueError` where the slug is unknown, or the weights are missing or do not fit.
    """
    entry = CLASSIFIERS[slug]
    if not entry.path.is_file():
        raise ValueError(f"the weights of {entry.title} have not been fetched yet")
    # Built without numbers: those it would be initialised with are replaced at once.
    with torch.device("meta"):
        network = entry.build()
    try:
        state = torch.load(entry.path, map_location="cpu", weights_only=True)
        # GoogLeNet's file has heads that only its training used.
        state = {name: value for name, value in state.items() if not name.startswith("aux")}
        network.load_state_dict(state, assign=True)
    except (RuntimeError, pickle.UnpicklingError, EOFError, AttributeError, KeyError):
        raise ValueError(f"{entry.path} does not hold the weights of {entry.title}") from None
    return unfolded(network.eval())
