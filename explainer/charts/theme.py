"""Every colour of the app's pictures, in the light and in the dark appearance.

The same values stand in `.streamlit/config.toml` for Streamlit's own charts; a test holds the two
together. Signed data has a diverging scale whose middle is zero and fades into the page; data from
zero up has a sequential scale. Both read correctly with the common colour-vision deficiencies:
blue against orange-red, never green against red, and lightness grows with the absolute value.
"""

from __future__ import annotations

from dataclasses import dataclass

CLASS_ORDER = (4, 6, 7, 5, 3, 2, 1, 0)


@dataclass(frozen=True)
class Theme:
    """The colours of one appearance as `#rrggbb`; `categorical` holds one per recipe or series."""

    name: str
    background: str
    surface: str
    text: str
    grid: str
    categorical: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The categorical colours for classes: first those that few recipes or series reach."""
        return tuple(self.categorical[place] for place in CLASS_ORDER)


LIGHT = Theme(
    name="light",
    background="#ffffff",
    surface="#f2f5f8",
    text="#0f1720",
    grid="#d5dde6",
    categorical=(
        "#0072b2",
        "#d55e00",
        "#009e73",
        "#b1568c",
        "#9a6b00",
        "#3a86c8",
        "#6f4fa3",
        "#4b5563",
    ),
    sequential=(
        "#f4f8fb",
        "#dcebf4",
        "#bfdcea",
        "#98c8de",
        "#6bb0cf",
        "#4296bb",
        "#227ba3",
        "#106187",
        "#0a4868",
        "#05304a",
    ),
    diverging=(
        "#053061",
        "#2166ac",
        "#4393c3",
        "#92c5de",
        "#d1e5f0",
        "#fddbc7",
        "#f4a582",
        "#d6604d",
        "#b2182b",
        "#67001f",
    ),
)

DARK = Theme(
    name="dark",
    background="#0f141b",
    surface="#19212b",
    text="#e7edf4",
    grid="#33404f",
    categorical=(
        "#56b4e9",
        "#ff8a3d",
        "#35c79a",
        "#e59ac4",
        "#f0c04a",
        "#8fb8ff",
        "#b79cf0",
        "#a9b4c2",
    ),
    sequential=(
        "#101a24",
        "#12303f",
        "#13475c",
        "#155f7a",
        "#1c7898",
        "#3092b3",
        "#51abca",
        "#7dc4dd",
        "#addcec",
        "#e1f3fa",
    ),
    diverging=(
        "#b8dcff",
        "#7db9f5",
        "#4393d8",
        "#23639f",
        "#173450",
        "#4a2618",
        "#96441f",
        "#d66a34",
        "#f79a66",
        "#ffd0b3",
    ),
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}

GREYS = ("#000000", "#ffffff")


def centred(theme: Theme) -> tuple[str, ...]:
    """The diverging scale with the page's own colour in the middle, so that zero is quiet."""
    half = len(theme.diverging) // 2
    return (*theme.diverging[:half], theme.background, *theme.diverging[half:])
