"""Learning by heart: accuracy step by step, and what a network says of one digit meanwhile."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from explainer.charts.montage import Codes, example_picture, tiles
from explainer.charts.specs import bare, number_texts, number_tip, quoted, table_of
from explainer.charts.theme import Theme
from explainer.generalisation.by_heart import EVERY, KINDS, STEPS, ByHeart, Tiles
from explainer.words import N_, _, cached, gettext

PANELS = {
    "training": N_("On the labels it learns: accuracy (%)"),
    "validation": N_("On 500 new digits with true labels (%)"),
}
SCALE, GAP = 4, 8
BANDED = {"mean": pa.float64(), "low": pa.float64(), "high": pa.float64()}


def step_points(found: ByHeart, panel: str) -> pa.Table:
    """A row for each kind and step: mean, least and largest accuracy of the seeds in percent."""
    rows = []
    for kind, values in zip(KINDS, 100 * getattr(found, panel), strict=True):
        for step, each in zip(found.steps, values.T, strict=True):
            rows.append((kind.slug, step, float(each.mean()), float(each.min()), float(each.max())))
    return table_of(rows, kind=pa.string(), step=pa.int64(), **BANDED)


@cached
def step_spec(theme: Theme, panel: str) -> dict[str, Any]:
    """The specification for `step_points` of that panel: `training` or `validation`."""
    slugs = [one.slug for one in KINDS]
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(title=_titles(), **number_texts("mean", "low", "high"))
        .encode(
            x=alt.X("step:Q", title=_("steps"), scale=alt.Scale(domain=[0, STEPS], nice=False),
                    axis=alt.Axis(grid=False, tickCount=7)),
            color=alt.Color(
                "kind:N", scale=alt.Scale(domain=slugs, range=list(kind_colours(theme))),
                legend=None,
            ),
        )
    )  # fmt: skip
    band = base.mark_area(opacity=0.16, line=False).encode(
        y=alt.Y("low:Q", title=None, scale=alt.Scale(domain=[0, 100])), y2="high:Q"
    )
    points = base.mark_point(filled=True, size=60, opacity=0).encode(
        y="mean:Q",
        tooltip=[
            alt.Tooltip("title:N", title=_("learned")),
            alt.Tooltip("step:Q", title=_("step")),
            number_tip("mean", _("mean (%)")),
            number_tip("low", _("least")),
            number_tip("high", _("largest")),
        ],
    )
    title = alt.Title(_(PANELS[panel]), anchor="start", fontSize=13, color=theme.text)
    return bare(
        alt.layer(band, base.mark_line(strokeWidth=2.5).encode(y="mean:Q"), points)
        .properties(height=340, title=title)
    )  # fmt: skip


def kind_colours(theme: Theme) -> tuple[str, ...]:
    """A colour for each of KINDS."""
    return tuple(theme.categorical[place] for place in (0, 2, 4, 1, 3))


def _titles() -> str:
    texts = ", ".join(f"{one.slug}: {quoted(gettext(one.title))}" for one in KINDS)
    return f"({{{texts}}})[datum.kind]"


def tile_wall(found: Tiles, theme: Theme, columns: int) -> tuple[Codes, int]:
    """The digits as one picture in rows of `columns`, and the side of a tile in its pixels."""
    pictures = [
        np.kron(example_picture(one[..., None]), np.ones((SCALE, SCALE, 1), np.uint8))
        for one in found.pictures
    ]
    return tiles(pictures, theme, columns=columns, gap=GAP), pictures[0].shape[0]


SAID = {"true": N_("the digit that it is"), "given": N_("the label that it was given")}


def said_points(found: Tiles, place: int) -> pa.Table:
    """A row for each step and of both labels of one digit: its probability in percent."""
    said: NDArray[np.float32] = found.said[:, place]
    labels = {"true": found.truth[place], "given": found.labels[place]}
    rows = [
        (name, EVERY * at, float(100 * one[label]))
        for at, one in enumerate(said)
        for name, label in labels.items()
    ]
    return table_of(rows, which=pa.string(), step=pa.int64(), value=pa.float64())


@cached
def said_spec(theme: Theme) -> dict[str, Any]:
    """The specification for `said_points`."""
    texts = ", ".join(f"{slug}: {quoted(gettext(one))}" for slug, one in SAID.items())
    colours = [theme.categorical[0], theme.categorical[1]]
    base = (
        alt.Chart(alt.NamedData(name="points"))
        .transform_calculate(title=f"({{{texts}}})[datum.which]", **number_texts("value"))
        .encode(
            x=alt.X("step:Q", title=_("steps"), scale=alt.Scale(domain=[0, STEPS], nice=False),
                    axis=alt.Axis(grid=False, tickCount=7)),
            y=alt.Y("value:Q", title=_("probability (%)"), scale=alt.Scale(domain=[0, 100])),
            color=alt.Color(
                "which:N", scale=alt.Scale(domain=list(SAID), range=colours),
                legend=None,
            ),
        )
    )  # fmt: skip
    points = base.mark_point(filled=True, size=60, opacity=0).encode(
        tooltip=[
            alt.Tooltip("title:N", title=_("label")),
            alt.Tooltip("step:Q", title=_("step")),
            number_tip("value", _("probability (%)")),
        ]
    )
    return bare(alt.layer(base.mark_line(strokeWidth=2.5), points).properties(height=300))
