"""A withdrawal that is being written: what is in the page's address and in its form, nothing else.

Everything in it is a code or a reference: names and numbers of persons stand in no address.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import unquote_plus, urlencode
from uuid import NAMESPACE_URL, uuid4, uuid5

from kvitt_portal.forms import Form, is_id
from kvitt_portal.numbers import holds_number
from kvitt_portal.pages.covers import cover_of
from kvitt_portal.pages.registering import FIELDS, quantity_of, recipient_of

MOST_LINES = 100
_BETWEEN = "~"  # in no article's and no device's number


@dataclass(frozen=True, slots=True)
class Line:
    """A wanted line: an article, how many, which device where it is marked, and the article that
    was asked for first where it is an older one instead (ORD-6).
    """

    article: str
    quantity: str = "1"
    device: str = ""
    instead: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """A line as it stands in an address."""
        parts = [part.strip()[:40] for part in text.split(_BETWEEN)]
        return cls(*parts[:4])

    def __str__(self) -> str:
        parts = (self.article, self.quantity, self.device)
        return _BETWEEN.join((*parts, self.instead) if self.instead else parts)


# decision 0316: a withdrawal that is being written stands in its address
@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The withdrawal so far. `key` is its own: what is sent twice with the same content is done
    once, also after the browser's way back.
    """

    key: str
    service_point: str
    prescriber: str
    person: str = ""
    unit: str = ""
    payer: str = ""
    cover: str = ""
    """Who pays otherwise, as `covers.value_of` says it."""
    lines: tuple[Line, ...] = ()
    query: str = ""
    """What articles are searched by."""

    @classmethod
    def of_address(
        cls, asked: Mapping[str, str], lines: Iterable[str], *, me: str, at: str
    ) -> Self:
        """The draft that an address says; where it says none, one of `me` at `at`."""
        person = asked.get("person", "")
        return cls(
            key=asked.get("draft", "")[:40] or str(uuid4()),
            service_point=asked.get("service_point", "")[:20] or at,
            prescriber=asked.get("prescriber", "")[:40] or me,
            person=person if is_id(person) else "",
            unit=asked.get("unit", "")[:20],
            payer=asked.get("payer", "")[:20],
            cover=asked.get("cover", "")[:30],
            lines=tuple(Line.read(one) for one in lines)[:MOST_LINES],
            query=asked.get("q", "")[:100],
        )

    @classmethod
    def of_form(cls, form: Form, *, me: str, at: str) -> Self:
        """The draft that a form says."""
        person = form["person"]
        numbers = [n for n in form.all("line") if n.isdigit()][:MOST_LINES]
        return cls(
            key=form["draft"][:40] or str(uuid4()),
            service_point=form["service_point"][:20] or at,
            prescriber=form["prescriber"][:40] or me,
            person=person if is_id(person) else "",
            unit=form["unit"][:20],
            payer=form["payer"][:20],
            cover=form["cover"][:30],
            lines=tuple(
                Line(
                    form[f"article-{n}"][:40],
                    form[f"quantity-{n}"][:40] or "1",
                    form[f"device-{n}"][:40],
                    form[f"instead-{n}"][:40],
                )
                for n in numbers
            ),
            query=form["q"][:100],
        )

    def but(self, **changed: Any) -> Self:
        """This draft with something else."""
        return replace(self, **changed)

    def anew(self) -> Self:
        """The same content as another withdrawal: what was declined is not asked for again."""
        return replace(self, key=str(uuid4()))

    def with_line(self, line: Line) -> Self:
        """With one more line; a device, or an article that is not marked, that it has already is
        there once.
        """
        known = {(one.article, one.device) for one in self.lines}
        if (line.article, line.device) in known or len(self.lines) >= MOST_LINES:
            return self
        return replace(self, lines=(*self.lines, line))

    @property
    def has_recipient(self) -> bool:
        """True when it is known whom it is for."""
        return bool(self.person or self.unit)

    @property
    def address(self) -> str:
        """The page with this draft."""
        said = {
            "draft": self.key,
            "service_point": self.service_point,
            "prescriber": self.prescriber,
            "person": self.person,
            "unit": self.unit,
            "payer": self.payer,
            "cover": self.cover,
            "q": self.query,
        }
        given = [(name, one) for name, one in said.items() if one]
        given += [("line", str(line)) for line in self.lines]
        return f"/uttag/nytt?{urlencode(given)}"

    @property
    def holds_number(self) -> bool:
        """True where its address would hold a personal number."""
        return holds_number(unquote_plus(self.address))

    @property
    def sending_key(self) -> str:
        """The key that it is sent under: another content is another withdrawal."""
        return str(uuid5(NAMESPACE_URL, self.but(query="").address))

    def body(self, store: str) -> dict[str, Any]:
        """What orders is asked for."""
        body = {
            "recipient": recipient_of(self.person, self.unit),
            "prescriber": self.prescriber,
            "service_point": self.service_point,
            "store": store,
            "lines": [_line(one) for one in self.lines],
        }
        named = {"payer_id": self.payer, "cover": cover_of(self.cover)}
        return body | {name: one for name, one in named.items() if one}

    @property
    def fields(self) -> dict[str, str]:
        """The form's fields by the names that orders has for them, with those of the lines."""
        cover = dict.fromkeys(("cover", "cover.region", "cover.home_region.region"), "cover")
        fields = {**FIELDS, **cover, "store": "service_point"}
        for n in range(len(self.lines)):
            fields |= {
                f"lines.{n}": f"quantity-{n}",
                f"lines.{n}.article_number": f"quantity-{n}",
                f"lines.{n}.device_number": f"device-{n}",
                f"lines.{n}.instead_of": f"quantity-{n}",
            }
        return fields


def _line(line: Line) -> dict[str, Any]:
    body = {"article_number": line.article, "quantity": quantity_of(line.quantity)}
    named = {"device_number": line.device, "instead_of": line.instead}
    return body | {name: one for name, one in named.items() if one}
