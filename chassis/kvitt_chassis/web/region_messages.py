"""`POST /region-messages`: what a region may write to its inbound topics, over HTTP. Reads the
modes of CloudEvents' HTTP binding and answers; what is let in is decided by the entrance.
"""

import json
import logging
import re
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from aiokafka.errors import KafkaError
from fastapi import Request
from kvitt_contracts.envelope import STRUCTURED
from kvitt_contracts.problems import CONTRACT
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.http import PROBLEM_BODY, ApiContext, ApiRouter, SignedIn
from kvitt_chassis.web.entrance import TAKEN_IN, Entrance, Judged, Sent
from kvitt_chassis.web.problems import MEDIA_TYPE, Busy, Invalid, Problem, ProblemRaised

log = logging.getLogger(__name__)

BATCH = "application/cloudevents-batch+json"
MAX_EVENTS = 500
_OVERHEAD = 1024
"""So many bytes a request counts for beside its body."""

router = ApiRouter(tags=["Regionens meddelanden"])
"""For a service that reads what regions send."""


class EventVerdict(BaseModel):
    """Vad som sägs genast om en händelse."""

    id: Annotated[str | None, Field(description="Händelsens id, där det går att läsa")]
    source: Annotated[str | None, Field(description="Händelsens source, där den går att läsa")]
    accepted: Annotated[
        bool,
        Field(description="Sant: mottagen för gott. Vad som blev av den sägs på regionens flöde"),
    ]
    reason: Annotated[str | None, Field(description="Kod för varför den inte är mottagen")] = None
    rule: Annotated[str | None, Field(description="Regelns id, eller `contract`")] = None
    field: Annotated[str | None, Field(description="Fältet eller attributet som är fel")] = None
    way_on: Annotated[str | None, Field(description="Vad avsändaren kan göra nu")] = None


class Verdicts(BaseModel):
    """Ett besked om varje händelse, i deras ordning."""

    results: list[EventVerdict]


_EVENT = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "time", "subject", "region", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "format": "uuid"},
        "source": {"type": "string"},
        "type": {"type": "string"},
        "time": {"type": "string", "format": "date-time"},
        "subject": {"type": "string", "description": "Det som regionen kallar saken"},
        "region": {"type": "string", "description": "Regionens egen kod"},
        "data": {"type": "object"},
    },
}
_BODIES = {
    STRUCTURED: {"schema": _EVENT},
    BATCH: {"schema": {"type": "array", "items": _EVENT, "maxItems": MAX_EVENTS}},
    "application/json": {"schema": {"type": "object"}},
}


@router.post(
    "/region-messages",
    status_code=202,
    response_model=Verdicts,
    responses={415: {"description": "Innehållet är inte CloudEvents", **PROBLEM_BODY}},
    openapi_extra={"requestBody": {"required": True, "content": _BODIES}},
)
async def post_region_messages(request: Request, caller: SignedIn) -> Response:
    """Skicka det som annars skrivs på regionens ämnen i Kafka, som CloudEvents: en händelse som
    JSON (`application/cloudevents+json`), flera (`application/cloudevents-batch+json`, högst 500
    och högst 1 MiB) eller en med attributen i huvuden (`ce-id`, `ce-type` …).

    202: de händelser som har `accepted` är sparade för gott, i sin ordning; vad som blir av dem
    sägs på regionens flöde, som när de kommer genom Kafka. De andra är inte mottagna, och sägs
    inte på flödet. 422: ingen är mottagen. 503: skicka alla igen med samma id; det som redan hade
    kommit fram har verkan en gång.
    """
    context: ApiContext = request.app.state.context
    entrance = context.entrance
    if entrance is None or not context.may_decide():
        raise Busy(status=503, reason="NOT_READY")
    if seconds := entrance.allowance.wait(caller.region):
        TAKEN_IN.labels(context.service, "held_back").inc()
        raise _held_back(seconds)
    body = await request.body()
    entrance.allowance.take(caller.region, len(body) + _OVERHEAD)
    judged = await entrance.judge(caller.region, _sent(request, body))
    await _publish(entrance, judged)
    return _answer(judged)


async def _publish(entrance: Entrance, judged: list[Judged]) -> None:
    try:
        await entrance.publish(judged)
    except (KafkaError, OSError) as error:  # TimeoutError is one of these
        log.warning("what a region sent could not be published: %s", describe(error))
        raise _not_taken() from error


def _answer(judged: list[Judged]) -> Response:
    results = [_verdict_of(one).model_dump(exclude_unset=True) for one in judged]
    if judged and all(one.rejected for one in judged):
        document = NOTHING_TAKEN.document() | {"results": results}
        return JSONResponse(document, 422, media_type=MEDIA_TYPE)
    return JSONResponse({"results": results}, 202)


