from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import pytest
import torch

from explainer.networks.zoo.shipped import SHIPPED, Shipped, count_parameters, load
from scripts.weights import train_pictures
from scripts.weights.learning import Training
from scripts.weights.pictures import Pictures
from scripts.weights.progress import Progress, line
from scripts.weights.shipping import accuracy, probe_logits, ship
from scripts.weights.train_pictures import FAILED, INTERRUPTED, Interruption, main

pytestmark = pytest.mark.usefixtures("one_thread")


def words(root: Path, out: Path) -> list[str]:
    """The command for a short training, everything it writes below `out`."""
    options = {"--data": root, "--epochs": 3, "--out": out, "--checkpoint": out / "checkpoints"}
    return ["lenet", *(str(word) for pair in options.items() for word in pair)]


def test_the_command_writes_weights_and_card(root: Path, tmp_path: Path) -> None:
    assert main(words(root, tmp_path)) == 0
    card, entry = SHIPPED["lenet"].card(tmp_path), SHIPPED["lenet"]
    assert (card.slug, card.epochs, card.seed, card.threads) == ("lenet", 3, 0, 1)
    assert (card.training_pictures, card.test_pictures) == (20, 20)
    assert card.script == (
        "python -m scripts.weights.train_pictures lenet --epochs 3 --threads 1 --seed 0"
    )
    assert card.parameters == count_parameters(entry.build())
    assert len(card.losses) == 3
    assert card.probe == probe_logits(load("lenet", tmp_path), entry)
    assert not list((tmp_path / "checkpoints").iterdir())


def test_the_card_tells_the_accuracy_of_the_file(
    entry: Shipped, parts: tuple[Pictures, Pictures], tmp_path: Path
) -> None:
    training = Training(entry, parts[0], seed=0)
    training.advance()
    card = ship(training, parts[1], tmp_path)
    assert card.accuracy == accuracy(load(entry.slug, tmp_path), entry, parts[1])


def test_accuracy_is_the_share_of_right_answers(parts: tuple[Pictures, Pictures]) -> None:
    last = torch.nn.Linear(3, 10)
    torch.nn.init.zeros_(last.weight)
    last.bias.data = torch.arange(10).eq(3).float()
    always_third = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), last)
    assert accuracy(always_third, SHIPPED["vgg"], parts[1]) == pytest.approx(0.1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_noted_and_the_handlers_come_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Interruption() as interruption:
        assert not interruption.noted
        signal.raise_signal(number)
        assert interruption.noted
        assert signal.getsignal(number) is signal.SIG_DFL
    assert signal.getsignal(number) is before


class Killing(Progress):
    """Sends SIGTERM after the fourth step."""

    def __call__(self, training: Training) -> None:
        if training.step == 4:
            signal.raise_signal(signal.SIGTERM)


def test_an_interrupted_command_goes_on_where_it_stopped(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The plan's batch is larger than this data set, so that an epoch is one step.
    command = [*words(root, tmp_path), "--epochs", "6"]
    with monkeypatch.context() as patch:
        patch.setattr(train_pictures, "Progress", Killing)
        assert main(command) == INTERRUPTED
    checkpoint = tmp_path / "checkpoints" / "lenet.pt"
    assert f"goes on from {checkpoint}" in capsys.readouterr().out
    assert torch.load(checkpoint, weights_only=True)["step"] == 4
    assert not SHIPPED["lenet"].weights(tmp_path).exists()
    assert main(command) == 0
    assert len(SHIPPED["lenet"].card(tmp_path).losses) == 6


def test_what_cannot_be_trained_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(tmp_path, tmp_path)) == FAILED
    assert "holds no CIFAR-10" in capsys.readouterr().err


class Terminal:
    """A stream that says whether it is a terminal, and keeps what is written."""

    def __init__(self, terminal: bool) -> None:
        self.text, self.terminal = "", terminal

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize(("terminal", "ending"), [(True, "\x1b[K"), (False, "\n")])
def test_progress_is_one_line_and_the_last_step_always_shows(
    entry: Shipped, parts: tuple[Pictures, Pictures], terminal: bool, ending: str
) -> None:
    short = replace(entry, plan=replace(entry.plan, epochs=1))
    training, stream = Training(short, parts[0], seed=0), Terminal(terminal)
    progress = Progress("vgg", as_text(stream))
    while not training.done:
        training.advance()
        progress(training)
    assert stream.text.endswith(ending)
    assert "epoch 1/1, loss" in stream.text
    assert "0.0 min left" in stream.text


def as_text(stream: Terminal) -> TextIO:
    return stream  # type: ignore[return-value]


def test_a_line_tells_epoch_and_time_left(entry: Shipped, parts: tuple[Pictures, Pictures]) -> None:
    training = Training(entry, parts[0], seed=0)
    assert line("vgg", training, None) == f"vgg {'·' * 24} epoch 1/2"
    training.step, training.losses = 5, [1.5]
    expected = f"vgg {'█' * 12}{'·' * 12} epoch 2/2, loss 1.500, 1.5 min left"
    assert line("vgg", training, 90.0) == expected
