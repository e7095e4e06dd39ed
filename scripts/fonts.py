"""The frontend's fonts, cut to what the app shows: `python -m scripts.fonts`.

Streamlit's icon font has some 4,000 icons, and its text fonts have Cyrillic too; together they are
half of what a first visit loads. The server sends what is made here in their place, by the same
name (`explainer/frontend.py`). Names hold a digest: another release of Streamlit has other ones
and is served as it comes, until this is run again. It needs `pip install "fonttools[woff]"`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from streamlit.file_util import get_static_dir

ROOT = Path(__file__).parents[1]
FONTS = ROOT / "assets" / "fonts"
CARD = FONTS / "card.json"
ORIGIN = {
    "origin": "Material Symbols (Google), Source Sans and Source Code (Adobe), of Streamlit",
    "licence": "Apache License 2.0 (Material Symbols), SIL Open Font License 1.1 (Source)",
    "made by": "python -m scripts.fonts",
}
FRONTEND = Path(get_static_dir()) / "static"
OWN = (ROOT / "explainer", ROOT / "pages", ROOT / "assets" / "prose")
ICONS, TEXTS = "MaterialSymbols-Rounded.*.woff2", "Source[SC]*VF-*.woff2"
ICON = re.compile(r":material/([a-z0-9_]+):")
# What a page of ours may want next, at a hundred bytes each: no font is made anew for it.
USUAL = """
add remove close check done help info warning error lightbulb school quiz menu_book book_2
article description link content_copy share open_in_new arrow_forward arrow_back arrow_upward
arrow_downward fullscreen fullscreen_exit fit_screen co_present cast tv download upload save
folder_open image photo photo_camera play_arrow pause stop replay restart_alt skip_next
skip_previous fast_forward shuffle casino tune settings palette visibility visibility_off search
zoom_in zoom_out filter_alt grid_on grid_view table_chart bar_chart show_chart timeline insights
science calculate functions key lock edit delete undo redo hourglass_empty timer schedule speed
memory code terminal translate language group person flag bookmark star psychology neurology hub
account_tree schema layers stacks blur_on grain texture contrast gradient opacity route map
explore compass_calibration landscape terrain tour touch_app swipe ads_click
"""
# Latin, Greek, marks, arrows, mathematics, shapes; from Vietnamese on another font stands in.
RANGES = ((0x20, 0x17F), (0x2B0, 0x3FF), (0x2000, 0x22FF), (0x25A0, 0x25FF), (0x2713, 0x2717))


def icons(*folders: Path) -> set[str]:
    """The names of the icons that files in these folders ask for."""
    files = (path for folder in folders for path in folder.rglob("*"))
    texts = (path for path in files if path.suffix in (".py", ".md", ".js"))
    return {name for path in texts for name in ICON.findall(path.read_text(encoding="utf-8"))}


def ligatures(font: Any) -> Iterator[tuple[str, str]]:
    """The word that stands for each icon, and the glyph that is drawn for it."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            found = getattr(getattr(table, "ExtSubTable", table), "ligatures", {})
            for first, ends in found.items():
                for end in ends:
                    parts = (first, *end.Component)
                    yield "".join(letters.get(one, "?") for one in parts), end.LigGlyph


def main() -> None:
    """Write both kinds, and say what they weigh."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    FONTS.mkdir(exist_ok=True)
    for path in FONTS.glob("*.woff2"):
        path.unlink()
    shown = sorted({*USUAL.split(), *icons(*OWN, FRONTEND / "js")})
    for source in sorted((*FRONTEND.glob(f"media/{ICONS}"), *FRONTEND.glob(f"media/{TEXTS}"))):
        font = TTFont(source)
        options = subset.Options(flavor="woff2", layout_features=["*"], notdef_outline=True)
        options.layout_closure = False
        maker = subset.Subsetter(options)
        if "GSUB" in font and source.match(ICONS):
            drawn = dict(ligatures(font))
            shown = [name for name in shown if name in drawn]
            glyphs = [drawn[name] for name in shown]
            maker.populate(glyphs=glyphs, text="abcdefghijklmnopqrstuvwxyz0123456789_")
        else:
            codes = [code for low, high in RANGES for code in range(low, high + 1)]
            maker.populate(unicodes=codes)
        maker.subset(font)
        target = FONTS / source.name
        subset.save_font(font, target, options)
        print(f"{source.name}: {source.stat().st_size:,} → {target.stat().st_size:,} bytes")
    CARD.write_text(json.dumps({**ORIGIN, "icons": shown}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
