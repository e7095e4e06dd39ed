"""What the picture of rare cases and costs needs; `rare.js` draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import logit

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.metrics.costs import (
    Case,
    Costs,
    Floats,
    Places,
    Roc,
    area,
    average_precision,
    hull,
    people,
    precision,
    single,
    spared,
)
from explainer.powers import percent, short
from explainer.ui.common.components import pack
from explainer.ui.metrics.cost_words import amount, names, probability, share
from explainer.words import _

OTHERS = (0.5, 0.1, 0.01)
"""The prevalences beside the reader's own."""
GRID, BEYOND = 400, 0.3
TICKS = (1e-6, 1e-5, 1e-4, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)
CASE, NONE = 0, 1
"""Places of the colours: of a case, and of an alarm that is none."""


@dataclass(frozen=True)
class Values:
    """What is moved: the prevalence, a miss to a false alarm, and where the test stands."""

    prevalence: float
    ratio: float
    threshold: float
    sensitivity: float
    specificity: float


@dataclass(frozen=True, eq=False)
class Test:
    """A test: a real classifier of `digit` by its scores, or none and its two numbers."""

    digit: int
    case: Case | None

    def roc(self, values: Values) -> Roc:
        """All its points."""
        return self.case.roc if self.case else single(values.sensitivity, values.specificity)

    def place(self, values: Values) -> int:
        """Which of them it stands at."""
        return self.case.roc.at(values.threshold) if self.case else 1

    @property
    def span(self) -> tuple[float, float]:
        """From below the least score to above the greatest, on tenths."""
        if self.case is None:
            return 0.0, 1.0
        scores = self.case.scores
        low, high = np.floor(10 * scores.min()) / 10, np.ceil(10 * scores.max()) / 10
        return float(low - BEYOND), float(high + BEYOND)

    @cached_property
    def shown(self) -> Places:
        """The points that are drawn: where the rate of hits changes, before and after, and ends."""
        if self.case is None:
            return np.arange(3)
        rises = np.diff(self.case.roc.hit) > 0
        ends = np.array([True])
        drawn = np.concatenate([ends, rises]) | np.concatenate([rises, ends])
        return np.flatnonzero(drawn)

    @cached_property
    def on_grid(self) -> tuple[Floats, Places]:
        """Thresholds at equal distances, and the places of their points."""
        thresholds = np.linspace(*self.span, GRID)
        if self.case is None:
            return thresholds, np.arange(GRID) * 3 // GRID
        found = np.searchsorted(-self.case.roc.thresholds, -thresholds, side="right") - 1
        return thresholds, found

    @cached_property
    def corners(self) -> Places:
        """Places of the corners of the hull of a real classifier."""
        return hull(self.case.roc) if self.case else np.arange(3)


def rare_message(
    key: str, test: Test, values: Values, sliders: Sequence[dict[str, Any]],
    presets: Sequence[dict[str, Any]], colours: Theme, number: int, address: str,
) -> bytes:  # fmt: skip
    """The picture for these values; `sliders` and `presets` are as `rare.js` has them."""
    found, costs = test.roc(values), Costs(values.ratio)
    place, best = test.place(values), costs.best(found, values.prevalence)
    expected = 1000 * costs.expected(found, values.prevalence)
    blobs = [found.fall[test.shown], found.hit[test.shown]]
    curves = []
    for at, prevalence in enumerate((values.prevalence, *OTHERS)):
        if at and np.isclose(prevalence, values.prevalence):
            continue
        every = precision(found, prevalence)
        blobs.append(every[test.shown])
        value = _number(every[place])
        title = _("your {share}", share=share(prevalence)) if not at else share(prevalence)
        curves.append({
            "title": title, "colour": stroke((CASE, 3, 4, 6)[at], colours).colour, "own": not at,
            "base": prevalence, "value": value,
            "area": _("area {area}", area=f"{average_precision(found, prevalence):.3f}"),
        })  # fmt: skip
    header: dict[str, Any] = {
        "name": key, "number": number, "address": address, "sliders": list(sliders),
        "presets": list(presets), "real": test.case is not None,
        "people": _people(found, place, values), "bayes": _bayes(found, place, values),
        "roc": {
            "fall": float(found.fall[place]), "hit": float(found.hit[place]),
            "best": [float(found.fall[best]), float(found.hit[best])],
            "hull": np.stack([_corners(test, found, axis) for axis in ("fall", "hit")], 1).tolist(),
            "slope": costs.slope(values.prevalence),
            "area": _("area {area}", area=f"{area(found):.3f}"),
        },
        "curves": curves,
        "cost": _cost(test, values, costs, expected, place, best),
        "told": _told(test, values, costs, expected, place, best),
        "colours": {"case": stroke(CASE, colours).colour, "none": stroke(NONE, colours).colour},
        "words": names(test.digit if test.case else None),
    }  # fmt: skip
    if test.case is not None:
        places = test.on_grid[1]
        blobs += [expected[places], found.fall[places], found.hit[places]]
    return pack(header, *(np.ascontiguousarray(one, "<f4").tobytes() for one in blobs))


def _corners(test: Test, found: Roc, axis: str) -> Floats:
    values: Floats = getattr(found, axis)
    if test.case is not None:
        return np.asarray(values[test.corners])
    return np.asarray(values[hull(found)])


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _people(found: Roc, place: int, values: Values) -> dict[str, int]:
    return vars(people(values.prevalence, float(found.hit[place]), float(found.fall[place])))


