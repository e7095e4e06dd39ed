"""Small real pictures that come inside scikit-learn and scikit-image: no download needed.

Both libraries are imported when their pictures are first loaded, not before.
"""

from __future__ import annotations

import numpy as np
import torch

from explainer.parameters import Value
from explainer.training.data.data_set import DataSet, Examples, Source
from explainer.words import N_

LARGEST_INK = 16  # each pixel of the digits counts the dark ones among 4 × 4 scanned pixels


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
        slug="digits",
        title=N_("Digits, 8 × 8"),
        group="Shipped",
        meaning=N_("1,797 handwritten digits, so small that a network learns them in seconds."),
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
