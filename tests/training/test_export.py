from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import zipfile
from typing import NoReturn

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load as load_weights

from explainer.training.data.data_set import Examples
from explainer.training.data.registry import load
from explainer.training.data.shifted import suitable
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.export import (
    FORMAT,
    best_weights,
    describe,
    file_stem,
    metrics_csv,
    metrics_json,
    weights_file,
    zipped,
)
from explainer.training.measurement.history import Point
from explainer.training.recipe.build_network import build
from explainer.training.recipe.recipe import (
    Network,
    Recipe,
    Regularisation,
    Training,
    from_dict,
    from_text,
)
from explainer.training.script import needs_data_file
from explainer.training.task import evaluate

SMALL = Network(kind="mlp", depth=1, width=8)
SPLIT = Split(train_size=100)
RECIPES = (
    Recipe(SMALL, training=Training(steps=30), name='Plain, "quoted"'),
    Recipe(SMALL, Regularisation(dropout=0.3), Training(steps=30), name="Dropout"),
    Recipe(
        SMALL, Regularisation(l2=1.0), Training("sgd", learning_rate=100, steps=100), name="Wild"
    ),
)


@pytest.fixture(scope="module")
def examples() -> Examples:
    return load("digits")


@pytest.fixture(scope="module")
def race(examples: Examples) -> Race:
    """A race that has ended, in which one recipe diverged."""
    data = prepare(examples, SPLIT)
    race = Race(RECIPES, data, seeds=(3, 5), device=device("cpu"))
    race.play()
    while race.has_work:
        race.run_slice()
    return race


def refused(name: str) -> NoReturn:
    raise AssertionError(f"{name} is no JSON")


def test_the_csv_has_every_column_of_every_measured_step(race: Race) -> None:
    rows = list(csv.DictReader(io.StringIO(metrics_csv(race.snapshot))))
    assert len(rows) == sum(len(run.curves) for run in race.snapshot.runs)
    names = [field.name for field in dataclasses.fields(Point)]
    columns = [name.replace("measure", "accuracy") for name in names]
    assert list(rows[0]) == ["recipe", "name", "seed", *columns]
    run = race.snapshot.runs[1]
    mine = [row for row in rows if (row["recipe"], row["seed"]) == ("1", "5")]
    assert {row["name"] for row in mine} == {'Plain, "quoted"'}
    for name, column in zip(names, columns, strict=True):
        wanted = getattr(run.curves, name).tolist()
        found = [float(row[column] or "nan") for row in mine]
        assert found == pytest.approx(wanted, rel=0, abs=0, nan_ok=True)
    assert mine[0]["batch_loss"] == ""
    assert mine[-1]["step"] == "30"


def test_the_json_is_strict_and_holds_the_race(race: Race, examples: Examples) -> None:
    text = metrics_json(race.snapshot, describe(examples), SPLIT)
    whole = json.loads(text, parse_constant=refused)
    assert whole["format"] == FORMAT
    assert tuple(from_dict(one) for one in whole["recipes"]) == RECIPES
    assert whole["seeds"] == [3, 5]
    assert whole["data"]["slug"] == "digits"
    assert whole["data"]["shape"] == [1, 8, 8]
    assert whole["split"]["train_size"] == 100
    assert "seed" not in whole["split"]
    for run, found in zip(race.snapshot.runs, whole["runs"], strict=True):
        assert (found["recipe"], found["seed"]) == (run.recipe, run.seed)
        assert found["status"] == run.status.value
        assert found["curves"]["step"] == run.curves.step.tolist()
        assert found["curves"]["validation_loss"] == run.curves.validation_loss.tolist()
        assert found["curves"]["batch_loss"][0] is None
        assert (found["test"] is None) == (run.test is None)
    assert whole["runs"][0]["last"]["step"] == 30
    assert whole["runs"][-1]["status"] == "diverged"
    assert whole["runs"][-1]["marks"][0]["what"] == "diverged"
    assert "no longer a finite number" in whole["runs"][-1]["explanation"]


def own(codes: torch.Tensor, name: str = "digits") -> Examples:
    """Pictures of one's own, which may bear the name of a data set."""
    labels = torch.arange(len(codes)) % 2
    return Examples(name, name, codes.float() / 255, labels, ("a", "b"), None, "", origin="own")


def test_the_description_says_where_data_are_from_and_tells_one_s_own_apart() -> None:
    codes = torch.randint(0, 256, (6, 3, 4, 4), generator=torch.Generator().manual_seed(0))
    one, again, other = own(codes), own(codes, "pets"), own(255 - codes)
    assert describe(one).origin == "own"
    assert describe(one).fingerprint == describe(again).fingerprint != describe(other).fingerprint
    assert len(describe(one).fingerprint) == 32
    renamed = dataclasses.replace(one, classes=("a", "c"))
    assert renamed.fingerprint != one.fingerprint
    assert [(describe(load(slug)).origin, describe(load(slug)).fingerprint) for slug in
            ("digits", "faces", "shapes", "moons")] == [
        ("shipped", ""), ("shipped", ""), ("generated", ""), ("generated", ""),
    ]  # fmt: skip


