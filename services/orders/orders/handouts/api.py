"""Printing about a patient's devices, over HTTP: whom it is about stands in no answer but the
document, and each printing is logged as a look (ORD-17, REF-6). Lines for the patient record.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Response
from kvitt_chassis.access import Grant
from kvitt_chassis.http import ApiRouter, Body, NotFound, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import Looking, ReadTransaction
from kvitt_contracts.types import DeviceNumber, PersonRef, ServicePointId
from pydantic import BaseModel, ConfigDict, Field

from orders.articles.models import ArticleRow
from orders.care import looks
from orders.care.models import CareDeviceRow
from orders.contacts.models import UserContactRow
from orders.customer_orders.api import SCOPE
from orders.customer_orders.models import OrderRow
from orders.handouts import documents, domain, queries
from orders.handouts.domain import Kind, Loan
from orders.handouts.record import record_text
from orders.people.domain import Purpose
from orders.slips.documents import as_pdf
from orders.units.domain import must_act_at
from orders.units.queries import place_named, user_named

router = ApiRouter(tags=["Personer"])

_NAMES = {
    Kind.LOAN_AGREEMENT: "laneforbindelse",
    Kind.OWNERSHIP: "agarbevis",
    Kind.DEVICE_LIST: "hjalpmedelslista",
    Kind.RETURN_RECEIPT: "returkvitto",
}


class PrintHandout(Body):
    """Vad som ska skrivas ut, och om vilka hjälpmedel."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "loan_agreement", "service_point": "40201", "devices": ["170098"]}
            ]
        },
    )

    kind: Annotated[
        Kind,
        Field(
            description="`loan_agreement` låneförbindelse, `ownership` ägarbevis, `device_list`"
            " hjälpmedelslista, `return_receipt` returkvitto"
        ),
    ]
    service_point: Annotated[ServicePointId, Field(description="Enheten som står på utskriften")]
    devices: Annotated[
        tuple[DeviceNumber, ...],
        Field(
            max_length=queries.MOST,
            description="Individnummer; inga: hjälpmedelslistan över alla som du ser",
        ),
    ] = ()


class RecordText(BaseModel):
    """En orders rader som text för patientjournalen."""

    model_config = ConfigDict(frozen=True)

    text: Annotated[str, Field(description="Raderna; patienten nämns inte")]


@router.get("/orders/{order_id}/record-text")
async def get_record_text(order_id: UUID, reader: Reader, tx: ReadTransaction) -> RecordText:
    """Orderns rader, att kopiera till patientjournalen (ORD-17).

    Nekas: UNKNOWN_ORDER (ORD-17).
    """
    row = await reader.get(OrderRow, order_id, scope=SCOPE, rule="ORD-17")
    order = row.state()
    articles = await tx.look_up_all(ArticleRow, {line.article_number for line in order.lines})
    contact = await tx.look_up(UserContactRow, order.prescriber)
    return RecordText(
        text=record_text(
            order,
            names={one.article_number: one.name for one in articles},
            prescriber=contact.name if contact else order.prescriber,
        )
    )


@router.post(
    "/persons/{person}:print",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_handout(person: PersonRef, body: PrintHandout, looker: Looking) -> Response:
    """Skriv ut låneförbindelse, ägarbevis, hjälpmedelslista eller returkvitto som PDF (ORD-17).
    Personens namn och nummer står på den, och utskriften loggas som ett uppslag.

    Nekas: DEVICES_MISSING, DEVICE_TWICE, NOT_WITH_RECIPIENT, NOT_GIVEN_BACK (ORD-17),
    UNKNOWN_SERVICE_POINT, NOT_A_SERVICE_POINT, NOT_CONNECTED_TO_SERVICE_POINT (REF-3),
    TOO_MANY_LOOKS (REF-19).
    """
    # decision 0448: what is printed for a patient is a look at them
    async with looker.looking() as tx:
        resolved = await looks.resolve([person], Purpose.DISPLAY, looker.caller, tx)
    if not resolved.persons:  # the look is logged, whatever comes of it
        raise NotFound("person", rule="REF-19")
    (shown,) = resolved.persons
    async with looker.looking() as tx:
        by = await user_named(looker.caller.user_id, tx, field="by")
        must_act_at(await place_named(body.service_point, tx), by, act=looker.grant.act.name)
        domain.must_name_devices(body.kind, body.devices)
        content = await documents.print_handout(
            body.kind,
            person=shown,
            devices=[
                (row.device_id, day)
                for row, day in await _chosen(shown.person, body, looker.grant, tx)
            ],
            service_point=body.service_point,
            by=looker.caller.user_id,
            tx=tx,
        )
    return as_pdf(content, name=_NAMES[body.kind])


async def _chosen(
    person: PersonRef, body: PrintHandout, grant: Grant, tx: Transaction
) -> list[tuple[CareDeviceRow, date | None]]:
    persons = await queries.references_of(person, tx)
    seen = await queries.seen_of(persons, grant, tx)
    if not body.devices:
        return [(row, row.since_on) for row in seen.values()]
    chosen = []
    for place, row in enumerate(await queries.numbered(body.devices, tx)):
        # what others have lent the person is as good as not theirs, to who does not see it (REF-18)
        is_hidden = row is not None and row.person in persons and row.device_id not in seen
        loan = None if row is None or is_hidden else _loan(row)
        day = domain.day_on(body.kind, loan, persons=persons, place=place)
        if row is not None:
            chosen.append((row, day))
    return chosen


def _loan(row: CareDeviceRow) -> Loan:
    return Loan(
        person=row.person,
        since_on=row.since_on,
        returned_by=row.returned_by,
        returned_on=row.returned_on,
    )
