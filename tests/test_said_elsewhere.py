"""Sentences that are made where no visitor is known: English, and in words where they are shown."""

from __future__ import annotations

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from explainer.charts.race import marks_of
from explainer.images.decoding.decode import decode
from explainer.images.picture import PictureError
from explainer.service.budget import Budget
from explainer.service.settings import ServiceSettings
from explainer.training.data.own.squares import squares
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.engine.devices import device
from explainer.training.engine.race import Race
from explainer.training.measurement.divergence import Conditions, Vitals
from explainer.training.measurement.snapshot import Status
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training
from explainer.words import PSEUDO, in_words, later, sentence_of, spoken


def in_another_language(sentence: str) -> str:
    """`sentence` in the language in which messages stand in ⟦ ⟧, in English without them."""
    assert in_words(sentence) == sentence
    with spoken(PSEUDO):
        said = in_words(sentence)
    assert said.startswith("⟦")
    assert said.endswith("⟧")
    assert re.sub("[⟦⟧]", "", said) == sentence
    return said


def test_why_a_run_diverged() -> None:
    data = prepare(load("digits"), Split(test_share=0.2, train_size=40))
    network, training = Network(kind="mlp", depth=1, width=16), Training("sgd", 100.0, steps=50)
    wild = Recipe(network, Regularisation(l2=1.0), training)
    race = Race([wild], data, seeds=(0,), device=device("cpu"))
    race.play()
    while race.has_work:
        race.run_slice(0.05)
    (run,) = race.snapshot.runs
    assert run.status is Status.DIVERGED
    said = in_another_language(run.explanation)
    assert said.startswith("⟦At step ")
    assert " was no longer a finite number. ⟦Learning rate times the strength of L2 is 100" in said
    with spoken(PSEUDO):
        assert marks_of(race.snapshot)[-1][2] == "⟦diverged⟧"
        assert re.fullmatch(r"⟦CPU, \d+ cores?⟧", in_words(race.snapshot.device))


def test_what_grew_before_a_run_diverged() -> None:
    vitals = Vitals()
    for step, size in enumerate((1.0, 50.0)):
        vitals.loss(step, size)
        vitals.norm(step, 2 * size)
    explained = vitals.explain(2, later("loss of the batch"), Conditions(1.0, 0.5))
    assert in_another_language(explained) == (
        "⟦At step 2 the ⟦loss of the batch⟧ was no longer a finite number. ⟦⟦The loss grew ⟦from 1"
        " at step 0 to 50 at step 1⟧ and the gradient norm grew ⟦from 2 at step 0 to 100 at step"
        " 1⟧: the gradient exploded.⟧ ⟦Each step with the learning rate 0.5 overshot by more than"
        " the one before; try 0.05.⟧⟧⟧"
    )


def picture(kind: str) -> bytes:
    """A picture of 64 × 48 grey pixels as a file."""
    file = BytesIO()
    Image.fromarray(np.full((48, 64, 3), 90, np.uint8)).save(file, kind)
    return file.getvalue()


def test_why_an_upload_is_refused() -> None:
    """It is said by the process that decodes, which knows nobody."""
    with pytest.raises(PictureError) as refused:
        decode(picture("PNG")[:90], "cut.png")
    assert in_another_language(sentence_of(refused.value)) == (
        "⟦This PNG picture is damaged or cut short.⟧"
    )
    with pytest.raises(PictureError) as refused:
        decode(b"%PDF-1.7\n" + bytes(500), "paper.pdf")
    assert in_another_language(sentence_of(refused.value)) == (
        "⟦This is ⟦a PDF document⟧, which cannot be read here; saved as PNG or JPEG, the picture"
        " will do.⟧"
    )


def test_what_was_done_to_an_upload() -> None:
    transparent = BytesIO()
    Image.new("RGBA", (8, 8), (200, 0, 0, 9)).save(transparent, "PNG")
    values = BytesIO()
    Image.fromarray(np.linspace(0, 9, 64, dtype=np.float32).reshape(8, 8)).save(values, "TIFF")
    notes = decode(transparent.getvalue(), "a.png").notes, decode(values.getvalue(), "b.tif").notes
    assert notes[0] == ("Transparent parts are laid over white.",)
    assert in_another_language(notes[1][0]) == (
        "⟦The values run from 0 to 9 and are scaled to 0 … 1.⟧"
    )


def test_why_ones_own_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="cut") as refused:
        squares(["cut.png"], [picture("PNG")[:90]])
    assert in_another_language(sentence_of(refused.value)) == (
        "⟦“cut.png”: ⟦This PNG picture is damaged or cut short.⟧⟧"
    )


def test_that_a_budget_is_used_up() -> None:
    budget = Budget(ServiceSettings(most_steps=1000))
    budget.charge(1000, 0.0, 0)
    assert in_another_language(budget.message) == (
        "⟦This ⟦race⟧ has gone 1,000 steps, the most there is; it stays paused.⟧"
    )
