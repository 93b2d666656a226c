"""Marked devices: where they are, and that they came back."""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Fact
from kvitt_contracts.regions.fields import Version
from kvitt_contracts.types import (
    TEXT,
    ArticleNumber,
    Day,
    DeviceNumber,
    NamedRecipient,
    PayerId,
    StoreId,
    UserId,
)


class DeviceStated(Fact, type="region.device.stated.v1"):
    """Old stock: a marked device with where it is at the cut-over day, in a store or on loan.

    Subject: the device number.
    """

    version: Version
    device_number: DeviceNumber
    serial_number: Annotated[str, Field(max_length=40, pattern=TEXT)] | None = None
    article_number: ArticleNumber
    store: StoreId | None = None
    recipient: NamedRecipient | None = None
    payer_id: PayerId | None = None
    prescriber: UserId | None = None
    stated_on: Day


class DeviceReturned(Fact, type="region.device.returned.v1"):
    """A device has come back into a store (INV-7).

    A physical fact: it wins over claims. Subject: the device number.
    """

    version: Version
    device_number: DeviceNumber
    store: StoreId
    returned_on: Day
