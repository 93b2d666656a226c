"""What is parked, for who operates: lists by what is wrong, one message with what stands behind it,
and what is done about it, alone or with a second person.
"""

import json
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal import operating_words
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.pages.operating import PAGE, require_operator

router = APIRouter()

LIMIT: Final = 50
_FILTERS: Final = ("state", "cause", "topic", "reason", "after")
_WHY: Final = {"why": "why", "seen": "", "cause": "", "topic": "", "reason": ""}
_ACTS: Final = {"ratta": "edit", "kasta": "discard"}


@router.get(f"{PAGE}/{{service}}/parkerat")
async def parked(here: Here, service: str) -> Response:
    """What a service has parked, filtered by what is wrong, the oldest first."""
    _require(here, service)
    asked = here.request.query_params
    filters = {name: asked.get(name, "")[:500] for name in _FILTERS}
    return await _list(here, service, filters, Form())


@router.post(f"{PAGE}/{{service}}/parkerat/prova-igen")
async def retry_many(here: Here, service: str) -> Response:
    """Try all of a list again, in the background."""
    _require(here, service)
    form = await here.form()
    filters = {name: form[name] for name in _FILTERS}
    form.must("why", text="Skriv varför.")
    if form.ok:
        chosen = {name: form[name] or None for name in ("cause", "topic", "reason")}
        body = {"why": form["why"], "region": here.user.region, **chosen}
        part = await here.operate(service, "quarantine:retry", body)
        if part.problem is None:
            keys = part.value["total"]
            return here.go(PAGE, f"{keys} nycklar prövas igen i bakgrunden. Följ det under Omtag.")
        form.refuse(part.problem, _WHY)
    return await _list(here, service, filters, form)


@router.post(f"{PAGE}/{{service}}/omtag/{{retry}}/stoppa")
async def stop(here: Here, service: str, retry: int) -> Response:
    """Let no more of a retry go."""
    _require(here, service)
    await here.form()
    body = {"why": "stoppat på driftsidan"}
    part = await here.operate(service, f"retries/{retry}:stop", body)
    if part.problem is not None:
        raise PageProblem(part.problem)
    left = part.value["total"] - part.value["released"]
    return here.go(PAGE, f"Omtaget är stoppat. {left} nycklar är kvar i karantän.")


@router.get(f"{PAGE}/{{service}}/parkerat/{{entry}}")
async def entry(here: Here, service: str, entry: int) -> Response:
    """One parked message: what it is made of, what is wrong, what stands behind it."""
    _require(here, service)
    return await _entry(here, service, entry, Form())


@router.post(f"{PAGE}/{{service}}/parkerat/{{entry}}/prova-igen")
async def retry(here: Here, service: str, entry: int) -> Response:
    """Try one message again."""
    _require(here, service)
    return await _done(here, service, entry, "retry", "Det prövas igen nu.")


@router.post(f"{PAGE}/{{service}}/parkerat/{{entry}}/bekrafta")
async def confirm(here: Here, service: str, entry: int) -> Response:
    """Do what somebody else has proposed, as it was seen."""
    _require(here, service)
    form = await here.form()
    seen = {"seen": form["seen"] or None}
    return await _done(here, service, entry, "confirm", "Det är bekräftat och gjort.", **seen)


@router.post(f"{PAGE}/{{service}}/parkerat/{{entry}}/ta-tillbaka")
async def withdraw(here: Here, service: str, entry: int) -> Response:
    """Take a proposal back."""
    _require(here, service)
    return await _done(here, service, entry, "withdraw", "Förslaget är taget tillbaka.")


@router.post(f"{PAGE}/{{service}}/parkerat/{{entry}}/{{act}}")
async def act(here: Here, service: str, entry: int, act: str) -> Response:
    """Edit or discard: first what follows of it is shown, then it is done or proposed."""
    _require(here, service)
    if act not in _ACTS:
        raise PageProblem(_NOTHING)
    form = await here.form()
    _must_say_why(form)
    change = _change(form) if _ACTS[act] == "edit" else {}
    path = f"quarantine/{entry}"
    if not form.ok:
        return await _entry(here, service, entry, form)
    if not form["sure"]:
        part = await here.operate(service, f"{path}:preview", {"what": _ACTS[act], **change})
        if part.problem is not None:
            return await _refused(here, service, entry, form, part.problem)
        return await _entry(here, service, entry, form, preview=part.value, act=act)
    body = {"why": form["why"], **change}
    part = await here.operate(service, f"{path}:{_ACTS[act]}", body)
    if part.problem is not None:
        return await _refused(here, service, entry, form, part.problem)
    if part.waits:
        said = "Föreslaget. En annan i driften ska bekräfta det innan det blir gjort."
        return here.go(f"{PAGE}/{service}/parkerat/{entry}", said, tone="info")
    return here.go(f"{PAGE}/{service}/parkerat", "Det är gjort.")


