"""Where a script has its examples from: a library that ships them, a formula, or a file beside it.

Generated pictures and one's own have no library: their examples lie in `data.npz`, which
:func:`data_file` makes, all of them and before any division, so that one file serves every seed.
"""

from __future__ import annotations

from io import BytesIO

import numpy as np
import torch

from explainer.parameters import Value
from explainer.training.data.copies import copies
from explainer.training.data.data_set import WHITE, Examples, Source
from explainer.training.data.real import REAL, SOURCES
from explainer.training.data.registry import EVERY_DATA_SET
from explainer.training.data.root import data_root

FILE = "data.npz"


def source_of(examples: Examples) -> Source:
    """Where a script has `examples` from; a file where there is nothing else."""
    if not _registered(examples) or not _as_published(examples.name):
        return FROM_FILE
    return EVERY_DATA_SET[examples.name].source or FROM_FILE


def needs_data_file(examples: Examples) -> bool:
    """Whether a script on `examples` reads :func:`data_file`, as `data.npz` beside it."""
    return source_of(examples) is FROM_FILE


def data_file(examples: Examples) -> bytes:
    """`inputs`, `labels` and the names of the `classes` as an .npz, as loaded, before any division.

    Pictures of 8 bits are kept as such, uint8; others and points are float32. Copies of one
    another have the same number in `groups`, which one's own have.
    """
    file = BytesIO()
    codes = _codes(examples)
    np.savez(
        file,
        allow_pickle=False,
        inputs=examples.inputs.numpy() if codes is None else codes.numpy(),
        labels=examples.labels.numpy(),
        classes=np.array(examples.classes),
        **({"groups": copies(examples).numpy()} if examples.origin == "own" else {}),
    )
    return file.getvalue()


def loading_source(examples: Examples) -> str:
    """The block of source that leaves `inputs` and `labels`."""
    settings = dict(examples.settings)
    return source_of(examples).code(settings, examples)


def groups_source(examples: Examples) -> str:
    """The line that leaves `groups`: of one's own from the file, else of equal inputs."""
    if examples.origin == "own":
        return f'''with np.load(Path(__file__).with_name("{FILE}")) as data:
    groups = torch.from_numpy(data["groups"])'''
    unique = "np.unique(inputs.flatten(1), axis=0, return_inverse=True)"
    return f"groups = torch.from_numpy({unique}[1].reshape(-1))"


def _registered(examples: Examples) -> bool:
    """Whether `examples` are those of the app: one's own may bear any name."""
    known = {(entry.slug, entry.title) for entry in EVERY_DATA_SET}
    return examples.origin != "own" and (examples.name, examples.title) in known


def _as_published(slug: str) -> bool:
    """Whether published data lie here as published: in folders their order is another."""
    if slug not in {entry.slug for entry in REAL}:
        return True
    return SOURCES[slug].layouts[0].present(data_root())


def _codes(examples: Examples) -> torch.Tensor | None:
    """Pictures as uint8 where nothing is lost by it."""
    if not examples.pictures:
        return None
    codes = (examples.inputs * WHITE).round()
    return codes.to(torch.uint8) if torch.equal(codes.div(WHITE), examples.inputs) else None


def _file(settings: dict[str, Value], examples: Examples) -> str:
    scale = "" if _codes(examples) is None else f".float() / {WHITE}"
    return f'''with np.load(Path(__file__).with_name("{FILE}")) as data:
    inputs = torch.from_numpy(data["inputs"]){scale}
    labels = torch.from_numpy(data["labels"])'''


FROM_FILE = Source(
    f"Its examples lie in {FILE} beside this script, as Deepglass had them", "", _file
)
