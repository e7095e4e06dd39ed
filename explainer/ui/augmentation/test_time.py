"""Test-time augmentation: a photo in copies, what a mean over copies gains, and what it costs."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explainer.charts.augmentation.copies import gain_points, gain_spec
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent, signed
from explainer.regularisation.augmentation.copies import (
    CONDITIONS,
    COPYINGS,
    COUNTS,
    MEANS,
    TESTED,
    Outputs,
    outputs,
    seconds,
)
from explainer.regularisation.augmentation.judges import MATERIALS, Judge, Material
from explainer.training.instruments.student import judged
from explainer.ui.augmentation.test_time_photo import copied_photo
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.words import N_, _

KEY = "augmentation"
OUTPUTS: Kept[tuple[str, str, str, str], Outputs] = Kept(
    32 * MEGABYTE, lambda one: one.logits.nbytes
)
MEAN_OF = (Named(MEANS[0], N_("probabilities")), Named(MEANS[1], N_("logits")))
TIMES = f"{KEY}.times"


def test_time_section(*_given: object) -> None:
    """First a photo in copies, then accuracy over their number, then the price in time."""
    say(KEY, "test_time")
    mean = choice(_("Mean of"), MEAN_OF, key=f"{KEY}.mean", widget=st.segmented_control)
    copied_photo(mean)
    say(KEY, "test_time_gain")
    material, judge = _chosen()
    state = "plain"
    if material.slug == "digits":
        state = choice(
            _("The digits come"), CONDITIONS, key=f"{KEY}.state", widget=st.segmented_control
        )
    found = {one.slug: _outputs(material, judge, one.slug, state) for one in COPYINGS}
    left, right = st.columns([1, 1], gap="medium")
    with left:
        rows = remembered(
            f"{KEY}.gains", (material.slug, judge.slug, state, mean),
            lambda: gain_points(found, mean),
        )  # fmt: skip
        alt = _("The gain in accuracy over the number of copies, for four ways to copy.")
        chart(rows, gain_spec(theme()), alt=alt, key=f"{KEY}.gain_chart")
    with right:
        _told(found, mean)
    _price(material, judge)
    say(KEY, "test_time_notice")


def _chosen() -> tuple[Material, Judge]:
    there = [one for one in MATERIALS if one.labels is not None and one.there()]
    slug = there[0].slug
    if len(there) > 1:
        slug = choice(_("Test pictures"), there, key=f"{KEY}.tested", widget=st.segmented_control)
    material = MATERIALS[slug]
    judge = choice(
        _("Network"), material.judges, key=f"{KEY}.tester_{slug}", widget=st.segmented_control
    )
    return material, next(one for one in material.judges if one.slug == judge)


def _outputs(material: Material, judge: Judge, copying: str, state: str) -> Outputs:
    words = _(
        "{network} reads {count} pictures in 16 copies each, {way} …",
        network=_(judge.title), count=TESTED, way=_(COPYINGS[copying].title),
    )  # fmt: skip
    return waited(
        OUTPUTS, (material.slug, judge.slug, copying, state), words,
        lambda told: _computed(material, judge, copying, state, told),
    )  # fmt: skip


def _computed(
    material: Material, judge: Judge, copying: str, state: str, told: Callable[[float], None]
) -> Outputs:
    assert material.labels is not None
    pictures, labels = material.pictures()[:TESTED], material.labels()[:TESTED]
    return outputs(judge, COPYINGS[copying], CONDITIONS[state].spoilt(pictures), labels, told)


def _told(found: dict[str, Outputs], mean: str) -> None:
    """Accuracy of one pass, and of each way the gain of all copies with its verdict."""
    one = next(iter(found.values()))
    plain = percent(float(one.right(1, mean).mean()))
    st.markdown(_("One pass reads **{share}** right.", share=plain))
    rows = []
    for copying in COPYINGS:
        gain, low, high = found[copying.slug].gain(COUNTS[-1], mean)
        single = found[copying.slug].right(1, mean, first=1).mean()
        said = f"{signed(100 * gain)} ({signed(100 * low)} … {signed(100 * high)})"
        rows.append([_(copying.title), said, _(judged(low, high)), percent(float(single))])
    heads = [_("16 copies"), _("points"), _("verdict"), _("one changed copy alone")]
    table(heads, rows, caption=_("What sixteen copies gain"))
    st.caption(
        _("Paired by picture; in brackets the interval of 95 %. Mirrored and blurred there is only"
          " one copy beside the picture, again and again.")
    )  # fmt: skip


def _price(material: Material, judge: Judge) -> None:
    st.button(
        _("Measure the time of K copies"), on_click=_measure, args=(material.slug, judge.slug),
        key=f"{KEY}.measure", icon=":material/timer:",
    )  # fmt: skip
    taken = st.session_state.get(TIMES)
    if not taken or taken[0] != (material.slug, judge.slug):
        return
    alone, batched = taken[1]
    rows = [
        [str(count), *(f"{1000 * one[place]:.2f}" for one in (alone, batched)),
         *(f"× {one[place] / alone[0]:.1f}" for one in (alone, batched))]
        for place, count in enumerate(COUNTS)
    ]  # fmt: skip
    heads = [
        "K", _("one after another (ms)"), _("as one batch (ms)"), _("one after another"),
        _("as one batch"),
    ]  # fmt: skip
    table(heads, rows, caption=_("The time of an answer, in milliseconds and as multiples"))
    st.caption(_("Medians of seven, measured on this server just now, beside whatever it does."))


def _measure(material: str, slug: str) -> None:
    entry = MATERIALS[material]
    judge = next(one for one in entry.judges if one.slug == slug)
    st.session_state[TIMES] = ((material, slug), seconds(judge, entry.pictures()[:1]))
