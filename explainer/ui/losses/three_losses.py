"""One digit seen by three kinds of noise, and a product of probabilities that becomes 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from explainer.charts.splits.digit_strips import digit_strip
from explainer.charts.theme import Theme
from explainer.likelihood.calibrated import test_digits
from explainer.likelihood.calibration import answers
from explainer.likelihood.examples import (
    Example,
    Products,
    by_surprise,
    example,
    logits,
    products,
)
from explainer.live_pictures import Render
from explainer.networks.digits.field import PUBLISHED, REACH
from explainer.parameters import Parameter
from explainer.powers import percent, power_of_ten, ten_to
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import kept_number
from explainer.ui.common.memory import remembered
from explainer.ui.common.pictures import inline
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.splits.board import Axis, Entry, board, board_message
from explainer.words import N_, _, language

KEY = "losses"
PRODUCT = f"{KEY}.product"
DOWN = Parameter("down", N_("digits moved down, in pixels"), 2, 0, REACH, 1)
ORDER = np.random.default_rng(11).permutation(1000)
FIRST = 30
COUNTS = np.arange(1.0, 1001)
HEIGHT = 112
"""Of the picture, in pixels."""
SUM, SINGLE, DOUBLE = 0, 1, 2


def three_losses() -> None:
    """A digit with the table of its three losses; the product of a thousand probabilities."""
    say(KEY, "likelihood_three")
    left, right = st.columns([1, 3], gap="medium", vertical_alignment="center")
    with left:
        which = kept_number(
            st.number_input, _("Digit, from the most surprising one on"), 1, len(ORDER), FIRST, 1,
            key=f"{KEY}.digit",
        )  # fmt: skip
        place = int(by_surprise()[which - 1])
        shown = remembered(f"{KEY}.digit_picture", (place, theme(), language()),
                           lambda: _picture(place))  # fmt: skip
        st.html(shown)
    with right:
        heads = [_("asked"), _("noise"), _("likelihood"), _("−log (nats)")]
        table(heads, _rows(example(place)), caption=_("Three losses of one digit"))
    say(KEY, "likelihood_product")
    moved = live.values(PRODUCT, (DOWN,))
    address = live.live_picture(PRODUCT, _renderer(moved.values))
    controls, chart = st.columns([1, 3], gap="medium")
    with controls:
        live.sliders(PRODUCT, (DOWN,), moved, address=address)
    with chart:
        board(PRODUCT, remembered(
            f"{PRODUCT}.message", (moved, theme(), language()),
            lambda: _products(moved.values, moved.number, theme()),
        ))  # fmt: skip
    live.write_to_url(PRODUCT, (DOWN,), moved.values)


def _picture(place: int) -> str:
    picture = test_digits()[0][place].view(1, PUBLISHED, PUBLISHED).numpy()
    codes = digit_strip(picture, theme(), columns=1)
    return inline(codes, alt=_("a handwritten digit of the test part"), height=HEIGHT)


def _rows(one: Example) -> list[list[str]]:
    even = one.label % 2 == 0
    residual = one.ink - one.predicted
    return [
        [
            _asked(_("is it even?"), _("yes") if even else _("no")), _("Bernoulli"),
            _cell("p" if even else "1 − p", _share(one.bernoulli)),
            _cell("−log p" if even else "−log(1 − p)", _nats(one.bernoulli)),
        ],
        [
            _asked(_("which digit?"), str(one.label)), _("categorical"),
            _cell(f"p<sub>{one.label}</sub>", _share(one.categorical)),
            _cell(f"−log p<sub>{one.label}</sub>", _nats(one.categorical)),
        ],
        [
            _asked(_("ink of its right half?"), _("{ink} pixels", ink=f"{one.ink:.0f}")),
            _("normal") + f"<br>σ = {one.deviation:.1f}",
            _cell("N(r; σ)", f"{one.density:.2g}", f"r = {residual:.1f}".replace("-", "−")),
            _cell("r²/2σ²<br>+ log σ√2π", f"{one.squared:.3f} + {one.surprise - one.squared:.2f}"),
        ],
    ]  # fmt: skip


def _asked(question: str, answer: str) -> str:
    return f'<span style="white-space:normal">{question}</span><br><b>{answer}</b>'


def _cell(formula: str, value: str, more: str = "") -> str:
    return "<br>".join(filter(None, (formula, more, f"<b>{value}</b>")))


def _share(value: float) -> str:
    return f"{value:.4f}" if value >= 1e-3 else power_of_ten(value)


def _nats(value: float) -> str:
    return f"{max(-np.log(max(value, 5e-324)), 0):.4f}"


def _renderer(resting: Mapping[str, float]) -> Render:
    held, colours = dict(resting), theme()

    def render(moved: Mapping[str, object], number: int) -> bytes:
        return _products({DOWN.name: live.first_sound(DOWN, [moved, held])}, number, colours)

    return render


def _products(values: Mapping[str, float], number: int, colours: Theme) -> bytes:
    given = answers(logits(by=round(values[DOWN.name])), test_digits()[1])
    found = products(given.surprise[ORDER])
    exact = found.logs.astype(float) / np.log(10)
    span = (1.05 * float(exact[-1]), 0.0)
    palette = colours.categorical
    ticks = [(one, ten_to(round(one)) if one else "1") for one in _even(span[0])]
    up = Axis(_("Likelihood; where a line ends its product is 0"), span, decimals=1, ticks=ticks,
              unit=" " + _("powers of ten"))  # fmt: skip
    entries = [
        Entry(_("sum of the logarithms, float32"), "line", palette[SUM], exact),
        Entry(_("product, float64"), "line", palette[DOUBLE], _powers(found.double), "7 4"),
        Entry(_("product, float32"), "line", palette[SINGLE], _powers(found.single), "2 3"),
        *(Entry(title, "discs", palette[colour], _last(_powers(values)))
          for title, colour, values in (
              (_("where float32 ends"), SINGLE, found.single),
              (_("where float64 ends"), DOUBLE, found.double),
          ) if values[-1] == 0),
    ]  # fmt: skip
    at = min(found.none_left[0] or len(COUNTS), len(COUNTS)) - 1
    return board_message(
        PRODUCT, COUNTS, Axis(_("labels so far"), (0, 1000)), up, entries, at=at, number=number,
        told=[_told(found, float(given.right.mean()))], height=280,
        alt=_("The logarithm of the likelihood over the number of labels, worked out three ways."),
    )  # fmt: skip


def _even(low: float) -> list[float]:
    """From 0 down to `low` < 0, four round steps at most."""
    size = 10.0 ** np.floor(np.log10(-low / 4))
    step = size * next(one for one in (1, 2, 5, 10) if -low / (one * size) < 5)
    return [-step * one for one in range(int(-low / step) + 1)]


def _powers(values: np.ndarray) -> np.ndarray:
    some = np.asarray(values, float)
    return np.log10(some, out=np.full(len(some), np.nan), where=some > 0)


def _last(values: np.ndarray) -> np.ndarray:
    """The last of the values that are numbers, alone in its place."""
    at = int(np.isfinite(values).sum()) - 1
    return np.where(np.arange(len(values)) == at, values, np.nan)


def _told(found: Products, right: float) -> str:
    single, double = found.none_left
    return _(
        "{right} are right. The product is 0 from label {single} on in float32, from {double} on "
        "in float64; the sum of the logarithms ends at {logs} nats ({power}).",
        right=percent(right), single=_never(single), double=_never(double),
        logs=f"{found.logs[-1]:,.1f}".replace("-", "−"),
        power=ten_to(round(float(found.logs[-1]) / np.log(10))),
    )  # fmt: skip


def _never(count: int | None) -> str:
    return _("(not yet)") if count is None else f"{count:,}"
