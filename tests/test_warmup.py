"""The warm-up knows what the pages need."""

from __future__ import annotations

import importlib

from explainer.topics import TOPICS
from explainer.warmup import PAGES, page_modules


def test_the_modules_of_every_page_are_known_and_can_be_imported() -> None:
    found = page_modules()
    assert "explainer.ui.page" in found
    assert len(found) == len(set(found))
    for name in found:
        assert name.startswith("explainer.")
        importlib.import_module(name)
    for topic in TOPICS:
        text = (PAGES / f"{topic.slug}.py").read_text(encoding="utf-8")
        assert any(f"from {name} import" in text for name in found)
