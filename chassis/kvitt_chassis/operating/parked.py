"""The routes of what is parked: lists, one message, and what an operator does about it, alone or
with a second person.
"""

import json
from collections.abc import Awaitable
from dataclasses import asdict
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Response
from kvitt_contracts.types import TEXT, RegionCode

from kvitt_chassis.consuming.machine import State
from kvitt_chassis.consuming.mass_retries import NoSuchRetry, Selection, TooManyRetries
from kvitt_chassis.consuming.mending import NoSuchField, NotEditable
from kvitt_chassis.consuming.previews import What
from kvitt_chassis.consuming.quarantine import Entry, NoSuchEntry
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.http import PROBLEM_BODY
from kvitt_chassis.operating.admin_bodies import Because, Confirm, Edit, Many, Previewed
from kvitt_chassis.operating.operations import Operations
from kvitt_chassis.operating.operators import Limit, Operates
from kvitt_chassis.operating.proposals import Change, NoSuchProposal, Proposal, SamePerson
from kvitt_chassis.parameters import RowNumber, Text
from kvitt_chassis.web.problems import Invalid, NotFound, Problem, ProblemRaised

T = TypeVar("T")
Reason = Annotated[str | None, Query(max_length=500, pattern=TEXT)]


def park_routes(router: APIRouter, operations: Operations) -> None:
    """The routes of the park under `/admin`."""
    _listing_routes(router, operations)
    _acting_routes(router, operations)
    _retry_routes(router, operations)


def _listing_routes(router: APIRouter, operations: Operations) -> None:
    @router.get("/parked")
    async def parked(
        who: Operates,
        state: State | None = None,
        cause: Cause | None = None,
        topic: Text | None = None,
        reason: Reason = None,
        limit: Limit = 100,
        after: RowNumber = 0,
    ) -> list[dict[str, Any]]:
        """Parked keys, the oldest first; no value of any message. `after` is the last id so far."""
        found = await operations.quarantine.entries(
            state=state,
            cause=cause,
            region=who.region,
            topic=topic,
            reason=reason,
            limit=limit,
            after=after,
        )
        return [asdict(one) for one in found]

    @router.get("/parked/counts")
    async def counts(who: Operates) -> list[dict[str, Any]]:
        """How many keys are parked, by state and cause."""
        found = await operations.quarantine.counts(region=who.region)
        return [{"state": s, "cause": c, "keys": keys} for (s, c), keys in found.items()]

    @router.get("/parked/groups")
    async def groups(who: Operates, region: RegionCode | None = None) -> list[dict[str, Any]]:
        """What is parked by what is wrong with it: state, cause, topic and reason, with how many
        keys and since when; the largest group first.
        """
        found = await operations.quarantine.groups(region=who.region or region)
        return [asdict(one) for one in found]

    @router.get("/quarantine/{entry}")
    async def show(entry: RowNumber, who: Operates) -> dict[str, Any]:
        """One key's first message: what it is made of, not what it says; what stands behind it,
        and what is proposed to be done about it.
        """
        shown = await _known(operations.quarantine.show(entry, region=who.region))
        proposed = await _known(operations.proposals.of(entry, region=who.region))
        return {**asdict(shown), "proposed": asdict(proposed) if proposed else None}


def _acting_routes(router: APIRouter, operations: Operations) -> None:
    @router.get("/proposals")
    async def proposed(who: Operates) -> list[dict[str, Any]]:
        """What waits for a second person, the oldest first."""
        return [asdict(one) for one in await operations.proposals.waiting(region=who.region)]

    @router.post("/quarantine/{entry}:preview")
    async def preview(entry: RowNumber, body: Previewed, who: Operates) -> dict[str, Any]:
        """What an act would do; nothing is done."""
        looked = operations.proposals.preview(entry, body.what, _change(body), region=who.region)
        return asdict(await _known(looked))

    @router.post("/quarantine/{entry}:retry")
    async def retry(entry: RowNumber, body: Because, who: Operates) -> dict[str, Any]:
        """Try it at once."""
        acting = operations.quarantine.retry(
            entry, who=who.user_id, why=body.why, region=who.region
        )
        return asdict(await _known(acting))

    @router.post("/quarantine/{entry}:edit", responses={202: _WAITS})
    async def edit(
        entry: RowNumber, body: Edit, who: Operates, response: Response
    ) -> dict[str, Any]:
        """Mend the message: 202, and a second person decides, where that changes what comes of it;
        else it is tried at once. NOT_EDITABLE where it would be another message, NOT_VALID in its
        schema's words where it would break that.
        """
        acting = operations.proposals.act(
            entry, What.EDIT, _change(body), who=who.user_id, why=body.why, region=who.region
        )
        return _told(await _known(acting), response)

    @router.post("/quarantine/{entry}:discard", responses={202: _WAITS})
    async def discard(
        entry: RowNumber, body: Because, who: Operates, response: Response
    ) -> dict[str, Any]:
        """Throw the message away for good; what stands behind it is tried. 202, and a second person
        decides, where an effect is lost by it or something is behind it.
        """
        acting = operations.proposals.act(
            entry, What.DISCARD, who=who.user_id, why=body.why, region=who.region
        )
        return _told(await _known(acting), response)

    @router.post("/quarantine/{entry}:confirm", responses={409: _SAME})
    async def confirm(entry: RowNumber, body: Confirm, who: Operates) -> dict[str, Any]:
        """Do what another operator has proposed; never one's own."""
        acting = operations.proposals.confirm(
            entry, who=who.user_id, why=body.why, seen=body.seen, region=who.region
        )
        return asdict(await _known(acting))

    @router.post("/quarantine/{entry}:withdraw")
    async def withdraw(entry: RowNumber, body: Because, who: Operates) -> dict[str, Any]:
        """Take back what is proposed; the message stays where it is."""
        await _known(
            operations.proposals.withdraw(entry, who=who.user_id, why=body.why, region=who.region)
        )
        return {"entry": entry}


