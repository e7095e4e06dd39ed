"""A digit that the reader turns: first the reader says where it ends, then the networks do."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import streamlit as st
from torch import Tensor

from explainer.charts.activations.curves import stroke
from explainer.charts.augmentation.changes_of_mind import NEVER, change_points, change_spec
from explainer.charts.theme import Theme
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.parameters import Parameter
from explainer.powers import percent
from explainer.regularisation.augmentation.judges import DIGIT_JUDGES, Judge
from explainer.regularisation.augmentation.turning import (
    ANGLES,
    EXAMPLES,
    MOST,
    STEP,
    Changes,
    Floats,
    change_of_mind,
    changes,
    example,
    over_angles,
    turned,
)
from explainer.ui.augmentation.tiles import Tile, tiles, tiles_message
from explainer.ui.common import live
from explainer.ui.common.address import keep_in_link, linked
from explainer.ui.common.appearance import theme
from explainer.ui.common.bounded import bounded_number
from explainer.ui.common.chart import chart
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.curves import (
    Line,
    Mark,
    Panel,
    curves,
    curves_message,
    pinned_number,
    pinned_x,
)
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.words import N_, _

KEY = "augmentation"
TURN, TILES, ANSWER = f"{KEY}.turn", f"{KEY}.turn_tiles", f"{KEY}.answer"
DIGITS = tuple(Named(str(digit), str(digit)) for digit in range(10))
FIRST_DIGIT, SHOWN = "6", 190
LEAST = 0.4
"""A class has a curve where it is that probable at some angle."""
ANGLE = Parameter("angle", N_("turned by"), 0, -MOST, MOST, STEP, unit="°")
PANEL = Panel(N_("Probability of each digit (%)"), "%", 300, (0, 100))
CHANGES: Kept[str, Changes] = Kept(MEGABYTE, lambda one: one.angles.nbytes)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the digit is turned; `over` are probabilities `(judges, angles, 10)`."""

    digit: int
    picture: Tensor
    judge: Judge
    over: Floats
    answer: float | None
    asked: bool
    colours: Theme


def turned_digit() -> None:
    """Turn a digit; say where it ends; only then see what networks say of it, and of a hundred."""
    judge, digit, picture = _chosen()
    if (pinned := pinned_x(TURN)) is not None:
        live.put(TURN, ANGLE, pinned)
    moved = live.values(TURN, [ANGLE])
    angle, number = moved.values[ANGLE.name], max(moved.number, pinned_number(TURN))
    asked, answer = _answer(digit)
    over = remembered(f"{TURN}.over", (judge.slug, picture.numpy().tobytes()), lambda: np.stack(
        [over_angles(one, picture) for one in DIGIT_JUDGES]
    ))  # fmt: skip
    shown = _Shown(digit, picture, judge, over, answer, asked, theme())
    address = live.live_picture(TURN, _renderer(shown, moved.values))
    left, right = st.columns([1, 2.2], gap="large")
    with left:
        live.sliders(TURN, [ANGLE], moved, address=address)
        tiles(TILES, _tiles(shown, angle, number))
        _ask(digit, angle, asked)
    live.write_to_url(TURN, [ANGLE], moved.values)
    with right:
        if not asked:
            st.info(
                _("Turn the digit until you would no longer call it a {digit}, and say so. Then"
                  " three networks answer at every angle.", digit=digit),
                icon=":material/help:",
            )  # fmt: skip
            return
        curves(TURN, _curves(shown, angle, number))
        _compared(shown)
    _many(shown)
    say(KEY, "label_notice")


def _chosen() -> tuple[Judge, int, Tensor]:
    first, second, third = st.columns([2.8, 0.9, 2.4], gap="small", vertical_alignment="bottom")
    with first:
        digit = int(choice(
            _("Digit"), DIGITS, key=f"{KEY}.digit", default=FIRST_DIGIT, widget=st.segmented_control
        ))  # fmt: skip
    with second:
        which = bounded_number(_("Which of them"), 1, EXAMPLES, key=f"{KEY}.which")
    with third:
        slug = choice(
            _("Network"), DIGIT_JUDGES, key=f"{KEY}.judge", default="digit-cnn",
            widget=st.segmented_control,
        )  # fmt: skip
    judge = next(one for one in DIGIT_JUDGES if one.slug == slug)
    return judge, digit, example(digit, which - 1)


def _answer(digit: int) -> tuple[bool, float | None]:
    """Whether the reader has answered for this digit, and the angle; None for never."""
    answers: dict[int, float | None] = st.session_state.setdefault(f"{ANSWER}s", {})
    said = linked(ANSWER)
    if said == NEVER:
        answers[digit] = None
    elif said:
        with suppress(ValueError):
            answers[digit] = live.first_sound(ANGLE, [{ANGLE.name: float(said)}])
    asked, found = digit in answers, answers.get(digit)
    keep_in_link(ANSWER, "" if not asked else NEVER if found is None else f"{found:g}")
    return asked, found


def _take(digit: int, angle: float | None) -> None:
    st.session_state.setdefault(f"{ANSWER}s", {})[digit] = angle


def _forget(digit: int) -> None:
    st.session_state.get(f"{ANSWER}s", {}).pop(digit, None)


