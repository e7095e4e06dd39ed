from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from explainer.training.command_line import main
from explainer.training.command_plan import DataPlan, examples_of, planned
from explainer.training.data.registry import EVERY_DATA_SET, load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.race import Race
from explainer.training.export import metrics_csv
from explainer.training.presets import PRESETS

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "explainer.training"]
NETWORK = {"kind": "mlp", "depth": 1, "width": 8}
RECIPES = [
    {"name": "Plain", **NETWORK, "steps": 30},
    {"name": "Dropout", **NETWORK, "dropout": 0.3, "steps": 30},
]
TINY: dict[str, Any] = {
    "recipes": RECIPES,
    "data": {"slug": "digits", "settings": {}},
    "split": {"train_size": 60},
    "seeds": [2, 4],
}


def written(folder: Path, whole: object, name: str = "race.json") -> str:
    path = folder / name
    path.write_text(json.dumps(whole), encoding="utf-8")
    return str(path)


def refused(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one sentence with which the command refuses these arguments."""
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    assert code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


@pytest.mark.slow
def test_the_command_gives_the_numbers_of_the_same_race_in_process(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [*COMMAND, "race", written(tmp_path, TINY), "--out", str(out), "--device", "cpu"]
    done = subprocess.run(
        command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300
    )
    plan, examples = planned(str(tmp_path / "race.json")), load("digits")
    race = Race(
        plan.recipes,
        lambda seed: prepare(examples, Split(train_size=60, seed=seed)),
        seeds=(2, 4),
    )
    race.play()
    while race.has_work:
        race.run_slice()
    assert (out / "metrics.csv").read_text(encoding="utf-8") == metrics_csv(race.snapshot)
    assert "step 30 of 30\n" in done.stderr
    assert "\r" not in done.stderr
    for name in ("Plain", "Dropout"):
        line = next(line for line in done.stdout.splitlines() if line.startswith(name))
        assert line.endswith("finished")
        assert line.count("%") == 3
    assert sorted(path.name for path in (out / "scripts").iterdir()) == [
        "1-plain.py",
        "2-dropout.py",
    ]
    assert "SEED = 2" in (out / "scripts" / "1-plain.py").read_text(encoding="utf-8")
    assert len(list((out / "weights").iterdir())) == 4


@pytest.mark.parametrize("slug", ["plane", "gaussians", "noisy-sine"])
def test_numbers_are_raced_and_raced_again_with_errors_in_the_table(
    slug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = {"slug": slug, "settings": {"loss": "huber", "count": 100}}
    race = written(tmp_path, TINY | {"data": data, "split": {}})
    for number, what in enumerate((race, str(tmp_path / "0" / "metrics.json"))):
        assert main(["race", what, "--out", str(tmp_path / str(number)), "--device", "cpu"]) == 0
        table = capsys.readouterr().out
        assert "%" not in table
        assert table.count("finished") == 2
    first, second = (
        (tmp_path / number / "metrics.csv").read_text(encoding="utf-8") for number in "01"
    )
    assert first == second
    assert "validation_absolute_error" in first.splitlines()[0]
    code = (tmp_path / "0" / "scripts" / "1-plain.py").read_text(encoding="utf-8")
    assert "F.huber_loss" in code
    assert len(list((tmp_path / "0" / "weights").iterdir())) == 4


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_ctrl_c_saves_what_there_is(tmp_path: Path) -> None:
    out = tmp_path / "out"
    race = written(tmp_path, TINY | {"recipes": [NETWORK | {"steps": 1_000_000}]})
    process = subprocess.Popen(
        [*COMMAND, "race", race, "--out", str(out)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline().startswith("step ")
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "Interrupted" in said
    assert "training" in printed
    whole = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert not whole["finished"]
    assert len(list((out / "weights").iterdir())) == 2


def test_what_was_written_can_be_raced_again(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["race", written(tmp_path, TINY), "--out", str(first)]) == 0
    assert main(["race", str(first / "metrics.json"), "--out", str(second)]) == 0
    for name in ("metrics.csv", "metrics.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_generated_pictures_lie_beside_the_scripts(tmp_path: Path) -> None:
    data = {"slug": "shapes", "settings": {"count": 100, "background": "class"}}
    race = written(tmp_path, TINY | {"data": data, "split": {}})
    assert main(["race", race, "--steps", "3", "--out", str(tmp_path / "out")]) == 0
    names = {path.name for path in (tmp_path / "out" / "scripts").iterdir()}
    assert names == {"1-plain.py", "2-dropout.py", "data.npz"}


def pictures(folder: Path, seed: int = 0) -> Path:
    """A folder `digits` of one's own: two classes of ten pictures of noise."""
    numbers = np.random.default_rng(seed)
    for kind in ("cat", "dog"):
        (folder / "digits" / kind).mkdir(parents=True)
        for number in range(10):
            codes = numbers.integers(0, 256, (32, 32, 3), np.uint8)
            cv2.imwrite(str(folder / "digits" / kind / f"{number}.png"), codes)
    (folder / "digits" / "labels.csv").write_text("cat,dog")
    return folder / "digits"


def test_a_race_on_a_folder_of_one_s_own_is_repeated_from_its_json_and_that_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, other = pictures(tmp_path), pictures(tmp_path / "other", seed=1)
    race = written(tmp_path, TINY | {"split": {"train_size": 10}})
    outs = [str(tmp_path / name) for name in ("first", "second", "third")]
    assert main(["race", race, "--data-folder", str(folder), "--out", outs[0]]) == 0
    said = capsys.readouterr().err
    assert "Skipped: 1 file of other kinds (labels.csv)." in said
    assert "fingerprint" not in said
    again = f"{outs[0]}/metrics.json"
    data = json.loads(Path(again).read_text(encoding="utf-8"))["data"]
    assert (data["slug"], data["origin"], data["examples"]) == ("digits", "own", 20)
    packed = shutil.make_archive(str(tmp_path / "pets"), "zip", tmp_path, "digits")

    refusal = refused(["race", again, "--out", outs[1]], capsys)
    assert refusal.startswith("That race was on pictures of one's own, “digits”: say where")
    assert main(["race", again, "--data-folder", packed, "--out", outs[1]]) == 0
    assert "fingerprint" not in capsys.readouterr().err
    metrics = [(Path(out) / "metrics.csv").read_bytes() for out in outs[:2]]
    assert metrics[0] == metrics[1]
    assert main(["race", again, "--data-folder", str(other), "--out", outs[2]]) == 0
    assert "holds other pictures than those of that race" in capsys.readouterr().err
    assert (Path(outs[2]) / "metrics.csv").read_bytes() != metrics[0]


def test_a_file_without_an_origin_is_of_a_data_set_only_where_its_title_is(tmp_path: Path) -> None:
    for title, own in (("Digits, 8 × 8", False), ("digits", True)):
        data = {"slug": "digits", "title": title, "settings": {}}
        assert planned(written(tmp_path, TINY | {"data": data})).data.own is own


@pytest.mark.parametrize("entry", PRESETS, ids=lambda entry: entry.slug)
def test_a_preset_is_planned_as_it_stands(entry: Any) -> None:
    plan = planned(entry.slug)
    assert plan.recipes == entry.recipes
    assert plan.seeds == tuple(range(entry.seeds))
    assert (plan.data.name, plan.data.settings) == (entry.data, entry.data_settings)
    assert plan.split == entry.split


def test_options_change_the_plan() -> None:
    entry = PRESETS.entries[0]
    plan = planned(entry.slug, "moons", 2, 7, 40)
    assert (plan.data, plan.seeds) == (DataPlan("moons"), (0, 1))
    assert {recipe.training.steps for recipe in plan.recipes} == {7}
    assert plan.split == replace(entry.split, train_size=40)


def test_a_seed_divides_the_data_anew_and_only_once() -> None:
    plan = planned(PRESETS.entries[0].slug)
    source = plan.source(examples_of(plan))
    assert source(1) is source(1)
    assert source(0).parts.test.tolist() != source(1).parts.test.tolist()


def test_the_list_names_presets_and_data_sets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["race", "--list"]) == 0
    shown = capsys.readouterr().out
    for slug in (*(entry.slug for entry in PRESETS), *(entry.slug for entry in EVERY_DATA_SET)):
        assert f"  {slug} " in shown


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"recipes": None}, "has no list “recipes”"),
        ({"recipes": [3]}, "has no list “recipes”"),
        ({"recipes": [{"dropuot": 1}]}, "no field 'dropuot'"),
        ({"recipes": [{"dropout": 2}]}, "dropout"),
        ({"recipes": []}, "there are 0 recipes"),
        ({"data": "cats"}, "no data set 'cats'"),
        ({"data": None}, "data is None"),
        ({"data": ""}, "names no data set"),
        ({"data": {"slug": "moons", "settings": {"noise": [1]}}}, "noise is [1]"),
        ({"data": {"slug": "moons", "settings": {"noise": 7}}}, "noise"),
        ({"data": {"slug": "moons", "settings": 3}}, "settings is 3"),
        ({"data": "no.zip"}, "no.zip cannot be read"),
        ({"split": {"train": 3}}, "split is"),
        ({"split": {"train_size": "3"}}, "train_size is '3'"),
        ({"split": {"train_size": 9999}}, "train_size is 9999"),
        ({"split": {"test_share": "much"}}, "test_share is 'much'"),
        ({"split": {"validation_share": 0}}, "no examples to validate on"),
        ({"seeds": [0.5]}, "seeds is [0.5]"),
        ({"seeds": 3}, "seeds is 3"),
        ({"seeds": []}, "there are 0 seeds"),
    ],
)
def test_bad_input_is_refused_with_one_sentence(
    changes: dict[str, Any], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    race = written(tmp_path, TINY | changes)
    assert sentence in refused(["race", race, "--out", str(tmp_path / "out")], capsys)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["race"], "Say what to race"),
        (["race", "l1-or-l2"], "Say what to race"),
        (["race", "nothing-such", "--out", "x"], "no preset 'nothing-such'"),
        (["race", "missing.json", "--out", "x"], "missing.json cannot be read"),
        (["race", "l1-or-l2", "--seeds", "0", "--out", "x"], "--seeds is 0"),
        (["race", "l1-or-l2", "--seeds", "11", "--out", "x"], "there are 11 seeds"),
        (["race", "l1-or-l2", "--steps", "0", "--out", "x"], "steps"),
        (["race", "l1-or-l2", "--steps", "many", "--out", "x"], "many"),
        (["race", "l1-or-l2", "--data", "cats", "--out", "x"], "no data set 'cats'"),
        (["race", "l1-or-l2", "--data-folder", "pets", "--out", "x"], "pets cannot be read"),
        (["race", "l1-or-l2", "--data", "xor", "--data-folder", "p", "--out", "x"], "not allowed"),
        (["race", "l1-or-l2", "--device", "abacus", "--out", "x"], "abacus"),
        ([], "required"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_with_one_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sentence in refused(arguments, capsys)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_json_and_a_folder_that_is_a_file_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    assert "is not JSON" in refused(["race", str(broken), "--out", str(tmp_path / "x")], capsys)
    race = written(tmp_path, TINY)
    assert "broken.json" in refused(["race", race, "--out", str(broken)], capsys)


def test_what_a_division_leaves_empty_is_said_and_the_race_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    race = written(tmp_path, TINY | {"split": {"train_size": 60, "test_share": 0}})
    assert main(["race", race, "--steps", "2", "--out", str(tmp_path / "out")]) == 0
    assert "The test part is empty" in capsys.readouterr().err
    assert (tmp_path / "out").is_dir()
