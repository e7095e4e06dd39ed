"""The one picture of a visit: gallery, upload or camera, kept for every page of the session.

A picture that cannot be read leaves everything as it was and one sentence beside the input.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import streamlit as st

from explainer.images.decode import decode
from explainer.images.gallery import DEFAULT, GALLERY, gallery_entry, gallery_picture
from explainer.images.picture import Picture, PictureError
from explainer.images.thumbnails import thumbnail
from explainer.ui.components import mount, pack
from explainer.ui.prose import escaped

KEY = "picture"
FORMATS = ("png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff")
THUMBNAIL = 96
LARGEST_UPLOAD_MB = 20


@dataclass(frozen=True)
class Chosen:
    """The picture that is looked at, and the uploaded file it came from (`None` for a sample)."""

    picture: Picture
    slug: str | None = None
    upload: bytes | None = None


def picture_input() -> Chosen:
    """Draw the picture bar and return what is chosen. One for all pages; the URL names samples."""
    chosen = _current()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.image(
            thumbnail(chosen.picture.codes, 56), width=56, alt=f"Small view: {chosen.picture.alt}"
        )
        st.markdown(
            f"**{escaped(chosen.picture.title)}**  \n{_size(chosen.picture)}", width="content"
        )
        with st.popover(
            "Choose a picture", icon=":material/image:", key=f"{KEY}.chooser", width="content"
        ):
            _chooser()
    _say_what_happened(chosen)
    _keep_in_url(chosen)
    return chosen


def send_pixels(picture: Picture) -> None:
    """Hand the exact pixels to the browser's components, once per picture."""
    mount("pixels", key=f"{KEY}.pixels", data=_pixels_message(picture))


def _chooser() -> None:
    mount("gallery", key=f"{KEY}.gallery", data=_gallery_message(), on_picked_change=_take_sample)
    st.file_uploader(
        "Your own picture",
        type=list(FORMATS),
        key=f"{KEY}.upload",
        on_change=_take_file,
        args=(f"{KEY}.upload",),
        max_upload_size=LARGEST_UPLOAD_MB,
        help="PNG, JPEG, WebP, BMP, GIF or TIFF, up to 20 MB and 50 megapixels. "
        "It stays in this server's memory for your visit and is not stored.",
    )
    if st.toggle("Use the camera", key=f"{KEY}.camera_on"):
        st.camera_input(
            "A photo with the camera",
            key=f"{KEY}.camera",
            on_change=_take_file,
            args=(f"{KEY}.camera",),
        )


def _current() -> Chosen:
    if KEY not in st.session_state:
        st.session_state[KEY] = _first_choice()
    chosen: Chosen = st.session_state[KEY]
    return chosen


def _first_choice() -> Chosen:
    slug = st.query_params.get(KEY, DEFAULT)
    try:
        return Chosen(gallery_picture(slug), slug)
    except PictureError as error:
        st.session_state[f"{KEY}.error"] = str(error)
        return Chosen(gallery_picture(DEFAULT), DEFAULT)


def _take_sample() -> None:
    picked = st.session_state[f"{KEY}.gallery"].picked
    _try(lambda: Chosen(gallery_picture(picked["slug"]), picked["slug"]))


def _take_file(key: str) -> None:
    file = st.session_state.get(key)
    if file is None:
        return
    data = file.getvalue()
    _try(lambda: Chosen(decode(data, file.name), upload=data), name=f"{file.name}: ")


def _try(choose: Callable[[], Chosen], *, name: str = "") -> None:
    st.session_state.pop(f"{KEY}.error", None)
    try:
        st.session_state[KEY] = choose()
    except PictureError as error:
        st.session_state[f"{KEY}.error"] = f"{name}{error}"


def _say_what_happened(chosen: Chosen) -> None:
    if message := st.session_state.get(f"{KEY}.error"):
        st.error(escaped(message), icon=":material/broken_image:")
    notes = chosen.picture.notes or ((gallery_entry(chosen.slug).teaches,) if chosen.slug else ())
    if notes:
        st.caption(" ".join(escaped(note) for note in notes))


def _keep_in_url(chosen: Chosen) -> None:
    if chosen.slug is None:
        st.query_params.pop(KEY, None)
    elif st.query_params.get(KEY) != chosen.slug:
        st.query_params[KEY] = chosen.slug


def _size(picture: Picture) -> str:
    height, width = picture.codes.shape[:2]
    return f"{width} × {height} pixels"


@cache
def _gallery_message() -> bytes:
    pictures = [gallery_picture(entry.slug) for entry in GALLERY]
    entries = [
        {"slug": entry.slug, "title": entry.title, "teaches": entry.teaches} for entry in GALLERY
    ]
    small = [thumbnail(picture.codes, THUMBNAIL) for picture in pictures]
    return pack({"entries": entries, "side": THUMBNAIL}, *small)


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={Picture: lambda p: p.digest})
def _pixels_message(picture: Picture) -> bytes:
    return exact_pixels(picture)


def exact_pixels(picture: Picture) -> bytes:
    """The codes of `picture` for the browser: differences along each row, deflated."""
    codes = picture.codes
    differences = codes.copy()
    differences[:, 1:] = codes[:, 1:] - codes[:, :-1]
    height, width = codes.shape[:2]
    header: dict[str, Any] = {"digest": picture.digest, "height": height, "width": width}
    return pack(header, zlib.compress(np.ascontiguousarray(differences).tobytes(), 1))
