"""What a story of a page is: a setting that shows something, with words for before and after."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Story:
    """A story by name: what to `watch`, what is `seen` and `why`, read after it was looked at.

    Where `seen` tells why as well, `why` is empty. A test holds `seen` to be so. Where it is told
    from the numbers on screen, `seen` is empty.
    """

    slug: str
    title: str
    watch: str
    seen: str = ""
    why: str = ""
