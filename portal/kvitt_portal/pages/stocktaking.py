"""Inventering: a store is counted by scanner or by hand, and what differs is seen and posted."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import MAX_LENGTH, Form, said_of
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import code, pdf_of
from kvitt_portal.pages.registering import digest_of

router = APIRouter()

_SHOWN: Final = 50
_AT_ONCE: Final = 500
_MOST_LINES: Final = 5_000
_OPENED: Final = "opened"
_GOOD: Final = ("counted", "counted_before")


@router.get("/lager/{store}/inventering")
async def shown(here: Here, store: str) -> Response:
    """How far the store's round is, what is to be counted, and what differs so far."""
    return await _page(here, store, Form())


@router.get("/lager/{store}/inventering/raknelista.pdf")
async def print_list(here: Here, store: str) -> Response:
    """The list to count by, on paper."""
    return pdf_of(await here.ask("inventory", f"/stores/{code(store)}/counting-list"))


@router.post("/lager/{store}/inventering/skanna")
async def scan(here: Here, store: str) -> Response:
    """Count what was scanned: one code, lines that were pasted, or a file of them. The first thing
    that is counted opens the round.
    """
    form = await here.form()
    codes = _codes_of(form)
    if len(form["codes"]) == MAX_LENGTH:
        form.add("codes", "Det är fler rader än som får plats: lägg dem i en fil.")
    elif len(codes) > _MOST_LINES:
        form.add("file", f"Filen har fler än {_MOST_LINES} rader: dela upp den.")
    elif not codes:
        form.add("code", "Skanna ett individnummer, eller klistra in flera.")
    answers: list[dict[str, Any]] = []
    if form.ok and await _is_open(here, store, form):
        for at in range(0, len(codes), _AT_ONCE):
            part = await here.send(
                "inventory",
                "POST",
                f"/stores/{code(store)}/stocktaking:scan",
                {"codes": codes[at : at + _AT_ONCE]},
                _nth(form, at),
            )
            if part.problem is not None:
                form.refuse(part.problem, {"codes": "code"})
                break
            answers += part.value["answers"]
    if form.ok:
        form = Form()
    return await _page(here, store, form, answers=answers)


@router.post("/lager/{store}/inventering/antal")
async def count(here: Here, store: str) -> Response:
    """Count by hand: how many there are of what is not marked, and of what nothing is left."""
    form = await here.form()
    lines = []
    for name, value in form.sent():
        kind, _, number = name.partition("-")
        if kind == "antal" and value:
            if not value.isdecimal() or int(value) > 100_000:  # as inventory takes
                form.add(name, "Skriv ett helt antal, högst 100000.")
                continue
            lines.append({"article_number": number, "counted": int(value)})
        elif kind == "inga":
            lines.append({"article_number": number, "counted": 0})
    if form.ok and not lines:
        form.add("", "Skriv hur många som finns av minst en artikel.")
    if form.ok and await _is_open(here, store, form):
        part = await here.send(
            "inventory",
            "POST",
            f"/stores/{code(store)}/stocktaking:count",
            {"lines": lines},
            _nth(form, 1),
        )
        if part.problem is None:
            said = (
                "1 artikel är räknad." if len(lines) == 1 else f"{len(lines)} artiklar är räknade."
            )
            return here.go(f"/lager/{code(store)}/inventering", said)
        form.refuse(
            part.problem,
            {f"lines.{n}": f"antal-{one['article_number']}" for n, one in enumerate(lines)},
        )
    return await _page(here, store, form)


@router.post("/lager/{store}/inventering/oppna")
async def open_round(here: Here, store: str) -> Response:
    """Begin to count."""
    return await _act(here, store, "open", "Inventeringen är öppnad. Räkna på.")


@router.post("/lager/{store}/inventering/avbryt")
async def cancel(here: Here, store: str) -> Response:
    """Count nothing this time."""
    return await _act(here, store, "cancel", "Inventeringen är avbruten. Inget är bokfört.")


