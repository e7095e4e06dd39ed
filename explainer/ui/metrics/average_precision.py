"""What is told of a scene's precision and recall: steps, areas, thresholds and puzzles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import repeat
from typing import Any

import numpy as np

from explainer.charts.theme import Theme
from explainer.messages import number as number_in
from explainer.metrics.boxes.average_precision import (
    DEFINITIONS,
    RANGE,
    Curve,
    averages,
    curve_of,
    over_thresholds,
)
from explainer.metrics.boxes.matching import RULES, Matcher, Matching
from explainer.metrics.boxes.puzzles import (
    CROWD,
    LOOSE,
    State,
    can_be_fewer,
    crowded,
    fewer_right,
    loose_and_tight,
    unharmed,
)
from explainer.metrics.boxes.scene import SCENES, Scene
from explainer.powers import signed
from explainer.words import _

HIT, FALSE, TRUTH, AREA = 0, 1, 2, 3
"""Places of the colours."""
DIGITS = 5
MEASURED = ("precision", "recall", "ceiling")


def told(
    scene: Scene, threshold: float, step: int, colours: Theme, ask: object = None,
    start: Scene | None = None, *, own: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """All that the panel of precision and recall draws, as JSON holds it.

    `ask` is what the browser wants besides, unchecked: `rule`, and the score of a `crowd` of boxes
    on nothing, which solves its puzzle only if it is the reader's `own`; `start` is the scene
    before a hand was at it. `step` detections are looked at.
    """
    rule, score = _asked(ask)
    matcher = Matcher(scene)
    alone = matcher.at(threshold, rule)
    whole = crowded(scene, score) if score is not None else scene
    matching = alone if score is None else Matcher(whole).at(threshold, rule)
    curve, before = curve_of(matching), averages(curve_of(alone))
    after = before if score is None else averages(curve)
    spread = over_thresholds(matcher if score is None else Matcher(whole), rule)
    return {
        "ask": {"rule": rule, "crowd": score}, "threshold": threshold,
        "step": min(max(step, 0), len(matching.order)),
        "outcome": ["hit" if truth >= 0 else "false" for truth in alone.truth.tolist()],
        "truth": alone.truth.tolist(),
        "crowd": _rounded(whole.detections[len(scene.detections):], 1),
        "truths": matching.truths,
        "rows": _rows(matching, curve, threshold, len(scene.detections)),
        "definitions": [
            {
                "slug": each.slug, "title": _(each.title), "source": _(each.source),
                "why": _(each.why), "value": after[each.slug], "before": before[each.slug],
                "area": [] if curve is None else _rounded(each.area(curve)),
            }
            for each in DEFINITIONS
        ],
        "spread": None if spread is None else
        [{"at": at, "value": value}
         for at, value in zip(RANGE.tolist(), spread.tolist(), strict=True)],
        "mean": None if spread is None else float(spread.mean()),
        "ten": _of_ten(None if spread is None else float(spread.mean()), rule),
        "rules": [
            {"slug": each.slug, "title": _(each.title), "says": _(each.says)} for each in RULES
        ],
        "puzzles": _puzzles(
            matcher, before, None if score is None else after, threshold, rule, start, own
        ),
        "colours": {
            "hit": colours.categorical[HIT], "false": colours.categorical[FALSE],
            "truth": colours.categorical[TRUTH], "area": colours.categorical[AREA],
        },
    }  # fmt: skip


def _asked(ask: object) -> tuple[str, float | None]:
    """The rule and the crowd's score in [0, 1]: the usual ones for what is none."""
    said: Mapping[str, Any] = ask if isinstance(ask, Mapping) else {}
    rule = said.get("rule")
    rule = rule if isinstance(rule, str) and rule in RULES else RULES.slugs[0]
    score = number_in(said.get("crowd"))
    return rule, None if score is None else float(min(max(score, 0), 1))


def _rounded(values: np.ndarray, digits: int = DIGITS) -> list[Any]:
    found: list[Any] = np.round(values, digits).tolist()
    return found


def _rows(
    matching: Matching, curve: Curve | None, threshold: float, own: int
) -> list[dict[str, Any]]:
    """One for each detection in its turn; those from index `own` on are the crowd's, index −1."""
    rows = []
    order = matching.order.tolist()
    columns = () if curve is None else (curve.precision, curve.recall, curve.ceiling)
    parts = zip(*map(_rounded, columns), strict=True) if columns else repeat(())
    truth, nearest = matching.truth.tolist(), matching.nearest.tolist()
    best, scores = matching.best.tolist(), matching.scores.tolist()
    for turn, part in zip(order, parts, strict=False):
        found = {
            "index": turn if turn < own else -1, "score": scores[turn], "iou": best[turn],
            "nearest": nearest[turn], "truth": truth[turn], "hit": truth[turn] >= 0,
            "taken": truth[turn] < 0 and nearest[turn] >= 0 and best[turn] >= threshold,
        }  # fmt: skip
        rows.append(found | dict(zip(MEASURED, part, strict=False)))
    return rows