def _bayes(found: Roc, place: int, values: Values) -> list[dict[str, str]]:
    """Both sentences of Bayes' rule, each a fraction with its numbers and what comes of it."""
    hit, fall, prevalence = float(found.hit[place]), float(found.fall[place]), values.prevalence
    alarm, silence = (float(one(found, prevalence)[place]) for one in (precision, spared))
    healthy = 1 - prevalence
    asked = [_("P(case | alarm)"), _("P(no case | no alarm)")]
    tops = [_product(prevalence, hit), _product(healthy, 1 - fall)]
    others = [_product(healthy, fall), _product(prevalence, 1 - hit)]
    reasons = [_("nobody gets an alarm"), _("everybody gets an alarm")]
    return [
        {"name": name, "top": top, "bottom": f"{top} + {other}",
         "value": _part(value) if np.isfinite(value) else f"– ({reason})"}
        for name, top, other, value, reason in zip(
            asked, tops, others, (alarm, silence), reasons, strict=True
        )
    ]  # fmt: skip


def _part(value: float) -> str:
    """A probability, of which only 0 and 1 are written as such."""
    if 0 < value < 0.0005:
        return "< 0.1\u00a0%"
    return "> 99.9\u00a0%" if 0.9995 <= value < 1 else percent(value).replace(" ", "\u00a0")


def _product(first: float, second: float) -> str:
    return f"{first:.4g} · {second:.4g}"


def _cost(
    test: Test, values: Values, costs: Costs, expected: Floats, place: int, best: int
) -> dict[str, Any]:
    low, high = test.span
    trivial = float(min(expected[0], expected[-1]))
    header: dict[str, Any] = {
        "top": 2 * trivial, "nobody": float(expected[0]), "all": float(expected[-1]),
        "now": float(expected[place]), "least": float(expected[best]),
    }  # fmt: skip
    if test.case is None:
        bars = (_("nobody"), _("this test"), _("everybody"))
        texts = [amount(float(one)) for one in expected]
        return {**header, "names": bars, "values": expected.tolist(), "texts": texts}
    believed = costs.believed(values.prevalence, test.case.learned)
    ticks = [
        {"place": float(logit(one)), "text": short(one)}
        for one in TICKS if low <= logit(one) <= high
    ]  # fmt: skip
    return {
        **header, "low": low, "high": high, "at": float(np.clip(values.threshold, low, high)),
        "best": middle(test, best), "believed": float(np.clip(believed, low, high)), "ticks": ticks,
    }  # fmt: skip


def middle(test: Test, place: int) -> float:
    """A threshold of that point, between its scores and the next: on hundredths where it can be."""
    assert test.case is not None
    low, high = test.span
    thresholds = test.case.roc.thresholds
    upper = min(float(thresholds[place]), high)
    lower = float(thresholds[place + 1]) if place + 1 < len(thresholds) else low
    between = round((upper + lower) / 2, 2)
    return between if lower < between <= upper else upper


def _told(
    test: Test, values: Values, costs: Costs, expected: Floats, place: int, best: int
) -> list[str]:
    prices = _("A false alarm costs {alarm}, a miss {miss}.",
               alarm=amount(costs.alarm), miss=amount(costs.miss))  # fmt: skip
    sums = _(
        "Per 1,000 this test costs **{now}**, an alarm for nobody {nobody}, for everybody {all}.",
        now=amount(float(expected[place])), nobody=amount(float(expected[0])),
        all=amount(float(expected[-1])),
    )  # fmt: skip
    if best == 0:
        verdict = _("Nothing is cheaper than **no alarm at all**.")
    elif best == len(expected) - 1:
        verdict = _("Nothing is cheaper than **an alarm for everybody**.")
    elif test.case is None:
        verdict = _("**The test is worth its errors.**")
    else:
        other = test.case.other
        chosen = other.thresholds[costs.best(other, values.prevalence)]
        verdict = _(
            "The cheapest threshold, p = {best}, costs {least}; chosen on other digits, {chosen}.",
            best=probability(middle(test, best)), least=amount(float(expected[best])),
            chosen=amount(float(expected[test.case.roc.at(float(chosen))])),
        )  # fmt: skip
    said = [f"{prices} {sums} {verdict}"]
    if test.case is not None:
        said.append(_believed(test, values, costs, expected, best))
    return said


def _believed(test: Test, values: Values, costs: Costs, expected: Floats, best: int) -> str:
    """What the rule for calibrated probabilities costs, with these."""
    assert test.case is not None
    wanted = costs.believed(values.prevalence, test.case.learned)
    spent, least = float(expected[test.case.roc.at(wanted)]), float(expected[best])
    said = {
        "rule": f"{costs.best_probability:.3g}", "wanted": probability(wanted),
        "spent": amount(spent), "share": share(values.prevalence),
    }  # fmt: skip
    text = _(
        "**The rule for calibrated probabilities:** alarm from {rule} on. The model learned where "
        "1 in 10 is a case: where it says {wanted}, a prevalence of {share} makes it {rule}. "
        "That threshold costs {spent},",
        **said,
    )  # fmt: skip
    if least == 0 or spent <= 1.005 * least:
        return text + " " + _("no more than the least.")
    more = _("**{more} more** than the least.", more=f"{100 * (spent / least - 1):,.0f}\u00a0%")
    return f"{text} {more}"
