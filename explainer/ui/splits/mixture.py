"""Which share of the training pictures should be of the target, and which other remedies pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainer.charts.activations.curves import stroke
from explainer.charts.theme import Theme
from explainer.evaluation.cameras import Camera
from explainer.evaluation.gaps import REACHABLE
from explainer.evaluation.mismatch import (
    DEV,
    HELD_OUT,
    SEEDS,
    SHARP,
    TEST,
    TRAINING,
    Floats64,
)
from explainer.evaluation.mixtures import (
    AUGMENTED,
    COUNT,
    MORE_OF_IT,
    SHARES,
    WRONGLY,
    Mixtures,
    chosen_by,
    mixtures,
)
from explainer.kept import MEGABYTE, Kept
from explainer.live_pictures import Render
from explainer.messages import whole
from explainer.parameters import Parameter
from explainer.powers import percent
from explainer.training.instruments.student import interval, judged
from explainer.ui.common import live
from explainer.ui.common.appearance import theme
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.components import unread
from explainer.ui.common.prose import say
from explainer.ui.common.tables import table
from explainer.ui.common.waiting import waited
from explainer.ui.inputs.places import sent_values
from explainer.ui.overfitting.capacity import (
    Scales,
    Series,
    capacity_chart,
    capacity_message,
    clicked_number,
)
from explainer.ui.splits.bands import ranges
from explainer.ui.splits.four_way import COLOURS, four_way_message, points
from explainer.ui.splits.gaps import gaps
from explainer.words import N_, _

KEY = "splits"
MIXTURE, MIXED = f"{KEY}.mixture", f"{KEY}.mixed"
KEPT: Kept[str, Mixtures] = Kept(MEGABYTE, lambda one: 3 * one.instead.nbytes)
WAYS = (
    Named("instead", N_("instead of sharp ones")),
    Named("added", N_("beside all sharp ones")),
)
PERCENTS = tuple(round(100 * one) for one in SHARES)
SHARE = Parameter("share", N_("pictures of the target, in %"), 20, 0, 100, PERCENTS[1], unit="%")
DASHED, GREY = 8, 7


def mixture(camera: Camera) -> None:
    """The error over the share, the four parts at one share, and remedies beside each other."""
    say(KEY, "mismatch_mixture")
    left, right = st.columns([1, 1.2], vertical_alignment="bottom", gap="medium")
    with left:
        way = choice(
            _("They are learned from"), WAYS, key=f"{KEY}.way", widget=st.segmented_control
        )
    words = _("{count} networks learn from mixtures", count=COUNT)
    slot = st.empty()
    found = waited(
        KEPT, camera.slug, words,
        lambda told: mixtures(
            camera, told=told, seen_so_far=lambda errors: _so_far(slot, errors)
        ),
    )  # fmt: skip
    slot.empty()
    clicked = sent_values(unread(f"{MIXTURE}.chart", "moved")).get("place")
    if (place := whole(clicked, 0, len(SHARES) - 1)) is not None:
        live.put(MIXTURE, SHARE, PERCENTS[place])
    moved = live.values(MIXTURE, (SHARE,))
    shown = _Shown(camera, found, way, theme())
    address = live.live_picture(MIXTURE, _renderer(shown, moved.values))
    with right:
        live.sliders(MIXTURE, (SHARE,), moved, address=address)
    place, number = _place(moved.values), max(moved.number, clicked_number(MIXTURE))
    capacity_chart(MIXTURE, _chart(shown, place, number))
    gaps(MIXED, _gaps(shown, place, number))
    live.write_to_url(MIXTURE, (SHARE,), moved.values)
    _remedies(shown, place)
    _choosers(shown.errors)
    st.caption(
        _(
            "The target’s camera is fixed here ({measure}). Lines are means of {seeds} networks, "
            "bands go from the lowest to the highest; gains and intervals of 95 % are on test. An "
            "imitated camera takes a second picture of each sharp digit.",
            measure=camera.measure(camera.usual), seeds=len(SEEDS),
        )
    )  # fmt: skip
    say(KEY, "mismatch_mixture_notice")


@dataclass(frozen=True, eq=False)
class _Shown:
    """What stays while the share is moved."""

    camera: Camera
    found: Mixtures
    way: str
    colours: Theme

    @property
    def errors(self) -> Floats64:
        """By share: `(shares, parts, S)`."""
        return self.found.instead if self.way == "instead" else self.found.added


def _place(values: Mapping[str, float]) -> int:
    return round(values[SHARE.name] / SHARE.step)


def _renderer(shown: _Shown, resting: Mapping[str, float]) -> Render:
    held = dict(resting)

    def render(moved: Mapping[str, object], number: int) -> bytes:
        place = _place({SHARE.name: live.first_sound(SHARE, [moved, held])})
        return _chart(shown, place, number, (MIXED, _gaps(shown, place, number)))

    return render


def _so_far(slot: DeltaGenerator, errors: Floats64) -> None:
    key = f"{MIXTURE}_{len(errors)}"
    with slot.container():
        still = np.full((len(SHARES) - len(errors), *errors.shape[1:]), np.nan)
        capacity_chart(key, _curves(key, np.concatenate([errors, still]), [], theme(), 0, 0))


def _chart(
    shown: _Shown, place: int, number: int, also: tuple[str, bytes] | None = None
) -> bytes:  # fmt: skip
    augmented = np.repeat(shown.found.others[AUGMENTED][DEV][None], len(SHARES), 0)
    title = _("on the target, no picture of it: the camera imitated")
    more = [_banded(title, GREY + DASHED, augmented, shown.colours)]
    return _curves(MIXTURE, shown.errors, more, shown.colours, place, number, also)


def _banded(title: str, colour: int, errors: Floats64, colours: Theme) -> Series:
    """The lowest, the mean and the highest of errors `(shares, S)`, in percent."""
    return Series(title, stroke(colour, colours), 100 * ranges(errors))


def _curves(
    key: str, errors: Floats64, more: list[Series], colours: Theme, place: int, number: int,
    also: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    series = [
        _banded(_("on the target (dev)"), COLOURS[2], errors[:, DEV], colours),
        _banded(_("on sharp digits"), COLOURS[1], errors[:, SHARP], colours),
        *more,
    ]
    highest = max(float(np.nanmax(one.values)) for one in series)
    scales = Scales(
        _("Wrong (%)"), _("pictures of the target, in % of the training pictures at the start"),
        PERCENTS, (0, 1.05 * highest), even=True, height=330, decimals=1,
    )  # fmt: skip
    return capacity_message(
        key, scales, series, at=place, number=number, band=_("all networks"), also=also,
        alt=_("Error on the target and on sharp digits over the share learned from the target."),
    )  # fmt: skip


def _gaps(shown: _Shown, place: int, number: int) -> bytes:
    count = round(SHARES[place] * TRAINING)
    sharp = TRAINING - count if shown.way == "instead" else TRAINING
    learned = _(
        "{sharp} sharp digits and {target} of the target", sharp=f"{sharp:,}", target=f"{count:,}"
    )
    target = _("{count} of the target", count=HELD_OUT)
    notes = (learned, _("{count} unseen, mixed alike", count=HELD_OUT), target, target)
    return four_way_message(
        MIXED, shown.errors[place, :4], notes, shown.colours, number=number,
        most=float(shown.errors[:, :4].mean(-1).max()), reachable=None if count else REACHABLE,
    )  # fmt: skip


def _remedies(shown: _Shown, place: int) -> None:
    found, errors = shown.found, shown.errors
    count = f"{round(SHARES[place] * TRAINING):,}"
    rows = [
        (_("sharp digits alone"), found.instead[0], False),
        *([(_("{count} of the target", count=count), errors[place], True)] if place else []),
        (_("this camera imitated"), found.others[AUGMENTED], True),
        (_("another camera imitated"), found.others[WRONGLY], True),
        (_("{count} more sharp digits", count=f"{TRAINING:,}"), found.others[MORE_OF_IT], True),
    ]  # fmt: skip
    cells = [
        [
            f'<span style="white-space:normal">{title}</span>',
            percent(float(one[SHARP].mean())),
            percent(float(one[TEST].mean())),
            _gained(found.gain(one)) if compared else "–",
        ]
        for title, one, compared in rows
    ]
    heads = [
        _("learned from"), _("sharp: wrong"), _("target: wrong"), _("points gained"),
    ]  # fmt: skip
    st.markdown(_("**Which remedy pays?**"))
    table(heads, cells, caption=_("Errors by what was learned from, and the gain on the target"))


def _gained(gain: tuple[float, float, float]) -> str:
    mean, low, __ = gain
    return _(
        "{mean} ± {half}<br><b>{verdict}</b>",
        mean=points(mean),
        half=points(mean - low),
        verdict=_(judged(*gain[1:])),
    )


def _choosers(errors: Floats64) -> None:
    """Which share is chosen by sharp digits, and which by the target's, and what each is worth."""
    by_sharp, by_dev = (chosen_by(part, errors) for part in (SHARP, DEV))
    better = interval((by_sharp.test - by_dev.test).tolist())
    hope = interval((by_dev.test - by_dev.chosen_on).tolist())
    st.markdown(
        _(
            "**Who chooses the share?** Of each network all eleven mixtures are tried. Chosen by "
            "unseen *sharp* digits: {sharp_share} of the target on average, {sharp} wrong on "
            "test. Chosen by *dev*: {dev_share}, and {dev} wrong. That is {gain} points less "
            "({low} to {high}): **{verdict}**. On the dev part that chose it looks {hope} points "
            "better than on test ({least} to {most}): {optimism}.",
            sharp_share=percent(float(by_sharp.shares.mean())),
            dev_share=percent(float(by_dev.shares.mean())),
            sharp=percent(float(by_sharp.test.mean())), dev=percent(float(by_dev.test.mean())),
            gain=points(better[0]), low=points(better[1]), high=points(better[2]),
            verdict=_(judged(*better[1:])), hope=points(hope[0]), least=points(hope[1]),
            most=points(hope[2]), optimism=_(judged(*hope[1:])),
        )
    )  # fmt: skip
