"""A script as a notebook: the same source, cut into cells, in the format of Jupyter."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from itertools import groupby, takewhile
from typing import Any

PACKAGES = {
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
}
"""What pip calls a module, where that is not its own name."""

IN_A_KERNEL = (  # which has neither a file nor arguments of its own
    (r"Path\(__file__\)\.with_name\(", "Path("),
    (
        r"sys\.argv\[1\] if len\(sys\.argv\) > 1 else (.+)",
        r"\1  # put the picture beside this notebook",
    ),
)


def notebook(question: str, script: str) -> str:
    """`script` as the JSON of a notebook (nbformat 4.5), the Markdown `question` at its head.

    The docstring of the script becomes a cell of words, the imports at its head one of code, with
    what to install, and each block between blank lines another. Raises `SyntaxError` where it is
    no Python.
    """
    for pattern, replacement in IN_A_KERNEL:
        script = re.sub(pattern, replacement, script)
    tree = ast.parse(script)
    words = [question, *filter(None, [ast.get_docstring(tree)])]
    ran: dict[str, Any] = {"outputs": [], "execution_count": None}
    cells = [
        *({"cell_type": "markdown", "source": text} for text in words),
        *({"cell_type": "code", "source": text, **ran} for text in _blocks(script, tree)),
    ]
    whole = {
        "cells": [{"id": str(number), "metadata": {}, **cell} for number, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _blocks(script: str, tree: ast.Module) -> Iterator[str]:
    """The code of each cell."""
    begin = tree.body[0].end_lineno or 0 if ast.get_docstring(tree) else 0
    within = {n for node in tree.body for n in range(node.lineno, node.end_lineno or 0)}
    lines = list(enumerate(script.split("\n"), 1))[begin:]
    grouped = groupby(lines, lambda line: bool(line[1].strip()) or line[0] in within)
    blocks = ["\n".join(text for _, text in block) for filled, block in grouped if filled]
    imports = list(takewhile(lambda block: block.startswith(("import ", "from ")), blocks))
    if imports:
        yield "\n\n".join([f"# If something is missing: %pip install {_needs(tree)}", *imports])
    yield from blocks[len(imports) :]


def _needs(tree: ast.Module) -> str:
    """What pip calls the libraries that are imported."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return " ".join(sorted(PACKAGES.get(name, name) for name in names - sys.stdlib_module_names))
