"""What there is to say of a division before anybody races on it: what is empty, what is copied."""

from __future__ import annotations

import streamlit as st
import torch

from explainer.training.data.copies import copied, copies
from explainer.training.data.data_set import Examples
from explainer.training.data.gaps import gaps
from explainer.training.data.splits import Parts, Split, split
from explainer.training.engine.run import Evaluation
from explainer.ui.common.fold import kept, one_of
from explainer.ui.common.memory import remembered
from explainer.ui.common.prose import escaped
from explainer.ui.training_lab.plan import KEY
from explainer.words import _, language, ngettext, told

KEPT = f"{KEY}.division"
FEW = 50  # examples of which one is 2 points or more


def division_words(examples: Examples, config: Split, seeds: int) -> int:
    """How many examples each part has, and a sentence for whatever a race on them would lack.

    Returns how many there are to train on.
    """
    sizes, sentences = remembered(
        KEPT, (examples, config, language()), lambda: _told(examples, config)
    )
    if any(sizes):
        parts = _(
            "{data}: {training} to train on, {validation} to validate on, {test} to test on; "
            "{seeds}.",
            data=escaped(_(examples.title)),
            training=f"{sizes[0]:,}",
            validation=f"{sizes[1]:,}",
            test=f"{sizes[2]:,}",
            seeds=ngettext("{count} seed", "{count} seeds", seeds),
        )
        most = Evaluation.validation_examples
        measured = _("Curves look at the first {most} of the validation part.", most=most)
        st.caption(f"{parts} {measured}" if sizes[1] > most else parts)
        if examples.origin == "own" and examples.classes:
            st.caption(escaped(_own(examples)))
        if examples.classes and 0 < sizes[1] < FEW:
            st.caption(
                ngettext(
                    "{count} example to validate on: it alone decides, 0 % or 100 %.",
                    "{count} examples to validate on: one of them is {points} points of accuracy.",
                    sizes[1], points=f"{100 / sizes[1]:.0f}",
                )
            )  # fmt: skip
    if sentences:
        st.warning("  \n".join(map(escaped, sentences)), icon=":material/call_split:")
    return sizes[0]


def _own(examples: Examples) -> str:
    """How many classes were brought, and how many examples of each."""
    counts = torch.bincount(examples.labels, minlength=len(examples.classes)).tolist()
    classes = ngettext("{count} class", "{count} classes", len(counts))
    if len(set(counts)) == 1:
        return _("{classes}, {each} each", classes=classes, each=f"{counts[0]:,}")
    each = ", ".join(
        f"{name} {count:,}" for name, count in zip(examples.classes, counts, strict=True)
    )
    return _("{classes}: {each}", classes=classes, each=each)


def together_toggle(key: str, examples: Examples) -> bool:
    """The choice to keep copies together, where there are any."""
    count = remembered(f"{KEY}.copies", examples, lambda: _copied(examples))
    if not count:
        return False
    together: bool = kept(
        st.toggle, _together(), key=key, usual=False, read=one_of((False, True)),
        help=ngettext(
            "{copies} of {examples} examples is a copy of another one. Kept together, an example"
            " and its copies are all for training, or all for validation, or all for the test.",
            "{copies} of {examples} examples are copies of another one. Kept together, an example"
            " and its copies are all for training, or all for validation, or all for the test.",
            count, copies=f"{count:,}", examples=f"{len(examples):,}",
        ),
    )  # fmt: skip
    return together


def _copied(examples: Examples) -> int:
    """How many of them are copies of another one."""
    groups = copies(examples)
    return int((groups != torch.arange(len(groups))).sum())


def _together() -> str:
    return _("Keep copies together")


def _told(examples: Examples, config: Split) -> tuple[tuple[int, int, int], tuple[str, ...]]:
    """The sizes of training, validation and test part with the first seed, and what is lacking."""
    try:
        parts = split(examples, config)
    except ValueError as error:
        return (0, 0, 0), (told(error),)
    sizes = len(parts.train), len(parts.validation), len(parts.test)
    return sizes, tuple(filter(None, (*gaps(examples, parts), _copies(examples, parts))))


def _copies(examples: Examples, parts: Parts) -> str:
    """How far validation and test are on what was learned from, with the first seed."""
    found = copied(copies(examples), parts.train, parts.validation, parts.test)
    if not found.validation and not found.test:
        return ""
    counts = {
        "validation": f"{found.validation:,}",
        "of_validation": f"{len(parts.validation):,}",
        "test": f"{found.test:,}",
        "of_test": f"{len(parts.test):,}",
        "together": _together(),
    }
    if examples.origin == "own":
        return _(
            "{validation} of the {of_validation} examples to validate on and {test} of the"
            " {of_test} to test on are exactly or nearly the same as one to learn from, so a"
            " network that learns by heart scores on them too; “{together}”, under Split and"
            " seeds, leaves all copies of an example in one part.",
            **counts,
        )
    return _(
        "{validation} of the {of_validation} examples to validate on and {test} of the {of_test}"
        " to test on are exactly the same as one to learn from, so a network that learns by heart"
        " scores on them too; “{together}”, under Split and seeds, leaves all copies of an example"
        " in one part.",
        **counts,
    )
