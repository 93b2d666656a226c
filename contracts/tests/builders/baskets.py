"""Basket loans as orders emits them, and what inventory answers of their goods."""

from typing import Any

from kvitt_contracts.inventory import (
    BasketActRefused,
    BasketLineBroken,
    BasketLinePutBack,
    BasketReserved,
)
from kvitt_contracts.orders import (
    BasketLine,
    BasketLoanActDeclined,
    BasketLoanActRequested,
    BasketLoanDeclined,
    BasketLoanFeeDelivered,
    BasketLoanLineEnded,
    BasketLoanOpened,
    BasketLoanOverdue,
    BasketLoanRequested,
)

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    DAY,
    OWN,
    PAYER,
    POLICY,
    ROLLATOR,
    SENDER,
    SENDING,
    a_patient,
    act_id,
    basket_id,
    device_id,
    line_id,
)


def a_lent_line(
    number: int = 1, *, basket: str = "V-1", article: str = ROLLATOR, **changes: Any
) -> BasketLine:
    """A line of a basket."""
    values = {
        "line_id": line_id(basket_id(basket), number),
        "number": number,
        "article_number": article,
        "quantity": 1,
    }
    return build(BasketLine, values, changes)


def a_lent_device(
    number: int = 1, *, device: str = "170098", basket: str = "V-1", **changes: Any
) -> BasketLine:
    """A line of a marked device."""
    return a_lent_line(number, basket=basket, **{"device_number": device, **changes})


def a_fee_line(number: int = 2, *, of: int = 1, basket: str = "V-1", **changes: Any) -> BasketLine:
    """The fee of another line."""
    fee = {"fee_of": line_id(basket_id(basket), of), "fee_group": "charger"}
    return a_lent_line(number, basket=basket, **{**fee, **changes})


def a_basket_loan_requested(
    *lines: BasketLine, basket: str = "V-1", number: str = "26100001", **changes: Any
) -> BasketLoanRequested:
    """A prescriber lends from the own store; a rollator unless told."""
    values = {
        "order_id": basket_id(basket),
        "order_number": number,
        "reference": basket,
        "prescriber": SENDER,
        "requester": SENDER,
        "service_point": SENDING,
        "store": OWN,
        "lent_on": DAY,
        "due_on": "2026-03-09",
        "policy": POLICY,
        "lines": lines or (a_lent_device(basket=basket),),
    }
    return build(BasketLoanRequested, values, changes)


def a_basket_loan_opened(basket: str = "V-1") -> BasketLoanOpened:
    """Everything is reserved."""
    return build(BasketLoanOpened, {"order_id": basket_id(basket)}, {})


def a_basket_loan_declined(basket: str = "V-1", **changes: Any) -> BasketLoanDeclined:
    """The store did not answer in time."""
    values = {"order_id": basket_id(basket), "reason": "NOT_ANSWERED", "prescriber": SENDER}
    return build(BasketLoanDeclined, values, changes)


def a_basket_loan_overdue(basket: str = "V-1") -> BasketLoanOverdue:
    """The last day has passed."""
    values = {"order_id": basket_id(basket), "prescriber": SENDER}
    return build(BasketLoanOverdue, values, {})


def a_basket_loan_act_requested(
    *deliver: int,
    put_back: tuple[int, ...] = (),
    basket: str = "V-1",
    act: str = "1",
    payer: str = PAYER,
    **changes: Any,
) -> BasketLoanActRequested:
    """A colleague delivers these lines to the patient, the first one unless told, and puts those
    back.
    """
    deliver = deliver or (() if put_back else (1,))
    values = {
        "order_id": basket_id(basket),
        "act_id": act_id(act, basket=basket),
        "recipient": a_patient() if deliver else None,
        "deliver": tuple(
            {"line_id": line_id(basket_id(basket), one), "payer_id": payer} for one in deliver
        ),
        "put_back": tuple(line_id(basket_id(basket), one) for one in put_back),
        "acted_on": "2026-03-04",
        "by": SENDER,
    }
    return build(BasketLoanActRequested, values, changes)


def a_basket_loan_act_declined(basket: str = "V-1", *, act: str = "1") -> BasketLoanActDeclined:
    """Nothing of an act took effect."""
    values = {
        "order_id": basket_id(basket),
        "act_id": act_id(act, basket=basket),
        "reason": "LINE_ENDED",
        "by": SENDER,
    }
    return build(BasketLoanActDeclined, values, {})


def a_basket_loan_line_ended(
    line: int = 1, *, basket: str = "V-1", outcome: str = "delivered"
) -> BasketLoanLineEnded:
    """A line is over."""
    values = {
        "order_id": basket_id(basket),
        "line_id": line_id(basket_id(basket), line),
        "outcome": outcome,
        "ended_on": "2026-03-04",
    }
    return build(BasketLoanLineEnded, values, {})


def a_basket_loan_fee_delivered(
    line: int = 2, *, of: int = 1, basket: str = "V-1", **changes: Any
) -> BasketLoanFeeDelivered:
    """The patient is to pay the fee of a device."""
    values = {
        "order_id": basket_id(basket),
        "line_id": line_id(basket_id(basket), line),
        "fee_of": line_id(basket_id(basket), of),
        "recipient": a_patient(),
        "article_number": ROLLATOR,
        "quantity": 1,
        "devices": (device_id(),),
        "received_on": "2026-03-04",
        "fee": {"net_ore": 50000, "vat_percent": 0},
        "timing": "immediate",
        "by": SENDER,
    }
    return build(BasketLoanFeeDelivered, values, changes)


def a_basket_reserved(
    *devices: str | None, basket: str = "V-1", lines: tuple[int, ...] = (1,)
) -> BasketReserved:
    """Everything in the basket is reserved; `devices` of each line, None of an unmarked one."""
    named = devices or ("170098",)
    values = {
        "order_id": basket_id(basket),
        "lines": tuple(
            {
                "line_id": line_id(basket_id(basket), line),
                "devices": (device_id(device),) if device else (),
            }
            for line, device in zip(lines, named, strict=True)
        ),
    }
    return build(BasketReserved, values, {})


def a_basket_act_refused(
    basket: str = "V-1", *, act: str = "1", **changes: Any
) -> BasketActRefused:
    """A line of the act had ended."""
    values = {
        "order_id": basket_id(basket),
        "act_id": act_id(act, basket=basket),
        "reason": "LINE_ENDED",
    }
    return build(BasketActRefused, values, changes)


def a_basket_line_put_back(
    line: int = 1, *, basket: str = "V-1", act: str | None = "1"
) -> BasketLinePutBack:
    """A lent line is in the store again, by an act or by a return."""
    values = {
        "order_id": basket_id(basket),
        "line_id": line_id(basket_id(basket), line),
        "act_id": act_id(act, basket=basket) if act else None,
    }
    return build(BasketLinePutBack, values, {})


def a_basket_line_broken(line: int = 1, *, basket: str = "V-1") -> BasketLineBroken:
    """A lent device was missing at a stocktaking."""
    values = {
        "order_id": basket_id(basket),
        "line_id": line_id(basket_id(basket), line),
        "reason": "LOST",
    }
    return build(BasketLineBroken, values, {})
