"""Which data a race trains on: shipped, downloaded or one's own, and how they are divided."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.elements.lib.mutable_popover_container import PopoverContainer

from explainer.training.data.data_set import DataError, DataSet, Examples
from explainer.training.data.download import wanted
from explainer.training.data.fetching import VARIABLE
from explainer.training.data.own.folders import from_folder, from_zip, own_folders
from explainer.training.data.real import available
from explainer.training.data.registry import DATA_SETS, EVERY_DATA_SET, load
from explainer.training.data.root import data_root
from explainer.training.data.splits import Split, most_for_training
from explainer.ui.common.bounded import bounded_slider
from explainer.ui.common.choice import Named, choice
from explainer.ui.common.fetching import offer
from explainer.ui.common.fold import drawn, while_open
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import escaped
from explainer.ui.common.refusal import forget, refuse, show_refusal
from explainer.ui.common.settings import setting_controls
from explainer.ui.training_lab.division import together_toggle
from explainer.ui.training_lab.plan import KEY, DataChoice
from explainer.words import N_, _, in_words, later, sentence_of, told

OWN_ZIP = Named("zip", N_("Your own pictures (zip)"))
FOLDER = "folder:"
FIRST_DATA = "digits"  # which a link that names none means
FIRST_TRAIN_SIZE = 200
SMALLEST_TRAIN_SIZE = 20
LARGEST_ZIP_MB = 50
_READ_BEFORE: set[Hashable] = set()


def data_menu() -> str:
    """The choice of data: the slug of a registered set, of a folder, or of one's own zip."""
    folders = [
        Named(FOLDER + name, _("Folder: {name}", name=name)) for name in own_folders(data_root())
    ]
    numbers = [
        Named(one.slug, _("{group}: {data}", group=_(one.group), data=_(one.title)))
        for one in EVERY_DATA_SET
        if one.slug not in DATA_SETS
    ]
    entries = (*DATA_SETS, *numbers, *folders, OWN_ZIP)
    return choice(_("Data"), entries, key=f"{KEY}.data", default=FIRST_DATA)


def chosen_data(slug: str, details: PopoverContainer) -> tuple[DataChoice, Examples | None]:
    """The data of that slug, with their settings in `details`; no examples until there are any."""
    if slug in EVERY_DATA_SET:
        return _registered(EVERY_DATA_SET[slug], details)
    if slug == OWN_ZIP.slug:
        examples = _own_zip()
        marks = (("fingerprint", examples.fingerprint),) if examples else ()
        chosen = DataChoice("zip", slug, marks)  # another zip is another race
    else:
        name = slug.removeprefix(FOLDER)
        chosen, examples = DataChoice("folder", slug), _or_say(name, lambda: _folder(name))
    for note in examples.notes if examples else ():
        st.caption(escaped(in_words(note)))
    return chosen, examples


def split_choice(chosen: DataChoice, examples: Examples) -> Split:
    """Draw the sliders that divide the examples; label noise is for the training part alone.

    Numbers have none: there is no other class to take.
    """
    base = f"{KEY}.{chosen.slug}"
    validation = _share(f"{base}.validation", _("Validation share"), 0.2)
    test = _share(f"{base}.test", _("Test share"), 0.2)
    if examples.test_from is not None and drawn():
        count = len(examples) - examples.test_from
        st.caption(
            _(
                "No effect: these data bring their own test part, of {count} examples.",
                count=f"{count:,}",
            )
        )
    together = together_toggle(f"{base}.together", examples)
    undivided = Split(validation_share=validation, test_share=test, keep_copies_together=together)
    most = remembered(
        f"{KEY}.most", (examples.fingerprint, undivided),
        lambda: most_for_training(examples, undivided),
    )  # fmt: skip
    size = _train_size(f"{base}.train_size", most)
    undivided = replace(undivided, train_size=size)
    if not examples.classes:
        return undivided
    noise = bounded_slider(
        _("Wrong labels among them"),
        0.0,
        0.5,
        0.0,
        0.05,
        key=f"{base}.wrong_labels",
        help_text=_("This share of the training labels is replaced by another class."),
    )
    return replace(undivided, label_noise=noise)


def _train_size(key: str, most: int) -> int | None:
    """How many examples to learn from; all of them where there is nothing to choose."""
    if most < 2:
        return None
    return bounded_slider(
        _("Training examples"),
        min(SMALLEST_TRAIN_SIZE, most - 1),
        most,
        FIRST_TRAIN_SIZE,
        1,
        key=key,
        help_text=_("Few examples are where overfitting lives."),
    )


def _share(key: str, label: str, value: float) -> float:
    return bounded_slider(label, 0.1, 0.4, value, 0.05, key=key)


def _registered(entry: DataSet, details: PopoverContainer) -> tuple[DataChoice, Examples | None]:
    with while_open(details):
        if drawn():
            st.caption(_(entry.meaning))
        values = setting_controls(f"{KEY}.{entry.slug}", entry.parameters)
    chosen = DataChoice(entry.slug, entry.title, values)
    if entry.needs_download and not available(entry.slug):
        _offer_download(entry)
        return chosen, None
    return chosen, _or_say((entry.slug, values), lambda: _loaded(entry.slug, values))


def _offer_download(entry: DataSet) -> None:
    offer(
        wanted(entry.slug),
        source=_("It is not on this machine yet, and is fetched once for everybody on it."),
        forbidden=_(
            "{data} is not on this machine, which fetches nothing ({variable} is 0); the README"
            " says where its files belong.",
            data=entry.title,
            variable=VARIABLE,
        ),
    )


def _own_zip() -> Examples | None:
    st.caption(_("A zip with one folder of pictures for each class, 2 to 20 classes."))
    st.file_uploader(
        _("Zip of folders"),
        key=f"{KEY}.zip",
        max_upload_size=LARGEST_ZIP_MB,
        on_change=_take_zip,
    )
    show_refusal(f"{KEY}.zip", icon=":material/folder_off:")
    found: Examples | None = st.session_state.get(f"{KEY}.zip_examples")
    if found is None:
        st.caption(_("A link carries everything but the zip: whoever opens one adds the same zip."))
    return found


def _take_zip() -> None:
    file = st.session_state.get(f"{KEY}.zip")
    forget(f"{KEY}.zip")
    if file is None:
        return
    try:
        examples = from_zip(file.getvalue(), file.name)
    except DataError as error:
        reason = sentence_of(error)
        refuse(f"{KEY}.zip", later("{file}: {reason}", file=file.name, reason=reason))
        return
    st.session_state.pop(f"{KEY}.zip_examples", None)  # or it would be held for one more rerun
    st.session_state[f"{KEY}.zip_examples"] = examples


def _or_say(what: Hashable, read: Callable[[], Examples]) -> Examples | None:
    """What `read()` gives, or a sentence; who waits for the first time is told so.

    Later it is quick, and a spinner that flashes would move all that stands below it.
    """
    try:
        with nullcontext() if what in _READ_BEFORE else st.spinner(_("Loading the data")):
            found = read()
        _READ_BEFORE.add(what)
        return found
    except ValueError as error:
        st.error(escaped(told(error)), icon=":material/folder_off:")
        return None


@st.cache_resource(max_entries=8, show_spinner=False)
def _loaded(slug: str, values: tuple[tuple[str, Any], ...]) -> Examples:
    return load(slug, **dict(values))


@st.cache_resource(max_entries=4, show_spinner=False)
def _folder(name: str) -> Examples:
    return from_folder(data_root(), name)
