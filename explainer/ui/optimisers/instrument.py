"""The instrument of the page on optimisers: seven marbles run down one landscape at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from explainer.descent.marbles import CONDITION, KINDS, Asked, Run, run
from explainer.descent.marbles_script import script
from explainer.descent.methods import SLUGS, Floats, Knobs, convnetjs_first_step
from explainer.descent.one_step import first_gradient, formula
from explainer.live_pictures import Render
from explainer.messages import number as number_in
from explainer.parameters import Parameter
from explainer.powers import short, signed
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, arrived, choice
from explainer.ui.common.code import code_fold, show_script
from explainer.ui.common.components import mark_read, mount, number_of, reported, unread
from explainer.ui.common.fold import drawn, while_open
from explainer.ui.common.memory import remembered
from explainer.ui.inputs.places import kept_whole, next_whole, sent_values
from explainer.ui.optimisers.marbles import marbles_message
from explainer.words import N_, _, language

KEY = "optimisers"
PLANE = f"{KEY}.plane"
MORE = f"{PLANE}.more"
NAME, START, SEED, METHOD = (f"{PLANE}.{one}" for one in ("picture", "start", "draws", "method"))
SEEDS, USUAL_METHOD = 999, "adam"
NEAR = 0.01
"""How far from its rate Adam's first step may be, as a share, and still be called that."""
FACTOR = Parameter(
    "rate", N_("rates, × usual"), 1, 0.1, 8, 0.1,
    help=N_("SGD’s step is its rate times the slope; Adam’s is about its rate, however steep it is."
            " So each method has a usual rate of its own, which stands in the list; this "
            "multiplies all of them."),
)  # fmt: skip
SHAPE = (
    Parameter("condition", N_("condition number κ"), CONDITION, 1, 100, 1),
    Parameter("degrees", N_("rotation"), 0, 0, 90, 1, unit="°"),
)


ALL = 10**6
BATCHES = (Named("all", N_("all")), *(Named(str(one), str(one)) for one in (32, 8, 1)))
USUAL = Knobs()
KNOBS = (
    Parameter("momentum", N_("momentum μ"), USUAL.momentum, 0, 0.99, 0.01),
    Parameter("mean_decay", N_("Adam’s β₁"), USUAL.mean_decay, 0, 0.99, 0.01),
    Parameter("square_decay", N_("Adam’s β₂"), USUAL.square_decay, 0.5, 0.999, 0.001),
    Parameter("rms_decay", N_("RMSprop’s α"), USUAL.rms_decay, 0, 0.99, 0.01),
    Parameter("epsilon", N_("log₁₀ ε"), -8, -10, 0, 0.5),
    Parameter("weight_decay", N_("AdamW’s weight decay λ"), USUAL.weight_decay, 0, 1, 0.01),
)


@dataclass(frozen=True)
class Moves:
    """What the controls of the landscape `slug` say; a `batch` of all is more than there are."""

    slug: str
    batch: int
    values: dict[str, float]
    more: dict[str, float]

    @property
    def sliders(self) -> tuple[Parameter, ...]:
        """Those in sight."""
        return (FACTOR, *(SHAPE if self.slug == "bowl" else ()))

    def moved_to(self, moved: Mapping[str, object]) -> Moves:
        """The same with what a drag says."""
        values = {p.name: live.first_sound(p, [moved, self.values]) for p in self.sliders}
        return replace(
            self, values=values,
            more={p.name: live.first_sound(p, [moved, self.more]) for p in KNOBS},
        )  # fmt: skip

    def asked(self, start: tuple[float, float] | None, seed: int) -> Asked:
        """What is to be run from there."""
        knobs = Knobs(**{**self.more, "epsilon": 10.0 ** self.more["epsilon"]})
        shape = {one.name: self.values[one.name] for one in self.sliders if one in SHAPE}
        return Asked(
            self.slug, start, self.values["rate"], self.batch, knobs=knobs,
            seed=seed, **shape,
        )  # fmt: skip