def _verdict_of(judged: Judged) -> EventVerdict:
    why: Any = judged.rejected
    if why is None:
        return EventVerdict(id=judged.id, source=judged.source, accepted=True)
    return EventVerdict(
        id=judged.id,
        source=judged.source,
        accepted=False,
        reason=why.reason,
        rule=why.rule,
        field=why.field,
        way_on=why.way_on,
    )


def _sent(request: Request, body: bytes) -> list[Sent]:
    """The messages of a request, in their order. Raises Invalid (422), ProblemRaised (415)."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media_type == BATCH:
        structured = [("content-type", STRUCTURED.encode())]
        return [Sent(headers=structured, value=one) for one in split(body)]
    if media_type == STRUCTURED:
        return [Sent(headers=[("content-type", STRUCTURED.encode())], value=body)]
    pairs = [(name.decode("latin-1").lower(), value) for name, value in request.headers.raw]
    named = [
        (name.replace("ce-", "ce_", 1), unquote_to_bytes(value))
        for name, value in pairs
        if name.startswith("ce-")
    ]
    if not named:
        raise ProblemRaised(NOT_EVENTS)
    others = [(name, value) for name, value in pairs if name in ("content-type", "traceparent")]
    return [Sent(headers=[*named, *others], value=body)]


def split(body: bytes) -> list[bytes]:
    """The documents of a batch, each as it was written. Raises Invalid (422) for what is no array
    of JSON, and for too many.
    """
    decoder, found = json.JSONDecoder(), list[bytes]()
    try:
        text = body.decode()
        at = _after(text, "[", _after_blanks(text, 0))
        is_over = text.startswith("]", at)
        while not is_over:
            begun = at
            _, at = decoder.raw_decode(text, begun)
            found.append(text[begun:at].encode())
            if len(found) > MAX_EVENTS:
                raise _too_many()
            at = _after_blanks(text, at)
            is_over = text.startswith("]", at)
            if not is_over:
                at = _after(text, ",", at)
        if text[at + 1 :].strip(_BLANKS):
            raise _no_batch()
    except (ValueError, RecursionError):
        raise _no_batch() from None
    return found


_BLANKS = " \t\r\n"
_SOME_BLANKS = re.compile(f"[{_BLANKS}]*")


def _after(text: str, mark: str, at: int) -> int:
    """The place of what follows this mark, which stands here. Raises ValueError."""
    if not text.startswith(mark, at):
        raise ValueError(f"{mark} is missing")
    return _after_blanks(text, at + 1)


def _after_blanks(text: str, at: int) -> int:
    found = _SOME_BLANKS.match(text, at)
    assert found is not None  # none of them is some of them
    return found.end()


def _too_many() -> Invalid:
    return Invalid(
        "TOO_MANY_EVENTS",
        field="data",
        detail=f"Ett anrop får ha högst {MAX_EVENTS} händelser. Ingen av dem är mottagen.",
        way_on="Dela upp dem i flera anrop, i samma ordning.",
    )


def _no_batch() -> Invalid:
    return Invalid(
        "UNREADABLE",
        field="data",
        detail="Innehållet är ingen lista av händelser som JSON. Ingenting av anropet är mottaget.",
        way_on="Skicka en lista av CloudEvents som JSON i UTF-8.",
    )


def _held_back(seconds: int) -> ProblemRaised:
    problem = Problem(
        status=429,
        reason="TOO_MUCH_AT_ONCE",
        title="Upptaget just nu",
        detail="Regionen skickar mer än sin kvot. Ingenting av anropet är mottaget.",
        way_on="Försök igen om en stund, med samma händelser.",
    )
    return ProblemRaised(problem, headers={"Retry-After": str(seconds)})


def _not_taken() -> ProblemRaised:
    problem = Problem(
        status=503,
        reason="KAFKA_BUSY",
        title="Upptaget just nu",
        detail="Händelserna kunde inte sparas för gott. Inget besked ges om någon av dem.",
        way_on="Skicka alla igen om en stund, med samma id: det som redan hade kommit fram har"
        " verkan en gång.",
    )
    return ProblemRaised(problem, headers={"Retry-After": "2"})


NOT_EVENTS = Problem(
    status=415,
    reason="NOT_CLOUDEVENTS",
    title="Anropet går inte att läsa",
    detail="Innehållet är inte CloudEvents. Ingenting av anropet är mottaget.",
    rule=CONTRACT,
    field="Content-Type",
    way_on=f"Skicka {STRUCTURED}, {BATCH} eller attributen i huvuden (ce-id, ce-type …).",
)
NOTHING_TAKEN = Problem(
    status=422,
    reason="NO_EVENT_ACCEPTED",
    title="Uppgifterna stämmer inte",
    detail="Ingen av händelserna är mottagen; vad som är fel står vid var och en.",
    rule=CONTRACT,
    way_on="Rätta händelserna och skicka dem med nya id.",
)
