"""The command that measures a GPU, as far as it goes without one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from benchmarks import gpu
from benchmarks.gpu import Line, check, markdown
from benchmarks.training import eight
from explainer.training.engine.devices import ALL_AT_ONCE, Device
from explainer.training.engine.run_group import Way

ROOT = Path(__file__).parent.parent
PRETENDED = Device("cpu", "A GPU", ALL_AT_ONCE, Way.AHEAD)
# What may be missing where a GPU is: everything but the usual scientific libraries.
WITHOUT = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {names}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Missing())
"""
NAMES = {"streamlit", "altair", "cv2", "pandas", "hypothesis", "tifffile", "pillow_heif"}


@pytest.mark.slow
def test_it_needs_the_usual_scientific_libraries_alone() -> None:
    script = WITHOUT.replace("{names}", repr(NAMES)) + (
        "import benchmarks.gpu as it\n"
        "import explainer.gradients.landscape.plane, explainer.networks.zoo.shipped\n"
        "import explainer.training.instruments.mistakes, explainer.training.instruments.units\n"
        "from explainer.training.data.registry import load\n"
        "load('digits'), load('moons')\n"
        "import runpy\n"
        "runpy.run_path('tests/training/gpu/conftest.py')\n"
        "runpy.run_path('tests/training/gpu/test_engine.py')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_without_a_gpu_it_says_so_and_a_check_that_was_asked_for_is_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert gpu.main([]) == 0
    assert gpu.main(["--check"]) == 2
    assert capsys.readouterr().out.count("There is no NVIDIA GPU here") == 2


def test_a_goal_is_met_from_either_side_and_none_is_always_met() -> None:
    assert Line("live", "cost", 2.0, "%", 3.0, most=True).met
    assert not Line("live", "cost", 4.0, "%", 3.0, most=True).met
    assert not Line("fast", "ratio", 40.0, "×", 50.0).met
    assert Line("fast", "rate", 1.0, "steps/s").met


def test_what_is_found_is_written_and_a_part_that_fails_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: Device) -> list[Line]:
        raise RuntimeError("CUDA error: an illegal memory access\nmore")

    monkeypatch.setattr(
        gpu, "PARTS", {"right": broken, "live": lambda _: [Line("live", "cost", 1.0, "%", 3.0,
                                                                most=True)]}
    )  # fmt: skip
    assert check(["right", "live"], PRETENDED, tmp_path) == 1
    found = json.loads((tmp_path / "gpu.json").read_text(encoding="utf-8"))
    assert [one["what"] for one in found["lines"]] == [
        "failed: CUDA error: an illegal memory access", "took", "cost", "took",
    ]  # fmt: skip
    table = (tmp_path / "gpu.md").read_text(encoding="utf-8")
    assert "| live | cost | 1 % | ≤ 3, met |" in table
    assert "**missed**" in table
    assert "Missed: failed: CUDA error" in capsys.readouterr().out
    assert check(["live"], PRETENDED, tmp_path) == 0


def test_the_parts_run_on_a_device_that_is_pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part but the tests; on the CPU the figures mean nothing."""
    monkeypatch.setattr(gpu, "SECONDS", 0.01)
    monkeypatch.setattr(gpu, "RUNS", (1, 2))
    monkeypatch.setattr(gpu, "shapes", lambda shapes=gpu.shapes: shapes()[-1:])
    monkeypatch.setattr(gpu, "eight", lambda *given: eight(*given)[:2])
    assert len(gpu.fast(PRETENDED)) == 9
    assert markdown(gpu.about(PRETENDED), gpu.landscape(PRETENDED)).count("landscape") == 6