def instrument() -> None:
    """The landscape and the sliders; below them the plane, all losses, and one step in numbers."""
    news = unread(NAME, "moved")
    sent = sent_values(news)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        popover = st.popover(
            _("More"), key=f"{PLANE}.knobs", icon=":material/tune:", on_change="rerun"
        )  # at the left, where it opens over the plane and leaves the losses in sight
        slug = choice(_("Landscape"), KINDS, key=f"{PLANE}.landscape", widget=st.segmented_control)
        batch = choice(
            _("Examples a step"), BATCHES, key=f"{PLANE}.batch", widget=st.segmented_control,
            help=_("All of them, or a minibatch: the same one for all methods."),
        )  # fmt: skip
    seed = kept_whole(SEED, SEEDS)
    moves = Moves(slug, int(batch) if batch != BATCHES[0].slug else ALL, {}, {})
    moved = live.values(PLANE, moves.sliders, scope=slug)
    further = live.values(MORE, KNOBS)
    moves = replace(moves, values=moved.values, more=further.values)
    asked = moves.asked(None, seed)
    start = _start(asked, sent)
    asked, chosen = replace(asked, start=start), _chosen(sent)
    render = _renderer(moves, start, seed, chosen)
    address = live.live_picture(PLANE, render)
    live.sliders(PLANE, moves.sliders, moved, scope=slug, address=address)
    with while_open(popover):
        if drawn():
            live.sliders(MORE, KNOBS, further, address=live.live_picture(MORE, render))
            st.button(
                _("Other batches"), key=f"{PLANE}.again", icon=":material/casino:",
                on_click=next_whole, args=(SEED, SEEDS),
            )  # fmt: skip
    live.write_to_url(PLANE, moves.sliders, moved.values)
    live.write_to_url(MORE, KNOBS, further.values)
    found = remembered(f"{PLANE}.run", asked, lambda: run(asked))
    number = max(moved.number, further.number, number_of(NAME, news))
    message = remembered(
        f"{PLANE}.message", (asked, chosen, number, address, theme(), language()),
        lambda: marbles_message(
            PLANE, asked, found, chosen, theme(), number=number, address=address
        ),
    )  # fmt: skip
    mount("marbles", key=NAME, data=message, on_moved_change=reported)
    mark_read(NAME, news)
    st.markdown(_spelled(asked, found, chosen))
    fold = code_fold(_("This path in PyTorch"), f"{PLANE}.code")
    if fold.open:
        with fold:
            text = script(asked, chosen, OPTIMISERS[chosen].title)
            show_script(KEY, text, "deepglass_optimiser")


def _chosen(sent: Mapping[str, object]) -> str:
    """The method that is spelled out: as was clicked now, else as a new link says, else as kept."""
    if sent.get("method") in SLUGS:
        st.session_state[METHOD] = sent["method"]
        keep_in_link(METHOD, str(sent["method"]), USUAL_METHOD)
    chosen = arrived(OPTIMISERS, key=METHOD, default=USUAL_METHOD)
    keep_in_link(METHOD, chosen, USUAL_METHOD)
    return chosen


def _start(asked: Asked, sent: Mapping[str, object]) -> tuple[float, float] | None:
    """Where all begin on this landscape: as was dragged, as a new link says, or as kept."""
    kept: dict[str, tuple[float, float]] = st.session_state.setdefault(START, {})
    place = _place(sent.get("first"), sent.get("second"))
    if place is not None:
        kept[asked.slug] = asked.from_place(*place)
    elif text := linked(START):
        first, __, second = text.partition(",")
        if (place := _place(_read(first), _read(second))) is not None:
            upright = replace(asked, degrees=0.0)
            kept[asked.slug] = upright.from_place(*place)
    start = kept.get(asked.slug)
    keep_in_link(START, "" if start is None else f"{start[0]:g},{start[1]:g}")
    return start


