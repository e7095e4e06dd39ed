"""Where a script has its examples from: a library that ships them, a formula, or a file beside it.

Generated pictures and one's own have no library: their examples lie in `data.npz`, which
:func:`data_file` makes, all of them and before any division, so that one file serves every seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import torch

from explainer.parameters import Value
from explainer.training.data.copies import copies
from explainer.training.data.data_set import Examples
from explainer.training.data.points import BLOB_CENTRES, TURNS
from explainer.training.data.real import REAL, source
from explainer.training.data.registry import DATA_SETS
from explainer.training.data.root import data_root
from explainer.training.data.shipped import LARGEST_INK

FILE = "data.npz"
WHITE = 255


@dataclass(frozen=True)
class Origin:
    """How a script comes to the examples of a data set, by slug.

    `source(settings, examples)` is code that leaves `inputs` and `labels`; `needs` names the
    library that it takes besides PyTorch and NumPy, or is empty; `where` says it in words.
    """

    slug: str
    where: str
    needs: str
    source: Callable[[dict[str, Value], Examples], str]


def origin(examples: Examples) -> Origin:
    """The origin of `examples`; a file where there is no other."""
    found = _BY_SLUG.get(examples.name)
    if found is None or not _registered(examples) or not _as_published(examples.name):
        return FROM_FILE
    return found


def needs_data_file(examples: Examples) -> bool:
    """Whether a script on `examples` reads :func:`data_file`, as `data.npz` beside it."""
    return origin(examples) is FROM_FILE


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
    return origin(examples).source(settings, examples)


def groups_source(examples: Examples) -> str:
    """The line that leaves `groups`: of one's own from the file, else of equal inputs."""
    if examples.origin == "own":
        return f'''with np.load(Path(__file__).with_name("{FILE}")) as data:
    groups = torch.from_numpy(data["groups"])'''
    unique = "np.unique(inputs.flatten(1), axis=0, return_inverse=True)"
    return f"groups = torch.from_numpy({unique}[1].reshape(-1))"


def _registered(examples: Examples) -> bool:
    """Whether `examples` are those of the app: one's own may bear any name."""
    known = {(entry.slug, entry.title) for entry in DATA_SETS}
    return examples.origin != "own" and (examples.name, examples.title) in known


def _as_published(slug: str) -> bool:
    """Whether published data lie here as published: in folders their order is another."""
    if slug not in {entry.slug for entry in REAL}:
        return True
    return source(slug).layouts[0].present(data_root())


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


def _digits(settings: dict[str, Value], examples: Examples) -> str:
    return f"""digits = load_digits()  # a pixel counts the dark ones among {LARGEST_INK}
inputs = torch.tensor(digits.images, dtype=torch.float32)[:, None] / {LARGEST_INK}
labels = torch.tensor(digits.target)"""


def _faces(settings: dict[str, Value], examples: Examples) -> str:
    return """inputs = torch.tensor(lfw_subset(), dtype=torch.float32)[:, None]
labels = torch.arange(2).repeat_interleave(100)  # faces first, then background"""


def _published(kind: str) -> Callable[[dict[str, Value], Examples], str]:
    def source(settings: dict[str, Value], examples: Examples) -> str:
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

    return source


def _points(text: str) -> Callable[[dict[str, Value], Examples], str]:
    def source(settings: dict[str, Value], examples: Examples) -> str:
        count, seed = int(settings["count"]), int(settings["seed"])
        made = text.replace("COUNT", str(count)).replace("DATA_SEED", str(seed))
        return f"""{made}
moves = np.random.default_rng(({seed}, 1)).standard_normal(points.shape)
inputs = torch.tensor(points + {settings["noise"]!r} * moves, dtype=torch.float32)
labels = torch.tensor(classes)"""

    return source


MOONS = """points, classes = make_moons(COUNT, noise=0.0, random_state=DATA_SEED)
points = (points - (0.5, 0.25)) / 1.5"""

CIRCLES = """points, classes = make_circles(COUNT, noise=0.0, random_state=DATA_SEED, factor=0.5)"""

SPIRALS = f"""classes = np.arange(COUNT) % 2
along = np.sqrt(np.random.default_rng(DATA_SEED).uniform(0.01, 1, COUNT))
angle = 2 * np.pi * {TURNS} * along + np.pi * classes
points = np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1)"""

XOR = """corner = np.arange(COUNT) % 4
inside = np.random.default_rng(DATA_SEED).uniform(0.1, 1, (COUNT, 2))
signs = np.stack([1 - 2 * (corner % 2), 1 - 2 * (corner // 2)], axis=1)
points, classes = signs * inside, (signs.prod(axis=1) < 0).astype(np.int64)"""

BLOBS = f"""centres = {BLOB_CENTRES}
points, classes = make_blobs(COUNT, centers=centres, cluster_std=0, random_state=DATA_SEED)"""

FROM_FILE = Origin(
    "", f"Its examples lie in {FILE} beside this script, as Deepglass had them", "", _file
)
DRAWN = "Its points are drawn by this script"
ORIGINS: tuple[Origin, ...] = (
    Origin("digits", "scikit-learn brings them", "scikit-learn", _digits),
    Origin("faces", "scikit-image brings them", "scikit-image", _faces),
    Origin("mnist", "torchvision loads them", "torchvision", _published("MNIST")),
    Origin("fashion-mnist", "torchvision loads them", "torchvision", _published("FashionMNIST")),
    Origin("cifar-10", "torchvision loads them", "torchvision", _published("CIFAR10")),
    Origin("moons", DRAWN, "scikit-learn", _points(MOONS)),
    Origin("circles", DRAWN, "scikit-learn", _points(CIRCLES)),
    Origin("spirals", DRAWN, "", _points(SPIRALS)),
    Origin("xor", DRAWN, "", _points(XOR)),
    Origin("blobs", DRAWN, "scikit-learn", _points(BLOBS)),
)
_BY_SLUG = {entry.slug: entry for entry in ORIGINS}
