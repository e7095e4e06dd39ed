"""Names to choose from by one press, in groups; `assets/components/naming.js` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explainer.ui.common.components import mark_read, mount, number_of, reported, unread


@dataclass(frozen=True)
class Name:
    """A name by its slug; how it stands is in one word that the component knows."""

    slug: str
    title: str
    state: str = ""


def pressed(key: str) -> tuple[str, str] | None:
    """The case and the slug of a press that no run has taken yet; of the open name no slug."""
    news = unread(key, "named")
    return (str(news.get("case", "")), str(news.get("slug", ""))) if news else None


def names_to_choose(
    key: str, label: str, case: str, groups: Sequence[tuple[str, Sequence[Name]]]
) -> None:
    """Draw them below `label`, for that case; what is pressed is there to be taken once."""
    news = unread(key, "named")
    data = {
        "label": label, "case": case, "number": number_of(key, news),
        "groups": [{"title": title, "names": [vars(one) for one in names]}
                   for title, names in groups],
    }  # fmt: skip
    mount("naming", key=key, data=data, on_named_change=reported)
    mark_read(key, news)
