"""The one list of what the app explains.

A topic's slug names everything about it: `pages/<slug>.py`, `assets/prose/en/<slug>.md`,
`tests/app/test_<slug>.py` and the address `/<slug>`. Besides the standard library only the mark of
messages is imported, so that the navigation, the tests and the home page read the list at no cost.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainer.words import N_


@dataclass(frozen=True)
class Topic:
    """One page of the app: its address, its name, its icon, its section, and what it asks.

    `networks` says that it needs PyTorch, which takes seconds to import.
    """

    slug: str
    title: str
    icon: str
    section: str
    question: str
    networks: bool = False


TOPICS: tuple[Topic, ...] = (
    Topic(
        slug="filters",
        title=N_("Filters"),
        icon=":material/blur_on:",
        section=N_("Convolution"),
        question=N_("What can nine numbers see in a photo?"),
    ),
    Topic(
        slug="why_convolution",
        title=N_("Why convolution"),
        icon=":material/grid_view:",
        section=N_("Convolution"),
        question=N_("Why should a network look through a small window?"),
        networks=True,
    ),
    Topic(
        slug="feature_maps",
        title=N_("Feature maps"),
        icon=":material/layers:",
        section=N_("Networks"),
        question=N_("What does a trained network see in your photo?"),
        networks=True,
    ),
    Topic(
        slug="attribution",
        title=N_("Attribution"),
        icon=":material/center_focus_strong:",
        section=N_("Networks"),
        question=N_("Why did the network say that?"),
        networks=True,
    ),
    Topic(
        slug="activations",
        title=N_("Activations"),
        icon=":material/show_chart:",
        section=N_("Gradients"),
        question=N_("What does a bend in a line do to a gradient?"),
        networks=True,
    ),
    Topic(
        slug="depth",
        title=N_("Through depth"),
        icon=":material/stacked_line_chart:",
        section=N_("Gradients"),
        question=N_("Why did deep networks not learn?"),
        networks=True,
    ),
    Topic(
        slug="gradient_check",
        title=N_("Gradient check"),
        icon=":material/rule:",
        section=N_("Gradients"),
        question=N_("How do you know that a gradient is right?"),
        networks=True,
    ),
    Topic(
        slug="landscape",
        title=N_("Loss landscape"),
        icon=":material/landscape:",
        section=N_("Gradients"),
        question=N_("What does the loss look like around a trained network?"),
        networks=True,
    ),
    Topic(
        slug="training_lab",
        title=N_("Training lab"),
        icon=":material/science:",
        section=N_("Training"),
        question=N_("What stops a network from learning by heart?"),
        networks=True,
    ),
    Topic(
        slug="optimisers",
        title=N_("Optimisers"),
        icon=":material/speed:",
        section=N_("Training"),
        question=N_("How far can one step go?"),
        networks=True,
    ),
    Topic(
        slug="losses",
        title=N_("Losses"),
        icon=":material/area_chart:",
        section=N_("Training"),
        question=N_("What does a loss believe about the noise?"),
        networks=True,
    ),
    Topic(
        slug="clinic",
        title=N_("The clinic"),
        icon=":material/search_activity:",
        section=N_("Training"),
        question=N_("What is wrong with this run?"),
        networks=True,
    ),
    Topic(
        slug="overfitting",
        title=N_("Overfitting"),
        icon=":material/stacked_line_chart:",
        section=N_("Generalisation"),
        question=N_("When does a better fit predict worse?"),
        networks=True,
    ),
    Topic(
        slug="splits",
        title=N_("Splits"),
        icon=":material/rule:",
        section=N_("Generalisation"),
        question=N_("How would you know how good it is?"),
        networks=True,
    ),
    Topic(
        slug="metrics",
        title=N_("Metrics"),
        icon=":material/percent:",
        section=N_("Generalisation"),
        question=N_("Which number says that it is good?"),
        networks=True,
    ),
    Topic(
        slug="penalties",
        title=N_("L1 and L2"),
        icon=":material/balance:",
        section=N_("Regularisation"),
        question=N_("Why does L1 make zeros, and L2 none?"),
        networks=True,
    ),
    Topic(
        slug="dropout",
        title=N_("Dropout"),
        icon=":material/grain:",
        section=N_("Regularisation"),
        question=N_("Which network does dropout train?"),
        networks=True,
    ),
    Topic(
        slug="augmentation",
        title=N_("Augmentation"),
        icon=":material/auto_awesome:",
        section=N_("Regularisation"),
        question=N_("When is a changed picture still the same?"),
        networks=True,
    ),
)


def topic(slug: str) -> Topic:
    """The topic of that slug. Raises `ValueError` that names the slugs there are."""
    for entry in TOPICS:
        if entry.slug == slug:
            return entry
    raise ValueError(f"no topic {slug!r}; there are {', '.join(t.slug for t in TOPICS)}")


def sections() -> dict[str, list[Topic]]:
    """The topics in their sections, both in the order of `TOPICS`."""
    grouped: dict[str, list[Topic]] = {}
    for entry in TOPICS:
        grouped.setdefault(entry.section, []).append(entry)
    return grouped
