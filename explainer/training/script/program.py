"""The whole script: its head, the data, the network, how it learns, and the loop that measures."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from explainer.training.data.data_set import Examples
from explainer.training.data.splits import Split
from explainer.training.recipe.kinds import KINDS
from explainer.training.recipe.recipe import Recipe
from explainer.training.script.augmenting import augmenting_source
from explainer.training.script.division import data_source
from explainer.training.script.learning import constants, learning_source, watches
from explainer.training.script.loading import source_of
from explainer.training.script.network import network_source
from explainer.training.script.task import Task
from explainer.training.task import ACCURACY, Measure

WIDTH = 96


@dataclass(frozen=True)
class Import:
    """A line of imports, and the pattern in the code that asks for it."""

    line: str
    wanted_by: str


STANDARD = (
    Import("import copy", r"\bcopy\."),
    Import("import csv", r"\bcsv\."),
    Import("import hashlib", r"\bhashlib\."),
    Import("import math", r"\bmath\."),
    Import("from collections import OrderedDict", r"\bOrderedDict\("),
    Import("from pathlib import Path", r"\bPath\("),
)
LIBRARIES = (
    Import("import numpy as np", r"\bnp\."),
    Import("import torch", r"\btorch\."),
    Import("import torch.nn.functional as F", r"\bF\."),
    Import("from skimage.data import lfw_subset", r"\blfw_subset\("),
    Import("from sklearn.datasets import load_digits", r"\bload_digits\("),
    Import("from sklearn.datasets import make_blobs", r"\bmake_blobs\("),
    Import("from sklearn.datasets import make_circles", r"\bmake_circles\("),
    Import("from sklearn.datasets import make_moons", r"\bmake_moons\("),
    Import("from torch import nn", r"\bnn\."),
    Import("from torchvision import datasets", r"\bdatasets\."),
)

GENERATOR = '''def generator(*names):
    """Random numbers that follow from the seed and from what they are for."""
    text = "\\x1f".join(map(str, (SEED, *names)))
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest, "big") >> 1)'''

BATCHES = '''def batches():
    """Rows to learn from: shuffled anew for each epoch, and read as one endless line."""
    line, epoch = torch.empty(0, dtype=torch.int64), 0
    while True:
        if len(line) < BATCH:
            order = torch.randperm(len(train_labels), generator=generator("batches", epoch))
            line, epoch = torch.cat([line, order]), epoch + 1
        yield line[:BATCH]
        line = line[BATCH:]'''

SQUARES = '''@torch.no_grad()
def squares():
    """The sum of all squared weights, which training that diverges drives beyond all numbers."""
    return sum(p.square().sum() for p in model.parameters() if p.dim() > 1).item()'''

DUE = '''def due(step):
    """Whether to measure after so many steps: at powers of two, and then evenly."""
    return step % EVERY == 0 or step == STEPS or (step < EVERY and step & (step - 1) == 0)'''

STOP = (
    "    elif step - best_step >= PATIENCE:",
    '        print(f"Stopped early: no lower validation loss since step {best_step}.")',
    "        break",
)


def script(recipe: Recipe, examples: Examples, split: Split, seed: int) -> str:
    """Python source that trains `recipe` from `seed` on `examples` divided by `split`.

    It prints the losses and accuracies at the steps at which the engine measures, leaves them in
    the list `curve` and in `curve.csv`, and scores the weights of the lowest validation loss on
    the test part. Where :func:`~explainer.training.script.loading.needs_data_file` says so it
    reads `data.npz` beside it. `split` is that of this seed: where a race divides the data anew
    for each seed, its seed is `seed`, and then another `SEED` in the script is another run of the
    race. Raises `ValueError` where the recipe does not fit the data.
    """
    task = Task(recipe, examples, split, seed)
    blocks = [
        _constants(task),
        GENERATOR,
        *data_source(task),
        *network_source(task),
        *augmenting_source(task),
        *learning_source(task),
        BATCHES,
        _score(task),
        SQUARES,
        DUE,
        _loop(task),
        _curve_file(task),
        *([_test(task)] if len(task.parts.test) else []),
    ]
    body = "\n".join(_spaced(blocks))
    return "\n".join([_docstring(task), "", *_imports(body), "", body, ""])


def _docstring(task: Task) -> str:
    network, examples = KINDS[task.recipe.network.kind].title, task.examples
    title = f"{task.recipe.name}: " if task.recipe.name else ""
    place = source_of(examples)
    needs = ", ".join(filter(None, ["PyTorch", "NumPy", place.needs]))
    paragraphs = (
        f"{title}a network ({network}) that learns {examples.title}, from seed {task.seed}.",
        f"The data: {examples.credit}. {place.where}. Needed: {needs}.",
        "Every random number follows from SEED, so the curve is that of Deepglass up to rounding: "
        "it is printed, kept in `curve` and written to curve.csv.",
    )
    return '"""' + "\n\n".join(_paragraph(text) for text in paragraphs) + '\n"""'


def _paragraph(text: str) -> str:
    """Wrapped, and without what would end a string or begin an escape."""
    plain = " ".join(text.split()).replace("\\", " ").replace('"', "'")
    return textwrap.fill(plain, WIDTH, break_on_hyphens=False)


def _constants(task: Task) -> str:
    lines = [
        f"SEED = {task.seed}",
        f"STEPS, BATCH = {task.steps}, {task.batch}",
        f"EVERY = {task.every}  # steps from one measurement to the next",
        *constants(task.recipe),
    ]
    return "\n".join(lines)


def _imports(body: str) -> Iterator[str]:
    """The imports that `body` asks for, sorted as tools sort them."""
    first, second = (
        [one.line for one in group if re.search(one.wanted_by, body)]
        for group in (STANDARD, LIBRARIES)
    )
    yield from (*first, "", *second)


def _spaced(blocks: list[str]) -> Iterator[str]:
    """The blocks with a line between them, and two around a function or a class."""
    before = ""
    for block in blocks:
        if before:
            yield from ("", "") if _defines(before) or _defines(block) else ("",)
        yield block
        before = block


def _defines(block: str) -> bool:
    return block.startswith(("def ", "class ", "@"))


def _loop(task: Task) -> str:
    patience, tested = task.recipe.regularisation.patience, bool(len(task.parts.test))
    measure = task.examples.task.measure
    name = measure.slug
    best = "        best_loss, best_step = loss, step" if tested or patience else ""
    state = "best_state = copy.deepcopy(model.state_dict())" if tested else ""
    lines = [
        "curve, rows = [], batches()",
        "best_loss, best_step = math.inf, 0" if best else "",
        state,
        f'print("{_headings(measure)}")',
        "for step in range(STEPS + 1):",
        "    if step > 0:",
        "        learn(next(rows))",
        "    if not due(step):",
        "        continue",
        f"    train_loss, train_{name} = score({_first('train', task)})",
        f"    loss, {name} = score({_first('validation', task)})",
        "    if not math.isfinite(train_loss + squares()):",
        '        print(f"By step {step} training has diverged.")',
        "        break",
        f"    curve.append((step, train_loss, train_{name}, loss, {name}))",
        f"    print({_row(measure)})",
        "    plateau.step(loss)" if watches(task.recipe) else "",
        *(["    if loss < best_loss:", best, f"        {state}" if state else ""] if best else []),
        *(STOP if patience else []),
    ]
    return "\n".join(filter(None, lines))


def _score(task: Task) -> str:
    measure = task.examples.task.measure
    loss, how_well = task.examples.task.code()
    what = "the share of right answers" if measure is ACCURACY else f"the {measure.title}"
    return f'''@torch.no_grad()
def score(inputs, labels):
    """Mean loss, without any penalty, and {what}."""
    model.eval()
    outputs = torch.cat([model(part) for part in inputs.split(256)])
    model.train()
    well = {how_well}
    return {loss}(outputs, labels).item(), well'''


def _curve_file(task: Task) -> str:
    name = task.examples.task.measure.slug
    return f"""with open("curve.csv", "w", newline="") as file:
    writer = csv.writer(file)
    columns = ("train_loss", "train_{name}", "validation_loss", "validation_{name}")
    writer.writerow(("step", *columns))
    writer.writerows(curve)"""


def _test(task: Task) -> str:
    measure = task.examples.task.measure
    title, name, digits = measure.title, measure.slug, _digits(measure)
    said = f"loss {{loss:.4f}}, {title} {{{name}:{digits}}}"
    return f"""model.load_state_dict(best_state)
loss, {name} = score(test_inputs, test_labels)
print(f"On the test part, as after step {{best_step}}: {said}")"""


def _headings(measure: Measure) -> str:
    return f"  step  train loss  train {measure.title}  validation loss  validation {measure.title}"


def _row(measure: Measure) -> str:
    """A line of the table below :func:`_headings`."""
    name, digits, wide = measure.slug, _digits(measure), len(measure.title)
    train, validation = (f"{{{one}:{len(word) + wide + 1}{digits}}}" for one, word in
                         ((f"train_{name}", "train"), (name, "validation")))  # fmt: skip
    return f'f"{{step:6}}  {{train_loss:10.4f}}  {train}  {{loss:15.4f}}  {validation}"'


def _digits(measure: Measure) -> str:
    return ".2%" if measure.percent else ".4f"


def _first(part: str, task: Task) -> str:
    """Inputs and labels of a part, of the first examples alone where there are more than needed."""
    most = getattr(task.evaluation, f"{part}_examples")
    cut = f"[:{most}]" if len(getattr(task.parts, part)) > most else ""
    return f"{part}_inputs{cut}, {part}_labels{cut}"
