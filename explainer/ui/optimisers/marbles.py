"""What the plane of marbles shows: the ground, all paths and losses, and one step in numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from explainer.charts.optimisers.ground import PICTURE, ROUGH, ground, places
from explainer.charts.theme import THEMES, Theme
from explainer.descent.marbles import KINDS, STEPS, Asked, Run
from explainer.descent.methods import SLUGS, Floats
from explainer.descent.one_step import lines
from explainer.images.thumbnails import encode_jpeg
from explainer.powers import power_of_ten, short
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.ui.common.components import pack
from explainer.words import _

HUES = (0, 1, 4, 3, 7, 2, 6)
"""The colours of the methods: none is that of the ground, nor next to that of its neighbours."""
DEEPEST = 1e-2
"""How far below the target the axis of losses goes, as a factor."""


def marbles_message(
    name: str,
    asked: Asked,
    run: Run,
    chosen: str,
    colours: Theme,
    *,
    number: int,
    address: str = "",
    grounded: bool = True,
    rough: bool = False,
) -> bytes:
    """All that is drawn: a header; the ground, places, losses, and the chosen method's rows.

    Without `grounded` the ground is left as it is; a `rough` one has a quarter of the pixels.
    """
    found, kind = asked.landscape, KINDS[asked.slug]
    table = lines(asked, run, chosen)
    header: dict[str, Any] = {
        "name": name, "number": number, "address": address, "slug": asked.slug,
        "across": found.box.across, "up": found.box.up, "steps": STEPS, "chosen": chosen,
        "start": asked.place.round(4).tolist(), "target": found.target,
        "target_text": short(found.target), "axis": _(kind.axis),
        "span": [DEEPEST * found.target, _decade(asked)],
        "methods": _methods(asked, run, colours),
        "marks": found.marks, "note": _(kind.meaning),
        "rows": [{"label": _(one.label), "symbol": one.symbol} for one in table],
        "alt": _("The loss {title} from above, with the paths of seven methods",
                 title=_(kind.title)),
    }  # fmt: skip
    shape = asked.slug, asked.condition, asked.degrees
    picture = _ground(*shape, colours.name, ROUGH if rough else PICTURE) if grounded else b""
    gone = [STEPS + 1 if at is None else at for at in run.diverged]
    steps = np.arange(len(run.losses))[:, None]
    shown = np.where((steps < np.array(gone))[..., None], run.history.places, np.nan)
    rows = np.stack([one.values for one in table], 1)
    return pack(
        header, picture, _bytes(shown, "<f4"), _bytes(run.losses, "<f4"), _bytes(rows, "<f8")
    )


def _methods(asked: Asked, run: Run, colours: Theme) -> list[dict[str, Any]]:
    target = asked.landscape.target
    return [
        {
            "slug": slug,
            "title": _(OPTIMISERS[slug].title),
            "colour": colours.categorical[HUES[at]],
            "rate": short(asked.settings.rates[at], 3),
            "told": told(run, at, target),
            "gone": run.diverged[at],
        }
        for at, slug in enumerate(SLUGS)
    ]


def told(run: Run, at: int, target: float) -> str:
    """How the method in place `at` ended, in a few words."""
    gone, below = run.diverged[at], run.settled[at]
    if gone is not None:
        return _("diverged at step {step}", step=gone)
    if below is not None:
        return _("below {target} since step {step}", target=short(target), step=below)
    last = float(run.losses[-1, at])
    loss = short(last, 2) if last < 1 else power_of_ten(last)
    return _("{loss} after {steps} steps", loss=loss, steps=len(run.losses) - 1)


def _bytes(values: Floats, kind: str) -> bytes:
    with np.errstate(all="ignore"):
        return np.ascontiguousarray(values, kind).tobytes()


@lru_cache(256)
def _ground(
    slug: str, condition: float, degrees: float, appearance: str, size: tuple[int, int]
) -> bytes:
    if slug != "bowl" and (condition, degrees) != (0.0, 0.0):
        return _ground(slug, 0.0, 0.0, appearance, size)
    found = Asked(slug, condition=condition or 1.0, degrees=degrees).landscape
    losses = found.loss(places(found.box.across, found.box.up))
    return encode_jpeg(ground(losses, THEMES[appearance], size), full_colour=True)


def _decade(asked: Asked) -> float:
    """The power of ten above the highest loss in the corners of the picture."""
    box = asked.landscape.box
    corners = np.stack(np.meshgrid(box.across, box.up), -1)
    return float(10 ** np.ceil(np.log10(asked.landscape.loss(corners).max())))
