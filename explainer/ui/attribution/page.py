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
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table

SIDE, LARGE = 136, 240
STEPS, STEPS_OF_LARGE, ORDERS, ORDERS_OF_LARGE = 24, 12, 9, 4


def side_by_side(asked: Asked) -> None:
    """Every method on the same picture and question; of a large network some wait to be asked."""
    say(KEY, "methods")
    methods = _methods(asked)
    slow = tuple(one for one in methods if asked.large and one.many_passes)
    answers = [(one, known(asked, one) if one in slow else found(asked, one)) for one in methods]
    photo = inline(asked.square, alt="What the network is shown.", height=SIDE)
    entries = [(photo, "<b>what it is shown</b>")]
    for method, one in answers:
        if one is not None:
            title = f"<b>{escape(method.title)}</b><br>{escape(method.authors)} {method.year}"
            title += "<br>blank" if one.blank else ""
            entries.append((_picture(one, method, SIDE), title))
    figures(entries, width=SIDE + 14)
    waiting(asked, slow)
    st.caption(
        "Red speaks for the answer to the question, blue against it; of the class activation maps, "
        "which cut off what is below zero, more colour means more. Each map has a scale of its own."
    )


def _methods(asked: Asked) -> list[Method]:
    """Those that the network can be asked by."""
    return [one for one in METHODS if asked.layer is not None or not one.needs_layer]


def _picture(found: Attribution, method: Method, height: int) -> str:
    codes = attribution_picture(found.values, theme(), signed=method.signed)
    return inline(codes, alt=f"{method.title}: map of the picture.", height=height)


def one_method(asked: Asked) -> None:
    """One method more closely: what it means, what was clipped, and whether to trust it."""
    say(KEY, "trust")
    titles = {method.title: method for method in _methods(asked)}
    title = st.selectbox("Method", list(titles), key=f"{KEY}.method", bind="query-params")
    method = titles[str(title)]
    answer = _answer(asked, method)
    st.markdown(f"{method.meaning} ({method.authors} {method.year})")
    _closely(asked, method, answer)
    if answer.blank:
        st.info("The map is blank, so there is nothing to judge.")
        return
    place = place_of(asked, method)
    if st.button("Judge this map", key=f"{KEY}.judge", icon=":material/balance:"):
        judging = st.empty()
        with judging:
            both = followed("Deleting, inserting, shuffling", partial(_judged, asked, method))
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
            answer = followed(method.title, partial(found, asked, method))
        working.empty()
    return answer or found(asked, method)


def _closely(asked: Asked, method: Method, found: Attribution) -> None:
    entries = [
        (inline(asked.square, alt="What the network is shown.", height=LARGE), "what it is shown"),
        (_picture(found, method, LARGE), escape(asked.words)),
    ]
    if found.cam is not None:
        before = attribution_picture(found.cam.before_relu, theme(), signed=True)
        share = f"before its ReLU: {found.cam.clipped_share:.0%} of it is cut off"
        entries.append((inline(before, alt="The map before its ReLU.", height=LARGE), share))
    figures(entries, width=LARGE + 16)
    if found.cam is not None and found.blank:
        st.info(
            "This map is blank because all of it was below zero before the ReLU: at this layer "
            "nothing speaks for the class, and what speaks against it is cut off."
        )
    if found.gap is not None and found.total is not None:
        st.caption(
            f"The map adds up to {found.values.sum():.3f}; it should be {found.total:.3f}, the "
            f"score of the picture less that of black: {found.gap:.1%} off."
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
    titles = ("pixels deleted, most important first (%)", "pixels inserted into a blur (%)")
    parts = (("deletion", found.deletion), ("insertion", found.insertion))
    for column, title, (name, comparison) in zip(st.columns(2), titles, parts, strict=True):
        with column:
            st.vega_lite_chart(
                trust_points(comparison),
                trust_spec(theme(), title),
                key=f"{KEY}.{name}",
                alt=f"Probability over the {name} of pixels, against maps moved elsewhere.",
            )
    words = {True: "better than every moved map", False: "not better than every moved map"}
    deletion, insertion = words[found.deletes_better], words[found.inserts_better]
    st.markdown(f"Deletion: **{deletion}**. Insertion: **{insertion}**.")


def _shuffled(found: Randomisation, method: Method) -> None:
    say(KEY, "shuffled")
    stages = list(zip(("the last layer", "all layers"), found.stages, strict=True))
    pictures = [("the trained network", found.values, 1.0)]
    pictures += [(f"{what} shuffled", one.values, one.rank_correlation) for what, one in stages]
    entries = []
    for what, values, correlation in pictures:
        codes = attribution_picture(values, theme(), signed=method.signed)
        caption = f"{what}: ρ = {correlation:.2f}".replace("-", "−")
        entries.append((inline(codes, alt=f"The map of {what}.", height=SIDE), escape(caption)))
    figures(entries, width=SIDE + 14)
    table(
        ["shuffled", "rank correlation ρ", "structural similarity", "so the map"],
        [
            [
                what,
                f"{stage.rank_correlation:.2f}",
                f"{stage.structural_similarity:.2f}",
                f"<b>{escape(stage.verdict)}</b>",
            ]
            for what, stage in stages
        ],
    )
