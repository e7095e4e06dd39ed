"""The parts of the attribution page: the question, the maps, and the chosen one judged."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from explainer.charts.attribution.attributions import attribution_picture, trust_points, trust_spec
from explainer.gradients.attribution.deletion_insertion import Comparison, deletion_insertion
from explainer.gradients.attribution.judgement import DELETION, INSERTION, WEIGHTS, Judgement
from explainer.gradients.attribution.method import Attribution, Method
from explainer.gradients.attribution.methods import METHODS
from explainer.gradients.attribution.progress import Progress, within
from explainer.gradients.attribution.randomisation import (
    OF_LAST_LAYER,
    Randomisation,
    randomised_method,
)
from explainer.networks.drill.sums import SoftmaxDrill
from explainer.networks.zoo.entry import Entry
from explainer.powers import percent
from explainer.ui.attribution.asked import (
    KEY,
    Asked,
    found,
    known,
    options,
    place_of,
    question,
    request,
)
from explainer.ui.attribution.instrument import instrument, methods_of
from explainer.ui.attribution.slow import followed, followed_map, waiting
from explainer.ui.common.appearance import theme
from explainer.ui.common.chart import chart
from explainer.ui.common.picture import Chosen
from explainer.ui.common.pictures import figures, inline
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.networks.answer import last_step
from explainer.words import _

SIDE, SMALL, SHOWN, LISTED = 136, 84, 3, 10
LEAST_TOLD = 0.005  # of what is cut off
STEPS, STEPS_OF_LARGE, ORDERS, ORDERS_OF_LARGE = 24, 12, 9, 4


def asked_and_answered(photo: Chosen, entry: Entry, said: SoftmaxDrill) -> tuple[Asked, str]:
    """The output in a corner, the question below it, and beside them the maps; what is large."""
    left, right = st.columns([1, 2.9], gap="medium")
    with left:
        corner = st.container()
        asked = question(photo, entry, said)
        with corner:
            _output(asked, said)
    with right:
        slug = instrument(asked, photo)
        waiting(asked, tuple(one for one in methods_of(asked) if asked.large and one.many_passes))
    say(KEY, "methods")
    likeliest = said.probabilities.argsort()[::-1][:LISTED].tolist()
    with st.expander(_("All probabilities, and the last step to them")):
        say("feature_maps", f"answer {entry.knows}")
        say("feature_maps", "softmax")
        last_step(entry, said, likeliest)
    return asked, slug


def _output(asked: Asked, said: SoftmaxDrill) -> None:
    """The input of the network, and the three likeliest classes."""
    rows = "".join(
        f'<div style="display:flex;justify-content:space-between;gap:.5rem">'
        f'<span translate="no">{escape(asked.entry.classes[place])}</span>'
        f"<b>{percent(said.probabilities[place])}</b></div>"
        '<div style="height:.4rem;border-radius:3px;margin-bottom:.3rem;'
        f'width:{100 * said.probabilities[place]:.1f}%;background:{theme().categorical[0]}"></div>'
        for place in said.probabilities.argsort()[::-1][:SHOWN]
    )
    picture = inline(asked.square, alt=_("The input of the network."), height=SMALL)
    st.html(
        f'<div style="display:flex;gap:.8rem;align-items:center;font-size:.9rem">{picture}'
        f'<div style="flex:1;min-width:7rem">{rows}</div></div>'
    )


def the_rest(asked: Asked) -> None:
    """The maps that take many passes of a small network, once everything else is drawn."""
    missing = [one for one in methods_of(asked) if known(asked, one) is None]
    if missing and not asked.large:
        for method in missing:
            found(asked, method)
        st.rerun()


def judged(asked: Asked, slug: str) -> None:
    """The chosen map: what it means, what was clipped, and whether to trust it."""
    method = METHODS.get(slug)
    say(KEY, "trust")
    if method is None:
        st.info(_("Choose one of the maps above, and put it to the test here."))
        return
    answer = followed_map(asked, method)
    st.markdown(
        _(
            "**{method}.** {meaning} ({authors} {year})",
            method=_(method.title), meaning=_(method.meaning), authors=method.authors,
            year=method.year,
        )
    )  # fmt: skip
    _closely(answer)
    if answer.blank:
        st.info(_("The map is blank, so there is nothing to judge."))
        return
    place = place_of(asked, method)
    if st.button(_("Judge this map"), key=f"{KEY}.judge", icon=":material/balance:"):
        judging = st.empty()
        with judging:
            judgement = followed(
                _("Deleting, inserting, shuffling"), partial(_judgement, asked, method)
            )  # fmt: skip
        judging.empty()
        st.session_state[f"{KEY}.judged"] = (place, judgement)
    kept = st.session_state.get(f"{KEY}.judged")
    if kept is not None and kept[0] == place:
        _verdict(kept[1], method)


def _closely(found: Attribution) -> None:
    if found.cam is not None and found.cam.clipped_share >= LEAST_TOLD:
        before = attribution_picture(found.cam.before_relu, theme())
        cut = _("before its ReLU: {share} of it is cut off", share=f"{found.cam.clipped_share:.0%}")
        figures([(inline(before, alt=_("The map before its ReLU."), height=SIDE), cut)])
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


def _judgement(asked: Asked, method: Method, told: Progress) -> Judgement:
    answer = found(asked, method)
    values = answer.cam.before_relu if answer.cam is not None else answer.values
    pixels = deletion_insertion(
        asked.network, asked.inputs, asked.target, values, black=asked.black,
        steps=STEPS_OF_LARGE if asked.large else STEPS,
        orders=ORDERS_OF_LARGE if asked.large else ORDERS, progress=within(told, 0, 0.5),
    )  # fmt: skip
    weights = randomised_method(
        *request(asked, method), **options(asked, method), progress=within(told, 0.5, 1)
    )
    return Judgement(pixels, weights)


def _verdict(judgement: Judgement, method: Method) -> None:
    """The verdict in one sentence, the three tests in a table, then each of them."""
    st.markdown(judgement.sentence(_(method.title)))
    passed, pixels, weights = judgement.passed, judgement.pixels, judgement.weights
    rows = (
        (DELETION, _("area under the probability, less is better"), _areas(pixels.deletion)),
        (INSERTION, _("area under the probability, more is better"), _areas(pixels.insertion)),
        (WEIGHTS, _("rank correlation ρ, less is better"), _correlations(weights)),
    )
    table(
        [_("test"), _("measured"), _("this map"), _("beside it"), _("passed")],
        [
            [_(name), what, own, others, "<b>" + (_("yes") if passed[name] else _("no")) + "</b>"]
            for name, what, (own, others) in rows
        ],
        caption=_("The three tests of this map"),
    )
    _deletion_and_insertion(judgement)
    _shuffled(weights)


def _areas(found: Comparison) -> tuple[str, str]:
    moved = found.chance_areas
    others = _("moved maps: {least} to {most}", least=f"{min(moved):.2f}", most=f"{max(moved):.2f}")
    return f"{found.curve.area:.2f}", others


def _correlations(found: Randomisation) -> tuple[str, str]:
    last, every = (_rho(stage.rank_correlation) for stage in (found.stages[0], found.stages[-1]))
    return every, _("with the last layer alone: {last}", last=last)


def _rho(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _deletion_and_insertion(judgement: Judgement) -> None:
    say(KEY, "deletion")
    charts = (
        (
            "deletion", judgement.pixels.deletion,
            _("pixels deleted, most important first (%)"),
            _("Probability over the deletion of pixels, against maps moved elsewhere."),
        ),
        (
            "insertion", judgement.pixels.insertion, _("pixels inserted into a blur (%)"),
            _("Probability over the insertion of pixels, against maps moved elsewhere."),
        ),
    )  # fmt: skip
    for column, (name, curves, title, alt) in zip(st.columns(2), charts, strict=True):
        with column:
            chart(trust_points(curves), trust_spec(theme(), title), key=f"{KEY}.{name}", alt=alt)


def _shuffled(found: Randomisation) -> None:
    say(KEY, "shuffled")
    last, every = found.stages[0], found.stages[-1]  # one, where one layer has weights
    pictures = (
        (_("the trained network"), found.values, 1.0),
        (_("the last layer shuffled"), last.values, last.rank_correlation),
        (_("all layers shuffled"), every.values, every.rank_correlation),
    )
    entries = []
    for network, values, correlation in pictures:
        alt = _("The map: {network}.", network=network)
        picture = inline(attribution_picture(values, theme()), alt=alt, height=SIDE)
        entries.append((picture, escape(f"{network}: ρ = {_rho(correlation)}")))
    figures(entries, width=SIDE + 14)
    table(
        [_("shuffled"), _("rank correlation ρ"), _("structural similarity"), _("so the map")],
        [
            [
                escape(what),
                _rho(stage.rank_correlation),
                _rho(stage.structural_similarity),
                f"<b>{escape(_(verdict))}</b>",
            ]
            for what, stage, verdict in (
                (_("the last layer"), last, OF_LAST_LAYER[last.verdict]),
                (_("all layers"), every, every.verdict),
            )
        ],
    )
