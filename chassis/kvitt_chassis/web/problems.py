"""Errors of the HTTP API as problem documents (RFC 9457), with Swedish texts.

No value of the request is repeated. Which route raises what is not decided here.
"""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from kvitt_contracts.envelope import Command
from kvitt_contracts.policy import OutCause, UnknownPolicy
from kvitt_contracts.problems import CONTRACT, explain
from kvitt_contracts.refusals import Refused
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError, to_jsonable_python
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from kvitt_chassis.transaction import EventTooLarge
from kvitt_chassis.web.slots import Share

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:kvitt:problem:"

REASON = "kvitt.reason"
"""Where a request's scope has the reason of the problem that it was answered with."""


class FieldProblem(BaseModel):
    """Ett fel i ett fält."""

    model_config = ConfigDict(frozen=True)

    field: Annotated[str, Field(description="Fältets sökväg: `lines.0.quantity`")]
    rule: Annotated[str, Field(description="Regelns id, eller `contract`")]
    problem: str
    way_on: str


class Problem(BaseModel):
    """Ett fel (RFC 9457): vad, enligt vilken regel, och hur man kommer vidare."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:kvitt:problem:deadline-passed",
                    "title": "Går inte i detta läge",
                    "status": 409,
                    "detail": "Regel BMB-7 säger nej: DEADLINE_PASSED.",
                    "reason": "DEADLINE_PASSED",
                    "rule": "BMB-7",
                    "way_on": "Gör ett nytt byte.",
                    "values": {"deadline": "2026-03-07T23:00:00Z"},
                }
            ]
        },
    )

    status: int
    reason: Annotated[str, Field(description="Kod för orsaken, till exempel DEADLINE_PASSED")]
    title: str
    detail: str
    rule: Annotated[str, Field(description="Regelns id, eller `contract`")] = CONTRACT
    way_on: Annotated[str, Field(description="Vad man kan göra nu")]
    field: str | None = None
    fields: tuple[FieldProblem, ...] = ()
    values: dict[str, Any] = {}

    def document(self) -> dict[str, Any]:
        """The problem document; empty members are left out."""
        name = self.reason.lower().replace("_", "-")
        body = self.model_dump(mode="json", exclude_none=True)
        kept = {key: value for key, value in body.items() if value not in ([], {})}
        return {"type": TYPE_PREFIX + name, **kept}

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """The HTTP response."""
        return JSONResponse(
            self.document(), self.status, media_type=MEDIA_TYPE, headers=dict(headers or {})
        )


class ProblemRaised(Exception):
    """Ends a request with a problem document."""

    def __init__(self, problem: Problem, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.reason)
        self.problem = problem
        self.headers = dict(headers or {})


class NotFound(ProblemRaised):
    """The region has nothing with this id (404), or nothing within the caller's reach. `field` is
    where a body names it.
    """

    def __init__(
        self,
        noun: str,
        *,
        rule: str = CONTRACT,
        field: str | None = None,
        way_on: str = "Kontrollera id i adressen.",
    ) -> None:
        super().__init__(
            Problem(
                status=404,
                reason=f"UNKNOWN_{noun.upper()}",
                title="Finns inte",
                detail="Det finns inte i din region, eller är utom räckhåll för dig.",
                rule=rule,
                field=field,
                way_on=way_on,
            )
        )


class Invalid(ProblemRaised):
    """One field of the request is wrong (422)."""

    def __init__(
        self,
        reason: str,
        *,
        field: str,
        detail: str,
        way_on: str,
        rule: str = CONTRACT,
        **values: object,
    ) -> None:
        super().__init__(
            Problem(
                status=422,
                reason=reason,
                title="Uppgifterna stämmer inte",
                detail=detail,
                rule=rule,
                field=field,
                way_on=way_on,
                values=_plain(values),
            )
        )


class Busy(ProblemRaised):
    """Too many requests, or another transaction holds the same rows too long (429 or 503)."""

    def __init__(self, *, status: int, reason: str, share: Share | None = None) -> None:
        super().__init__(
            Problem(
                status=status,
                reason=reason,
                title="Upptaget just nu",
                detail=_SHARES.get(share, "") + "Ingenting av anropet är utfört.",
                way_on="Försök igen om en stund med samma Idempotency-Key.",
                values={"share": share} if share else {},
            ),
            headers={"Retry-After": "1"},
        )


class RegionIsOut(ProblemRaised):
    """Nothing is decided for the caller's region until its policy is mended (503)."""

    def __init__(self, cause: OutCause) -> None:
        super().__init__(
            Problem(
                status=503,
                reason="REGION_OUT",
                title="Regionen är tagen ur drift",
                detail=f"{_OUT[cause]} Ingenting av anropet är utfört, och inget går förlorat.",
                way_on="Hör av dig till driften, som rättar filen (kvitt region check), och försök"
                " sedan igen med samma Idempotency-Key.",
                values={"cause": cause},
            ),
            headers={"Retry-After": "60"},
        )


def of_refusal(refused: Refused) -> Problem:
    """The problem of a rule's refusal: 404 when the thing itself is unknown, 422 for a field, 409
    for a state.
    """
    status, title = 409, "Går inte i detta läge"
    if refused.reason.startswith("UNKNOWN_") and refused.field is None:
        status, title = 404, "Finns inte"
    elif refused.field is not None:
        status, title = 422, "Uppgifterna stämmer inte"
    return Problem(
        status=status,
        reason=refused.reason,
        title=title,
        detail=f"Regel {refused.rule} säger nej: {refused.reason}.",
        rule=refused.rule,
        field=refused.field,
        way_on=refused.way_on,
        values=_plain(refused.values),
    )


