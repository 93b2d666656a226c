"""Topic `billing.charges`: deliveries, fees and services that are to be paid."""

from datetime import date
from enum import StrEnum

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    Money,
    OrderId,
    OrderLineId,
    Payer,
    Quantity,
)


class ChargeKind(StrEnum):
    """What is charged: a sale at delivery (BIL-2), a patient fee (BIL-3), rent by day (BIL-1)."""

    SALE = "sale"
    FEE = "fee"
    RENT = "rent"


class ChargeRaised(Event, type="billing.charge.raised.v1"):
    """A delivered line is to be paid: a sale by the line's payer, a fee by the patient.

    Rent is not a charge: it is counted by day.
    """

    charge_id: ChargeId
    kind: ChargeKind
    payer: Payer
    order_id: OrderId
    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Quantity
    amount: Money
    charged_on: date


ChargeEvent = ChargeRaised
"""Every event of a charge."""
