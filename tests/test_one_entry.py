"""One more of each is one entry in one file: everything else follows from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_made_up_entry_of_each_registry_is_in_menus_races_scripts_and_links() -> None:
    command = [sys.executable, "-W", "ignore", "-m", "tests.made_up"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ},
        timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
