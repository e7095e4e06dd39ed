"""The code of one pass: a short PyTorch script that gives the numbers of the page.

Its network and its weights are written by the code of the training scripts, so that nothing here
knows how a layer is built.
"""

from __future__ import annotations

import re

from explainer.activations.registry import ACTIVATIONS
from explainer.gradients.depth.batch import PATCH, PHOTO_SIDE, Batch
from explainer.gradients.depth.settings import title
from explainer.training.data.data_set import Examples
from explainer.training.data.splits import Split
from explainer.training.instruments.units import FLAT, SATURATED, greatest_slope
from explainer.training.recipe.recipe import Network, Recipe
from explainer.training.script.network import network_source
from explainer.training.script.program import GENERATOR
from explainer.training.script.task import Task
from explainer.words import ENGLISH, spoken

PHOTO = "photo.png"
IMPORTS = (
    ("hashlib", "import hashlib"),
    (r"math\.", "import math"),
    ("OrderedDict", "from collections import OrderedDict"),
    ("", ""),
    (r"cv2\.", "import cv2"),
    (r"torch\.", "import torch"),
    (r"F\.", "import torch.nn.functional as F"),
    ("load_digits", "from sklearn.datasets import load_digits"),
    (r"nn\.", "from torch import nn"),
)

DIGITS = """digits = load_digits()
rows = torch.randperm(len(digits.target), generator=generator("digits"))[:{count}]
inputs = torch.tensor(digits.images, dtype=torch.float32)[rows, None] / 16
labels = torch.tensor(digits.target)[rows]"""

PATCHES = """photo = cv2.cvtColor(cv2.imread("{photo}"), cv2.COLOR_BGR2RGB)
photo = cv2.resize(photo, ({side}, {side}), interpolation=cv2.INTER_AREA)
pixels = torch.from_numpy(photo).permute(2, 0, 1).float() / 255
places = torch.randint(0, {last}, ({count}, 2), generator=generator("patches"))
inputs = torch.stack([pixels[:, y : y + {patch}, x : x + {patch}] for y, x in places.tolist()])
lower, right = ((places + {half}) >= {middle}).long().unbind(1)
labels = 2 * lower + right  # the quarter of the photo that a patch comes from"""

NORMALISE = """# Each channel with mean 0 and spread 1; one that never changes keeps its spread.
spread, mean = torch.std_mean(inputs, (0, 2, 3), correction=0, keepdim=True)
inputs = (inputs - mean) / torch.where(spread < 1e-6, 1.0, spread)"""

PASS = """# One pass forwards and back, in float64; each activation notes what it is given.
model.double().train()
sums = []
for layer in model.modules():
    if isinstance(layer, {activation}):
        layer.register_forward_pre_hook(lambda _, given: sums.append(given[0]))
linear = [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
loss = F.cross_entropy(model(inputs.double()), labels, reduction="sum")
gradients = torch.autograd.grad(loss, sums + [layer.weight for layer in linear[:-1]])"""

REPORT = """def length(values):
    largest = values.abs().max().item()
    if largest == 0:
        return 0.0
    return largest * (values / largest).norm().item()  # squares of tiny numbers would vanish


# Layer by layer: the sums, the gradient there and at the weights, units that are idle.
report = []
for place, z in enumerate(sums):
    z = z.detach().requires_grad_()
    function = {call}.double()
    slope = torch.autograd.grad(function(z).sum(), z)[0].abs()
    size = length(z.detach()) / math.sqrt(z.numel())
    gradient = length(gradients[place]) / math.sqrt(len(labels))
    of_weights = length(gradients[len(sums) + place]) / len(labels)
    dead = (slope.amax(0) < {flat:g}).double().mean().item()
    saturated = (slope < {saturated:g}).double().mean().item()
    report.append((size, gradient, of_weights, dead, saturated))
    print(
        f"layer {{place + 1:3}}: z {{size:.4g}}, gradient {{gradient:.4g}}, of the weights "
        f"{{of_weights:.4g}}, dead {{dead:.1%}}, saturated {{saturated:.1%}}"
    )"""


def script(network: Network, batch: Batch, seed: int, *, photo: bool) -> str:
    """Python source of the pass of `network` with `seed`; `photo` where its data are patches.

    It prints a line for each layer and leaves the numbers in `report`. With `photo` it reads
    `photo.png` beside it.
    """
    blocks = [
        f"SEED = {seed}",
        GENERATOR,
        _data(batch, photo=photo),
        NORMALISE,
        *network_source(_task(network, batch, seed)),
        PASS.format(activation=_class_of(network)),
        _report(network),
    ]
    body = "\n\n".join(blocks).replace(GENERATOR, f"\n{GENERATOR}\n")
    return "\n".join([_docstring(network, seed), "", *_imports(body), body, ""])


def _docstring(network: Network, seed: int) -> str:
    stack = f"{network.depth} layers of {network.width} units"
    with spoken(ENGLISH):
        words = title(network).replace("σ", "sigma")
    return f'"""One pass through an untrained network: {words}, {stack}, seed {seed}."""'


def _imports(body: str) -> list[str]:
    kept = [line for wanted, line in IMPORTS if re.search(wanted, body)]
    return [*kept, ""]


def _data(batch: Batch, *, photo: bool) -> str:
    count = len(batch.labels)
    if not photo:
        return DIGITS.format(count=count)
    return PATCHES.format(
        photo=PHOTO, side=PHOTO_SIDE, last=PHOTO_SIDE - PATCH + 1, count=count, patch=PATCH,
        half=PATCH // 2, middle=PHOTO_SIDE // 2,
    )  # fmt: skip


def _task(network: Network, batch: Batch, seed: int) -> Task:
    """What the training scripts ask for: only its network and the shape of its data are read."""
    examples = Examples(
        "depth", "Depth", batch.inputs, batch.labels, batch.classes, test_from=None, credit=""
    )
    return Task(Recipe(network=network), examples, Split(seed=seed), seed)


def _class_of(network: Network) -> str:
    return f"nn.{type(ACTIVATIONS[network.activation].module()).__name__}"


def _report(network: Network) -> str:
    module = ACTIVATIONS[network.activation].module()
    return REPORT.format(
        call=f"nn.{module!r}".replace("'", '"'),
        flat=FLAT,
        saturated=SATURATED * greatest_slope(module),
    )
