"""The rules of the search for persons (REF-2): what is searched by, what a text asks for, whom it
finds. No database, no clock, no key.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Final, NoReturn

from kvitt_contracts.folding import folded
from kvitt_contracts.personnummer import is_coordination_number, is_personal_number
from kvitt_contracts.refusals import Refused

from orders.people.domain import Details, Limit, Look

BEGINNING: Final = 3
"""So many first letters of a word find it (REF-2e)."""
MOST_HITS: Final = 200
"""So many persons are shown of one search."""
MOST_READ: Final = 300
"""Of so many, found by their terms, it is read whether they have all of what is asked."""
MOST_LETTERS: Final = 120
MOST_WORDS: Final = 8
SHOWN_AN_HOUR = Limit(looks=frozenset({Look.LISTED}), an_hour=400)
"""Two searches as wide as they may be, or an hour of narrow ones: nobody reads a registry so."""
_FIRST_YEAR: Final = 1850


class Kind(StrEnum):
    """What a term is."""

    WORD = "word"
    BEGINNING = "beginning"
    BORN_ON = "born_on"
    BORN_IN = "born_in"
    POSTAL_CODE = "postal_code"


Term = tuple[Kind, str]


class Reason(StrEnum):
    """Why a search is refused."""

    SEARCH_TOO_LONG = "SEARCH_TOO_LONG"
    SEARCH_TOO_WIDE = "SEARCH_TOO_WIDE"
    SEARCH_NOT_UNDERSTOOD = "SEARCH_NOT_UNDERSTOOD"
    NO_SUCH_DAY = "NO_SUCH_DAY"
    NO_SUCH_NUMBER = "NO_SUCH_NUMBER"


class SearchRefused(Refused):
    """A refusal of a search; `reason` is one of Reason. It never repeats what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a search asks for: whoever has all of it is found."""

    words: tuple[str, ...] = ()
    number: str | None = None
    born_on: date | None = None
    born_in: int | None = None
    postal_code: str | None = None

    @property
    def is_narrow(self) -> bool:
        """False for what half a town has: a year, a postal code, a word of a letter or two."""
        long = any(len(word) >= BEGINNING for word in self.words)
        return long or self.number is not None or self.born_on is not None

    def beginnings(self) -> tuple[Term, ...]:
        """The terms of whom it may find: of a word its first letters. Its number is none of them:
        that has an index of its own.
        """
        return (*map(_beginning, self.words), *self._others())

    def whole(self) -> tuple[Term, ...]:
        """The terms of whom it finds where its words are whole; what has three letters stays a
        beginning.
        """
        words = [
            (Kind.WORD, word) if len(word) > BEGINNING else _beginning(word) for word in self.words
        ]
        return (*words, *self._others())

    def is_met_by(self, details: Details) -> bool:
        """True for a person who has all of it, so that each more narrows it (REF-2a)."""
        names = words_of(details.name)
        return (
            all(any(_begins(name, word) for name in names) for word in self.words)
            and self.number in (None, details.identity.number)
            and self.born_on in (None, details.born_on)
            and self.born_in in (None, details.born_on.year)
            and self.postal_code in (None, _postal_code(details))
        )

    def _others(self) -> Iterable[Term]:
        if self.born_on is not None:
            yield Kind.BORN_ON, self.born_on.isoformat()
        if self.born_in is not None:
            yield Kind.BORN_IN, str(self.born_in)
        if self.postal_code is not None:
            yield Kind.POSTAL_CODE, self.postal_code


# decision 0518: what is searched by is what an everyday search needs, and no more
def terms_of(details: Details) -> frozenset[Term]:
    """The terms that a person is found by. Of who is protected nothing tells where they live, not
    that a postal code finds them either (REF-9).
    """
    born = details.born_on
    names = words_of(details.name)
    terms: set[Term] = {(Kind.WORD, name) for name in names}
    terms |= {_beginning(name) for name in names}
    terms |= {(Kind.BORN_ON, born.isoformat()), (Kind.BORN_IN, str(born.year))}
    postal_code = _postal_code(details)
    if postal_code is not None:
        terms.add((Kind.POSTAL_CODE, postal_code))
    return frozenset(terms)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name as they are searched, each once: what hyphens join is one word and
    several.
    """
    words: list[str] = []
    for word in name.split():
        words += [word, *_HYPHEN.split(word)]
    return tuple(dict.fromkeys(letters for letters in map(_letters, words) if letters))


