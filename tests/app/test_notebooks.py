"""The code of every page is also a notebook, and what a notebook holds runs."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from streamlit.testing.v1 import AppTest

from explainer.gradients.attribution.script import INPUT
from explainer.images.gallery import DEFAULT, gallery_picture
from explainer.images.thumbnails import encode_png
from explainer.networks.zoo.preprocessing import for_answer
from explainer.networks.zoo.shipped import SHIPPED
from explainer.notebook import notebook
from explainer.topics import topic
from explainer.training.data.registry import load
from explainer.training.presets import PRESETS
from explainer.training.script import script
from explainer.training.script.loading import data_file
from explainer.ui.common.code import question
from explainer.ui.training_lab.presets import FIRST
from tests.app.reading import app_at

PAGES = {
    "filters": {"filters__tab": "code"},
    "activations": {"activations__tab": "code"},
    "attribution": {"attribution__code": "true"},
    "gradient_check": {"gradient_check__look": "code", "gradient_check__pytorch": "true"},
}
SLOWER_PAGES = {
    "why_convolution": {"why_convolution__tab": "code"},
    "depth": {"depth__look": "code"},
}
RUN = """
import json, sys
sys.argv = ["kernel", "-f", "kernel.json"]
for name in sys.stdin.read().split():
    scope = {"__name__": "__main__"}
    with open(name) as file:
        cells = json.load(file)["cells"]
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile(cell["source"], name, "exec"), scope)
    print(name, "ran")
"""


def notebooks_of(app: AppTest, slug: str) -> dict[str, str]:
    """The notebook of each script that the page shows, by a name for its file."""
    scripts = [one.value for one in app.code if "import " in one.value]
    labels = [one.proto.label for one in app.get("download_button")]
    assert len(scripts) == labels.count("Download the notebook") > 0
    found = {f"{slug}-{at}.ipynb": notebook(question(slug), one) for at, one in enumerate(scripts)}
    for text, one in zip(found.values(), scripts, strict=True):
        checked(text, slug, one)
    return found


def checked(text: str, slug: str, source: str) -> None:
    """Raise where `text` is not the notebook of the page's script."""
    whole = json.loads(text)
    nbformat.validate(nbformat.from_dict(whole))  # type: ignore[no-untyped-call]
    assert whole["cells"][0]["source"].startswith(f"# {topic(slug).question}\n\n")
    code = "\n".join(cell["source"] for cell in whole["cells"] if cell["cell_type"] == "code")
    assert "__file__" not in code
    assert "argv" not in code
    assert "explainer" not in code
    lost = len(ast.parse(source).body) - len(ast.parse(code).body)
    assert lost == (ast.get_docstring(ast.parse(source)) is not None)


def run(texts: Mapping[str, str], folder: Path) -> None:
    """Run the cells of each notebook in their order, beside them what the pages give to it."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "picture.png").write_bytes(encode_png(gallery_picture(DEFAULT).codes))
    vgg = SHIPPED["vgg"]
    (folder / INPUT).write_bytes(encode_png(for_answer(gallery_picture(DEFAULT).codes, vgg)))
    (folder / vgg.weights().name).write_bytes(vgg.weights().read_bytes())
    (folder / "data.npz").write_bytes(data_file(load(PRESETS[FIRST].data)))
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=folder, input=" ".join(texts),
        capture_output=True, text=True, timeout=300, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" ran\n") == len(texts)


def of_the_first_story(steps: int | None = None) -> str:
    """The notebook of a recipe of the story that the lab begins with."""
    story = PRESETS[FIRST]
    recipe = story.recipes[-1]
    if steps is not None:
        recipe = replace(recipe, training=replace(recipe.training, steps=steps))
    return notebook(question("training_lab"), script(recipe, load(story.data), story.split, seed=0))


def test_the_notebooks_of_the_pages_as_they_open_run(tmp_path: Path) -> None:
    texts = {"training_lab.ipynb": of_the_first_story(steps=20)}
    for slug, query in PAGES.items():
        texts.update(notebooks_of(app_at(slug, **query), slug))
    assert len(texts) == len(PAGES) + 2  # the gradient check has two scripts
    run(texts, tmp_path)
    assert (tmp_path / "curve.csv").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLOWER_PAGES)
def test_the_notebook_of_a_slower_page_as_it_opens_runs(slug: str, tmp_path: Path) -> None:
    run(notebooks_of(app_at(slug, **SLOWER_PAGES[slug]), slug), tmp_path)


@pytest.mark.slow
def test_the_notebook_of_the_first_story_runs_to_its_end(tmp_path: Path) -> None:
    run({"training_lab.ipynb": of_the_first_story()}, tmp_path)


@pytest.mark.slow
def test_the_notebook_of_the_landscape_as_it_opens_runs(tmp_path: Path) -> None:
    app, deadline = app_at("landscape", landscape__code="true"), time.monotonic() + 300
    while not app.code and time.monotonic() < deadline:
        time.sleep(0.5)
        app.run()
    run(notebooks_of(app, "landscape"), tmp_path)
