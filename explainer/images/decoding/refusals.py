"""Why a file cannot be read, as one sentence of our own each; no library's words get through.

The sentences about what a picture may cost are in :mod:`explainer.images.decoding.limits`.
"""

from explainer.images.decoding import limits
from explainer.images.decoding.formats import NAMES, Format, Stranger
from explainer.images.decoding.limits import LIMITS
from explainer.images.picture import PictureError
from explainer.words import later

NOT_A_PICTURE = later("This file is not a picture that can be read here: {formats}.", formats=NAMES)
NO_HEIC = later(
    "This is a HEIC picture, which this server cannot read without the package pillow-heif; export"
    " it as JPEG (an iPhone takes JPEG with Settings, Camera, Formats, Most Compatible)."
)
DIED = later("This picture is damaged: its decoder gave up without a word.")


class UnsupportedKindError(PictureError):
    """A sound file of a rare kind; made with the name of its format and what is rare about it."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(
            later(
                "This kind of {format} is not supported ({kind}); saved as PNG or JPEG, the picture"
                " will do.",
                format=name, kind=kind,
            )
        )  # fmt: skip


def damaged(form: Format) -> PictureError:
    """The error for a file that begins like ``form`` and does not go on so."""
    return PictureError(later("This {format} picture is damaged or cut short.", format=form.name))


def unknown(stranger: Stranger | None) -> PictureError:
    """The error for a file of no format that is read here; named where it is known."""
    if stranger is None:
        return PictureError(NOT_A_PICTURE)
    return PictureError(
        later(
            "This is {thing}, which cannot be read here; saved as PNG or JPEG, the picture will"
            " do.",
            thing=later(stranger.phrase),
        )
    )


def checked_size(width: int, height: int) -> tuple[int, int]:
    """``width`` and ``height`` themselves; :class:`PictureError` where they are out of bounds."""
    if min(width, height) < 1:
        raise PictureError(
            later(
                "This picture has {width} × {height} pixels; it needs at least 1 × 1.",
                width=width, height=height,
            )
        )  # fmt: skip
    if width * height > LIMITS.pixels:
        raise PictureError(limits.too_many_pixels(f"{width * height:,}"))
    if max(width, height) > LIMITS.aspect * min(width, height):
        raise PictureError(limits.too_narrow(width, height))
    return width, height
