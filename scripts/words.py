"""Collect the messages of the app into assets/words/messages.pot, or say that it is stale.

`python -m scripts.words` writes the template of all catalogues: what `_`, `N_` and `ngettext` mark
in Python, and `say` in JavaScript. With `--check` it writes nothing, and ends with 1 where a
message is missing there or is no more.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "assets" / "words" / "messages.pot"
PYTHON = {
    "_": None,
    "N_": None,
    "gettext": None,
    "later": None,
    "ngettext": (1, 2),
    "nlater": (1, 2),
}
SOURCES = (
    ("explainer", [("**.py", "python")], PYTHON),
    ("pages", [("**.py", "python")], PYTHON),
    ("assets/components", [("**.js", "javascript")], {"say": None}),
)
SHOWN = 20


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every message with the file that it stands in; one with a plural is a tuple."""
    for folder, how, keywords in SOURCES:
        with redirect_stderr(StringIO()):  # Babel warns of values that are f-strings
            found = list(extract_from_dir(ROOT / folder, how, keywords=keywords))
        for name, _, message, _, _ in found:
            yield f"{folder}/{name}", message


def collected() -> Catalog:
    """The messages as a catalogue: sorted, each once, without the lines that they stand in."""
    catalogue = Catalog(project="Deepglass", charset="utf-8", fuzzy=False)
    for place, message in sorted(messages(), key=str):
        catalogue.add(message, locations=[(place, 0)])
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file without its date, which would change with every run."""
    file = BytesIO()
    write_po(file, catalogue, width=100, omit_header=True, sort_output=True, include_lineno=False)
    return file.getvalue()


def main(arguments: list[str]) -> int:
    """Write or check the template; the exit status."""
    found = collected()
    if "--check" not in arguments:
        TEMPLATE.write_bytes(written(found))
        return 0
    known = {one.id for one in read_po(BytesIO(TEMPLATE.read_bytes()), charset="utf-8")}
    now = {one.id for one in found}
    stale = sorted(f"  {message!r}" for message in known.symmetric_difference(now))
    if stale:
        print("assets/words/messages.pot is stale (make words):", *stale[:SHOWN], sep="\n")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
