"""What is proposed instead of the articles of an order that is being written (T-26)."""

from typing import Any

from kvitt_portal.forms import Form
from kvitt_portal.here import Visit
from kvitt_portal.pages.articles import is_number
from kvitt_portal.pages.asking import code, items_of
from kvitt_portal.pages.order_form import is_kept, rows_of


async def proposals_of(here: Visit, form: Form, place: str) -> dict[int, dict[str, Any]]:
    """What inventory proposes for the lines, by their numbers: not where the user has said to keep
    the article that is written.
    """
    asked = {n: form[f"article-{n}"] for n in rows_of(form) if not is_kept(form, n)}
    numbers = [one for one in asked.values() if is_number(one)]
    if not numbers or code(place) != place:
        return {}
    found = await here.ask(
        "inventory", "/articles:alternatives", number=list(dict.fromkeys(numbers)),
        service_point=place,
    )  # fmt: skip
    proposed = {one["asked"]["article_number"]: one for one in items_of(found)}
    return {n: proposed[article] for n, article in asked.items() if article in proposed}