def of_validation(errors: Sequence[Any], *, model: str = "") -> Problem:
    """The problem of an invalid request, field by field. `errors` are FastAPI's."""
    return _of_faults(ValidationError.from_exception_data(model, [_line(e) for e in errors]))


def _of_faults(error: ValidationError) -> Problem:
    faults = explain(error)
    fields = tuple(
        FieldProblem(field=f.field, rule=f.rule, problem=f.problem, way_on=f.way_on) for f in faults
    )
    first = fields[0]
    return Problem(
        status=422,
        reason="INVALID_FIELD",
        title="Uppgifterna stämmer inte",
        detail="; ".join(f"{one.field}: {one.problem}" for one in fields),
        rule=first.rule,
        field=first.field,
        fields=fields,
        way_on="Rätta fälten och skicka anropet igen.",
    )


def install(app: FastAPI) -> None:
    """Answer every error of an app with a problem document."""

    def answered(
        request: Request, problem: Problem, headers: Mapping[str, str] | None = None
    ) -> Response:
        request.scope[REASON] = problem.reason
        return problem.response(headers)

    async def raised(request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemRaised)
        return answered(request, error.problem, error.headers)

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return answered(request, of_refusal(error))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return answered(request, of_validation(error.errors(), model=_body_model(request)))

    # what fields of a body say together is the command's own to judge: what it refuses is no fault
    async def command(request: Request, error: Exception) -> Response:
        assert isinstance(error, ValidationError)
        if error.title not in {one.__name__ for one in _below(Command)}:
            raise error
        return _of_faults(error).response()

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return answered(request, _of_status(error.status_code), error.headers)

    async def too_large(request: Request, error: Exception) -> Response:
        return answered(request, TOO_LARGE)

    async def no_policy(request: Request, error: Exception) -> Response:
        return answered(request, _NO_POLICY)

    app.add_exception_handler(ProblemRaised, raised)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(ValidationError, command)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(EventTooLarge, too_large)
    app.add_exception_handler(UnknownPolicy, no_policy)


TOO_LARGE = Problem(
    status=413,
    reason="TOO_LARGE",
    title="För stort",
    detail="Anropet är större än vad som tas emot.",
    way_on="Dela upp det i flera anrop.",
)
FAULT = Problem(
    status=500,
    reason="FAULT",
    title="Fel i Kvitt",
    detail="Något gick fel hos oss. Ingenting av anropet är utfört.",
    way_on="Försök igen med samma Idempotency-Key; hör av dig till driften om felet består.",
)
NOT_HTTP = Problem(
    status=400,
    reason="BAD_REQUEST",
    title="Anropet går inte att läsa",
    detail="Det som kom är inte HTTP/1.1, eller har ett för stort huvud.",
    way_on="Se /docs för hur anropet ska se ut.",
)
PERSONAL_NUMBER_IN_URL = Problem(
    status=422,
    reason="PERSONAL_NUMBER_IN_URL",
    title="Personnummer i adressen",
    detail="Adressen innehåller något som liknar ett personnummer.",
    rule="REF-1",
    way_on="Skicka numret i anropets kropp till POST /persons:find och använd referensen du får.",
)
_SHARES: Mapping[Share | None, str] = {
    Share.CALLER: "Du har för många anrop på en gång. ",
    Share.REGION: "Din region har för många anrop på en gång. ",
}
_OUT: Mapping[OutCause, str] = {
    OutCause.POLICY_UNREADABLE: "Regionens regelverk går inte att läsa.",
    OutCause.POLICY_CHANGED: "Regionens regelverk har ändrats efter att det togs i bruk.",
    OutCause.POLICY_MISSING: "Regionens regelverk saknas, och det har varit i bruk.",
}
_NO_POLICY = Problem(
    status=409,
    reason="UNKNOWN_POLICY",
    title="Regionen saknar regelverk",
    detail="Ingen gällande policy finns för regionen.",
    way_on="Be driften lägga in regionens policy.",
)


def _of_status(status: int) -> Problem:
    if status == 413:
        return TOO_LARGE
    name = HTTPStatus(status).name
    title, way_on = {
        404: ("Finns inte", "Kontrollera adressen; /docs visar alla."),
        405: ("Metoden finns inte", "Se /docs för vilka metoder adressen har."),
        408: ("Anropet kom inte fram i tid", "Skicka det igen med samma Idempotency-Key."),
    }.get(status, ("Anropet går inte att läsa", "Se /docs för hur anropet ska se ut."))
    detail = f"Servern svarar {status}."
    return Problem(status=status, reason=name, title=title, detail=detail, way_on=way_on)


def _below(kind: type[Command]) -> Iterator[type[Command]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    plain: dict[str, Any] = to_jsonable_python(dict(values), fallback=str)
    return plain


def _line(error: Mapping[str, Any]) -> InitErrorDetails:
    kind, context = str(error["type"]), dict(error.get("ctx", {}))
    # FastAPI puts body, query, path or header first: the sender knows where they wrote it
    place = tuple(error["loc"][1:]) if len(error["loc"]) > 1 else ()
    if kind == "json_invalid":
        place = ()
    line: InitErrorDetails = {"type": kind, "loc": place, "input": None}
    if context:
        line["ctx"] = context
    try:
        ValidationError.from_exception_data("", [line])
    except (TypeError, KeyError, ValueError):
        line["type"] = PydanticCustomError("value_error", "har ett värde som inte är tillåtet")
        line.pop("ctx", None)
    return line


def _body_model(request: Request) -> str:
    body = getattr(request.scope.get("route"), "body_field", None)
    annotation = getattr(getattr(body, "field_info", None), "annotation", None)
    return getattr(annotation, "__name__", "")