def _puzzles(
    matcher: Matcher, before: Mapping[str, float | None], after: Mapping[str, float | None] | None,
    threshold: float, rule: str, start: Scene | None, own: bool,
) -> list[dict[str, Any]]:  # fmt: skip
    """Each puzzle with its task, how far it is, and whether the boxes solve it."""
    loose = loose_and_tight(matcher, rule)
    there = after is not None
    crowd = unharmed(dict(before), dict(after) if after is not None and own else None)
    fewer = (
        State(None, {})
        if start is None
        else fewer_right(matcher, _matcher_of(start), threshold, rule)
    )
    return [
        {
            "slug": "loose", "title": _("Right and yet loose"), "solved": loose.solved,
            "task": _("Move the boxes until AP is 1 at an IoU of 0.5 and 0 at 0.75."),
            "now": _("Now: AP50 {loose}, AP75 {tight}.", loose=_number(loose.values["loose"]),
                     tight=_number(loose.values["tight"])),
        },
        {
            "slug": "crowd", "title": _("Fifty for nothing"), "solved": crowd.solved,
            "task": _("Add {count} boxes of nothing without lowering AP: give them a score.",
                      count=CROWD),
            "now": _of_crowd(crowd, there, own),
        },
        {
            "slug": "fewer", "title": _("Fewer and better"), "solved": fewer.solved,
            "task": _("Reach a higher AP than at the start, with fewer hits. The truths stay."),
            "now": _of_fewer(fewer, threshold, rule),
        },
    ]  # fmt: skip


@lru_cache(maxsize=8)
def _matcher_of(scene: Scene) -> Matcher:
    """A matcher of a scene that many runs begin with; scenes are told apart by identity."""
    return Matcher(scene)


def _of_ten(mean: float | None, rule: str) -> str:
    if mean is None:
        return _("No truth: AP is undefined (–) at every threshold.")
    if rule == RULES.slugs[0]:
        return _("The mean of the ten, {mean}, is COCO’s AP, or mAP, of this one class.",
                 mean=_number(mean))  # fmt: skip
    return _("The mean of the ten is {mean}. It is not COCO’s AP: the boxes are matched by the "
             "rule of {rule}.", mean=_number(mean), rule=_(RULES[rule].title))  # fmt: skip


def _of_crowd(state: State, there: bool, own: bool) -> str:
    if state.solved is None:
        return _("AP is 0 or undefined here, so there is nothing to lower.")
    if not there:
        return _("Now: no box was added.")
    if not own:
        return _("These fifty came with the link: give them a score of your own.")
    kept = [_(DEFINITIONS[slug].title) for slug, fell in state.values.items() if not fell]
    fell = [
        _("{definition} {change}", definition=_(DEFINITIONS[slug].title), change=signed(change, 3))
        for slug, change in state.values.items()
        if change
    ]
    if not fell:
        return _("No definition sees them: nothing is found below their score.")
    if not kept:
        return _("Lower in every definition: {fell}.", fell=", ".join(fell))
    return _("Unchanged: {kept}. Changed: {fell}.", kept=", ".join(kept), fell=", ".join(fell))


def _of_fewer(state: State, threshold: float, rule: str) -> str:
    values = state.values
    if state.solved is None:
        if not values:
            why = _("On your own photo there is no start to beat.")
        elif "best" not in values:
            return _("The truths are not those of the start: put them back.")
        elif not values["had"]:
            why = _("At this threshold the start has no hit to lose.")
        else:
            why = _(
                "Not here: with one hit fewer AP is {best} at most; at the start it was {least}.",
                best=_number(values["best"]), least=_number(values["least"]),
            )  # fmt: skip
        return f"{why} {_where_fewer(threshold, rule)}"
    return _("Now: AP {average} with hits {hits}; at the start {least} with {had}.",
             average=_number(values["average"]), hits=values["hits"],
             least=_number(values["least"]), had=values["had"])  # fmt: skip


def _where_fewer(threshold: float, rule: str) -> str:
    """Where the puzzle can be solved: at this threshold if anywhere, else at the usual one."""
    at, scene = next(
        (at, each)
        for at in (threshold, LOOSE)
        for each in SCENES
        if can_be_fewer(_matcher_of(each.scene), at, rule)
    )
    return _("It can be solved on “{scene}”, at an IoU threshold of {threshold}.",
             scene=_(scene.title), threshold=f"{at:.2f}")  # fmt: skip


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:z.3f}"
