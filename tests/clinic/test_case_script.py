"""The scripts: torch's own layers and optimiser give the losses of the run, for every fault."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explainer.clinic.case import case_with, mended
from explainer.clinic.case_script import FAULT, FILE, data, script
from explainer.clinic.faults import FAULTS, HEALTHY
from explainer.clinic.run import run
from explainer.clinic.training import EVERY

SEED, STEPS = 4711, 11


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scripts")
    (folder / FILE).write_bytes(data())
    return folder


@pytest.mark.parametrize("fault", FAULTS.slugs)
def test_a_script_of_plain_pytorch_has_the_losses_of_the_run(
    fault: str, beside: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = case_with(fault, SEED)
    program = script(case, STEPS)
    names: dict[str, Any] = {}
    monkeypatch.chdir(beside)
    exec(program, names)
    record = run(case, STEPS)
    losses = np.array(names["train_losses"])
    means = [losses[0], losses[1 : EVERY + 1].mean(), losses[EVERY + 1 :].mean()]
    kept = len(record.steps)
    np.testing.assert_allclose(record.train_loss, means[:kept], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        record.validation_loss, names["validation_losses"][:kept], rtol=1e-4, atol=1e-4
    )
    assert "step 10:" in capsys.readouterr().out


@pytest.mark.parametrize("fault", FAULTS.slugs)
def test_the_fault_is_marked_in_the_script_and_not_in_that_of_the_mended_case(fault: str) -> None:
    case = case_with(fault, SEED)
    assert script(case).count(FAULT.strip()) == (fault != HEALTHY)
    assert FAULT.strip() not in script(mended(case))
    assert all(len(line) <= 100 for line in script(case).splitlines())