def _ask(digit: int, angle: float, asked: bool) -> None:
    row = st.container(horizontal=True, gap="small")
    if asked:
        row.button(_("Ask me again"), on_click=_forget, args=(digit,), key=f"{KEY}.again")
        return
    row.button(
        _("Here it stops being a {digit}", digit=digit), on_click=_take, args=(digit, angle),
        key=f"{KEY}.here", type="primary", disabled=angle == 0,
    )  # fmt: skip
    row.button(
        _("It stays a {digit} all the way", digit=digit), on_click=_take, args=(digit, None),
        key=f"{KEY}.stays",
    )  # fmt: skip


def _tiles(shown: _Shown, angle: float, number: int) -> bytes:
    """The turned digit; below it what each network says, once the reader has answered.

    Until then it follows the slider itself; later it goes along with the curves.
    """
    name = TILES if shown.asked else TURN
    place, says = int(np.abs(ANGLES - angle).argmin()), []
    if shown.asked:
        for judge, chances in zip(DIGIT_JUDGES, shown.over[:, place], strict=True):
            best = int(chances.argmax())
            text = f"{_(judge.title)}: {best}, {percent(float(chances[best]))}"
            says.append((text, best != shown.digit))
    alt = _("A handwritten {digit}, turned by {angle}°.", digit=shown.digit, angle=f"{angle:g}")
    tile = Tile(says, alt)
    return tiles_message(
        name, turned(shown.picture, angle), [tile], number=number, shown=SHOWN,
        alt=_("The digit as it is turned"),
    )  # fmt: skip


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    """What answers a drag: the digit, and where there is a chart the place in it."""
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        angle = live.first_sound(ANGLE, [moved, held])
        if not shown.asked:
            return _tiles(shown, angle, number)
        return _curves(shown, angle, number, (TILES, _tiles(shown, angle, number)))

    return render


def _curves(
    shown: _Shown, angle: float, number: int, also: tuple[str, bytes] | None = None
) -> bytes:
    chances = shown.over[DIGIT_JUDGES.index(shown.judge)].astype(np.float64)
    lines = [
        Line(str(digit), stroke(digit, shown.colours), np.round(100 * chances[None, :, digit], 1))
        for digit in range(10)
        if chances[:, digit].max() >= LEAST or digit == shown.digit
    ]
    return curves_message(
        TURN, [PANEL], lines, reach=MOST, at=angle, number=number,
        symbol=_("angle"), marks=_marks(shown, chances), also=also,
        alt=_("The probability of each digit over the angle by which it is turned."),
    )  # fmt: skip


def _marks(shown: _Shown, chances: Floats) -> list[Mark]:
    """Where the network first changes its mind, either way, and where the reader does."""
    marks = [
        Mark(sign * angle, _("no {digit}", digit=shown.digit))
        for sign in (-1, 1)
        if np.isfinite(angle := _end(shown, chances, sign))
    ]
    if shown.answer is not None:
        marks.append(Mark(shown.answer, _("you")))
    return marks


def _end(shown: _Shown, chances: Floats, sign: int) -> float:
    return float(change_of_mind((chances.argmax(1) == shown.digit)[:, None], sign)[0])


def _compared(shown: _Shown) -> None:
    """The reader's angle beside those of the networks, turned the same way."""
    sign = -1 if (shown.answer or 1) < 0 else 1
    rows = [[f"<b>{_('you')}</b>", _angle(shown.answer)]]
    rows += [
        [_(judge.title), _angle(sign * _end(shown, chances, sign))]
        for judge, chances in zip(DIGIT_JUDGES, shown.over, strict=True)
    ]
    heads = [_("who"), _("no {digit} from", digit=shown.digit)]
    table(heads, rows, caption=_("Where the digit ends, for the reader and for three networks"))


def _angle(angle: float | None) -> str:
    if angle is None or not np.isfinite(angle):
        return _("never")
    return f"{angle:g}°".replace("-", "−")


def _many(shown: _Shown) -> None:
    """Ten examples of each digit, turned both ways: where each is no longer read."""
    words = _("{network} reads a hundred digits at 73 angles …", network=_(shown.judge.title))
    found = waited(CHANGES, shown.judge.slug, words, lambda told: changes(shown.judge, told))
    rows = remembered(
        f"{TURN}.many", (shown.judge.slug, shown.digit, shown.answer),
        lambda: change_points(found, shown.digit, shown.answer),
    )  # fmt: skip
    st.markdown(
        _("**Ten of each digit, each turned both ways, read by {network}.** A dot is where one is"
          " first read as another digit; the bar holds the middle half, the stroke is the median.",
          network=_(shown.judge.title))
    )  # fmt: skip
    alt = _("For each digit the angles at which its examples are no longer read as that digit.")
    chart(rows, change_spec(theme()), alt=alt, key=f"{TURN}.chart")
    sixes = found.at_half_turn[6]
    st.markdown(
        _("Turned by 180°, {nines} of the {count} sixes are read as 9, and {sixes} of the nines as"
          " 6.", nines=int(sixes[9]), count=int(sixes.sum()), sixes=int(found.at_half_turn[9][6]))
    )  # fmt: skip
