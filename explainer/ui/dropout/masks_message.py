"""What the drawing of one mask after another shows: the network that is left, and its answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from explainer.charts.theme import Theme
from explainer.parameters import Parameter
from explainer.regularisation.dropout.masks import (
    DROPOUT,
    MOST,
    SCHEMES,
    Bools,
    Head,
    Passed,
    Scheme,
    different,
    masks,
    passed,
    repeated,
    scaled,
)
from explainer.regularisation.proximal import Floats
from explainer.ui.common.components import pack
from explainer.words import N_, _

BINS = 36
CENTRAL = (0.5, 99.5)
"""The percentiles between which the histogram lies; what is beyond is in its last bins."""
ROUNDING = 1e-6
ERRORS = 2
"""So many standard errors from the scaled network a mean is told apart from it."""
KEEP_FIRST, KEEP_LAST = KEEPS = tuple(
    Parameter(
        name, label, 0.5, 0.1, 1, 0.05,
        help=N_("The drop probability is 1 less this. At 1 nothing is dropped."),
    )
    for name, label in (
        ("first", N_("keep probability, first layer")),
        ("last", N_("keep probability, second layer")),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the menus say: the digit that goes in, and of which class what is counted."""

    scheme: Scheme
    digit: int
    of: int
    as_logit: bool


@dataclass(frozen=True)
class Drawn:
    """How many masks were drawn, with which seed and which keep probabilities."""

    count: int
    seed: int
    keeps: tuple[float, float]


def masks_message(
    asked: Asked,
    one: Head,
    picture: Floats,
    drawn: Drawn,
    colours: Theme,
    name: str,
    address: str,
) -> bytes:
    """All that is drawn, of the masks so far and of the last of them; `address` answers moves."""
    kept = masks(asked.scheme, drawn.seed, drawn.count, drawn.keeps)
    found, whole = passed(one, asked.scheme, kept, drawn.keeps), scaled(one)
    values, at = _values(asked, found), float(_values(asked, whole)[0])
    header = {
        "name": name,
        "address": address,
        "count": drawn.count,
        "seed": drawn.seed,
        "most": MOST,
        "connections": asked.scheme != DROPOUT,
        "of": asked.of,
        "weights": [one.first.round(3).tolist(), one.last.round(3).tolist()],
        "kept": ["".join("01"[int(bit)] for bit in mask[-1]) for mask in kept],
        "times": [mask.sum(axis=0).tolist() for mask in kept],
        "values": _units(asked, one, kept, drawn.keeps, found),
        "colours": _colours(asked.scheme, colours),
        "bins": _bins(values, at),
        "mean": float(values.mean()),
        "error": _error(values),
        "scaled": at,
        "latest": float(values[-1]),
        "axis": _named(asked),
        "told": _told(asked, kept, drawn, values, at),
        "alt": _(
            "A network of 12, 12 and 10 units; the last mask keeps {kept} of {all} {what}.",
            kept=int(sum(mask[-1].sum() for mask in kept)), all=sum(asked.scheme.sizes),
            what=_what(asked.scheme),
        ),
    }  # fmt: skip
    return pack(header, (picture * 255).round().astype(np.uint8).tobytes())


def _values(asked: Asked, found: Passed) -> Floats:
    return (found.logits if asked.as_logit else found.probabilities)[:, asked.of]


def _units(
    asked: Asked, one: Head, kept: tuple[Bools, Bools], keeps: tuple[float, float], found: Passed
) -> list[list[float]]:
    """What each unit passes on under the last mask; of the outputs the probabilities."""
    first, last = one.inputs, found.hidden[-1]
    if asked.scheme == DROPOUT:
        first, last = first * kept[0][-1] / keeps[0], last * kept[1][-1] / keeps[1]
    return [row.round(3).tolist() for row in (first, last, found.probabilities[-1])]


def _colours(scheme: Scheme, colours: Theme) -> dict[str, str]:
    ends = colours.diverging
    return {
        "kept": colours.categorical[SCHEMES.slugs.index(scheme.slug)],
        "negative": ends[2], "positive": ends[-3],
    }  # fmt: skip


def _bins(values: Floats, at: float) -> dict[str, Any]:
    """How often each stretch of values came up, over round bounds around the most and `at`."""
    low, high = (float(one) for one in np.percentile(np.append(values, at), CENTRAL))
    step = _round_up(max(high - low, 0.1) / BINS)
    group = 4 * step  # so that the bounds leap, and stay in between
    low, high = math.floor(low / group) * group, math.ceil(high / group) * group
    count = max(round((high - low) / step), 1)
    places = np.clip(((values - low) / step).astype(int), 0, count - 1)
    return {
        "low": low,
        "high": high if high > low else low + group,
        "counts": np.bincount(places, minlength=count).tolist(),
    }


def _round_up(size: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(one * power for one in (1, 2, 5, 10) if one * power >= size * (1 - 1e-9))


def _error(values: Floats) -> float | None:
    """The standard error of the mean; one value has none."""
    return float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else None


def _named(asked: Asked) -> str:
    if asked.as_logit:
        return _("logit of “{digit}”", digit=asked.of)
    return _("probability of “{digit}”", digit=asked.of)


def _what(scheme: Scheme) -> str:
    return _("units") if scheme == DROPOUT else _("connections")


def _told(
    asked: Asked, kept: tuple[Bools, Bools], drawn: Drawn, values: Floats, at: float
) -> list[str]:
    return [_how_many(asked.scheme, kept, drawn), _apart(asked, values, at)]


def _how_many(scheme: Scheme, kept: tuple[Bools, Bools], drawn: Drawn) -> str:
    free = different(scheme, drawn.keeps)
    if not free:
        return _("Nothing is ever dropped: there is one network.")
    number = f"2{str(free).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    if free < 64:
        number = f"{number} = {2**free:,}"
    if drawn.count == 1:
        return _("{number} masks are possible; this is one of them.", number=number)
    return _(
        "{number} masks are possible. Drawn so far: {count}; of these, {again} had come up "
        "before.",
        number=number, count=f"{drawn.count:,}", again=repeated(kept) or _("none"),
    )  # fmt: skip


def _apart(asked: Asked, values: Floats, at: float) -> str:
    error = _error(values)
    digits = 2 if asked.as_logit else 3
    numbers = {
        "what": _named(asked), "scaled": _figure(at, digits),
        "mean": _figure(float(values.mean()), digits),
    }  # fmt: skip
    if error is None:
        return _("The {what}: {mean} with this mask, {scaled} weight-scaled.", **numbers)
    if error < ROUNDING:
        return _("The {what}: {mean} with every mask, {scaled} weight-scaled.", **numbers)
    apart = abs(float(values.mean()) - at)
    if apart > ERRORS * error + 1e-6:
        verdict = _("apart, by {times} standard errors", times=f"{apart / error:.1f}")
    else:
        verdict = _("no difference beyond the noise of the masks")
    return _(
        "The {what}: mean over the masks {mean} ± {error} (standard error), weight-scaled "
        "{scaled}: {verdict}.",
        **numbers, error=f"{error:.{digits}f}", verdict=verdict,
    )  # fmt: skip


def _figure(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "−")