def understand(text: str, *, today: date) -> Sought:
    """What a text asks for: words of a name or their beginnings, a day or a year of birth, a postal
    code, a number of twelve digits, in any order.

    Raises SearchRefused (REF-2): longer or of more words than a search is, what is none of these,
    a day or a number that there is not, and what half a town has.
    """
    if len(text) > MOST_LETTERS or len(text.split()) > 2 * MOST_WORDS:
        _refuse(Reason.SEARCH_TOO_LONG, _SHORTER)
    sought = Sought()
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN_HYPHENS)
    for part in _PARTED_CODE.sub(r"\1\2", _PARTED_NUMBER.sub(r"\1\2", plain)).split():
        sought = _with(sought, part, today)
    if len(sought.words) > MOST_WORDS:
        _refuse(Reason.SEARCH_TOO_LONG, _SHORTER)
    if not sought.is_narrow:
        refuse_too_wide()
    return sought


def refuse_too_wide() -> NoReturn:
    """Raises SearchRefused (SEARCH_TOO_WIDE, REF-2): it would find too many."""
    _refuse(
        Reason.SEARCH_TOO_WIDE,
        "Skriv mer: för- och efternamn, minst tre bokstäver av något av dem, och gärna födelsedag"
        " (ÅÅÅÅMMDD), födelseår eller postnummer.",
    )


def _with(sought: Sought, part: str, today: date) -> Sought:
    if _FULL.fullmatch(part):
        return _also(sought, number=_number(part))
    if found := _DAY.fullmatch(part):
        return _also(sought, born_on=_day("".join(found.groups()), today))
    if _CODE.fullmatch(part):
        return _also(sought, postal_code=part)
    if _YEAR.fullmatch(part):
        if not _FIRST_YEAR <= int(part) <= today.year:
            _refuse(Reason.NO_SUCH_DAY, "Skriv födelseåret med fyra siffror, till exempel 1980.")
        return _also(sought, born_in=int(part))
    words = tuple(letters for letters in map(_letters, _HYPHEN.split(part)) if letters)
    if not words or not all(one.isalpha() or one in _WITHIN_WORDS for one in part):
        _refuse(
            Reason.SEARCH_NOT_UNDERSTOOD,
            "Skriv namn med bara bokstäver, födelsedag som ÅÅÅÅMMDD, födelseår, postnummer med fem"
            " siffror, eller personnummer med tolv.",
        )
    return replace(sought, words=tuple(dict.fromkeys((*sought.words, *words))))


def _also(sought: Sought, **given: str | date | int) -> Sought:
    ((name, value),) = given.items()
    if getattr(sought, name) not in (None, value):  # nobody has two
        _refuse(
            Reason.SEARCH_NOT_UNDERSTOOD, "Skriv en enda födelsedag, ett år och ett postnummer."
        )
    given_before = {one.name: getattr(sought, one.name) for one in fields(sought)}
    return Sought(**{**given_before, name: value})


def _number(digits: str) -> str:
    if not (is_personal_number(digits) or is_coordination_number(digits)):
        _refuse(
            Reason.NO_SUCH_NUMBER,
            "Datumet eller kontrollsiffran i personnumret stämmer inte: kontrollera numret.",
        )
    return digits


def _day(digits: str, today: date) -> date:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        day = date.max
    if not day.year >= _FIRST_YEAR or day > today:
        _refuse(
            Reason.NO_SUCH_DAY,
            "Skriv en födelsedag som finns, som ÅÅÅÅMMDD: till exempel 19800512.",
        )
    return day


def _refuse(reason: Reason, way_on: str) -> NoReturn:
    raise SearchRefused(reason, rule="REF-2", field="text", way_on=way_on)


def _begins(name: str, word: str) -> bool:
    return name.startswith(word) if len(word) >= BEGINNING else name == word


def _beginning(word: str) -> Term:
    if len(word) < BEGINNING:
        return Kind.WORD, word
    return Kind.BEGINNING, word[:BEGINNING]


def _letters(word: str) -> str:
    return "".join(letter for letter in folded(word) if letter.isalpha())


def _postal_code(details: Details) -> str | None:
    if details.protected or details.address is None:
        return None
    return "".join(filter(str.isdigit, details.address.postal_code)) or None


_HYPHEN: Final = re.compile("[-\u2010\u2011\u2013]")
_PLAIN_HYPHENS: Final = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_PARTED_NUMBER: Final = re.compile(r"(?<!\S)(\d{8})\s*[-+]\s*(\d{4})(?!\S)", re.ASCII)
_PARTED_CODE: Final = re.compile(r"(?<!\S)(\d{3})\s+(\d{2})(?!\S)", re.ASCII)
_FULL: Final = re.compile(r"\d{12}", re.ASCII)
_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_CODE: Final = re.compile(r"\d{5}", re.ASCII)
_YEAR: Final = re.compile(r"\d{4}", re.ASCII)
_WITHIN_WORDS: Final = "-'’."
_SHORTER: Final = (
    f"Skriv högst {MOST_LETTERS} tecken och {MOST_WORDS} ord: namn, födelsedag och postnummer"
    " räcker."
)
