"""A reliability diagram on the page: how often a network is right over how sure it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from explainer.charts.theme import Theme
from explainer.likelihood.calibration import Bins
from explainer.powers import percent
from explainer.ui.common.components import mount, pack
from explainer.words import _

RIGHT, OVER, UNDER = 0, 1, 2
"""Places of the colours."""


def reliability_message(
    key: str,
    bins: Bins,
    colours: Theme,
    *,
    heads: Sequence[str],
    rows: Sequence[tuple[Sequence[str], bool]],
    told: Sequence[str],
    number: int,
    also: tuple[str, bytes] | None = None,
) -> bytes:
    """What the diagram needs; `rows` are those of the table below it, and whether each is bold.

    The answer to a drag that moves a second chart carries its key and its message: `also`.
    """
    palette = colours.categorical
    header: dict[str, Any] = {
        "name": key, "number": number, "told": list(told),
        "bins": [_described(bins, place) for place in range(len(bins.counts))],
        "most": 10 ** max(1, math.ceil(math.log10(bins.counts.sum()))),
        "table": {
            "heads": list(heads),
            "rows": [{"cells": list(cells), "strong": strong} for cells, strong in rows],
        },
        "axes": {"right": _("Right"), "sure": _("confidence"), "count": _("Pictures")},
        "colours": {"right": palette[RIGHT], "over": palette[OVER], "under": palette[UNDER]},
        "keys": {
            "right": _("right"), "over": _("too sure"), "under": _("not sure enough"),
            "sure": _("mean confidence"), "whisker": _("exact interval of 95 %"),
            "diagonal": _("as sure as right"),
        },
        "alt": _("For each bin of the confidence the share that is right, with its interval, "
                 "and the number of pictures."),
    }  # fmt: skip
    if also is None:
        return pack(header)
    header["also"], message = also
    return pack(header, message)


def reliability(key: str, message: bytes) -> None:
    """Show the diagram of that message."""
    mount("reliability", key=f"{key}.reliability", data=message)


def _described(bins: Bins, place: int) -> dict[str, Any]:
    low, high = (float(one) for one in bins.edges[place : place + 2])
    count = int(bins.counts[place])
    found: dict[str, Any] = {"from": low, "to": high, "count": count}
    span = {"low": percent(low), "high": percent(high)}
    if not count:
        return {**found, "says": _("Confidence {low} to {high}: no picture.", **span)}
    sure, right, least, most = (
        float(one[place]) for one in (bins.confidence, bins.accuracy, bins.low, bins.high)
    )
    says = _(
        "Confidence {low} to {high}: pictures {count}, sure by {sure} on average, right {right} "
        "({least} to {most}).",
        count=f"{count:,}", sure=percent(sure), right=percent(right), least=percent(least),
        most=percent(most), **span,
    )  # fmt: skip
    return {**found, "sure": sure, "right": right, "low": least, "high": most, "says": says}
