"""The slow libraries can be asked for by several threads at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TWO_AT_ONCE = """
import threading
from explainer.libraries import import_libraries
first = threading.Thread(target=import_libraries)
first.start()
import_libraries()
from torchvision.ops.misc import Permute
first.join()
print(Permute.__name__)
"""


@pytest.mark.slow
def test_two_threads_that_want_torchvision_at_once_both_get_all_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TWO_AT_ONCE], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.stdout.strip() == "Permute", done.stderr


def test_a_library_that_is_not_there_is_no_end() -> None:
    code = "from explainer.libraries import import_libraries; import_libraries(['no_such_thing'])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0
    assert "no_such_thing could not be imported" in done.stderr