@router.post("/lager/{store}/inventering/bokfor")
async def post(here: Here, store: str) -> Response:
    """Post what differs, once whoever posts has seen it as it is now."""
    form = await here.form()
    preview = await here.need("inventory", f"/stores/{code(store)}/stocktaking:preview")
    if form["seen"] != _seen(preview):  # decision 0309: nothing is done that was not seen
        form.add("", "Det som skiljer sig har ändrats sedan sidan öppnades: se efter, och bokför.")
        return await _page(here, store, form)
    path = f"/stores/{code(store)}/stocktaking:post"
    part = await here.send("inventory", "POST", path, None, form)
    if part.problem is not None:
        form.refuse(part.problem)
        return await _page(here, store, form)
    missing = sum(len(one["missing"]) for one in preview["lines"])
    said = f"Inventeringen är bokförd: {len(preview['lines'])} artiklar skilde sig."
    if missing:
        said += f" {missing} individer saknas och söks."
    return here.go(f"/lager/{code(store)}/inventering", said)


async def _act(here: Visit, store: str, act: str, said: str) -> Response:
    form = await here.form()
    path = f"/stores/{code(store)}/stocktaking:{act}"
    part = await here.send("inventory", "POST", path, None, form)
    page = f"/lager/{code(store)}/inventering"
    if part.problem is None:
        return here.go(page, said)
    if part.status in (404, 503):
        raise PageProblem(part.problem)
    return here.go(page, said_of(part.problem), tone="warning")


async def _is_open(here: Visit, store: str, form: Form) -> bool:
    """Whether the round is open, opened by what is counted first; else the form says why not."""
    round_ = await here.need("inventory", f"/stores/{code(store)}/stocktaking")
    if round_["stocktaking"] is not None and round_["stocktaking"]["status"] == _OPENED:
        return True
    path = f"/stores/{code(store)}/stocktaking:open"
    part = await here.send("inventory", "POST", path, None, _nth(form, "oppna"))
    if part.problem is not None and part.problem.reason != "ALREADY_OPEN":  # somebody else has
        form.refuse(part.problem)
    return form.ok


async def _page(
    here: Visit, store: str, form: Form, *, answers: Sequence[Mapping[str, Any]] = ()
) -> Response:
    path = f"/stores/{code(store)}/stocktaking"
    found, preview = await asyncio.gather(
        here.need("inventory", path), here.ask("inventory", f"{path}:preview")
    )
    taking, to_count = found["stocktaking"], found["to_count"]
    counts = {one["article_number"]: one for one in taking["counts"]} if taking else {}
    is_open = taking is not None and taking["status"] == _OPENED
    if not is_open:
        counts = {}
    query = here.request.query_params.get("sok", "")[:60].lower()
    wanted = [one for one in to_count if query in f"{one['article_number']} {one['name']}".lower()]
    begin = here.request.query_params.get("fran", "")
    first = int(begin) if begin.isdecimal() and int(begin) < len(wanted) else 0
    lines = preview.value["lines"] if preview else []
    names = await Names.of(
        here, stores=[store], users=[one["by"] for line in lines for one in line["tallies"]]
    )
    return here.page(
        "stocktaking/store.html",
        form=form,
        store=code(store),
        taking=taking,
        is_open=is_open,
        counts=counts,
        lines=wanted[first : first + _SHOWN],
        query=query,
        first=first,
        shown=_SHOWN,
        total=len(wanted),
        left=sum(one["article_number"] not in counts for one in to_count),
        preview=preview,
        seen=_seen(preview.value) if preview else "",
        answers=answers,
        good=sum(one["answer"] == "counted" for one in answers),
        bad=[one for one in answers if one["answer"] not in _GOOD],
        words=statuses.SCAN_ANSWERS,
        rounds=statuses.STOCKTAKINGS,
        names=names,
        may_count=here.may("inventory.stocktaking.count"),
        may_post=here.may_for_all("inventory.stocktaking.post"),
    )


def _codes_of(form: Form) -> list[str]:
    """The codes, a line each, in the order in which they were scanned; a GS1 code has separators
    of its own, at which no line ends.
    """
    file = form.file.content.decode("utf-8-sig", errors="replace") if form.file else ""
    text = "\n".join([form["code"], form["codes"], file])
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [one.strip(" \t")[:300] for one in lines if one.strip()]


def _seen(preview: Mapping[str, Any]) -> str:
    return digest_of(preview)


def _nth(form: Form, which: object) -> Form:
    """The form's key for one of several things that it does."""
    made = Form()
    made.key = f"{form.key}/{which}"
    return made
