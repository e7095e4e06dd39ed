"""The one picture of a visit: gallery, upload or camera, kept for every page of the session.

A picture that cannot be read leaves everything as it was and one sentence, on the page and in the
chooser, which covers the page while it is open.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from explainer.images.decoding.decode import decode
from explainer.images.decoding.formats import NAMES
from explainer.images.decoding.limits import LIMITS, too_heavy
from explainer.images.gallery import DEFAULT, GALLERY, gallery_entry, gallery_picture
from explainer.images.kept import Kept
from explainer.images.picture import Picture, PictureError
from explainer.images.thumbnails import encode_png, thumbnail
from explainer.ui.common.address import OWN, keep_in_link, linked
from explainer.ui.common.components import heard, mount, pack
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import escaped
from explainer.ui.common.refusal import forget, refuse, show_refusal
from explainer.words import Message, _, cached, later, sentence_of

KEY = "picture"
THUMBNAIL, SMALL = 96, 56
ICON = ":material/broken_image:"
MOST_MESSAGES = 32_000_000
"""The bytes kept of what pictures are sent as; a photo of the largest size takes up to 9 MB."""


@dataclass(frozen=True)
class Chosen:
    """The picture that is looked at, and the uploaded file it came from (`None` for a sample)."""

    picture: Picture
    slug: str | None = None
    upload: bytes | None = None


def picture_input() -> Chosen:
    """Draw the picture bar and return what is chosen. One for all pages; the URL names samples."""
    chosen = chosen_picture()
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{KEY}.bar")
    with bar:
        alt = _("Small view: {picture}", picture=_(chosen.picture.alt))
        small = remembered(
            f"{KEY}.small", chosen.picture.digest, lambda: thumbnail(chosen.picture.codes, SMALL)
        )
        st.image(small, width=SMALL, alt=alt)
        st.markdown(f"**{_title(chosen)}**  \n{_size(chosen.picture)}", width="content")
        with st.popover(
            _("Choose a picture"), icon=":material/image:", key=f"{KEY}.chooser", width="content"
        ):
            _chooser()
    _say_what_happened(chosen)
    keep_in_link(KEY, chosen.slug or OWN)
    return chosen


def offer_picture(chosen: Chosen) -> None:
    """A button for the picture as the page works on it, which is what a script beside it opens."""
    st.download_button(
        _("Download the picture"),
        lambda: encode_png(chosen.picture.codes),
        file_name="picture.png",
        mime="image/png",
        icon=":material/image:",
        on_click="ignore",
    )


def send_pixels(picture: Picture) -> None:
    """Hand the exact pixels to the browser's components, once per picture."""
    mount("pixels", key=f"{KEY}.pixels", data=MESSAGES.of(picture))


def _chooser() -> None:
    """One's own picture, then the gallery: what was refused stands where the chooser begins."""
    show_refusal(KEY, icon=ICON)
    _own_picture()
    mount(
        "gallery",
        key=f"{KEY}.gallery",
        data=_gallery_message(),
        on_picked_change=_take_sample,
        on_oversize_change=_take_oversize,
    )


def _own_picture() -> None:
    """The uploader takes files of every type: the app says what it cannot read, not a hint."""
    megabytes = LIMITS.file_bytes // 1024**2
    st.file_uploader(
        _("Your own picture"),
        key=f"{KEY}.upload",
        on_change=_take_file,
        args=(f"{KEY}.upload",),
        max_upload_size=megabytes,
        help=_(
            "{formats}, up to {megabytes} MB and {megapixels} megapixels. It stays in this "
            "server's memory for your visit and is not stored.",
            formats=NAMES,
            megabytes=megabytes,
            megapixels=LIMITS.pixels // 10**6,
        ),
    )
    if st.toggle(_("Use the camera"), key=f"{KEY}.camera_on"):
        st.camera_input(
            _("A photo with the camera"),
            key=f"{KEY}.camera",
            on_change=_take_file,
            args=(f"{KEY}.camera",),
        )