def _retry_routes(router: APIRouter, operations: Operations) -> None:
    @router.get("/retries")
    async def retries(who: Operates, limit: Limit = 10) -> list[dict[str, Any]]:
        """The latest retries of many keys, those that are under way first, and how far they are."""
        found = await operations.retries.last(region=who.region, limit=limit)
        return [asdict(one) for one in found]

    @router.post("/quarantine:retry", status_code=202, responses={409: _TOO_MANY})
    async def retry_many(body: Many, who: Operates) -> dict[str, Any]:
        """Try many keys again, a page at a time in the background: what is in quarantine now."""
        selection = Selection(
            region=who.region or body.region,
            cause=body.cause,
            topic=body.topic,
            reason=body.reason,
        )
        acting = operations.retries.begin(selection, who=who.user_id, why=body.why)
        return asdict(await _known(acting))

    @router.post("/retries/{retry}:stop")
    async def stop(retry: RowNumber, body: Because, who: Operates) -> dict[str, Any]:
        """Let no more of it go; what has not been let go stays in quarantine."""
        acting = operations.retries.stop(retry, who=who.user_id, why=body.why, region=who.region)
        return asdict(await _known(acting))


def _change(body: Edit | Previewed) -> Change:
    written = None if body.body is None else json.dumps(body.body, ensure_ascii=False).encode()
    return Change(body=written, headers=body.headers, fields=body.fields)


def _told(acted: Entry | Proposal, response: Response) -> dict[str, Any]:
    if isinstance(acted, Proposal):
        response.status_code = 202
    return asdict(acted)


async def _known(acted: Awaitable[T]) -> T:
    try:
        return await acted
    except NoSuchEntry:
        raise NotFound("entry") from None
    except NoSuchRetry:
        raise NotFound("retry") from None
    except NoSuchProposal:
        raise NotFound("proposal", way_on="Läs om sidan: det är avgjort, eller ändrat.") from None
    except SamePerson:
        raise _conflict(
            "SAME_PERSON",
            "Den som har föreslagit det avgör det inte själv.",
            "Be en annan i driften att bekräfta, eller ta tillbaka förslaget.",
        ) from None
    except TooManyRetries:
        raise _conflict(
            "TOO_MANY_RETRIES",
            "Så många omtag som får pågå på en gång pågår redan.",
            "Vänta tills ett är klart, eller stoppa ett.",
        ) from None
    except NoSuchField as error:
        raise Invalid(
            "NO_SUCH_FIELD",
            field=error.field,
            detail="Meddelandet har inget sådant fält.",
            way_on="Skriv fältets väg som meddelandet visar den: lines.0.quantity.",
        ) from None
    except NotEditable as error:
        raise Invalid(
            "NOT_EDITABLE",
            field=error.field,
            detail="En rättelse ändrar inte vad meddelandet är: typ, ämne, avsändare, region eller"
            " vem som handlar.",
            way_on="Kasta meddelandet, och låt avsändaren skicka ett nytt.",
            rule="REF-18",
        ) from None


def _conflict(reason: str, detail: str, way_on: str) -> ProblemRaised:
    return ProblemRaised(
        Problem(
            status=409,
            reason=reason,
            title="Går inte i detta läge",
            detail=detail,
            rule="REF-18",
            way_on=way_on,
        )
    )


_WAITS = {"description": "It changes what comes of the message: a second person confirms it"}
_SAME = {"description": "SAME_PERSON: who has proposed it does not decide it", **PROBLEM_BODY}
_TOO_MANY = {"description": "TOO_MANY_RETRIES: one of them ends first", **PROBLEM_BODY}
