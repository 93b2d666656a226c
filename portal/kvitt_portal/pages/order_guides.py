"""Beställningsguide: what a main device of an order that is written is ordered with (ORD-23)."""

from typing import Any

from kvitt_portal.forms import Form
from kvitt_portal.here import Visit
from kvitt_portal.pages.articles import is_number
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.order_form import MOST_LINES, rows_of

_USED = "guided"
"""The form's hidden field of the articles whose guide was followed or put aside."""


async def guides_of(here: Visit, form: Form) -> dict[int, dict[str, Any]]:
    """What inventory proposes with the lines' articles, by the lines' numbers: not where the guide
    was followed, or put aside.
    """
    done = form[_USED].split()
    asked = {n: form[f"article-{n}"] for n in rows_of(form)}
    numbers = [one for one in dict.fromkeys(asked.values()) if is_number(one) and one not in done]
    if not numbers:
        return {}
    found = await here.ask("inventory", "/articles:order-guides", number=numbers)
    guides = {one["article_number"]: one for one in items_of(found)}
    # one guide for an article, however many of its lines there are
    return {n: guides.pop(article) for n, article in asked.items() if article in guides}


async def follow(here: Visit, form: Form, number: int) -> None:
    """Put the chosen lines of a line's guide into the form: the first in place of the line."""
    guide = (await guides_of(here, form)).get(number)
    if guide is None:
        return
    chosen = form.all("guide-line")
    put_aside(form, guide["article_number"])
    lines = [one for at, one in enumerate(guide["lines"]) if f"{number} {at}" in chosen]
    if not lines:
        return
    free = [n for n in range(1, MOST_LINES + 1) if not form[f"article-{n}"]]
    standard = [one for one in lines if one["part"] == "standard"]
    places = [number, *free] if standard else free
    if len(lines) > len(places):
        form.add("", f"En beställning har högst {MOST_LINES} rader. Välj färre ur guiden.")
        return
    for place, one in zip(places, lines, strict=False):
        form.give(f"article-{place}", one["article_number"])
        form.give(f"quantity-{place}", str(one["quantity"]))


def put_aside(form: Form, article: str) -> None:
    """The guide of an article is not shown again in this order."""
    form.give(_USED, " ".join(dict.fromkeys([*form[_USED].split(), article])))
