"""The augmentation of a recipe as source: only the steps in use, with the engine's own draws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from explainer.training.augmentation.augmentation import Augmentation
from explainer.training.augmentation.pipeline import AugmentationStep
from explainer.training.script.task import Task

UNIFORM = '''def uniform(count, low, high):
    """`count` numbers from low to high."""
    return torch.rand(count, generator=augmenting) * (high - low) + low'''

AFFINE = '''def affine(*entries):
    """Matrices (B, 2, 3): where each new pixel reads the picture, from -1 to 1, x and then y."""
    columns = torch.broadcast_tensors(*(torch.as_tensor(entry).float() for entry in entries))
    return torch.stack(columns, -1).view(-1, 2, 3)'''

READ = '''def read(x, maps):
    """The pictures where the maps read them; `F.affine_grid` has the same up to rounding."""
    down, across = (torch.arange(1 - side, side, 2) / side for side in x.shape[2:])
    a, b, c = maps[..., None, None].unbind(2)
    grid = (a * across + c) + b * down[:, None]  # (B, 2, H, W)
    return F.grid_sample(x, grid.permute(0, 2, 3, 1), align_corners=False)'''

THEN = '''def then(first, second):
    """The map that does one thing and then another, so that pictures are read once."""
    both = first[:, :, :2] @ second
    both[:, :, 2] += first[:, :, 2]
    return both'''

INSIDE = '''def inside(x, corners, sides):
    """Which pixels lie in a box, (B, 1, H, W); corners and sides are (2, B), in pixels."""
    (top, left), (bottom, right) = corners[..., None], (corners + sides)[..., None]
    rows, columns = torch.arange(x.shape[2]), torch.arange(x.shape[3])
    rows, columns = (rows >= top) & (rows < bottom), (columns >= left) & (columns < right)
    return (rows[:, :, None] & columns[:, None])[:, None]'''

BETA = '''def beta(count, alpha):
    """Shares from Beta(alpha, alpha), drawn by NumPy from a seed that PyTorch gives."""
    seed = int(torch.randint(2**62, (), generator=augmenting))
    return torch.from_numpy(np.random.default_rng(seed).beta(alpha, alpha, count)).float()'''

HELPERS = (UNIFORM, AFFINE, READ, THEN, INSIDE, BETA)


def augmenting_source(task: Task) -> Iterator[str]:
    """The blocks of source; none where nothing is augmented."""
    steps = task.augmentation
    if not steps:
        return
    lines, sources = _calls(task, steps)
    body = "\n".join([*sources, *lines])
    yield '# Augmentation draws from its own generator.\naugmenting = generator("augmentation")'
    yield from (one for one in HELPERS if re.search(rf"\b{_name(one)}\(", body))
    yield from sources
    yield _whole(task, steps, lines)


def _calls(task: Task, steps: tuple[AugmentationStep, ...]) -> tuple[list[str], list[str]]:
    """The lines that do one step after the other, and the source of what they call, once each."""
    lines: list[str] = []
    used: dict[str, None] = {}
    for geometric, group in groupby(steps, key=lambda one: one.record.maps is not None):
        together = list(group)
        alone = together[0].record.source_alone if len(together) == 1 else ""
        sources = [alone or _source(task, one.record) for one in together]
        used |= dict.fromkeys(sources)
        calls = [_call(*pair) for pair in zip(sources, together, strict=True)]
        read_once = geometric and not alone
        lines += _read_once(calls) if read_once else _in_turn(calls, together)
    return lines, list(used)


def _call(source: str, one: AugmentationStep) -> str:
    targets = ", y" if one.record.softens else ""
    values = ", ".join(f"{name}={value!r}" for name, value in one.values)
    return f"{_name(source)}(x{targets}, {values})"


def _in_turn(calls: list[str], steps: list[AugmentationStep]) -> list[str]:
    """A line for each call; those that mix examples change the targets too."""
    return [
        f"    x{', y' if one.record.softens else ''} = {call}"
        for call, one in zip(calls, steps, strict=True)
    ]


def _read_once(calls: list[str]) -> list[str]:
    if len(calls) == 1:
        return [f"    x = read(x, {calls[0]})"]
    first, *others = calls
    return [
        f"    maps = {first}",
        *(f"    maps = then(maps, {call})" for call in others),
        "    x = read(x, maps)",
    ]


def _source(task: Task, entry: Augmentation) -> str:
    if not task.examples.pictures:
        return entry.points_source or entry.source
    return entry.grey_source or entry.source if task.examples.shape[0] == 1 else entry.source


def _name(source: str) -> str:
    """The name of the function that begins `source`."""
    return source.removeprefix("def ").partition("(")[0]


def _whole(task: Task, steps: tuple[AugmentationStep, ...], lines: list[str]) -> str:
    was = "as they were, from 0 to 1" if task.examples.pictures else "as they were"
    head = [
        "def augment(x, y):",
        '    """Another look at the same examples, normalised again."""',
        f"    x = x * std + mean  # {was}",
    ]
    if task.classes and any(one.record.softens for one in steps):
        head.append(f"    y = F.one_hot(y, {task.classes}).float()")
    return "\n".join([*head, *lines, "    return (x - mean) / std, y"])