async def _done(
    here: Visit, service: str, entry: int, act: str, said: str, **more: Any
) -> Response:
    form = await here.form()
    _must_say_why(form)
    if not form.ok:
        return await _entry(here, service, entry, form)
    body = {"why": form["why"], **more}
    part = await here.operate(service, f"quarantine/{entry}:{act}", body)
    if part.problem is not None:
        return await _refused(here, service, entry, form, part.problem)
    is_here = act in ("withdraw",)
    path = f"{PAGE}/{service}/parkerat"
    return here.go(f"{path}/{entry}" if is_here else path, said)


async def _refused(here: Visit, service: str, entry: int, form: Form, problem: Problem) -> Response:
    if problem.status in (403, 404) and problem.reason != "UNKNOWN_PROPOSAL":
        raise PageProblem(problem)
    # the field is the message's own: its name is said, and the page's field is where to mend it
    for one in problem.fields:
        form.add("fields", f"{one.field}: {one.problem}.")
    if not problem.fields:
        where = "fields" if problem.field else ""
        named = f"{problem.field}: " if problem.field else ""
        form.add(where, f"{named}{problem.detail} {problem.way_on}".strip())
    return await _entry(here, service, entry, form)


def _must_say_why(form: Form) -> None:
    """Several forms of the page ask for it: what is wrong stands above them."""
    if not form["why"]:
        form.add("", "Skriv varför.")


def _change(form: Form) -> dict[str, Any]:
    """The fields to set, a line each: `väg = värde`; a value that is no JSON is a text."""
    fields: dict[str, Any] = {}
    for line in form["fields"].splitlines():
        path, equals, value = (part.strip() for part in line.partition("="))
        if not line.strip():
            continue
        if not equals or not path:
            form.add("fields", "Skriv ett fält på varje rad så här: lines.0.quantity = 2")
            return {}
        fields[path] = _value(value)
    if not fields:
        form.add("fields", "Skriv vilka fält som ska rättas.")
    return {"fields": fields}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


async def _list(here: Visit, service: str, filters: dict[str, str], form: Form) -> Response:
    chosen = {name: filters[name] for name in ("state", "cause", "topic", "reason")}
    after = filters["after"] if filters["after"].isdecimal() else ""
    found = await here.operated(service, "parked", **chosen, after=after, limit=LIMIT)
    items = found.value if found else []
    following = ""
    if len(items) == LIMIT:
        kept = {name: one for name, one in chosen.items() if one}
        following = f"?{urlencode({**kept, 'after': items[-1]['id']})}"
    return here.page(
        "operating/parked.html",
        service=service,
        found=found,
        items=items,
        following=following,
        filters=filters,
        form=form,
        words=operating_words,
    )


async def _entry(
    here: Visit,
    service: str,
    entry: int,
    form: Form,
    *,
    preview: dict[str, Any] | None = None,
    act: str = "",
) -> Response:
    shown = await here.operated(service, f"quarantine/{entry}")
    if shown.problem is not None:
        raise PageProblem(shown.problem)
    proposed = shown.value["proposed"]
    return here.page(
        "operating/entry.html",
        service=service,
        entry=shown.value["entry"],
        shown=shown.value,
        body=json.dumps(shown.value["body"], ensure_ascii=False, indent=2),
        proposed=proposed,
        is_own=bool(proposed) and proposed["who"] == here.user.user_id,
        preview=preview,
        act=act,
        form=form,
        words=operating_words,
    )


def _require(here: Visit, service: str) -> None:
    require_operator(here)
    if service not in here.portal.services.operated:
        raise PageProblem(_NOTHING)


_NOTHING = Problem(
    status=404,
    reason="NOT_FOUND",
    title="Finns inte",
    detail="Det finns inget som heter så.",
    way_on="Gå tillbaka till Drift.",
)
