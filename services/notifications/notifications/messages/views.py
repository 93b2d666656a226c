"""The views of messages. Titles and texts are made when they are shown."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from kvitt_chassis.http import Page
from kvitt_contracts.types import ServicePointId, Word
from pydantic import BaseModel, ConfigDict, Field

from notifications.messages.domain import NewKind, Status
from notifications.messages.models import MessageRow
from notifications.messages.texts import TEXTS

_SERVED_BY = {
    "order": ("orders", "/orders"),
    "transfer": ("bmb", "/transfers"),
    "fault_report": ("orders", "/fault-reports"),
    "pickup": ("orders", "/pickups"),
    "device": ("inventory", "/devices"),
    "refill": ("inventory", "/refills"),
    "reconditioning": ("inventory", "/reconditionings"),
    "work_order": ("orders", "/work-orders"),
    "purchase_order": ("orders", "/purchase-orders"),
    "supplier_invoice": ("billing", "/supplier-invoices"),
    "region_sale": ("billing", "/region-sales"),
    "basket_loan": ("orders", "/basket-loans"),
    "case": ("orders", "/cases"),
    "person": ("orders", "/persons"),
}
_LISTED_BY = {"stocktaking": ("inventory", "/stores"), "user": ("orders", "/users:access")}
"""What has no address of its own: where it stands among others."""
THINGS = frozenset({*_SERVED_BY, *_LISTED_BY})
"""What messages are about."""
_LEADS_TO: dict[str, tuple[str, str]] = dict.fromkeys(
    (NewKind.COMMITMENT_MISSING, NewKind.FITTING_UNFINISHED), ("billing", "/home-region-cases")
)
"""What is about an order, and done elsewhere: its case has the order's id (BIL-5)."""


class Link(BaseModel):
    """Var det som meddelandet handlar om finns."""

    model_config = ConfigDict(frozen=True)

    service: Annotated[str, Field(description="Tjänsten vars API visar det")]
    path: Annotated[str, Field(description="Adressen i den tjänstens API")]


class MessageView(BaseModel):
    """Ett meddelande."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "7c0d7c1e-8f0b-5a4e-9a53-3f1f5f0f9f21",
                    "message": "transfer_to_acknowledge",
                    "title": "Byte att kvittera",
                    "text": "Byte VB-BMB-2026-0031 väntar på att kvitteras.",
                    "read": False,
                    "posted_at": "2026-05-05T09:29:59Z",
                    "service_point": "40355",
                    "link": {
                        "service": "bmb",
                        "path": "/transfers/0c5f2f5e-2a6b-5f64-9f1d-1b7f1d4a9e10",
                    },
                }
            ]
        },
    )

    id: UUID
    message: Annotated[Word, Field(description="Vad meddelandet säger")]
    title: Annotated[str, Field(description="Rubrik")]
    text: Annotated[str, Field(description="Meddelandet; nämner aldrig en person")]
    read: Annotated[bool, Field(description="Sant när det är öppnat")]
    posted_at: Annotated[datetime, Field(description="När det kom")]
    service_point: Annotated[
        ServicePointId | None, Field(description="Tjänstestället, om det inte är till dig själv")
    ]
    link: Annotated[Link, Field(description="Det som meddelandet handlar om")]

    @classmethod
    def of(cls, found: Any) -> "MessageView":
        """The view of a message with the name of what it is about: (row, number, name)."""
        row, order_number, transfer = found
        text = TEXTS[row.message]
        # A transfer without a name of the region's own is called by its id: of no use to a reader.
        named = transfer if transfer != str(row.about_id) else None
        return cls(
            id=row.id,
            message=row.message,
            title=text.title,
            text=text.about(
                order_number or named, since_on=row.since_on, is_to_staff=row.duty is not None
            ),
            read=row.status is Status.READ,
            posted_at=row.posted_at,
            service_point=row.service_point,
            link=_link_of(row),
        )


class MessagePage(Page[MessageView]):
    """Dina meddelanden, de nyaste först."""

    unread: Annotated[int, Field(description="Hur många som är olästa")]


class MessageCount(BaseModel):
    """Hur många meddelanden det finns av ett slag."""

    model_config = ConfigDict(frozen=True)

    message: Annotated[Word, Field(description="Vad meddelandena säger")]
    status: Annotated[Status, Field(description="Olästa, lästa eller borttagna")]
    count: Annotated[int, Field(description="Hur många")]


def _link_of(row: MessageRow) -> Link:
    if row.about_kind in _LISTED_BY:
        service, path = _LISTED_BY[row.about_kind]
        return Link(service=service, path=path)
    service, path = _LEADS_TO.get(row.message) or _SERVED_BY[row.about_kind]
    return Link(service=service, path=f"{path}/{row.about_id}")
