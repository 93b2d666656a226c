"""Inventory's own values for tests, with only what matters to say."""

from typing import Any

from inventory.articles.domain import Article
from inventory.devices.domain import Device
from kvitt_contracts.inventory import Custody
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    CustomerId,
    DeviceNumber,
    Holder,
    IsoCode,
    PayerId,
    StoreHolder,
    UserId,
)

from contracts.tests.builders.story import DAY, PAYER, ROLLATOR, SENDER, SENDING, a_patient


def an_article(number: str = ROLLATOR, **changes: Any) -> Article:
    """An article as inventory keeps it; a rollator that is marked and rented."""
    values: dict[str, Any] = {
        "article_number": ArticleNumber(number),
        "name": "Rollator Brukare 55",
        "iso_code": IsoCode("120606"),
        "type": ArticleType.MAIN_DEVICE,
        "marked": True,
        "in_assortment": True,
        "charging": Charging.RENT,
        "status": ArticleStatus.ACTIVE,
        "lead_time_days": 5,
        "fee_group": None,
        "supplier": "Nordhjälp AB",
        "unit": "piece",
    }
    return Article(**values | changes)


def a_device(holder: Holder | None = None, **changes: Any) -> Device:
    """A rollator; on loan with a payer unless told."""
    holder = holder or a_patient()
    on_loan = not isinstance(holder, StoreHolder)
    custody = Custody(
        holder=holder,
        payer_id=PayerId(PAYER) if on_loan else None,
        customer_id=CustomerId(SENDING) if on_loan else None,
        prescriber=UserId(SENDER) if on_loan else None,
        since=DAY,
    )
    values: dict[str, Any] = {
        "device_number": DeviceNumber("170098"),
        "serial_number": None,
        "article_number": ArticleNumber(ROLLATOR),
        "custody": custody,
    }
    return Device(**values | changes)