def chosen_picture() -> Chosen:
    """What is chosen, for a part of a page whose picture bar stands elsewhere."""
    kept: Chosen | None = st.session_state.get(KEY)
    asked = linked(KEY)
    if kept is None or (asked and asked not in (OWN, kept.slug)):
        kept = st.session_state[KEY] = _first_choice()
    return kept


def _first_choice() -> Chosen:
    slug = st.query_params.get(KEY, DEFAULT)
    if slug == OWN:
        refuse(KEY, later(
            "This link was made with a picture of the sender's own, which a link cannot carry. "
            "Below is a sample: everything else is as in the link."
        ))  # fmt: skip
        slug = DEFAULT
    try:
        return Chosen(gallery_picture(slug), slug)
    except PictureError as error:
        refuse(KEY, sentence_of(error))
        return Chosen(gallery_picture(DEFAULT), DEFAULT)


def _take_sample() -> None:
    slug = str(heard(f"{KEY}.gallery", "picked").get("slug", ""))
    _try(lambda: Chosen(gallery_picture(slug), slug))


def _take_file(key: str) -> None:
    file = st.session_state.get(key)
    if file is None:
        forget(KEY)
        return
    data = file.getvalue()
    _try(lambda: Chosen(decode(data, file.name), upload=data), name=file.name)


def _take_oversize() -> None:
    """A file past the bound of the uploader never arrives; the browser tells its name and size."""
    told = st.session_state[f"{KEY}.gallery"].oversize
    if told["name"]:
        refuse(KEY, _about(str(told["name"]), too_heavy(int(told["size"]))))
    else:  # it was taken back
        forget(KEY)


def _try(choose: Callable[[], Chosen], *, name: str = "") -> None:
    forget(KEY)
    try:
        chosen = choose()
    except PictureError as error:
        reason = sentence_of(error)
        refuse(KEY, _about(name, reason) if name else reason)
        return
    st.session_state.pop(KEY, None)  # or what is replaced would be held until the rerun after this
    st.session_state[KEY] = chosen


def _about(file: str, reason: str) -> Message:
    return later("{file}: {reason}", file=file, reason=reason)


def _say_what_happened(chosen: Chosen) -> None:
    show_refusal(KEY, icon=ICON)
    notes = chosen.picture.notes or ((gallery_entry(chosen.slug).teaches,) if chosen.slug else ())
    if notes:
        st.caption(" ".join(escaped(_(note)) for note in notes))


def _title(chosen: Chosen) -> str:
    """A sample has a title that can be translated; a file has its name."""
    title = chosen.picture.title
    return escaped(title if chosen.slug is None else _(title))


def _size(picture: Picture) -> str:
    height, width = picture.codes.shape[:2]
    return _("{width} × {height} pixels", width=width, height=height)


@cached
def _gallery_message() -> bytes:
    pictures = [gallery_picture(entry.slug) for entry in GALLERY]
    entries = [
        {"slug": entry.slug, "title": _(entry.title), "teaches": _(entry.teaches)}
        for entry in GALLERY
    ]
    small = [thumbnail(picture.codes, THUMBNAIL) for picture in pictures]
    header = {"entries": entries, "side": THUMBNAIL, "most": LIMITS.file_bytes}
    return pack({**header, "uploader": f".st-key-{KEY}-upload"}, *small)


def exact_pixels(picture: Picture) -> bytes:
    """The codes of `picture` for the browser, deflated: three planes, all modulo 256.

    They are red less green, green, and blue less green, of each pixel its difference to the left.
    """
    red, green, blue = np.moveaxis(picture.codes, 2, 0)
    planes = np.stack((red - green, green, blue - green))
    planes[..., 1:] -= planes[..., :-1].copy()
    height, width = green.shape
    header: dict[str, Any] = {"digest": picture.digest, "height": height, "width": width}
    return pack(header, zlib.compress(planes.tobytes(), 4))


MESSAGES = Kept(exact_pixels, len, most=MOST_MESSAGES)
