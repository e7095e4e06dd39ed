"""The wall as a script of its own: this pipeline, this seed, and the same pictures."""

from __future__ import annotations

from explainer.regularisation.augmentation.transformation import SIDE
from explainer.regularisation.augmentation.wall import SAMPLES, Pipeline

TEXT = '''"""{count} samples of one photo, picture.png: the pictures of the wall on this page.

For training hand `pipeline` to the data set; the seeds below are there to repeat the wall.
"""

from zlib import crc32

import cv2
import torch
from torchvision.transforms import v2

SIDE, SEED = {side}, {seed}
BILINEAR = v2.InterpolationMode.BILINEAR

pipeline = v2.Compose([{steps}])
names = {names}  # of its steps, each of which has a seed of its own


def square(file):
    """The middle of a picture at the size of a sample, (3, SIDE, SIDE)."""
    codes = cv2.cvtColor(cv2.imread(file), cv2.COLOR_BGR2RGB)
    height, width = codes.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    kind = cv2.INTER_NEAREST if side < SIDE else cv2.INTER_AREA
    middle = codes[top : top + side, left : left + side]
    small = cv2.resize(middle, (SIDE, SIDE), interpolation=kind)
    return torch.from_numpy(small).permute(2, 0, 1)


def sample(tile):
    """The photo as the pipeline draws it for one tile."""
    picture = photo
    for name, step in zip(names, pipeline.transforms):
        torch.manual_seed(crc32(f"{{SEED}} {{tile}} {{name}}".encode()))
        picture = step(picture)
    return picture


photo = square("picture.png")
{body}
rows = [torch.cat(list(wall[row : row + 4]), 2) for row in range(0, len(wall), 4)]
sheet = torch.cat(rows, 1).permute(1, 2, 0).numpy()
cv2.imwrite("wall.png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
print("wall.png:", *sheet.shape)
'''
PLAIN = "wall = torch.stack([photo, *(sample(tile) for tile in range(1, {most}))])"
MIXED = '''second = square("second.png")
mixing = v2.Compose([{steps}])  # of a batch and its labels
mixing_names = {names}


def mixed(tile):
    """That sample mixed with the second picture, and the shares of both labels."""
    batch = torch.stack([sample(tile), second])
    batch = v2.functional.to_dtype(batch, torch.float32, scale=True)
    labels = torch.eye(2)
    for name, step in zip(mixing_names, mixing.transforms):
        torch.manual_seed(crc32(f"{SEED} {tile} {name}".encode()))
        batch, labels = step(batch, labels)
    return v2.functional.to_dtype(batch[0], torch.uint8, scale=True), labels[0]


pairs = [mixed(tile) for tile in range(1, {most})]
wall = torch.stack([photo, *(picture for picture, _ in pairs)])
for tile, (_, shares) in enumerate(pairs, 1):
    print(f"sample {tile}: {shares[0]:.2f} of the photo, {shares[1]:.2f} of the second")'''


def script(steps: Pipeline, seed: int) -> str:
    """The script; it opens `picture.png`, and `second.png` where pictures are mixed."""
    alone = tuple(one for one in steps if not one.entry.mixes)
    mixes = tuple(one for one in steps if one.entry.mixes)
    body = PLAIN
    if mixes:
        body = MIXED.replace("{steps}", _lines(mixes)).replace("{names}", _names(mixes))
    return TEXT.format(
        count=SAMPLES,
        side=SIDE,
        seed=seed,
        steps=_lines(alone),
        names=_names(alone),
        body=body.replace("{most}", str(SAMPLES + 1)),
    )


def _lines(steps: Pipeline) -> str:
    return "".join(f"\n    {one.code}," for one in steps) + "\n" if steps else "v2.Identity()"


def _names(steps: Pipeline) -> str:
    return "[{}]".format(", ".join(f'"{one.slug}"' for one in steps))
