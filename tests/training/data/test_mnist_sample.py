"""The 6,000 digits of MNIST that are shipped, and the script that draws them."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
import torch

from explainer.training.data.registry import DATA_SETS, load
from explainer.training.data.shipped import MNIST_SAMPLE
from explainer.training.data.splits import Split, split
from explainer.training.data.stored import Stored
from scripts.data.mnist_sample import main, sample, write

CARD = json.loads((MNIST_SAMPLE / "card.json").read_text(encoding="utf-8"))
COUNTS = {"train": 400, "validation": 100, "test": 200}


def made_up(seed: int = 0) -> Stored:
    """As MNIST is stored: 1,000 pictures to learn from, 500 to test on; `seed` is for the order."""
    random = np.random.default_rng(1)
    pictures = random.integers(0, 256, (1500, 28, 28, 1), np.uint8)
    labels = (np.arange(1500) % 10).astype(np.uint8)
    parts = np.arange(1000), np.arange(1000, 1500)
    order = np.concatenate([np.random.default_rng(seed).permutation(part) for part in parts])
    return Stored(pictures[order], labels[order], 1000)


def test_it_is_the_first_in_the_menu_and_its_test_part_is_fixed() -> None:
    assert DATA_SETS.slugs[0] == "mnist-sample"
    digits = load("mnist-sample")
    assert digits.inputs.shape == (6000, 1, 28, 28)
    assert digits.test_from == 5000
    assert torch.bincount(digits.labels[:5000]).tolist() == [500] * 10
    assert torch.bincount(digits.labels[5000:]).tolist() == [100] * 10


def test_the_usual_division_is_4000_1000_1000_with_each_class_equally_often() -> None:
    digits = load("mnist-sample")
    parts = split(digits, Split(seed=3))
    for rows, each in ((parts.train, 400), (parts.validation, 100), (parts.test, 100)):
        assert torch.bincount(digits.labels[rows]).tolist() == [each] * 10
    assert sorted(parts.test.tolist()) == list(range(5000, 6000))


def test_mean_and_spread_are_those_published_of_mnist() -> None:
    inputs = load("mnist-sample").inputs
    assert abs(inputs.mean() - 0.1307) < 0.003
    assert abs(inputs.std() - 0.3081) < 0.003


def test_the_card_tells_origin_licence_and_the_very_pixels() -> None:
    assert "LeCun" in CARD["source"]
    assert "CC BY-SA 3.0" in CARD["licence"]
    codes = (load("mnist-sample").inputs * 255).round().byte().numpy()
    begin = 0
    for name, count in CARD["pictures"].items():
        part = codes[begin : begin + count]
        assert sha256(part.tobytes()).hexdigest() == CARD["sha256 of the pixels"][name]
        begin += count
    assert begin == len(codes)
    assert sum(path.stat().st_size for path in MNIST_SAMPLE.iterdir()) < 1_100_000


def test_no_digit_is_in_it_twice_and_each_part_is_drawn_from_its_own() -> None:
    mnist = made_up()
    found = sample(mnist, COUNTS, seed=0)
    assert [len(pictures) for pictures in found.values()] == list(COUNTS.values())
    places = {one.tobytes(): place for place, one in enumerate(mnist.pictures)}
    rows = {name: [places[one.tobytes()] for one in found[name]] for name in COUNTS}
    every = [row for part in rows.values() for row in part]
    assert len(set(every)) == len(every)
    assert max(rows["train"] + rows["validation"]) < 1000 <= min(rows["test"])
    for name, count in COUNTS.items():
        expected = np.arange(10).repeat(count // 10)
        assert mnist.labels[rows[name]].tolist() == expected.tolist()


def test_another_order_of_the_files_gives_the_same_bytes_and_another_seed_others(
    tmp_path: Path,
) -> None:
    folders = [tmp_path / name for name in ("first", "shuffled", "other")]
    for folder, order, seed in zip(folders, (0, 7, 0), (0, 0, 1), strict=True):
        write(sample(made_up(order), COUNTS, seed), folder)
    first, shuffled, other = (
        {path.name: path.read_bytes() for path in sorted(folder.iterdir())} for folder in folders
    )
    assert first == shuffled
    assert first["train.png"] != other["train.png"]


def test_without_mnist_the_script_says_where_it_belongs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "MNIST" in capsys.readouterr().err
