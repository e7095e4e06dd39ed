"""Small real pictures that need no download: they lie in `assets/data` or come inside a library.

scikit-learn and scikit-image are imported when their pictures are first loaded, not before.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from explainer.parameters import Value
from explainer.training.data.data_set import WHITE, DataSet, Examples, Source
from explainer.training.data.real import SOURCES
from explainer.words import N_

MNIST_SAMPLE = Path(__file__).parents[3] / "assets" / "data" / "mnist"
SIDE = 28
LARGEST_INK = 16  # each pixel of the digits counts the dark ones among 4 × 4 scanned pixels


def mnist_sample() -> Examples:
    """6,000 digits of MNIST, 28 × 28, each class equally often; the test part is MNIST's."""
    parts = [tiles_of(MNIST_SAMPLE / f"{name}.png") for name in ("train", "validation", "test")]
    mnist = SOURCES["mnist"]
    digits = torch.arange(len(mnist.classes))
    return Examples(
        name="mnist-sample",
        title="MNIST, 6,000 digits",
        inputs=torch.from_numpy(np.concatenate(parts))[:, None].float().div_(WHITE),
        labels=torch.cat([digits.repeat_interleave(len(part) // len(digits)) for part in parts]),
        classes=mnist.classes,
        test_from=sum(map(len, parts[:-1])),
        credit=f"{mnist.credit}, CC BY-SA 3.0",
        origin="shipped",
    )


def tiles_of(path: Path) -> NDArray[np.uint8]:
    """The grey pictures `(N, 28, 28)` that lie side by side in one, row by row."""
    import cv2  # here: whoever trains on a GPU has no need of it

    codes = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
    rows, across = (length // SIDE for length in codes.shape)
    return codes.reshape(rows, SIDE, across, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)


def digits() -> Examples:
    """The 1,797 handwritten digits of 8 × 8 pixels; a pixel is its ink count over 16."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    counts = torch.from_numpy(np.asarray(bunch.images, np.float32))
    return Examples(
        name="digits",
        title="Digits, 8 × 8",
        inputs=counts[:, None] / LARGEST_INK,
        labels=torch.from_numpy(np.asarray(bunch.target, np.int64)),
        classes=tuple("0123456789"),
        test_from=None,
        credit="E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, CC BY 4.0; "
        "from scikit-learn",
        origin="shipped",
    )


def faces() -> Examples:
    """100 faces and 100 patches of background, 25 × 25 pixels, grey."""
    import skimage.data

    patches: object = skimage.data.lfw_subset()  # type: ignore[no-untyped-call]
    pictures = torch.from_numpy(np.asarray(patches, np.float32))
    return Examples(
        name="faces",
        title="Faces or not, 25 × 25",
        inputs=pictures[:, None],
        labels=torch.arange(2).repeat_interleave(100),
        classes=("face", "not a face"),
        test_from=None,
        credit="Labeled Faces in the Wild (Huang et al. 2007); from scikit-image",
        origin="shipped",
    )


def _digits_code(settings: dict[str, Value], examples: Examples) -> str:
    return f"""digits = load_digits()  # a pixel counts the dark ones among {LARGEST_INK}
inputs = torch.tensor(digits.images, dtype=torch.float32)[:, None] / {LARGEST_INK}
labels = torch.tensor(digits.target)"""


def _faces_code(settings: dict[str, Value], examples: Examples) -> str:
    return """inputs = torch.tensor(lfw_subset(), dtype=torch.float32)[:, None]
labels = torch.arange(2).repeat_interleave(100)  # faces first, then background"""


SHIPPED: tuple[DataSet, ...] = (
    DataSet(
        slug="mnist-sample",
        title=N_("MNIST, 6,000 digits"),
        group="Shipped",
        meaning=N_(
            "6,000 of MNIST’s handwritten digits, 28 × 28; the test part is from MNIST’s own."
        ),
        load=mnist_sample,
    ),
    DataSet(
        slug="digits",
        title=N_("Digits, 8 × 8"),
        group="Shipped",
        meaning=N_(
            "1,797 handwritten digits, for speed: so small that a network learns them in seconds."
        ),
        load=digits,
        source=Source("scikit-learn brings them", "scikit-learn", _digits_code),
    ),
    DataSet(
        slug="faces",
        title=N_("Faces or not, 25 × 25"),
        group="Shipped",
        meaning=N_(
            "100 faces and 100 pieces of background: so few that a network soon knows them "
            "by heart."
        ),
        load=faces,
        source=Source("scikit-image brings them", "scikit-image", _faces_code),
    ),
)
