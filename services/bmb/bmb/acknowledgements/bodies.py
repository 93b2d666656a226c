"""What is sent over HTTP to answer a transfer, and to unlock one that nobody answered."""

from typing import Annotated

from kvitt_chassis.http import Body
from kvitt_contracts.bmb import RejectedLine
from kvitt_contracts.types import CustomerId, PayerId, UserId
from pydantic import Field

from bmb.texts import Message


class AcceptBody(Body):
    """Bytet godkänns för en kund."""

    customer_id: Annotated[CustomerId, Field(description="Kund/leveransadress")]
    payer_id: Annotated[
        PayerId | None, Field(description="Bara där regionen låter betalaren väljas")
    ] = None
    message: Annotated[Message | None, Field(description="Till avsändaren")] = None
    reject: Annotated[
        tuple[RejectedLine, ...],
        Field(
            max_length=100,
            description="Hjälpmedel som inte godkänns, där regionen låter dem besvaras var för sig",
        ),
    ] = ()


class RejectBody(Body):
    """Bytet godkänns inte."""

    message: Annotated[Message | None, Field(description="Varför; krävs i vissa regioner")] = None


class UnlockBody(Body):
    """Ett låst byte låses upp."""

    asked_by: Annotated[UserId, Field(description="Vem som bad om det (REF-12)")]
