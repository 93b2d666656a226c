"""A replenishment that is being written: what is in the page's address and in its form, nothing
else.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import unquote_plus, urlencode

from kvitt_portal.forms import Form, is_id
from kvitt_portal.numbers import holds_number
from kvitt_portal.pages.registering import quantity_of

PAGE = "/lagerpafyllnad"
MOST_LINES = 200
_BETWEEN = "~"  # in no article's number


@dataclass(frozen=True, slots=True)
class Line:
    """An article and how many."""

    article: str
    quantity: str = "1"

    @classmethod
    def read(cls, text: str) -> Self:
        """A line as it stands in an address."""
        return cls(*[part.strip()[:40] for part in text.split(_BETWEEN)][:2])

    def __str__(self) -> str:
        return _BETWEEN.join((self.article, self.quantity))

    def body(self) -> dict[str, Any]:
        """The line as services take it."""
        return {"article_number": self.article, "quantity": quantity_of(self.quantity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The replenishment so far. `template`: the one that it was opened from, and is saved to."""

    service_point: str
    lines: tuple[Line, ...] = ()
    query: str = ""
    template: str = ""

    @classmethod
    def of_address(cls, asked: Mapping[str, str], lines: Iterable[str], *, at: str) -> Self:
        """The draft that an address says; where it says none, one `at` a service point."""
        template = asked.get("mall", "")
        return cls(
            service_point=asked.get("service_point", "")[:20] or at,
            lines=tuple(Line.read(one) for one in lines if one)[:MOST_LINES],
            query=asked.get("q", "")[:100],
            template=template if is_id(template) else "",
        )

    @classmethod
    def of_form(cls, form: Form, *, at: str) -> Self:
        """The draft that a form says."""
        return cls(
            service_point=form["service_point"][:20] or at,
            lines=lines_of(form, "line"),
            query=form["q"][:100],
            template=form["mall"] if is_id(form["mall"]) else "",
        )

    def but(self, **changed: Any) -> Self:
        """This draft with something else."""
        return replace(self, **changed)

    def with_line(self, line: Line) -> Self:
        """With one more line; an article that it already has is there once."""
        known = {one.article for one in self.lines}
        if line.article in known or len(self.lines) >= MOST_LINES:
            return self
        return replace(self, lines=(*self.lines, line))

    @property
    def address(self) -> str:
        """The page with this draft."""
        said = {"service_point": self.service_point, "mall": self.template, "q": self.query}
        given = [(name, one) for name, one in said.items() if one]
        given += [("line", str(line)) for line in self.lines]
        return f"{PAGE}?{urlencode(given)}"

    @property
    def holds_number(self) -> bool:
        """True where its address would hold a personal number."""
        return holds_number(unquote_plus(self.address))


def lines_of(form: Form, name: str) -> tuple[Line, ...]:
    """The lines of a form, numbered by the fields of this name."""
    numbers = [n for n in form.all(name) if n.isdigit()][:MOST_LINES]
    return tuple(
        Line(form[f"{name}-article-{n}"][:40], form[f"{name}-quantity-{n}"][:40] or "1")
        for n in numbers
    )


def fields_of(lines: Iterable[Line], name: str) -> dict[str, str]:
    """The form's fields by the names that orders has for them."""
    fields = {"to_store": "service_point", "service_point": "service_point", "name": "name"}
    for n, _ in enumerate(lines):
        fields |= {
            f"lines.{n}": f"{name}-quantity-{n}",
            f"lines.{n}.article_number": f"{name}-quantity-{n}",
            f"lines.{n}.quantity": f"{name}-quantity-{n}",
        }
    return fields
