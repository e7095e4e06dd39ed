"""A script cut into cells: nothing is lost, nothing is cut in two, and the format is Jupyter's."""

from __future__ import annotations

import ast
import json
from typing import Any

import nbformat
import pytest

from explainer.notebook import notebook

SCRIPT = '''"""What it does."""

import sys
from pathlib import Path

import cv2
import torch.nn.functional as F
from sklearn.datasets import load_digits

# A comment belongs
# to what follows it.
SIDE = 3


@decorated
def twice(x):
    """Two of it."""

    text = """one

    other"""
    return 2 * x


path = sys.argv[1] if len(sys.argv) > 1 else "picture.png"
with open(Path(__file__).with_name("data.npz")) as file:

    print(file)
print("done")
'''


def cells(script: str, question: str = "# Why?") -> list[tuple[str, str]]:
    """Kind and source of the cells."""
    whole: dict[str, Any] = json.loads(notebook(question, script))
    nbformat.validate(nbformat.from_dict(whole))  # type: ignore[no-untyped-call]
    return [(cell["cell_type"], cell["source"]) for cell in whole["cells"]]


def test_words_come_first_then_the_imports_then_a_cell_for_each_block() -> None:
    found = cells(SCRIPT)
    assert found[:2] == [("markdown", "# Why?"), ("markdown", "What it does.")]
    assert {kind for kind, _ in found[2:]} == {"code"}
    firsts = [source.splitlines()[0] for _, source in found[3:]]
    assert firsts == [
        "# A comment belongs",
        "@decorated",
        'path = "picture.png"  # put the picture beside this notebook',
    ]
    assert found[4][1].endswith('other"""\n    return 2 * x')
    assert found[5][1].endswith('    print(file)\nprint("done")')


def test_the_cell_of_imports_says_what_to_install() -> None:
    first, *rest = cells(SCRIPT)[2][1].splitlines()
    assert (
        first == "# If something is missing: %pip install opencv-python-headless scikit-learn torch"
    )
    assert rest == ["", *SCRIPT.splitlines()[2:8]]


def test_nothing_is_lost_but_what_a_kernel_does_not_have() -> None:
    source = "\n".join(source for kind, source in cells(SCRIPT) if kind == "code")
    expected = SCRIPT.replace("sys.argv[1] if len(sys.argv) > 1 else ", "")
    expected = expected.replace("Path(__file__).with_name(", "Path(")
    body = ast.parse(expected).body[1:]
    assert ast.dump(ast.parse(source)) == ast.dump(ast.Module(body, []))


def test_a_script_without_docstring_and_imports_is_code_alone() -> None:
    assert cells("x = 1\n\n\ny = 2") == [
        ("markdown", "# Why?"),
        ("code", "x = 1"),
        ("code", "y = 2"),
    ]


def test_a_line_ends_where_python_ends_it() -> None:
    strange = "x = 'a\u2028b'\n\ny = 'c\x0cd'"
    assert cells(strange)[1:] == [("code", part) for part in strange.split("\n\n")]


def test_the_same_script_gives_the_same_file() -> None:
    assert notebook("?", SCRIPT) == notebook("?", SCRIPT)


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        notebook("?", "for")
