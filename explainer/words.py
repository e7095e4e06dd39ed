"""The words of the app: English messages in the code, put into the language of whoever reads them.

`_("Start the race")` is the message in the visitor's language; values come by name, so that another
language may order them otherwise: `_("{recipe} is ahead by {points} points", recipe=…, points=…)`.
`ngettext` chooses by a number, and `N_` marks a message that is put into words where it is shown.
What is said where no visitor is known, by a thread that works for many, is said `later`: a string
in English that carries its message and values, so that `_` can say it in any language.
Catalogues are gettext's, `assets/words/<language>/messages.po`, read when first asked for.

In the language `xx` each message stands in ⟦ ⟧: what is seen outside of them is no message yet.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache, wraps
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

ENGLISH, PSEUDO = "en", "xx"
FOLDER = Path(__file__).parents[1] / "assets" / "words"
MOST_GROUPS = 6  # of digits in the numbers of a page
CACHED = 256  # results of one function
_CHOSEN: ContextVar[str] = ContextVar("language", default="")

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def _english() -> str:
    return ENGLISH


_visitors: list[Callable[[], str]] = [_english]


def ask_for_language(source: Callable[[], str]) -> None:
    """From now on `source` tells the language of the visitor whom this thread works for."""
    _visitors[:] = [source]


def language() -> str:
    """The language of what is said here and now: `en`, `xx`, or that of a catalogue."""
    return _CHOSEN.get() or _visitors[0]()


@contextmanager
def spoken(chosen: str) -> Iterator[None]:
    """Within, everything is said in this language."""
    token = _CHOSEN.set(chosen)
    try:
        yield
    finally:
        _CHOSEN.reset(token)


class Message(str):
    """A sentence in English that can be said in another language: `_(sentence)`."""

    template: str
    many: str
    values: dict[str, object]

    def in_words(self) -> str:
        """The sentence in the visitor's language, and in it the values that are messages too."""
        if self.many:
            return ngettext(self.template, self.many, **self.values)  # type: ignore[arg-type]
        return gettext(self.template, **self.values)


def later(message: str, **values: object) -> Message:
    """`message` with its `values`, to be said by `_` where it is shown."""
    return _message(message, "", values)


def nlater(one: str, many: str, count: float, **values: object) -> Message:
    """As :func:`later`: `one` where `count` is 1, else `many`; {count} is the number."""
    return _message(one, many, {"count": count, **values})


def in_words(sentence: T) -> T | str:
    """`sentence` in the visitor's language where it was said :func:`later`, else as it is."""
    return sentence.in_words() if isinstance(sentence, Message) else sentence


def sentence_of(error: BaseException) -> str:
    """What an error says, to be kept and put :func:`in_words` where it is shown."""
    said = error.args[0] if error.args else ""
    return said if isinstance(said, Message) else str(error)


def told(error: BaseException) -> str:
    """What an error says, in the visitor's language where its sentence was said :func:`later`."""
    return in_words(sentence_of(error))


def to_json(said: object) -> object:
    """What `json` can write of a sentence that another process has to say, or of a value in it."""
    if not isinstance(said, Message):
        return said
    values = {name: to_json(value) for name, value in said.values.items()}
    return {"one": said.template, "many": said.many, "values": values}


def from_json(found: Any) -> Any:
    """What :func:`to_json` has written.

    Raises `ValueError` where a place in the sentence is more than a name: whoever wrote it has read
    what strangers upload, and `str.format` follows attributes and widths.
    """
    if not isinstance(found, dict):
        return found
    for sentence in (found["one"], found["many"]):
        for _text, place, width, conversion in Formatter().parse(sentence):
            if place is not None and not (place.isidentifier() and not width and not conversion):
                raise ValueError(f"{place!r} is no name")
    values = {name: from_json(value) for name, value in found["values"].items()}
    return _message(found["one"], found["many"], values)


def _message(template: str, many: str, values: dict[str, object]) -> Message:
    chosen = many if many and values["count"] != 1 else template
    found = Message(chosen.format(**values) if values else chosen)
    found.template, found.many, found.values = template, many, values
    return found


def gettext(message: str, **values: object) -> str:
    """`message` in the visitor's language, with `values` in the places of their names."""
    if isinstance(message, Message):
        return message.in_words()
    now = language()
    if now == ENGLISH or not message:  # a catalogue keeps its head under the empty message
        return message.format(**values) if values else message
    return _shown(now, _translated(now, message), values)


def ngettext(one: str, many: str, count: float, **values: object) -> str:
    """`one` where `count` is 1, else `many`, in the visitor's language; {count} is the number."""
    now = language()
    found = one if count == 1 else many
    if now not in (ENGLISH, PSEUDO):
        found = _catalogue(now).ngettext(one, many, int(count))
    return _shown(now, found, {"count": count, **values})


def N_(message: str) -> str:  # noqa: N802, gettext's own name
    """`message` as it is: marked, to be put into words where it is shown."""
    return message


_ = gettext


class NumberMarks(NamedTuple):
    """How numbers are written: the marks within them, and the sizes of groups from the right."""

    decimal: str = "."
    thousands: str = ","
    grouping: tuple[int, ...] = (3,)


def number_marks() -> NumberMarks:
    """The marks within numbers in the visitor's language."""
    return _number_marks(language())


@cache
def _number_marks(now: str) -> NumberMarks:
    if now in (ENGLISH, PSEUDO):
        return NumberMarks()
    from babel import Locale  # not for English
    from babel.numbers import get_decimal_symbol, get_group_symbol

    locale = Locale.parse(now)
    first, others = locale.decimal_formats[None].grouping
    sizes = (first,) if first == others else (first, *[others] * MOST_GROUPS)
    return NumberMarks(get_decimal_symbol(locale), get_group_symbol(locale), sizes)


def cached(function: Callable[P, R]) -> Callable[P, R]:
    """What `function` gave for the last few things it was given, in each language."""

    @lru_cache(maxsize=CACHED)
    def of_language(_: str, *given: Any, **named: Any) -> Any:
        return function(*given, **named)

    @wraps(function)
    def asked(*given: Any, **named: Any) -> Any:
        return of_language(language(), *given, **named)

    return asked


@cache
def languages() -> tuple[str, ...]:
    """English, and the languages of which every message is translated."""
    found = sorted(path.parent.name for path in FOLDER.glob("*/messages.po"))
    return (ENGLISH, *filter(_complete, found))


def _complete(now: str) -> bool:
    from babel.messages.pofile import read_po

    with (FOLDER / "messages.pot").open("rb") as file:
        wanted = {message.id for message in read_po(file, charset="utf-8") if message.id}
    with (FOLDER / now / "messages.po").open("rb") as file:
        said = {one.id for one in read_po(file, locale=now) if one.string and not one.fuzzy}
    return wanted <= said


def _shown(now: str, message: str, values: dict[str, object]) -> str:
    spelled = {name: in_words(one) for name, one in values.items()}
    said = message.format(**spelled) if values else message
    return f"⟦{said}⟧" if now == PSEUDO and said.strip() else said


def _translated(now: str, message: str) -> str:
    return message if now == PSEUDO else _catalogue(now).gettext(message)


@cache
def _catalogue(now: str) -> GNUTranslations:
    from babel.messages.mofile import write_mo  # not for English
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (FOLDER / now / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=now))
    compiled.seek(0)
    return GNUTranslations(compiled)
