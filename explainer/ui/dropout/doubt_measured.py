"""How good the doubt is: accuracy by tenths of it, and what the network says far from digits."""

from __future__ import annotations

import math

import streamlit as st

from explainer.charts.dropout.tenths import tenth_points, tenth_spec
from explainer.kept import MEGABYTE, Kept
from explainer.powers import percent
from explainer.regularisation.dropout.doubt import Doubter
from explainer.regularisation.dropout.far_away import (
    KINDS,
    PICTURES,
    SURE,
    TENTHS,
    Far,
    Tenths,
    accuracy_error,
    far_away,
    tenths,
)
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.words import _

KEY = "dropout"
FOUND: Kept[str, tuple[Tenths, tuple[Far, ...]]] = Kept(MEGABYTE, lambda one: 2000)


def measured_fold(network: Doubter) -> None:
    """A fold: what the doubt is worth on 1,000 digits, and on pictures that are none."""
    fold = st.expander(
        _("How good is this doubt?"), key=f"{KEY}.measured", icon=":material/rule:",
        bind="query-params",
    )  # fmt: skip
    if fold.open:
        with fold:
            found, far = waited(
                FOUND, "both", _("1,000 digits go through 100 masks …"),
                lambda told: (tenths(network), far_away(network)),
            )  # fmt: skip
            _tenths(found)
            _far(far)


def _tenths(found: Tenths) -> None:
    say(KEY, "doubt_tenths")
    points = remembered(f"{KEY}.tenth_points", found, lambda: tenth_points(found))
    chart(
        points, tenth_spec(theme()), key=f"{KEY}.tenth_chart",
        alt=_("Wrong answers in each tenth of the digits, from the least doubt to the most."),
    )  # fmt: skip
    (last, rest), (alone, others) = ((one[-1], one[:-1].mean()) for one in found.lines)
    each = found.pictures // TENTHS
    errors = [accuracy_error(one, each) for one in (last, alone)]
    verdict = (
        _("more than the noise of {count} pictures", count=each)
        if abs(last - alone) > 2 * math.hypot(*errors)
        else _("within the noise of {count} pictures", count=each)
    )
    st.markdown(
        _(
            "Of the tenth with the most doubt, the mean of the masks reads **{last}** (± {error}) "
            "right, of the others **{rest}**. The weight-scaled network, ordered by its own "
            "entropy: **{alone}** (± {also}), and {others}. What tells the two apart is {verdict}.",
            last=percent(last), error=percent(errors[0]), rest=percent(rest),
            alone=percent(alone), also=percent(errors[1]), others=percent(others), verdict=verdict,
        )
    )  # fmt: skip


def _far(found: tuple[Far, ...]) -> None:
    say(KEY, "doubt_far")
    headings = [
        _("pictures"), _("largest probability: masks"), _("the same, weight-scaled"),
        _("sure: masks"), _("sure: weight-scaled"), _("between networks (bits)"),
        _("told by that"), _("told by the scaled network’s entropy"),
    ]  # fmt: skip
    rows = [
        [
            _(KINDS[one.slug].title),
            *(percent(share) for share in (*one.confidence, *one.sure)),
            f"{one.between:.2f}",
            *("–" if one.slug == KINDS.slugs[0] else percent(share) for share in one.told),
        ]
        for one in found
    ]
    table(headings, rows, caption=_("What the networks say of pictures far from any digit"))
    st.caption(
        _(
            "{count} pictures of each kind. The largest probability and the bits are medians; "
            "*sure* is a probability of {share} or more; *told by*: how often such a picture has "
            "more doubt than a digit, where 50 % is a guess.",
            count=PICTURES, share=percent(SURE),
        )
    )  # fmt: skip
    say(KEY, "doubt_far_notice")
