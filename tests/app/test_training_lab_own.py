"""The training lab on one's own pictures: what is skipped, and divisions that leave too little."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.app.moving import unfold
from tests.app.reading import app_at

pytestmark = pytest.mark.usefixtures("service_of_its_own")


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for one's own folders."""
    monkeypatch.setenv("EXPLAINER_DATA", str(tmp_path))
    return tmp_path / "own"


def write(folder: Path, classes: int, pictures: int) -> None:
    """Noise as PNG, a folder for each class."""
    numbers = np.random.default_rng(0)
    for label in range(classes):
        (folder / f"class {label}").mkdir(parents=True)
        for count in range(pictures):
            codes = numbers.integers(0, 256, (32, 32, 3), np.uint8)
            path = folder / f"class {label}" / f"{count}.png"
            path.write_bytes(bytes(cv2.imencode(".png", codes)[1]))


def test_what_was_skipped_is_said_below_the_choice(own: Path) -> None:
    write(own / "skipped", 2, 6)
    (own / "skipped" / "README_$5_.txt").write_text("x")
    app = app_at("training_lab", training_lab__data="folder:skipped")
    assert [entry.value for entry in app.caption if entry.value.startswith("Skipped")] == [
        r"Skipped\: 1 file of other kinds \(README\_\$5\_.txt\)."
    ]


@pytest.mark.parametrize(
    ("name", "size", "shares", "sentence"),
    [
        ("few", (2, 2), (0.4, 0.4), "No example is left to learn from"),
        ("no validation", (2, 2), (0.1, 0.25), "The validation part is empty"),
        ("no test", (2, 2), (0.25, 0.1), "The test part is empty"),
        ("no class", (3, 3), (0.4, 0.4), "The training part has no example of “class "),
    ],
)
def test_a_division_that_leaves_too_little_is_a_sentence_and_the_page_stays(
    own: Path, name: str, size: tuple[int, int], shares: tuple[float, float], sentence: str
) -> None:
    write(own / name, *size)
    validation, test = map(str, shares)
    app = app_at(
        "training_lab",
        training_lab__data=f"folder:{name}",
        training_lab__folder__validation=validation,
        training_lab__folder__test=test,
    )
    assert any(sentence in entry.value for entry in app.warning)
    assert "Start the race" in [button.label for button in app.button]
    app.button(key="training_lab.start").click().run()
    assert not app.exception


def test_copies_across_the_parts_are_counted_until_they_are_kept_together(own: Path) -> None:
    write(own / "twins", 2, 12)
    for path in [*(own / "twins").rglob("*.png")]:
        path.with_name(f"again {path.name}").write_bytes(path.read_bytes())
    app = app_at("training_lab", training_lab__data="folder:twins")
    (said,) = (entry.value for entry in app.warning)
    assert "of the 10 to test on are exactly or nearly the same as one to learn from" in said
    unfold(app).toggle(key="training_lab.folder.together").set_value(True).run()
    assert not app.exception
    assert not app.warning
    app.button(key="training_lab.start").click().run()
    assert not app.exception
    assert not app.warning


def test_a_link_keeps_copies_together_where_there_are_any(own: Path) -> None:
    write(own / "alone", 2, 12)
    link = {"training_lab__folder__together": "true"}
    app = app_at("training_lab", training_lab__data="folder:alone", **link)
    assert not [one for one in unfold(app).toggle if one.key == "training_lab.folder.together"]
    assert not app.warning
    picture = next((own / "alone").rglob("*.png"))
    write(own / "one twin", 2, 12)
    for number in range(8):
        (own / "one twin" / "class 0" / f"again {number}.png").write_bytes(picture.read_bytes())
    app = app_at("training_lab", training_lab__data="folder:one twin", **link)
    assert unfold(app).toggle(key="training_lab.folder.together").value
    assert not app.warning
