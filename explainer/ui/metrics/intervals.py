"""How sure is the number? Intervals of a metric on one test set, and on four hundred of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.metrics.covered import METRICS, Metric, Way
from explainer.metrics.covered_over import Over, over_sizes
from explainer.metrics.covered_script import script
from explainer.metrics.mask_set import picture_ious
from explainer.metrics.sampled import LARGE, LEAST, MOST, SMALL, sets, whole
from explainer.metrics.scores import linear_model
from explainer.parameters import Parameter
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, arrived, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mount
from explainer.ui.common.fold import drawn, while_open
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import kept_whole, next_whole
from explainer.ui.metrics.coverage import OF_MASKS, Shown, coverage_message
from explainer.words import N_, _, language

KEY = "metrics"
SURE = f"{KEY}.sure"
SIZE = Parameter("size", N_("pictures a test set"), 50, LEAST, MOST, 10)
PARAMETERS = (SIZE,)
SEED, SEEDS = f"{SURE}.draw", 99
DIGITS = tuple(Named(str(one), str(one)) for one in range(10))
USUAL = "1"
KEPT: Kept[str, bool] = Kept(MEGABYTE, lambda _: 1)


@dataclass(frozen=True)
class _Asked:
    """What stays while the slider is moved."""

    metric: Metric
    way: Way
    digit: int
    seed: int
    colours: Theme

    @property
    def true(self) -> float:
        return float(self.metric.value(whole(self.digit))[0])

    @property
    def over(self) -> Over:
        return over_sizes(self.metric.slug, self.digit, self.seed)


def intervals_section(*_given: object) -> None:
    """Which metric, which interval, how many pictures; the sets, and two classifiers below."""
    say(KEY, "intervals")
    _learned()
    slug = choice(_("Metric"), METRICS, key=f"{SURE}.metric", widget=st.segmented_control)
    metric = METRICS[slug]
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        way = choice(_("Interval"), metric.ways, key=f"{SURE}.way", default=metric.ways.slugs[0],
                     widget=st.segmented_control)  # fmt: skip
        more = st.popover(_("More"), key=f"{SURE}.more", on_change="rerun")
    seed = kept_whole(SEED, SEEDS)
    with while_open(more):
        digit = _digit(slug)
        if drawn():
            st.button(_("Draw other sets"), key=f"{SURE}.again", icon=":material/casino:",
                      on_click=next_whole, args=(SEED, SEEDS))  # fmt: skip
    if slug == OF_MASKS:
        st.caption(_("Here the world is another: {count} test digits under noise, whose ink a "
                     "threshold finds, as on the tab Masks. Each picture has an IoU; the metric is "
                     "their mean.", count=f"{len(picture_ious()):,}"))  # fmt: skip
    asked = _Asked(metric, metric.ways[way], int(digit), seed, theme())
    moved = live.values(SURE, PARAMETERS)
    address = live.live_picture(SURE, _renderer(asked, moved.values))
    live.sliders(SURE, PARAMETERS, moved, address=address)
    message = remembered(
        f"{SURE}.message", (slug, way, digit, seed, moved, theme(), language()),
        lambda: _message(asked, moved.values, moved.number),
    )  # fmt: skip
    mount("coverage", key=f"{SURE}.coverage", data=message)
    live.write_to_url(SURE, PARAMETERS, moved.values)
    say(KEY, "intervals_notice")
    say(KEY, "intervals_two")
    fold = code_fold(_("The same in Python"), f"{SURE}.code")
    if fold.open:
        with fold:
            given = sets(int(digit), round(moved.values[SIZE.name]), seed)
            show_script(KEY, script(given), "deepglass_intervals")


def _digit(slug: str) -> str:
    """Which digit is asked for; a mean IoU is of all, so it offers no other."""
    key, question = f"{SURE}.digit", _("Is it a …")
    if slug == OF_MASKS:
        return arrived(DIGITS, key=key, default=USUAL)
    return choice(question, DIGITS, key=key, default=USUAL, widget=st.segmented_control)


def _learned() -> None:
    """Both classifiers have learned their digits, while somebody waits where it is the first."""

    def compute(told: Callable[[float], None]) -> bool:
        for share, size in ((0.2, SMALL), (0.6, LARGE)):
            told(share)
            linear_model(size)
        told(0.9)
        whole(int(USUAL))
        return True

    words = _("Two linear classifiers learn {small} and {large} digits", small=SMALL, large=LARGE)
    waited(KEPT, "learned", words, compute)


def _renderer(asked: _Asked, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        values = {one.name: live.first_sound(one, [moved, held]) for one in PARAMETERS}
        return _message(asked, values, number)

    return render


def _message(asked: _Asked, values: Mapping[str, float], number: int) -> bytes:
    given = sets(asked.digit, round(values[SIZE.name]), asked.seed)
    shown = Shown(asked.metric, asked.way, given, asked.true, asked.over, asked.digit)
    return coverage_message(SURE, shown, asked.colours, number)