def test_one_s_own_data_with_the_name_of_a_data_set_are_not_taken_for_it() -> None:
    codes = torch.randint(0, 256, (6, 1, 8, 8), generator=torch.Generator().manual_seed(0))
    assert needs_data_file(own(codes))
    assert needs_data_file(dataclasses.replace(own(codes), title="Digits, 8 × 8"))
    assert "backgrounds" not in {one.slug for one in suitable(own(codes, "shapes"))}


def test_numbers_that_are_not_finite_are_null(race: Race, examples: Examples) -> None:
    run = race.snapshot.runs[0]
    assert run.last is not None
    wild = dataclasses.replace(run, last=dataclasses.replace(run.last, penalty=math.inf))
    snapshot = dataclasses.replace(race.snapshot, runs=(wild,))
    whole = json.loads(metrics_json(snapshot, describe(examples), SPLIT), parse_constant=refused)
    assert whole["runs"][0]["last"]["penalty"] is None


def test_a_race_that_has_not_begun_is_written_all_the_same(examples: Examples) -> None:
    race = Race(RECIPES[:1], prepare(examples, SPLIT), seeds=[0], device=device("cpu"))
    assert metrics_csv(race.snapshot).count("\n") == 1
    whole = json.loads(metrics_json(race.snapshot, describe(examples), SPLIT))
    assert whole["runs"][0]["last"] is None
    answer = race.ask(lambda runs: best_weights(runs, describe(examples)))
    race.run_slice()
    assert answer.result(0) == {}


def test_the_weights_are_those_of_the_best_measurement(race: Race, examples: Examples) -> None:
    answer = race.ask(lambda runs: best_weights(runs, describe(examples)))
    race.run_slice()
    files = answer.result(0)
    assert list(files) == [
        "1-plain-quoted-seed-3.safetensors",
        "1-plain-quoted-seed-5.safetensors",
        "2-dropout-seed-3.safetensors",
        "2-dropout-seed-5.safetensors",
        "3-wild-seed-3.safetensors",
        "3-wild-seed-5.safetensors",
    ]
    best = race.snapshot.runs[2].best
    assert best is not None
    data = prepare(examples, SPLIT)
    model = build(RECIPES[1].network, data.shape, 10, RECIPES[1].regularisation)
    model.load_state_dict(load_weights(files["2-dropout-seed-3.safetensors"]))
    score = evaluate(model, data.validation_inputs[:512], data.validation_labels[:512])
    assert score.loss == pytest.approx(best.validation_loss, rel=1e-5)
    assert score.measure == pytest.approx(best.validation_measure)


def test_the_weights_say_what_they_are(
    race: Race, examples: Examples, tmp_path_factory: pytest.TempPathFactory
) -> None:
    answer = race.ask(lambda runs: best_weights(runs, describe(examples)))
    race.run_slice()
    path = tmp_path_factory.mktemp("weights") / "one.safetensors"
    path.write_bytes(answer.result(0)["2-dropout-seed-5.safetensors"])
    with safe_open(path, "pt") as file:
        metadata = file.metadata()
    best = race.snapshot.runs[3].best
    assert best is not None
    assert from_text(metadata["recipe"]) == RECIPES[1]
    assert (metadata["seed"], metadata["step"]) == ("5", str(best.step))
    assert float(metadata["validation_loss"]) == best.validation_loss
    assert json.loads(metadata["data"]) == {
        "slug": "digits",
        "origin": "shipped",
        "settings": {},
    }
    assert json.loads(metadata["classes"]) == list(examples.classes)
    mean = prepare(examples, SPLIT).normaliser.mean
    assert torch.tensor(json.loads(metadata["mean"])).equal(mean)


def test_there_are_no_weights_before_the_first_measurement(examples: Examples) -> None:
    run = Run(RECIPES[0], 0, prepare(examples, SPLIT))
    with pytest.raises(ValueError, match="before the first measurement"):
        weights_file(run, describe(examples))


def test_files_come_as_one_zip() -> None:
    files = {"a.bin": b"one", "b/c.bin": bytes(1000)}
    with zipfile.ZipFile(io.BytesIO(zipped(files))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Dropout 0.5", "1-dropout-0-5"),
        ("../../etc: passwd", "1-etc-passwd"),
        ("con", "1-con"),
        ("日本", "1-recipe"),
        ("", "1-recipe"),
        ("a" * 39 + "-", "1-" + "a" * 39),
    ],
)
def test_names_of_files_are_safe(name: str, stem: str) -> None:
    assert file_stem(0, Recipe(name=name)) == stem
