"""Pages from templates: the one environment, and how days, amounts and numbers are written."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from kvitt_contracts.calendar import STOCKHOLM, in_swedish

from kvitt_portal import statuses, waits
from kvitt_portal.forms import said_of
from kvitt_portal.log_words import grantee_in_words

_ZONE: ZoneInfo = STOCKHOLM
_STATIC = Path(__file__).with_name("static")


def environment() -> Environment:
    """The templates with their filters."""
    made = Environment(
        loader=PackageLoader("kvitt_portal"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {"day": day, "time": time, "kronor": kronor, "number": number}
    made.filters |= {"said": said_of, "role": role, "cursor": cursor, "last_day": last_day}
    made.filters |= {"month": month, "either": either}
    made.globals |= {"asset": asset, "pairs": pairs, "statuses": statuses}
    made.globals |= {"wait_words": waits.AWAITS, "wait_owners": waits.OWNERS}
    made.globals |= {"wait_thens": waits.THENS}
    return made


def day(value: str | date | None) -> str:
    """A day as people write it: 2 mars 2026. Of an instant, its day in Sweden."""
    if not value:
        return ""
    if isinstance(value, str):
        value = instant(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(_ZONE).date()
    return in_swedish(value)


def month(value: str) -> str:
    """A month as people write it, of `2026-05`: maj 2026."""
    return day(f"{value}-01").partition(" ")[2]


def last_day(deadline: str) -> str:
    """The last day on which something can be done, of the instant at which it cannot any more."""
    return day(instant(deadline) - timedelta(microseconds=1))


def time(value: str | datetime | None) -> str:
    """An instant in Sweden: 2 mars 2026 kl. 14.05."""
    if not value:
        return ""
    at = (instant(value) if isinstance(value, str) else value).astimezone(_ZONE)
    return f"{day(at.date())} kl. {at:%H.%M}"


def kronor(ore: int | None) -> str:
    """An amount in öre as kronor: 1 234,50 kr; whole kronor without öre."""
    if ore is None:
        return ""
    sign, whole, rest = "−" if ore < 0 else "", abs(ore) // 100, abs(ore) % 100
    grouped = f"{whole:,}".replace(",", " ")
    return f"{sign}{grouped}{f',{rest:02}' if rest else ''} kr"


def number(value: str | None) -> str:
    """A personal number as people read it: 19890101-9802. A reserve number as it is."""
    if value and len(value) == 12 and value.isdigit():
        return f"{value[:8]}-{value[8:]}"
    return value or ""


def cursor(following: str) -> str:
    """Where a list's next page begins, of the address that a service gives for it."""
    return parse_qs(urlsplit(following).query).get("cursor", [""])[0]


def role(value: str) -> str:
    """A role, or a duty, as people call it."""
    said = grantee_in_words(value)
    return f"{said[:1].lower()}{said[1:]}"


def either(words: Sequence[str]) -> str:
    """One of these: order eller artikel."""
    *first, last = words
    return f"{', '.join(first)} eller {last}" if first else last


def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Values that are said as they are, to choose among."""
    return [(one, one) for one in values]


@cache
def asset(name: str) -> str:
    """The address of a file of ours, which changes as its content does."""
    content = (_STATIC / name).read_bytes()
    return f"/static/{name}?{hashlib.sha256(content).hexdigest()[:12]}"


def instant(value: str) -> datetime:
    """An instant as the services write it."""
    return datetime.fromisoformat(value)