def _place(first: object, second: object) -> tuple[float, float] | None:
    x, y = number_in(first), number_in(second)
    return None if x is None or y is None else (x, y)


def _read(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _renderer(moves: Moves, start: tuple[float, float] | None, seed: int, chosen: str) -> Render:
    """What answers a drag: of the start, or of a slider. The ground is sent once it is another."""
    colours, kind = theme(), KINDS[moves.slug]
    resting, turned = moves.asked(start, seed), False

    def render(moved: Mapping[str, object], number: int) -> bytes:
        nonlocal turned
        now = moves.moved_to(moved).asked(start, seed)
        place = _place(moved.get("first"), moved.get("second"))
        if place is not None:
            now = replace(now, start=now.from_place(*place))
        turned = turned or (now.condition, now.degrees) != (resting.condition, resting.degrees)
        return marbles_message(
            PLANE, now, run(now, kind.dragged), chosen, colours, number=number, grounded=turned,
            rough=True,
        )  # fmt: skip

    return render


def _spelled(asked: Asked, found: Run, chosen: str) -> str:
    """The formula of the method; of Adam and AdamW also what their first step is from here."""
    said = f"$$\n{formula(chosen)}\n$$\n\n" + _(OPTIMISERS[chosen].meaning)
    first = {"adam": _first_of_adam, "adamw": _first_of_adamw}.get(chosen)
    return said if first is None else f"{said}\n\n{first(asked, found)}"


def _first_of_adam(asked: Asked, found: Run) -> str:
    """Adam's first step, which is its rate in each direction but where ε counts or g is 0."""
    at = SLUGS.index("adam")
    rate, knobs = asked.settings.rates[at], asked.settings.knobs
    step = found.history.steps[0, at]
    numbers = {
        "rate": short(rate, 3), "epsilon": short(knobs.epsilon, 2), "right": _pair(step),
        "wrong": _pair(convnetjs_first_step(first_gradient(found), rate, knobs)),
        "times": short((1 - knobs.mean_decay) ** 2 / (1 - knobs.square_decay), 3),
    }  # fmt: skip
    if np.allclose(np.abs(step), rate, rtol=NEAR, atol=0):
        return _(
            "Both moments begin at 0 and are too small at first: dividing by $1-\\beta^t$ puts "
            "that right, and Adam’s first step is its rate η = {rate} in each direction: "
            "**({right})**. ConvNetJS, a demo that many have learned from, *multiplies* by "
            "$1-\\beta^t$; its first step from here would be **({wrong})**, "
            "$(1-\\beta_1)^2/(1-\\beta_2)$ = {times} times as long.", **numbers,
        )  # fmt: skip
    return _(
        "Both moments begin at 0 and are too small at first: dividing by $1-\\beta^t$ puts "
        "that right, and Adam’s first step is $-\\eta g/(|g|+\\varepsilon)$ in each direction, "
        "here **({right})**: about its rate η = {rate} only where |g| is much larger than "
        "ε = {epsilon}, and 0 where g is 0. ConvNetJS, a demo that many have learned from, "
        "*multiplies* by $1-\\beta^t$; its first step from here would be **({wrong})**.", **numbers,
    )  # fmt: skip


def _first_of_adamw(asked: Asked, found: Run) -> str:
    """AdamW's first step: that of Adam, and the decay."""
    adam, own = (found.history.steps[0, SLUGS.index(slug)] for slug in ("adam", "adamw"))
    numbers = {"adam": _pair(adam, 4), "decay": _pair(own - adam, 4), "own": _pair(own, 4)}
    return _(
        "AdamW’s first step from here is that of Adam, ({adam}), and the decay $-\\eta\\lambda w$, "
        "({decay}): **({own})**.", **numbers,
    )  # fmt: skip


def _pair(step: Floats, digits: int = 3) -> str:
    return ", ".join(signed(float(one), digits) for one in step)
