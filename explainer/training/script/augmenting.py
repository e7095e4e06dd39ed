"""The augmentation of a recipe as source: only the steps in use, with the engine's own draws."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from explainer.training.augmentation.pipeline import AugmentationStep
from explainer.training.augmentation.pixels import LUMA
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

FLIP = '''def flip(x, p):
    """Left and right change places with probability p."""
    chosen = uniform(len(x), 0, 1) < p
    return torch.where(chosen[:, None, None, None], x.flip(-1), x)'''

FLIPS = '''def flips(x, p):
    """Left and right change places with probability p."""
    return affine(1 - 2 * (uniform(len(x), 0, 1) < p).float(), 0, 0, 0, 1, 0)'''

SHIFTS = '''def shifts(x, share):
    """Whole pixels up, down, left and right, up to a share of the side."""
    height, width = x.shape[2:]
    down = uniform(len(x), -share * height, share * height).round()
    right = uniform(len(x), -share * width, share * width).round()
    return affine(1, 0, -2 * right / width, 0, 1, -2 * down / height)'''

ROTATIONS = '''def rotations(x, degrees):
    """A turn about the centre, either way."""
    height, width = x.shape[2:]
    angle = uniform(len(x), -degrees, degrees) * (math.pi / 180)
    cosine, sine = angle.cos(), angle.sin()
    return affine(cosine, -sine * height / width, 0, sine * width / height, cosine, 0)'''

CROPS = '''def crops(x, smallest):
    """A window of `smallest` to all of the area, enlarged to the size of the whole."""
    side = uniform(len(x), smallest, 1).sqrt()
    left, top = (uniform(len(x), -1, 1) * (1 - side) for _ in range(2))
    return affine(side, 0, left, 0, side, top)'''

COLOUR = f'''def colour(x, brightness, contrast, saturation):
    """Brighter or darker, stronger or flatter, more colourful or paler, in this order."""

    def grey(x):
        return (x * torch.tensor({LUMA}).view(3, 1, 1)).sum(1, keepdim=True)

    def factors(strength):
        return uniform(len(x), 1 - strength, 1 + strength)[:, None, None, None]

    x = (x * factors(brightness)).clamp(0, 1)
    middle = grey(x).mean((1, 2, 3), keepdim=True)
    x = torch.lerp(middle.expand_as(x), x, factors(contrast)).clamp(0, 1)
    return torch.lerp(grey(x).expand_as(x), x, factors(saturation)).clamp(0, 1)'''

GREY_COLOUR = '''def colour(x, brightness, contrast, saturation):
    """Brighter or darker, stronger or flatter."""

    def factors(strength):
        return uniform(len(x), 1 - strength, 1 + strength)[:, None, None, None]

    x = (x * factors(brightness)).clamp(0, 1)
    middle = x.mean((1, 2, 3), keepdim=True)
    x = torch.lerp(middle.expand_as(x), x, factors(contrast)).clamp(0, 1)
    factors(saturation)  # drawn in vain, for these pictures have no colours
    return x'''

ERASING = '''def erasing(x, p, share):
    """With probability p a black square of up to a share of the area, fully inside."""
    size = torch.tensor(x.shape[2:])[:, None]
    chosen = uniform(len(x), 0, 1) < p
    sides = torch.round(uniform(len(x), 0, share).sqrt() * chosen * size)
    places = torch.stack([uniform(len(x), 0, 1), uniform(len(x), 0, 1)])
    corners = torch.floor(places * (size - sides + 1))
    return x.masked_fill(inside(x, corners, sides), 0.0)'''

NOISE = '''def noise(x, sigma):
    """Gaussian noise on every pixel."""
    return (x + sigma * torch.randn(x.shape, generator=augmenting)).clamp(0, 1)'''

POINT_NOISE = '''def noise(x, sigma):
    """Gaussian noise on every number."""
    return x + sigma * torch.randn(x.shape, generator=augmenting)'''

MIXUP = '''def mixup(x, y, alpha):
    """Two examples laid over each other; the answer asked for is the same mixture."""
    share, order = beta(len(x), alpha), torch.randperm(len(x), generator=augmenting)
    x = torch.lerp(x[order], x, share[:, None, None, None])
    return x, torch.lerp(y[order], y, share[:, None])'''

CUTMIX = '''def cutmix(x, y, alpha):
    """A box of one picture pasted into another; the answer asked for is shared by area."""
    size = torch.tensor(x.shape[2:])[:, None]
    half = torch.floor((1 - beta(len(x), alpha)).sqrt() * size / 2)
    places = torch.stack([uniform(len(x), 0, 1), uniform(len(x), 0, 1)])
    order = torch.randperm(len(x), generator=augmenting)
    box = inside(x, torch.floor(places * size) - half, 2 * half)
    share = 1 - box.float().mean((1, 2, 3))
    return torch.where(box, x[order], x), torch.lerp(y[order], y, share[:, None])'''


@dataclass(frozen=True)
class Change:
    """An augmentation by its slug, as source of a function, which bears the name `called`.

    `grey` and `points` are the source for pictures of one channel and for points where that is
    another. Those that give maps are read together where they are neighbours.
    """

    slug: str
    called: str
    source: str
    grey: str = ""
    points: str = ""


CHANGES: tuple[Change, ...] = (
    Change("flip", "flips", FLIPS),
    Change("shift", "shifts", SHIFTS),
    Change("rotation", "rotations", ROTATIONS),
    Change("crop", "crops", CROPS),
    Change("colour", "colour", COLOUR, grey=GREY_COLOUR),
    Change("erasing", "erasing", ERASING),
    Change("noise", "noise", NOISE, points=POINT_NOISE),
    Change("mixup", "mixup", MIXUP, points=MIXUP.replace(", None, None, None", ", None")),
    Change("cutmix", "cutmix", CUTMIX),
)
_BY_SLUG = {entry.slug: entry for entry in CHANGES}
LONE_FLIP = Change("flip", "flip", FLIP)  # a flip alone reads no pixel between others


def augmenting_source(task: Task) -> Iterator[str]:
    """The blocks of source; none where nothing is augmented."""
    steps = task.augmentation
    if not steps:
        return
    lines, used = _calls(task, steps)
    sources = list(dict.fromkeys(_source(task, change) for change in used))
    body = "\n".join([*sources, *lines])
    yield '# Augmentation draws from its own generator.\naugmenting = generator("augmentation")'
    yield from (one for one in HELPERS if re.search(rf"\b{_name(one)}\(", body))
    yield from sources
    yield _whole(task, steps, lines)


def _calls(task: Task, steps: tuple[AugmentationStep, ...]) -> tuple[list[str], list[Change]]:
    """The lines that do one step after the other, and the changes that they call."""
    lines: list[str] = []
    used: list[Change] = []
    for geometric, group in groupby(steps, key=lambda one: one.record.maps is not None):
        together = list(group)
        changes = [_BY_SLUG[one.slug] for one in together]
        if geometric and [one.slug for one in together] == [LONE_FLIP.slug]:
            geometric, changes = False, [LONE_FLIP]
        used += changes
        calls = [_call(*pair) for pair in zip(changes, together, strict=True)]
        lines += _read_once(calls) if geometric else _in_turn(calls, together)
    return lines, used


def _call(change: Change, one: AugmentationStep) -> str:
    targets = ", y" if one.record.softens else ""
    values = ", ".join(f"{name}={value!r}" for name, value in one.values)
    return f"{change.called}(x{targets}, {values})"


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


def _source(task: Task, change: Change) -> str:
    if not task.examples.pictures:
        return change.points or change.source
    return change.grey or change.source if task.examples.shape[0] == 1 else change.source


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
    if any(one.record.softens for one in steps):
        head.append(f"    y = F.one_hot(y, {task.classes}).float()")
    return "\n".join([*head, *lines, "    return (x - mean) / std, y"])
