"""Other payers of an order and of its lines: found by code, or by how their names begin (REF-4)."""

import asyncio
import re
from typing import Any, Final

from kvitt_contracts.types import PayerId

from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Visit
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.order_form import rows_of

_HITS: Final = 8
_SHORTEST: Final = 2

Picks = dict[str, list[dict[str, Any]]]
"""Payers to choose among, by the field whose words they have."""


async def name_payers(here: Visit, form: Form) -> None:
    """Where a field holds words instead of a code and one payer's name begins so, its code is
    given; where several do, one is to be chosen.
    """
    written = [field for field in _fields(form) if form[field]]
    found = await asyncio.gather(*(_found(here, form[field]) for field in written))
    for field, (payers, trouble) in zip(written, found, strict=True):
        if trouble:
            form.add(field, trouble)
        elif len(payers) == 1:
            form.give(field, payers[0]["payer_id"])
        elif payers:
            form.add(field, f"Flera betalare heter så: {_said(payers)}. Välj en av dem.")
        else:
            form.add(field, f"Ingen betalare heter ”{form[field]}”, eller har den koden.")


async def picks_of(here: Visit, form: Form) -> Picks:
    """What to choose among in the fields whose words several payers have."""
    wrong = [field for field in _fields(form) if form[field] and field in form.errors]
    found = await asyncio.gather(*(_found(here, form[field]) for field in wrong))
    return {field: payers for field, (payers, _) in zip(wrong, found, strict=True)}


def codes_in(form: Form) -> list[str]:
    """What is written in the fields, as far as it can be a code."""
    return [form[field] for field in _fields(form) if _is_code(form[field])]


def pick(form: Form, picked: str) -> None:
    """Take the payer that was chosen: `payer-1 81012`."""
    field, _, payer = picked.partition(" ")
    if field in ("payer", *(f"payer-{n}" for n in rows_of(form))):
        form.give(field, payer)


def _fields(form: Form) -> list[str]:
    return ["payer", *(f"payer-{n}" for n in rows_of(form))]


async def _found(here: Visit, text: str) -> tuple[list[dict[str, Any]], str]:
    """The payer with this code, or those whose names begin so; and what hindered the search."""
    if _is_code(text) and (part := await here.ask("orders", f"/payers/{text}")):
        return [part.value], ""
    if len(text) < _SHORTEST:
        return [], "Skriv betalarens kod, eller minst två tecken ur början av namnet."
    part = await here.ask("orders", "/payers", name=text, sort="name", limit=_HITS)
    if part.problem is not None and part.status >= 500:
        return [], said_of(part.problem)
    named = [one for one in items_of(part) if one["name"].casefold() == text.casefold()]
    return (named if len(named) == 1 else items_of(part)), ""


def _is_code(text: str) -> bool:
    return re.fullmatch(PayerId.pattern, text) is not None


def _said(payers: list[dict[str, Any]]) -> str:
    return ", ".join(f"{one['name']} ({one['payer_id']})" for one in payers)
