"""The parts of the attribution page: all methods side by side, and one of them judged."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from explainer.charts.attribution.attributions import attribution_picture, trust_points, trust_spec
from explainer.gradients.attribution.deletion_insertion import DeletionInsertion, deletion_insertion
from explainer.gradients.attribution.method import Attribution, Method
from explainer.gradients.attribution.methods import METHODS
from explainer.gradients.attribution.progress import Progress, within
from explainer.gradients.attribution.randomisation import Randomisation, randomised_method
from explainer.ui.attribution.asked import (
    KEY,
    Asked,
    found,
    known,
    options,
    place_of,
    request,
)
from explainer.ui.attribution.slow import followed, waiting
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import choice
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.words import _

SIDE, LARGE = 136, 240
STEPS, STEPS_OF_LARGE, ORDERS, ORDERS_OF_LARGE = 24, 12, 9, 4


def side_by_side(asked: Asked) -> None:
    """Every method on the same picture and question; of a large network some wait to be asked."""
    say(KEY, "methods")
    methods = _methods(asked)
    slow = tuple(one for one in methods if asked.large and one.many_passes)
    answers = [(one, known(asked, one) if one in slow else found(asked, one)) for one in methods]
    photo = inline(asked.square, alt=_("The input of the network."), height=SIDE)
    entries = [(photo, f"<b>{_('the input')}</b>")]
    for method, one in answers:
        if one is not None:
            entries.append((_picture(one, method, SIDE), _caption(one, method)))
    figures(entries, width=SIDE + 14)
    waiting(asked, slow)
    st.caption(
        _(
            "Red speaks for the class asked about, blue against it; of the class activation maps, "
            "which cut off what is below zero, more colour means more. Each map has a scale of its "
            "own."
        )
    )


def _methods(asked: Asked) -> list[Method]:
    """Those that the network can be asked by."""
    return [one for one in METHODS if asked.layer is not None or not one.needs_layer]


def _caption(found: Attribution, method: Method) -> str:
    authors = f'<span translate="no">{escape(method.authors)} {method.year}</span>'
    lines = [f"<b>{escape(_(method.title))}</b>", authors]
    return "<br>".join([*lines, _("blank")] if found.blank else lines)


def _picture(found: Attribution, method: Method, height: int) -> str:
    codes = attribution_picture(found.values, theme(), signed=method.signed)
    alt = _("{method}: map of the picture.", method=_(method.title))
    return inline(codes, alt=alt, height=height)


def one_method(asked: Asked) -> None:
    """One method more closely: what it means, what was clipped, and whether to trust it."""
    say(KEY, "trust")
    method = METHODS[choice(_("Method"), _methods(asked), key=f"{KEY}.method")]
    answer = _answer(asked, method)
    st.markdown(
        _(
            "{meaning} ({authors} {year})",
            meaning=_(method.meaning), authors=method.authors, year=method.year,
        )
    )  # fmt: skip
    _closely(asked, method, answer)
    if answer.blank:
        st.info(_("The map is blank, so there is nothing to judge."))
        return
    place = place_of(asked, method)
    if st.button(_("Judge this map"), key=f"{KEY}.judge", icon=":material/balance:"):
        judging = st.empty()
        with judging:
            both = followed(
                _("Deleting, inserting, shuffling"), partial(_judged, asked, method)
            )  # fmt: skip
        judging.empty()
        st.session_state[f"{KEY}.judged"] = (place, *both)
    judged = st.session_state.get(f"{KEY}.judged")
    if judged is not None and judged[0] == place:
        _deletion_and_insertion(judged[1])
        _shuffled(judged[2], method)


def _answer(asked: Asked, method: Method) -> Attribution:
    """The answer of one method, with a bar where it takes long."""
    answer = known(asked, method)
    if answer is None and asked.large and method.many_passes:
        working = st.empty()
        with working:
            answer = followed(_(method.title), partial(found, asked, method))
        working.empty()
    return answer or found(asked, method)


def _closely(asked: Asked, method: Method, found: Attribution) -> None:
    entries = [
        (inline(asked.square, alt=_("The input of the network."), height=LARGE), _("the input")),
        (_picture(found, method, LARGE), escape(asked.words)),
    ]
    if found.cam is not None:
        before = attribution_picture(found.cam.before_relu, theme(), signed=True)
        cut = _("before its ReLU: {share} of it is cut off", share=f"{found.cam.clipped_share:.0%}")
        entries.append((inline(before, alt=_("The map before its ReLU."), height=LARGE), cut))
    figures(entries, width=LARGE + 16)
    if found.cam is not None and found.blank:
        st.info(
            _(
                "This map is blank because all of it was below zero before the ReLU: at this layer "
                "nothing speaks for the class, and what speaks against it is cut off."
            )
        )
    if found.gap is not None and found.total is not None:
        st.caption(
            _(
                "The map adds up to {sum}; it should be {total}, the score of the picture less "
                "that of black: {share} off.",
                sum=f"{found.values.sum():.3f}",
                total=f"{found.total:.3f}",
                share=f"{found.gap:.1%}",
            )
        )
    if found.note:
        st.caption(found.note)


def _judged(
    asked: Asked, method: Method, told: Progress
) -> tuple[DeletionInsertion, Randomisation]:
    answer = found(asked, method)
    values = answer.cam.before_relu if answer.cam is not None else answer.values
    judged = deletion_insertion(
        asked.network, asked.inputs, asked.target, values, black=asked.black,
        steps=STEPS_OF_LARGE if asked.large else STEPS,
        orders=ORDERS_OF_LARGE if asked.large else ORDERS, progress=within(told, 0, 0.5),
    )  # fmt: skip
    shuffled = randomised_method(
        *request(asked, method), **options(asked, method), progress=within(told, 0.5, 1)
    )
    return judged, shuffled


def _deletion_and_insertion(found: DeletionInsertion) -> None:
    say(KEY, "deletion")
    left, right = st.columns(2)
    with left:
        st.vega_lite_chart(
            trust_points(found.deletion),
            trust_spec(theme(), _("pixels deleted, most important first (%)")),
            key=f"{KEY}.deletion",
            alt=_("Probability over the deletion of pixels, against maps moved elsewhere."),
        )
    with right:
        st.vega_lite_chart(
            trust_points(found.insertion),
            trust_spec(theme(), _("pixels inserted into a blur (%)")),
            key=f"{KEY}.insertion",
            alt=_("Probability over the insertion of pixels, against maps moved elsewhere."),
        )
    st.markdown(
        _("Deletion: **better than every moved map**.")
        if found.deletes_better
        else _("Deletion: **not better than every moved map**.")
    )
    st.markdown(
        _("Insertion: **better than every moved map**.")
        if found.inserts_better
        else _("Insertion: **not better than every moved map**.")
    )


def _shuffled(found: Randomisation, method: Method) -> None:
    say(KEY, "shuffled")
    last, every = found.stages[0], found.stages[-1]  # one, where one layer has weights
    pictures = (
        (_("the trained network"), found.values, 1.0),
        (_("the last layer shuffled"), last.values, last.rank_correlation),
        (_("all layers shuffled"), every.values, every.rank_correlation),
    )
    entries = []
    for network, values, correlation in pictures:
        codes = attribution_picture(values, theme(), signed=method.signed)
        alt = _("The map: {network}.", network=network)
        rho = f"{correlation:.2f}".replace("-", "−")
        entries.append(
            (inline(codes, alt=alt, height=SIDE), escape(f"{network}: ρ = {rho}"))
        )  # fmt: skip
    figures(entries, width=SIDE + 14)
    table(
        [_("shuffled"), _("rank correlation ρ"), _("structural similarity"), _("so the map")],
        [
            [
                escape(what),
                f"{stage.rank_correlation:.2f}",
                f"{stage.structural_similarity:.2f}",
                f"<b>{escape(_(stage.verdict))}</b>",
            ]
            for what, stage in ((_("the last layer"), last), (_("all layers"), every))
        ],
    )
